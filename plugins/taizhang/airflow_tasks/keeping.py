"""The tasks that keep the warehouse over the years: housekeeping, and history filled in."""

from datetime import timedelta
from typing import Any

from airflow.sdk import task


@task
def housekeep() -> dict[str, Any]:
    """Remove what the policy lets go and do the upkeep; the report stands in `ops.housekeeping_run` too."""
    from taizhang.keeping.housekeeping import housekeep as keep
    from taizhang.warehouse.connection import engine

    return keep(engine(), apply=True).to_json()


@task
def clean_airflow() -> list[str]:
    """Remove old logs of tasks and Airflow's own old history."""
    from taizhang.keeping import housekeeping

    return housekeeping.clean_airflow(apply=True)


# Years take days; killed or timed out, the next attempt goes on where this one was.
@task(execution_timeout=timedelta(days=7), retries=5)
def fill_history(first: str, last: str, folder: str) -> dict[str, Any]:
    """Fill months in from a folder, in their order; publishes at the end of each year."""
    from datetime import date

    from taizhang.keeping.backfill import backfill
    from taizhang.warehouse.connection import engine

    months = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last}-01")
    return backfill(engine(), *months, folder or None, print).to_json()
