"""Great Expectations over the whole batch: one checkpoint, in the database, with an in-memory context.

Great Expectations is imported inside the functions: the import takes 7 to 19 seconds.
"""

import os
import warnings
from typing import Any

from sqlalchemy import URL

from taizhang.errors import TaizhangError
from taizhang.quality.catalogue import Catalogue, Check

# Counts without samples: BASIC asks for no row numbers, and a limit of zero makes the sampling queries free.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
NAME = "gate"


class CheckpointError(TaizhangError):
    """Great Expectations could not evaluate an expectation, or did not evaluate each of them once."""


def run_checkpoint(url: URL, catalogue: Catalogue, schema: str) -> dict[str, int]:
    """Validate the judged tables of a schema; returns the number of failing rows by check id.

    Raises CheckpointError when an expectation ended in an exception, which is no failure of the data.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        # The PostgreSQL data source has no other way to name a schema than the argument that it calls deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return _counts(_checkpoint(url, catalogue, schema).run(), catalogue)


def _checkpoint(url: URL, catalogue: Catalogue, schema: str) -> Any:
    """The checkpoint over every suite of the catalogue, in a context that lives in memory only."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_postgres(
        NAME, connection_string=url.render_as_string(hide_password=False), create_temp_table=False
    )
    definitions = []
    for suite, checks in _suites(catalogue).items():
        asset = source.add_table_asset(suite, table_name=checks[0].table.table, schema_name=schema)
        batch = asset.add_batch_definition_whole_table(suite)
        definition = gx.ValidationDefinition(name=suite, data=batch, suite=context.suites.add(_suite(suite, checks)))
        definitions.append(context.validation_definitions.add(definition))
    return context.checkpoints.add(
        gx.Checkpoint(name=NAME, validation_definitions=definitions, result_format=RESULT_FORMAT)
    )


def _suites(catalogue: Catalogue) -> dict[str, list[Check]]:
    suites: dict[str, list[Check]] = {}
    for check in catalogue.checks:
        suites.setdefault(check.suite, []).append(check)
    return suites


def _suite(name: str, checks: list[Check]) -> Any:
    """The suite of one catalogue file, as Great Expectations knows it."""
    from great_expectations import ExpectationSuite

    from taizhang.quality import expectations

    del expectations  # its import makes our types known
    entries = [
        {
            "type": check.entry.type,
            "kwargs": check.kwargs,
            "severity": check.entry.severity,
            "meta": {"check_id": check.meta.check_id, "rule_id": check.meta.rule_id},
        }
        for check in checks
    ]
    return ExpectationSuite(name=name, expectations=entries)


def _counts(result: Any, catalogue: Catalogue) -> dict[str, int]:
    counts: dict[str, int] = {}
    for run_result in result.run_results.values():
        for validation in run_result.results:
            check_id = validation.expectation_config.meta["check_id"]
            if check_id in counts:
                raise CheckpointError(f"{check_id} was evaluated twice")
            counts[check_id] = _count(check_id, validation)
    if missing := {check.meta.check_id for check in catalogue.checks} - counts.keys():
        raise CheckpointError(f"these checks were not evaluated: {', '.join(sorted(missing))}")
    return counts


def _count(check_id: str, validation: Any) -> int:
    """The number of failing rows; an exception inside the expectation is an error of the run."""
    exceptions = validation.exception_info or {}
    nested = exceptions.values() if "raised_exception" not in exceptions else [exceptions]
    for exception in nested:
        if isinstance(exception, dict) and exception.get("raised_exception"):
            raise CheckpointError(f"{check_id}: {exception.get('exception_message')}")
    outcome = validation.result
    count = outcome.get("unexpected_count", outcome.get("observed_value"))
    if count is None and outcome.get("element_count") == 0:
        count = 0  # what Great Expectations says of a table without rows
    if count is None or (count == 0) != validation.success:
        raise CheckpointError(f"{check_id}: success {validation.success} with {count} failing rows")
    return int(count)
