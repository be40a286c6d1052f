"""What a gate would have left of judged submissions, put straight into the warehouse, for tests of what comes after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.quality.catalogue import load_catalogue
from taizhang.quality.rule_pack import store_pack
from taizhang.warehouse.audit_tables import finding, gate_run, judgement, rule_run, submission_rule_run
from taizhang.warehouse.tables import submission
from tests.accepted import accept

BLOCK, WARN = "R10.january", "R21.plan_within_remainder"
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Found:
    """A finding on a project: the same check and project give the same finding in all versions of a unit's month."""

    check_id: str
    severity: str = "block"
    subject: str = "甲"
    verdict: str = "contradiction"
    sheet: str = "project_progress"
    column_name: str = "ytd_completed_wan"
    waiver_id: str | None = None


def judge(
    engine: Engine,
    unit: str,
    month: date,
    projects: Iterable[Mapping[str, Any]] = (),
    *,
    filed_on: date,
    found: Iterable[Found] = (),
    passed: Iterable[str] = (),
    accepted: bool = True,
) -> int:
    """Submit a version of a unit's month on a day and judge it in a run of its own; returns the submission's number.

    `found` are its findings, `passed` the checks that had something to look at and found nothing.
    """
    before = in_force(engine, unit, month)
    number = accept(engine, unit, month, projects)
    with engine.begin() as connection:
        values = {"filed_on": filed_on, "received_at": EPOCH + timedelta(minutes=number)}
        if not accepted:
            values["state"] = "quarantined"
        connection.execute(submission.update().where(submission.c.submission_id == number).values(**values))
        if not accepted and before is not None:
            connection.execute(submission.update().where(submission.c.submission_id == before).values(state="accepted"))
        record(connection, number, unit, month, list(found), list(passed), "accepted" if accepted else "quarantined")
    return number


def judge_again(
    engine: Engine, number: int, unit: str, month: date, found: Iterable[Found] = (), passed: Iterable[str] = ()
) -> None:
    """Judge an accepted submission once more, as after a waiver or a correction."""
    with engine.begin() as connection:
        record(connection, number, unit, month, list(found), list(passed), "accepted")


def refuse(engine: Engine, unit: str, month: date, name: str) -> None:
    """A file of the unit and month that could not be read."""
    with engine.begin() as connection:
        connection.execute(
            submission.insert().values(
                sha256=name,
                file_name=name,
                byte_size=1,
                source_uri="file:///",
                unit_code=unit,
                report_month=month,
                state="refused",
                reason_code="package_broken",
            )
        )


def in_force(engine: Engine, unit: str, month: date) -> int | None:
    """The number of the accepted submission of a unit and month."""
    query = text(
        "select submission_id from ops.submission"
        " where unit_code = :unit and report_month = :month and state = 'accepted'"
    )
    with engine.connect() as connection:
        found: int | None = connection.scalar(query, {"unit": unit, "month": month})
    return found


def record(
    connection: Connection,
    number: int,
    unit: str,
    month: date,
    found: list[Found],
    passed: list[str],
    outcome: str,
) -> None:
    """Write a run of the gate that judged one submission, with the rules of today."""
    catalogue = load_catalogue()
    store_pack(connection, catalogue)
    run = connection.scalar(
        gate_run.insert()
        .values(state="running", catalogue_version=catalogue.version, submission_count=1)
        .returning(gate_run.c.gate_run_id)
    )
    _record_checks(connection, run, number, found, passed)
    for entry in found:
        connection.execute(finding.insert().values(**_row(entry, unit, month), gate_run_id=run, submission_id=number))
    connection.execute(
        judgement.insert().values(
            gate_run_id=run, submission_id=number, unit_code=unit, report_month=month, outcome=outcome,
            block_count=0, warn_count=0, info_count=0,
        )
    )  # fmt: skip
    connection.execute(gate_run.update().where(gate_run.c.gate_run_id == run).values(state="done"))


def _record_checks(connection: Connection, run: int | None, number: int, found: list[Found], passed: list[str]) -> None:
    catalogue = load_catalogue()
    failures = {check: [entry for entry in found if entry.check_id == check] for check in {f.check_id for f in found}}
    for check_id in [*failures, *passed]:
        check = catalogue.check(check_id)
        failed = sum(entry.verdict == "contradiction" for entry in failures.get(check_id, []))
        connection.execute(
            rule_run.insert().values(
                gate_run_id=run, check_id=check_id, rule_id=check.meta.rule_id, expectation_type=check.entry.type,
                severity=check.meta.severity, rows_checked=10, rows_failed=failed, rows_failed_gx=failed, rows_untold=0,
            )
        )  # fmt: skip
        connection.execute(
            submission_rule_run.insert().values(
                gate_run_id=run, submission_id=number, check_id=check_id, rows_checked=10, rows_failed=failed,
                rows_untold=0,
            )
        )  # fmt: skip


def _row(entry: Found, unit: str, month: date) -> dict[str, Any]:
    return {
        "check_id": entry.check_id,
        "rule_id": entry.check_id.partition(".")[0],
        "severity": entry.severity,
        "verdict": entry.verdict,
        "sheet": entry.sheet,
        "sheet_title": "项目进展",
        "row_number": 5,
        "column_name": entry.column_name,
        "cell": "N5",
        "value": "30",
        "message_zh": f"项目“{entry.subject}”有误",
        "message_en": f"{entry.subject} is wrong",
        "advice_zh": "请核实。",
        "subject_key": entry.subject,
        "subject_label": entry.subject,
        "finding_key": f"{unit}|{month}|{entry.check_id}|{entry.subject}",
        "waiver_id": entry.waiver_id,
    }
