"""Building the judged tables of a batch, set by set, from `raw` and the earlier months in force."""

from sqlalchemy import Connection

from taizhang.errors import TaizhangError
from taizhang.quality import (
    materialise_investment,
    materialise_issues,
    materialise_leaders,
    materialise_platform,
    materialise_progress,
    materialise_rollup,
    materialise_sheets,
    materialise_submission,
    materialise_totals,
)
from taizhang.quality.corrected_rows import issues_of
from taizhang.quality.sheet_extras import plain_sheets
from taizhang.quality.sheet_sql import in_months, submission_columns
from taizhang.quality.statements import Workplace, run
from taizhang.reading.result import IssueKind


class MaterialisationError(TaizhangError):
    """A judged table does not hold the rows that were loaded."""


def build_judged_tables(connection: Connection, place: Workplace) -> None:
    """Build all judged tables of the batch in `<gate>.batch`; MaterialisationError when rows are lost or doubled."""
    # Just loaded rows have no statistics yet; whole sets are joined, for which hashing is right whatever their size.
    run(connection, "set local enable_nestloop = off")
    run(connection, "set local enable_mergejoin = off")
    run(connection, "set local work_mem = '64MB'")
    run(connection, "set local jit = off")
    months = [row[0] for row in run(connection, f"select distinct report_month from {place.gate}.batch")]
    of_batch = in_months(months)
    _build_reading_issue(connection, place)
    materialise_progress.build(connection, place, of_batch)
    materialise_issues.build_before(connection, place, months)
    materialise_investment.build(connection, place, months)
    materialise_sheets.build(connection, place, of_batch)
    materialise_issues.build_open(connection, place)
    materialise_leaders.build(connection, place, months)
    materialise_platform.build(connection, place, months)
    materialise_totals.build_summary(connection, place, of_batch)
    materialise_totals.build_reported_total(connection, place, of_batch)
    materialise_rollup.build(connection, place, months)
    materialise_submission.build(connection, place, months)
    _require_all_rows(connection, place, of_batch)


def _build_reading_issue(connection: Connection, place: Workplace) -> None:
    place.create_as(
        connection,
        "judged_reading_issue",
        f"""
        select {submission_columns()}, i.row_number, i.kind, i.sheet, i.sheet_title, i.column_name, i.cell, i.value,
            i.message_zh, i.message_en, {_is_excused()} as is_excused
        from {place.gate}.batch as b
        inner join {issues_of(place)} as i on i.submission_id = b.submission_id
        where i.submission_id {place.of_batch}""",
    )


def _is_excused() -> str:
    """SQL: what is missing need not be there: the month of its own in a report of January and February together."""
    lacks_month = f"i.kind = '{IssueKind.HEADER_MISSING}' and i.column_name = '{materialise_totals.MONTH}'"
    return f"coalesce(b.is_combined and {lacks_month}, false)"


def _require_all_rows(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Compare each judged table with what was loaded, by number of rows."""
    batch = f"submission_id {place.of_batch}"
    detail = f"select coalesce(sum(detail_count), 0) from {place.raw}.read_sheet where {batch}"
    loaded = {
        "submission": f"select count(*) from {place.gate}.batch",
        "reading_issue": f"select count(*) from {issues_of(place)} as i where {batch}",
        "project_progress": f"{detail} and sheet = 'project_progress'",
        "summary": f"{detail} and sheet = 'summary'",
        **{sheet.sheet: f"{detail} and sheet = '{sheet.sheet}'" for sheet in plain_sheets()},
        "reported_total": materialise_totals.count_of_reported_totals(place, batch, of_batch),
    }
    for name, query in loaded.items():
        expected = run(connection, query).scalar_one()
        found = run(connection, f"select count(*) from {place.gate}.judged_{name}").scalar_one()
        if expected != found:
            raise MaterialisationError(f"judged_{name} has {found} rows, yet {expected} were loaded")
