"""Great Expectations over the whole batch: one checkpoint, in the database, with an in-memory context.

Great Expectations is imported inside the functions: the import takes 7 to 19 seconds.
"""

import os
import warnings
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from taizhang.errors import TaizhangError
from taizhang.labels import labels
from taizhang.quality.catalogue import Catalogue, Check, by_table
from taizhang.quality.data_docs.words import title_of

# Our expectations ask for counts and for nothing else (see `counted`); an unknown one would still not be sampled.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
NAME = "gate"


class CheckpointError(TaizhangError):
    """Great Expectations could not evaluate an expectation, or did not evaluate each of them once."""


def run_checkpoint(url: URL, catalogue: Catalogue, schema: str, docs: Path | None = None) -> dict[str, int]:
    """Validate the judged tables of a schema; returns the number of failing rows by check id.

    The outcomes are stored in `<schema>.rule_run`, and in the folder `docs` as pages for people, if one is given.
    Raises CheckpointError when an expectation ended in an exception, which is no failure of the data.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        # The PostgreSQL data source has no other way to name a schema than the argument that it calls deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        from great_expectations.core import RunIdentifier

        checkpoint = _Checkpoint(url, schema)
        checkpoint.of(catalogue).run(run_id=RunIdentifier(docs.name if docs else NAME, datetime.now(UTC)))
        if docs:
            from taizhang.quality.data_docs.pages import write_pages

            write_pages(checkpoint.context, docs)
        rows = _stored(url, schema)
        if errors := {row["check_id"]: row["error"] for row in rows if row["error"] is not None}:
            raise CheckpointError(checkpoint.explain([catalogue.check(check_id) for check_id in errors], errors))
    return _counts(rows, catalogue)


def _stored(url: URL, schema: str) -> Sequence[Any]:
    """What the action has stored."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return connection.execute(text(f"select * from {schema}.rule_run")).mappings().all()


def _counts(rows: Iterable[Any], catalogue: Catalogue) -> dict[str, int]:
    """The number of failing rows of every check; CheckpointError when one has none that fits its verdict."""
    counts: dict[str, int] = {}
    for row in rows:
        failed = row["rows_failed"]
        if failed is None or (failed == 0) != row["succeeded"]:
            raise CheckpointError(f"{row['check_id']}: success {row['succeeded']} with {failed} failing rows")
        counts[row["check_id"]] = failed
    if missing := {check.meta.check_id for check in catalogue.checks} - counts.keys():
        raise CheckpointError(f"these checks were not evaluated: {', '.join(sorted(missing))}")
    return counts


class _Checkpoint:
    """A context that lives in memory only, with the data source of the judged tables."""

    def __init__(self, url: URL, schema: str) -> None:
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )

        from taizhang.quality import expectations

        del expectations  # its import makes our types known
        self.schema = schema
        # Its default would leave a folder for pages behind under the system's temporary folder.
        defaults = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
        self.context = gx.get_context(
            mode="ephemeral", project_config=DataContextConfig(store_backend_defaults=defaults)
        )
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False)
        self._source = self.context.data_sources.add_postgres(
            NAME, connection_string=url.render_as_string(hide_password=False), create_temp_table=False
        )

    def of(self, catalogue: Catalogue) -> Any:
        """The checkpoint: one suite and so one statement per judged table; its action stores what comes of it."""
        import great_expectations as gx

        from taizhang.quality.outcomes import StoreRuleRuns

        definitions = [
            self._definition(checks[0].table.table, title_of(checks[0].table.name), checks)
            for checks in by_table(catalogue.checks).values()
        ]
        action = StoreRuleRuns(name="store_rule_runs", schema_name=self.schema)
        return self.context.checkpoints.add(
            gx.Checkpoint(name=NAME, validation_definitions=definitions, actions=[action], result_format=RESULT_FORMAT)
        )

    def explain(self, checks: Sequence[Check], errors: dict[str, str]) -> str:
        """Say which checks are at fault. All of a table share a statement and its error, so each is tried alone."""
        from taizhang.quality.outcomes import outcomes

        alone: dict[str, str] = {}
        for check in checks:
            name = f"alone.{check.meta.check_id}"
            result = self._definition(name, name, [check], check.table.table).run(result_format=RESULT_FORMAT)
            alone |= {outcome.check_id: outcome.error for outcome in outcomes([result]) if outcome.error is not None}
        found = alone or errors
        return "; ".join(f"{check_id}: {message}" for check_id, message in found.items())

    def _definition(self, name: str, title: str, checks: Sequence[Check], table: str | None = None) -> Any:
        import great_expectations as gx

        asset = self._source.add_table_asset(name, table_name=table or name, schema_name=self.schema)
        suite = self.context.suites.add(gx.ExpectationSuite(name=title, expectations=[_entry(one) for one in checks]))
        batch = asset.add_batch_definition_whole_table(name)
        return self.context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))


def _entry(check: Check) -> dict[str, Any]:
    """A check as Great Expectations writes an expectation; its pages show what stands in `meta`."""
    meta = check.meta
    return {
        "type": check.entry.type,
        "kwargs": check.kwargs,
        "severity": check.entry.severity,
        "meta": {
            "check_id": meta.check_id,
            "rule_id": meta.rule_id,
            "severity": labels("severity")[meta.severity],
            "title_zh": meta.title_zh,
            "advice_zh": meta.advice_zh,
        },
    }
