"""SQL for the judged tables of sheets whose rows are classes: names of the classes, and figures of the stage before."""

from taizhang.codelists import code_list, flagged, stage_orders
from taizhang.dictionary import Column, ColumnType, Sheet, load_dictionary
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace

FUNDS = "funds_and_bonds"
STAGE = "funnel_stage"
# What is compared from stage to stage; of the last one only where money is granted.
GRANTED = "granted_wan"
COMPARED = ("project_count", "total_investment_wan", "demand_wan", GRANTED)


def name_of(column: str) -> str:
    """Judged column with the Chinese name of a class."""
    return f"{column}_name"


def class_name_columns(sheet: Sheet) -> dict[str, ColumnType]:
    """The names of the classes that name a row, as judged columns."""
    return {name_of(column.name): ColumnType.TEXT for column in _classes(sheet)}


def class_name_fields(sheet: Sheet) -> str:
    """SQL of these columns over the row `r`."""
    return ", ".join(f"{_named(f'r.{c.name}', c.code_list or '')} as {name_of(c.name)}" for c in _classes(sheet))


def _classes(sheet: Sheet) -> list[Column]:
    return [column for name in sheet.subject if (column := sheet.column(name)).type is ColumnType.CHOICE]


def _named(code: str, codes: str) -> str:
    cases = " ".join(f"when {literal(key)} then {literal(label)}" for key, label in code_list(codes).names.items())
    return f"case {code} {cases} end"


def earlier_stage_columns() -> dict[str, ColumnType]:
    """The figures of the nearest earlier stage that has one, its half width and the stage's name."""
    sheet = load_dictionary()[FUNDS]
    columns: dict[str, ColumnType] = {}
    for name in COMPARED:
        columns |= {f"prev_{name}": sheet.column(name).type, f"prev_{name}_h": ColumnType.AMOUNT}
        columns |= {f"prev_{name}_stage": ColumnType.TEXT}
    return columns


def earlier_stage_fields() -> str:
    """SQL of these columns, from what `earlier_stage_joins` finds."""
    return ", ".join(f"earlier.{name}" for name in earlier_stage_columns())


def earlier_stage_joins(place: Workplace, of_batch: str) -> str:
    """SQL: for each row of a known stage what the stages before it say of the same channel and cohort.

    The stages of a cohort count what has gone further too, so that a stage left out is passed over.
    """
    orders = ", ".join(f"({literal(code)}, {order})" for code, order in stage_orders(STAGE).items())
    stage = _named(f"s.{STAGE}", STAGE)
    values = []
    for name in COMPARED:
        half = "0::numeric" if name == "project_count" else f"coalesce(f.{name}_h, c.{name}_h)"
        values += [
            _last(f"s.{name}", name, f"prev_{name}"),
            _last(half, name, f"prev_{name}_h"),
            _last(stage, name, f"prev_{name}_stage"),
        ]
    return f"""
        left join (
            select s.submission_id, s.row_number, {", ".join(values)}
            from {rows_of(place, FUNDS)} as s
            inner join (values {orders}) as stages (stage_code, stage_order) on stages.stage_code = s.{STAGE}
            left join columns_of as c on c.submission_id = s.submission_id
            left join precision as f on f.submission_id = s.submission_id and f.row_number = s.row_number
            where s.report_month in ({of_batch}) and s.fund_channel is not null
                and s.submission_id in (select submission_id from {place.gate}.batch)
            window before as (
                partition by s.submission_id, s.fund_channel, s.cohort order by stages.stage_order
                range between unbounded preceding and 1 preceding
            )
        ) as earlier on earlier.submission_id = r.submission_id and earlier.row_number = r.row_number"""


def _last(value: str, name: str, alias: str) -> str:
    """SQL: a value of the last stage before that states the figure."""
    stated = f"s.{name} is not null"
    if name == GRANTED:
        granting = ", ".join(map(literal, sorted(flagged(STAGE, "is_granting"))))
        stated += f" and s.{STAGE} in ({granting})"
    found = f"array_agg({value}) filter (where {stated}) over before"
    return f"({found})[count(*) filter (where {stated}) over before] as {alias}"
