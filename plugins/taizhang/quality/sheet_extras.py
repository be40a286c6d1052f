"""What the judged tables of the sheets beside 项目进展 and 汇总 have beyond their own columns.

Each entry adds columns to one judged table: their types, the SQL that selects them and the joins that it needs. The row
is `r`, its submission `b`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from taizhang.codelists import code_list, flagged, units_of_elements
from taizhang.dictionary import ColumnType, Sheet, load_dictionary
from taizhang.quality import investment_extras as ie
from taizhang.quality.class_extras import (
    class_name_columns,
    class_name_fields,
    earlier_stage_columns,
    earlier_stage_fields,
    earlier_stage_joins,
)
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.row_conditions import literal
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
        where p.report_month in ({of_batch}) and p.submission_id {place.of_batch}"""
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


def _no_joins(place: Workplace, of_batch: str) -> str:
    """Nothing more than what stands there already."""
    del place, of_batch
    return ""


def _named_project() -> SheetExtra:
    """One text for all rows about one project, be it named by code or by name; goes after `_of_project`."""
    field = (
        "coalesce(by_code.project_code, by_name.project_code, by_name.project_name, r.project_code, r.project_name)"
        " as project_key"
    )
    return SheetExtra({"project_key": ColumnType.TEXT}, field, _no_joins)


def _is_one_of(column: str, codes: frozenset[str]) -> str:
    return f"{column} in ({', '.join(map(literal, sorted(codes)))})"


def _what_a_permit_asks() -> SheetExtra:
    """Whether the project needs the permit, by the status and by both columns; whether work may not begin before it."""
    by_status = _is_one_of("r.permit_status", flagged("permit_status", "is_needed"))
    before = _is_one_of("r.permit_kind", flagged("permit", "is_before_start"))
    return SheetExtra(
        dict.fromkeys(("needed_by_status", "is_required", "is_before_start"), ColumnType.FLAG),
        f"{by_status} as needed_by_status, (r.is_needed is not false and {by_status}) as is_required,"
        f" {before} as is_before_start",
        _no_joins,
    )


def _units_of_element() -> SheetExtra:
    """The units in which the element may be stated, where the row has another one."""
    names = code_list("quantity_unit").names
    cases = " ".join(
        f"when r.element_kind = {literal(element)} and not {_is_one_of('r.quantity_unit', frozenset(units))}"
        f" then {literal('、'.join(names[unit] for unit in units))}"
        for element, units in units_of_elements().items()
    )
    return SheetExtra({"fitting_units": ColumnType.TEXT}, f"case {cases} end as fitting_units", _no_joins)


def _of_month_before() -> SheetExtra:
    """Whether the issue of this number was closed in the report before; null where it did not stand there once."""
    return SheetExtra(
        {"prev_is_closed": ColumnType.FLAG},
        "before.is_closed as prev_is_closed",
        lambda place, _: (
            f"""
        left join {place.gate}.issue_before as before on before.submission_id = r.submission_id
            and before.issue_no = r.issue_no and before.same_no = 1"""
        ),
    )


def _of_period() -> SheetExtra:
    """The first day that the report is about: in a report of January and February together, that of January."""
    start = "(b.report_month - case when b.is_combined then interval '1 month' else interval '0' end)::date"
    return SheetExtra({"period_start": ColumnType.TEXT}, f"{start} as period_start", lambda *_: "")


def _class_names(sheet: str) -> SheetExtra:
    """The names of the classes that name the row."""
    of_sheet = load_dictionary()[sheet]
    return SheetExtra(class_name_columns(of_sheet), class_name_fields(of_sheet), lambda *_: "")


def _of_earlier_stage() -> SheetExtra:
    """What the stages before say of the row's channel and cohort."""
    return SheetExtra(earlier_stage_columns(), earlier_stage_fields(), earlier_stage_joins)


@cache
def extras_of(sheet: str) -> tuple[SheetExtra, ...]:
    """Return what a sheet's judged table has beyond its own columns."""
    extras: dict[str, tuple[SheetExtra, ...]] = {
        "permits": (_of_project(), _named_project(), _what_a_permit_asks()),
        "elements": (_of_project(), _named_project(), _units_of_element()),
        "issues": (_of_project(), _of_month_before()),
        "dispatch": (_of_project(), _of_period()),
        "funds_and_bonds": (_class_names("funds_and_bonds"), _of_earlier_stage()),
        "batches": (_class_names("batches"),),
        "fixed_asset_investment": (SheetExtra(ie.fai_columns(), ie.fai_fields(), ie.fai_joins),),
        "targets": (SheetExtra(ie.target_columns(), ie.target_fields(), ie.target_joins),),
        "pipeline": (SheetExtra(ie.pipeline_columns(), ie.pipeline_fields(), ie.pipeline_joins),),
        "investment_promotion": (SheetExtra(ie.promotion_columns(), ie.promotion_fields(), ie.promotion_joins),),
    }
    return extras.get(sheet, ())
