"""Housekeeping: make ahead of time what will be needed, remove by policy what is old, keep account of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from taizhang.keeping import upkeep
from taizhang.keeping.ledger import Ledger, opened
from taizhang.keeping.logs import remove_task_logs, rotate_logs
from taizhang.keeping.old_files import remove_data_docs, remove_feedback, remove_reports
from taizhang.keeping.policy import Retention, before, retention
from taizhang.keeping.superseded import remove_superseded
from taizhang.reading.identity import CHINA
from taizhang.warehouse.connection import exclusive

STEP = "housekeeping"


@dataclass(frozen=True)
class HousekeepingReport:
    """What went, or would go; `run_id` is None for a dry run."""

    run_id: int | None
    ledger: Ledger

    def to_json(self) -> dict[str, Any]:
        """Return the report as the run keeps it."""
        return {"run": self.run_id, **self.ledger.report()}


def housekeep(
    engine: Engine, *, apply: bool, policy: Retention | None = None, now: datetime | None = None
) -> HousekeepingReport:
    """Look for what the policy lets go, and with `apply` remove it and do the upkeep.

    Without `apply` nothing is changed. WarehouseBusyError when another housekeeping is at work; ConfigurationError when
    the policy is not valid: then nothing is removed. A step that fails ends the run, which is kept as an error.
    """
    policy = policy or retention()
    now = now or datetime.now(UTC)
    with exclusive(engine, STEP), _ledger(engine, policy, apply) as ledger:
        upkeep.make_partitions(engine, ledger, now.astimezone(CHINA).date(), policy.partitions_ahead)
        _remove(engine, ledger, policy, now)
        if (then := before(now, policy.gate_tables)) is not None:
            upkeep.drop_gate_tables(engine, ledger, then)
        rotate_logs(ledger, policy.log_bytes)
        upkeep.vacuum(engine, ledger)
    return HousekeepingReport(ledger.run_id, ledger)


def clean_airflow(policy: Retention | None = None, *, apply: bool, now: datetime | None = None) -> list[str]:
    """Remove old logs of tasks and Airflow's own old history; returns what was done, or would be."""
    policy = policy or retention()
    now = now or datetime.now(UTC)
    # Nothing here is evidence: only whether it is applied matters.
    ledger = Ledger(0 if apply else None)
    if (then := before(now, policy.airflow_logs)) is not None:
        remove_task_logs(ledger, then)
    if (then := before(now, policy.airflow_history)) is not None:
        upkeep.clean_airflow(ledger, then)
    return ledger.done


def _remove(engine: Engine, ledger: Ledger, policy: Retention, now: datetime) -> None:
    for entry, remove in (
        ("superseded_rows", remove_superseded),
        ("feedback_copies", remove_feedback),
        ("data_docs", remove_data_docs),
        ("quality_reports", remove_reports),
    ):
        then = before(now, getattr(policy, entry))
        if then is not None:
            remove(engine, ledger, then, policy.named(entry))


@contextmanager
def _ledger(engine: Engine, policy: Retention, apply: bool) -> Iterator[Ledger]:
    if not apply:
        yield Ledger()
        return
    with opened(engine, policy.model_dump()) as ledger:
        yield ledger
