"""What Great Expectations says of each check: taken from a checkpoint's result, stored by an action of the checkpoint.

The action writes `<gate>.rule_run`, which the next run replaces; `audit.rule_run` keeps every row for ever and is
written with the decisions, in one transaction. Importing this module imports Great Expectations (7 to 19 s).
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from great_expectations.checkpoint.actions import ValidationAction
from sqlalchemy import text

COLUMNS = ("check_id", "succeeded", "rows_seen", "rows_failed", "error")


@dataclass(frozen=True)
class Outcome:
    """One expectation of a checkpoint: rows looked at, rows that contradict it, or the error that it ended in."""

    check_id: str
    succeeded: bool
    rows_seen: int | None
    rows_failed: int | None
    error: str | None


def outcomes(results: Any) -> list[Outcome]:
    """Return what the validation results of a checkpoint say, in their order."""
    return [_outcome(validation) for result in results for validation in result.results]


def _outcome(validation: Any) -> Outcome:
    found = validation.result
    return Outcome(
        validation.expectation_config.meta["check_id"],
        bool(validation.success),
        found.get("element_count"),
        found.get("unexpected_count"),
        _error(validation.exception_info or {}),
    )


def _error(info: dict[str, Any]) -> str | None:
    """The message of an exception inside an expectation; Great Expectations nests it when a metric raised it."""
    nested = [info] if "raised_exception" in info else info.values()
    for one in nested:
        if isinstance(one, dict) and one.get("raised_exception"):
            return str(one.get("exception_message"))
    return None


class StoreRuleRuns(ValidationAction):
    """Store the outcome of every check in `<schema_name>.rule_run`, through the engine of the data source."""

    type: Literal["store_rule_runs"] = "store_rule_runs"
    schema_name: str

    def run(self, checkpoint_result: Any, action_context: Any = None) -> dict[str, Any]:
        """See `ValidationAction`; returns how many outcomes were stored."""
        del action_context
        table = f"{self.schema_name}.rule_run"
        rows = [asdict(outcome) for outcome in outcomes(checkpoint_result.run_results.values())]
        source = checkpoint_result.checkpoint_config.validation_definitions[0].data_source
        with source.get_engine().begin() as connection:
            connection.execute(text(f"drop table if exists {table}"))
            connection.execute(
                text(
                    f"create unlogged table {table} (check_id text primary key, succeeded boolean not null,"
                    " rows_seen bigint, rows_failed bigint, error text)"
                )
            )
            names = ", ".join(COLUMNS)
            values = ", ".join(f":{name}" for name in COLUMNS)
            connection.execute(text(f"insert into {table} ({names}) values ({values})"), rows)
        return {"stored": len(rows)}
