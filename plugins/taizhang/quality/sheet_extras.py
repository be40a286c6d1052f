"""What the judged tables of the sheets beside 项目进展 and 汇总 have beyond their own columns.

Each entry adds columns to one judged table: their types, the SQL that selects them and the joins that it needs. The row
is `r`, its submission `b`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from taizhang.dictionary import ColumnType, Sheet, load_dictionary
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.statements import Workplace

DETAIL = "project_progress"
# Sheets with tables and builders of their own.
OWN_TABLES = ("cover", DETAIL, "summary")


@dataclass(frozen=True)
class SheetExtra:
    """Columns by type, `fields` is the SQL of all of them in this order, `joins` makes what they are taken from.

    `joins` takes the workplace and the list of the batch's months.
    """

    columns: dict[str, ColumnType]
    fields: str
    joins: Callable[[Workplace, str], str]


def plain_sheets() -> list[Sheet]:
    """The sheets whose judged table has the row, its companions and the extras of this module."""
    return [sheet for name, sheet in load_dictionary().items() if name not in OWN_TABLES]


def _project_columns() -> dict[str, ColumnType]:
    detail = load_dictionary()[DETAIL]
    names = ("is_started", "start_date", "total_investment_wan", "annual_plan_wan")
    return {"detail_rows": ColumnType.COUNT} | {f"detail_{name}": detail.column(name).type for name in names}


def _project_joins(place: Workplace, of_batch: str) -> str:
    """SQL: the project of the row in 项目进展 of the same submission, by code, else by name; one at most."""
    detail = f"""
        select submission_id, project_code, project_name, is_started, start_date, total_investment_wan, annual_plan_wan,
            count(*) over (partition by submission_id, project_code) as same_code,
            count(*) over (partition by submission_id, project_name) as same_name
        from {rows_of(place, DETAIL)} as p
        where p.report_month in ({of_batch}) and p.submission_id in (select submission_id from {place.gate}.batch)"""
    return f"""
        left join ({detail}) as by_code on by_code.submission_id = r.submission_id
            and by_code.project_code = r.project_code and by_code.same_code = 1
        left join ({detail}) as by_name on by_name.submission_id = r.submission_id and by_code.submission_id is null
            and by_name.project_name = r.project_name and by_name.same_name = 1
            and (r.project_code is null or by_name.project_code is null)"""


def _of_project() -> SheetExtra:
    """The project that a row is about, as 项目进展 has it; detail_rows is 0 where it does not stand there."""
    names = [name for name in _project_columns() if name != "detail_rows"]
    taken = [
        f"coalesce(by_code.{name.removeprefix('detail_')}, by_name.{name.removeprefix('detail_')}) as {name}"
        for name in names
    ]
    found = "(coalesce(by_code.submission_id, by_name.submission_id) is not null)::integer as detail_rows"
    return SheetExtra(_project_columns(), ", ".join([found, *taken]), _project_joins)


@cache
def extras_of(sheet: str) -> tuple[SheetExtra, ...]:
    """Return what a sheet's judged table has beyond its own columns."""
    extras: dict[str, tuple[SheetExtra, ...]] = {
        "permits": (_of_project(),),
        "elements": (_of_project(),),
        "issues": (_of_project(),),
        "dispatch": (_of_project(),),
    }
    return extras.get(sheet, ())
