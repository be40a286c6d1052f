"""Mistakes that units make: each function spoils one submission in one way, and only in that way."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from demo.book import TOTAL, Book
from demo.broken_files import encrypt, truncate
from demo.months import Row, rate

NO_UNIT_LINE = "报送口径：县级"


def _active(projects: list[Row]) -> list[Row]:
    """Projects that completed something this month."""
    return [project for project in projects if project["month_completed_wan"] > 100]


def _reprint_rate(project: Row) -> None:
    project["completion_rate_pct"] = rate(project["ytd_completed_wan"], project["annual_plan_wan"], 2)


def ytd_does_not_continue(projects: list[Row]) -> None:
    """A month is added to the year twice: ytd and since-start are too high, their own sums agree."""
    project = _active(projects)[4]
    project["ytd_completed_wan"] += project["month_completed_wan"]
    project["since_start_wan"] += project["month_completed_wan"]
    _reprint_rate(project)


def sources_do_not_add_up(projects: list[Row]) -> None:
    """One source of funds is too high, the sum is not."""
    project = next(project for project in projects if project["funds_own_wan"])
    project["funds_own_wan"] += 800


def completion_rate_misprinted(projects: list[Row]) -> None:
    """The printed completion of one project is not its own."""
    _active(projects)[6]["completion_rate_pct"] += Decimal("12.5")


def start_before_approval(projects: list[Row]) -> None:
    """Construction of one project started before the approval."""
    project = next(
        project
        for project in projects
        if project["start_date"] and project["approval_date"] and not project["contract_date"]
    )
    project["start_date"] = project["approval_date"] - timedelta(days=70)


def project_twice(projects: list[Row]) -> None:
    """One project stands in two rows."""
    projects.append(dict(_active(projects)[3]))


def month_too_high(projects: list[Row]) -> None:
    """One figure is too high wherever it counts: nothing contradicts it, only the unit can know."""
    project = _active(projects)[1]
    for name in ("month_completed_wan", "ytd_completed_wan", "since_start_wan"):
        project[name] += 360
    _reprint_rate(project)


def counts_do_not_add_up(classes: list[Row]) -> None:
    """In one class the projects not started and the started ones are more than its projects."""
    classes[2]["not_started_count"] += 2


def start_rate_above_100(classes: list[Row]) -> None:
    """One class prints a start rate of a little more than 100 percent."""
    classes[1]["start_rate_pct"] = Decimal("103.85")


def county_row_outdated(classes: list[Row]) -> None:
    """The row of one county in a city's summary leaves this month out of the year; the city's total has it."""
    county = [row for row in classes if row["breakdown_name"] == "county" and row["month_completed_wan"] > 100][1]
    county["ytd_completed_wan"] -= county["month_completed_wan"]
    _reprint_rate(county)


def unit_stated_nowhere(book: Book) -> None:
    """Neither a unit line nor a header tells the unit of amounts."""
    for table in book.tables:
        table.headers = {name: header.split("(")[0].split("（")[0] for name, header in table.headers.items()}
        table.above = [
            {
                place: NO_UNIT_LINE if "单位：万元" in text or "单位：亿元" in text else text
                for place, text in row.items()
            }
            for row in table.above
        ]


def total_row_wrong(book: Book) -> None:
    """The total of the annual plan is that of an earlier version."""
    total = next(line for line in book.table("project_progress").lines if line.kind == TOTAL and line.label == "合计")
    planned = total.cells["annual_plan_wan"]
    if not isinstance(planned, float):
        raise TypeError("the total row holds no figure")
    total.cells["annual_plan_wan"] = planned + 1.5


def sheet_missing(book: Book) -> None:
    """The sheet 汇总 was not filled in and has been deleted."""
    book.tables = [table for table in book.tables if table.sheet != "summary"]


def month_13(book: Book) -> None:
    """The period is a month that does not exist, wherever it is written."""
    rename(book, f"{book.month.month}月", "13月")


def rename(book: Book, text: str, other: str) -> None:
    """Write another text for one, on the cover and above the tables."""
    book.cover_title = book.cover_title.replace(text, other)
    book.cover = [
        (label, value.replace(text, other) if isinstance(value, str) else value) for label, value in book.cover
    ]
    book.cover = [(label, None if isinstance(value, date) else value) for label, value in book.cover]
    for table in book.tables:
        table.above = [{place: above.replace(text, other) for place, above in row.items()} for row in table.above]


PROGRESS_FAULTS: dict[str, Callable[[list[Row]], None]] = {
    fault.__name__: fault
    for fault in (
        ytd_does_not_continue,
        sources_do_not_add_up,
        completion_rate_misprinted,
        start_before_approval,
        project_twice,
        month_too_high,
    )
}
SUMMARY_FAULTS: dict[str, Callable[[list[Row]], None]] = {
    fault.__name__: fault for fault in (counts_do_not_add_up, start_rate_above_100, county_row_outdated)
}
BOOK_FAULTS: dict[str, Callable[[Book], None]] = {
    fault.__name__: fault for fault in (unit_stated_nowhere, total_row_wrong, sheet_missing, month_13)
}
FILE_FAULTS: dict[str, Callable[[Path], None]] = {"encrypted": encrypt, "truncated": truncate}
MACROS = "macros"
