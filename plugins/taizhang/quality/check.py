"""The offline judgement of one workbook: the same reader, the same SQL, and nothing kept."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from taizhang.quality.amendments import Amendments, load_amendments
from taizhang.quality.batch import collect_reading
from taizhang.quality.catalogue import Catalogue, load_catalogue
from taizhang.quality.corrections import apply_corrections
from taizhang.quality.diagnosis import suggest
from taizhang.quality.findings import count_rows, create_finding_table, write_findings
from taizhang.quality.materialise import build_judged_tables
from taizhang.quality.statements import OFFLINE, run
from taizhang.quality.waivers import apply_waivers
from taizhang.reading.result import Refusal
from taizhang.warehouse.audit_tables import by_severity
from taizhang.warehouse.load import Loadable, Reading, write_readings
from taizhang.warehouse.tables import metadata

SUBMISSION_ID = 0


@dataclass(frozen=True)
class CheckFinding:
    """One finding on the workbook."""

    check_id: str
    rule_id: str
    severity: str
    verdict: str
    sheet: str | None
    cell: str | None
    value: str | None
    message_zh: str
    message_en: str
    advice_zh: str | None
    suggestion_zh: str | None = None
    suggestion_en: str | None = None
    waiver_id: str | None = None

    @property
    def counts(self) -> bool:
        """True unless a waiver covers it."""
        return self.waiver_id is None


@dataclass(frozen=True)
class SkippedCheck:
    """A check that could not be made, and why."""

    check_id: str
    rule_id: str
    title_zh: str
    title_en: str
    reason: str


@dataclass
class CheckReport:
    """The verdict on one workbook: accepted, accepted_with_warnings, quarantined or unreadable."""

    verdict: str
    reason: str | None
    findings: list[CheckFinding] = field(default_factory=list)
    skipped: list[SkippedCheck] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)


def check_file(path: Path, engine: Engine) -> CheckReport:
    """Judge a workbook as the gate would, without Great Expectations and without a trace in the warehouse."""
    from taizhang.reading import confined

    try:
        reading = confined.read_workbook(path)
    except Refusal as refusal:
        return CheckReport("unreadable", refusal.message_zh)
    return check_reading(reading, engine)


def check_reading(
    reading: Reading,
    engine: Engine,
    catalogue: Catalogue | None = None,
    amendments: Amendments | None = None,
) -> CheckReport:
    """Judge a workbook that has been read; everything happens in temporary tables and is rolled back.

    CorrectionError when a correction of the unit's month does not fit the workbook, as in the gate.
    """
    catalogue = catalogue or load_catalogue()
    amendments = amendments or load_amendments(catalogue)
    with engine.connect() as connection, connection.begin() as transaction:
        try:
            _load(connection, reading)
            apply_corrections(connection, OFFLINE, amendments.active_corrections)
            build_judged_tables(connection, OFFLINE)
            create_finding_table(connection, OFFLINE)
            tallies = count_rows(connection, catalogue.checks, OFFLINE)
            write_findings(connection, catalogue.checks, tallies, OFFLINE)
            apply_waivers(connection, OFFLINE, amendments.active_waivers)
            suggest(connection, catalogue.checks, OFFLINE)
            findings = _findings(connection)
            has_previous = run(connection, "select prev_submission_id is not null from pg_temp.batch").scalar_one()
        finally:
            transaction.rollback()
    skipped = [] if has_previous else _skipped(catalogue)
    return _verdict(findings, skipped)


def _load(connection: Connection, reading: Reading) -> None:
    for table in metadata.sorted_tables:
        if table.schema == "raw":
            run(connection, f"create temporary table {table.name} (like raw.{table.name} including defaults)")
    write_readings(connection, [Loadable(SUBMISSION_ID, reading)], schema="pg_temp")
    collect_reading(connection, OFFLINE, SUBMISSION_ID, reading)


def _findings(connection: Connection) -> list[CheckFinding]:
    rows = run(
        connection,
        f"""
        select check_id, rule_id, severity, verdict, coalesce(sheet_title, sheet) as sheet, cell, value, message_zh,
            message_en, advice_zh, suggestion_zh, suggestion_en, waiver_id
        from pg_temp.finding
        order by {by_severity("severity")}, finding.sheet, row_number, check_id""",
    )
    return [CheckFinding(**row) for row in rows.mappings()]


def _skipped(catalogue: Catalogue) -> list[SkippedCheck]:
    reason = "the month before is not in the warehouse, or the report is of January"
    return [
        SkippedCheck(check.meta.check_id, check.meta.rule_id, check.meta.title_zh, check.meta.title_en, reason)
        for check in catalogue.checks
        if check.meta.needs_previous
    ]


def _verdict(findings: list[CheckFinding], skipped: list[SkippedCheck]) -> CheckReport:
    blocking = [finding for finding in findings if finding.severity == "block" and finding.counts]
    warning = [finding for finding in findings if finding.severity == "warn" and finding.counts]
    if blocking:
        reason = f"须改正 {len(blocking)} 处：{blocking[0].message_zh}"
        return CheckReport("quarantined", reason, findings, skipped)
    if warning:
        return CheckReport("accepted_with_warnings", f"有 {len(warning)} 处需要说明", findings, skipped)
    return CheckReport("accepted", None, findings, skipped)
