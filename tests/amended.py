"""The gate with waivers and corrections: a submission that they are for, and what became of it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from taizhang.quality.gate import GateReport, judge_batch
from taizhang.reading.result import WorkbookReading
from tests.amendment_files import TODAY, amendments
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of

JANUARY = month(1)
Judge = Callable[..., GateReport]


def january(done: object = 20, unit: str = "621122", **values: Any) -> WorkbookReading:
    """陇西县 or another county in January: 项目4 has completed 30 in the year, and this much in the month."""
    row = project(4, ytd_completed_wan=Decimal(30), month_completed_wan=done, **values)
    return workbook_reading(unit, JANUARY, [row])


def judge_with_files(engine: Engine, folder: Path) -> Judge:
    """The gate, to be called with the entries that are in the files."""

    def run_gate(*entries: dict[str, Any], on: date = TODAY) -> GateReport:
        return judge_batch(engine, amendments=amendments(folder, *entries, on=on))

    return run_gate


def contradictions(engine: Engine, number: int) -> list[dict[str, Any]]:
    """R10's findings on a submission, of its newest judgement."""
    return rows_of(
        engine,
        "select * from audit.finding where submission_id = :number and rule_id = 'R10' and gate_run_id ="
        " (select max(gate_run_id) from audit.judgement where submission_id = :number)",
        number=number,
    )


def events(engine: Engine, number: int) -> list[tuple[str, list[str] | None, bool | None]]:
    """What became of a submission: state, amendments, and whether it was judged again."""
    rows = rows_of(
        engine,
        "select state, detail from ops.submission_event where submission_id = :number order by event_id",
        number=number,
    )
    return [(row["state"], row["detail"].get("amendments"), row["detail"].get("judged_again")) for row in rows]


def used(engine: Engine) -> list[tuple[Any, ...]]:
    """Which amendments counted: number, kind, submission, findings or cells."""
    rows = rows_of(engine, "select * from audit.amendment order by gate_run_id, submission_id, amendment_id")
    return [(row["amendment_id"], row["kind"], row["submission_id"], row["finding_count"]) for row in rows]
