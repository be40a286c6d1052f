"""The judged tables of what units add up themselves: the rows of 汇总 and of 合计, each beside its detail."""

from sqlalchemy import Connection

from taizhang.codelists import code_list
from taizhang.dictionary import Column, ColumnType, Sheet, load_dictionary
from taizhang.quality.breakdown_sql import with_breakdowns
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.judged import compared_amounts
from taizhang.quality.permit_sums import permit_reports, permit_sums, summary_fields
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_sql import (
    columns_of,
    half_width,
    own_half_widths,
    sheet_fields,
    submission_columns,
    unread_of,
)
from taizhang.quality.statements import Workplace, run

# Breakdowns of the summary and the column of the detail that splits it, whose code list names the classes.
BREAKDOWNS = {"list": "project_lists", "industry": "industry_class", "nature": "construction_nature"}
NO_UNREAD = "coalesce(unread_columns, '{}')"
MONTH = "month_completed_wan"
_NO_DETAIL = """
        select null::bigint as submission_id, null::text as sheet, null::integer as row_number,
            null::text as column_name, null::numeric as value, null::numeric as half, null::boolean as is_unread
        where false"""


def build_summary(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Build `<gate>.judged_summary`: each class with the sum of the detail rows that belong to it.

    The sum is NULL when the class is not known or a cell of the detail could not be read; a known class that no
    project names has the sum zero.
    """
    sheet = load_dictionary()["summary"]
    names = ["project_count", "started_count"]
    names += [f"{name}{suffix}" for name in compared_amounts() for suffix in ("", "_h")]
    details = [
        f"case when s.submission_id is not null then s.detail_{name} when k.is_told then 0 end as detail_{name}"
        for name in names
    ]
    classes = f"""
        with columns_of as ({columns_of(sheet, place)}),
        precision as ({own_half_widths(sheet, place, f"select submission_id from {place.gate}.batch")}),
        unread as ({unread_of(sheet, place)}),
        class_name (breakdown, label, class_code) as ({class_names()}),
        class_sum as ({class_sums(f"{place.gate}.judged_project_progress")}),
        told as ({told_breakdowns(f"{place.gate}.judged_project_progress")}),
        permit_sum as ({permit_sums(place)}),
        permit_report as ({permit_reports(place)})
        select {submission_columns()}, r.row_number, {sheet_fields(sheet)}, u.unread_columns,
            0::numeric as detail_project_count_h, 0::numeric as detail_started_count_h, {", ".join(details)},
            {summary_fields()}
        from {place.gate}.batch as b
        inner join {rows_of(place, "summary")} as r
            on r.submission_id = b.submission_id and r.report_month = b.report_month
        left join columns_of as c on c.submission_id = r.submission_id
        left join precision as f on f.submission_id = r.submission_id and f.row_number = r.row_number
        left join unread as u on u.submission_id = r.submission_id and u.row_number = r.row_number
        left join class_name as n on n.breakdown = r.breakdown_name and n.label = r.item_name
        left join told as k on k.submission_id = r.submission_id and k.breakdown = r.breakdown_name and k.is_told
            and (r.breakdown_name = 'total' or n.class_code is not null)
        left join class_sum as s on s.submission_id = k.submission_id and s.breakdown = k.breakdown
            and s.class_code = case when r.breakdown_name = 'total' then 'total' else n.class_code end
        left join permit_report as v on v.submission_id = r.submission_id
        left join permit_sum as q on q.submission_id = k.submission_id and q.breakdown = k.breakdown
            and q.class_code = case when r.breakdown_name = 'total' then 'total' else n.class_code end
        where r.report_month in ({of_batch}) and r.submission_id {place.of_batch}"""
    place.create_as(connection, "judged_summary", with_breakdowns(classes, sheet))


def class_names() -> str:
    """SQL values: breakdown, label as a unit may write it, code of the class."""
    detail = load_dictionary()["project_progress"]
    rows = [
        f"({literal(breakdown)}, {literal(label)}, {literal(code)})"
        for breakdown, column in BREAKDOWNS.items()
        for label, code in sorted(code_list(detail.column(column).code_list or "").aliases.items())
    ]
    return f"values {', '.join(rows)}"


def class_sums(table: str) -> str:
    """SQL: per submission, breakdown and class, what the detail rows add up to; NULL where a cell was unreadable.

    A month that a started project leaves empty, as a report of two months together may, is no zero either.
    """

    def summed(name: str) -> str:
        is_blank = f" or (is_started and {name} is null)" if name == MONTH else ""
        lost = f"bool_or({name}_letter is null or '{name}' = any({NO_UNREAD}){is_blank})"
        return (
            f"case when not {lost} then coalesce(sum({name}), 0) end as detail_{name},"
            f" coalesce(sum({name}_h) filter (where {name} is not null), 0) as detail_{name}_h"
        )

    return f"""
        select p.submission_id, m.breakdown, m.class_code, count(*)::integer as detail_project_count,
            case when count(p.is_started) = count(*)
                then (count(*) filter (where p.is_started))::integer end as detail_started_count,
            {", ".join(summed(name) for name in compared_amounts())}
        from {table} as p
        cross join lateral (
            select 'total' as breakdown, 'total' as class_code
            union all select 'industry', p.industry_class where p.industry_class is not null
            union all select 'nature', p.construction_nature where p.construction_nature is not null
            union all select 'list', list_code from (select distinct unnest(p.project_lists)) as l (list_code)
        ) as m
        group by p.submission_id, m.breakdown, m.class_code"""


def told_breakdowns(table: str) -> str:
    """SQL: per submission and breakdown, whether the detail says of every project to which class it belongs."""
    split = ", ".join(
        f"({literal(breakdown)}, {column}_letter is not null and '{column}' <> all ({NO_UNREAD}))"
        for breakdown, column in BREAKDOWNS.items()
    )
    return f"""
        select p.submission_id, t.breakdown, bool_and(t.is_told) as is_told
        from {table} as p
        cross join lateral (values ('total', true), {split}) as t (breakdown, is_told)
        group by p.submission_id, t.breakdown"""


def build_reported_total(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Build `<gate>.judged_reported_total`: each figure of a totals row that may be added up, with its detail's sum."""
    place.create_as(connection, "reported", _reported(place, of_batch))
    place.create_as(connection, "totals_detail", _details(connection, place))
    place.create_as(
        connection,
        "judged_reported_total",
        f"""
        with owner as ({_owners(place)})
        select {submission_columns()}, t.sheet, t.row_number, t.column_name, t.column_label, t.total_kind, t.label,
            t.reported_value, t.half as reported_value_h, cardinality(t.detail_rows) as detail_count,
            case when not coalesce(d.is_unread, false) then coalesce(d.value, 0) end as detail_value,
            coalesce(d.half, 0) as detail_value_h,
            w.label as whole_label, w.reported_value as whole_value, w.half as whole_value_h
        from {place.gate}.batch as b
        inner join {place.gate}.reported as t on t.submission_id = b.submission_id
        left join {place.gate}.totals_detail as d on d.submission_id = t.submission_id and d.sheet = t.sheet
            and d.row_number = t.row_number and d.column_name = t.column_name
        left join owner as o on o.submission_id = t.submission_id and o.sheet = t.sheet and o.row_number = t.row_number
        left join {place.gate}.reported as w on w.submission_id = o.submission_id and w.sheet = o.sheet
            and w.row_number = o.owner_row and w.column_name = t.column_name""",
    )


def _details(connection: Connection, place: Workplace) -> str:
    """SQL: what the detail rows of each reported figure add up to, which half widths, and whether one was unreadable.

    Only sheets and columns that some unit of the batch totals are added up.
    """
    found = run(connection, f"select distinct sheet, column_name from {place.gate}.reported").all()
    columns: dict[str, list[Column]] = {}
    for sheet in load_dictionary().values():
        if totalled := [column for column in _addable(sheet) if (sheet.sheet, column.name) in found]:
            columns[sheet.sheet] = totalled
    return " union all ".join(_sums(sheet, totalled, place) for sheet, totalled in columns.items()) or _NO_DETAIL


def _sums(sheet: str, columns: list[Column], place: Workplace) -> str:
    """SQL: the sums of a sheet's detail rows for each of its totals rows.

    All columns are summed in one pass and told apart afterwards, which is as many rows as there are totals: telling
    every figure of every row apart first took nine tenths of the time. The figures of a totals row that have the same
    detail rows share a pass.
    """
    sums = ", ".join(
        f"sum({name})::numeric as {name}_sum,"
        f" sum({half_width(column, name + '_h')}) filter (where {name} is not null) as {name}_half,"
        f" bool_or({name}_letter is null or '{name}' = any({NO_UNREAD})) as {name}_lost"
        for column in columns
        for name in [column.name]
    )
    names = [column.name for column in columns]
    told_apart = ", ".join(f"('{name}', {name}_sum, {name}_half, {name}_lost)" for name in names)
    return f"""(
        with line as (
            select row_number() over () as line_no, submission_id, row_number, detail_rows,
                array_agg(column_name) as column_names
            from {place.gate}.reported where sheet = '{sheet}'
            group by submission_id, row_number, detail_rows
        ),
        part as (select line_no, submission_id, unnest(detail_rows) as row_number from line),
        summed as (
            select part.line_no, {sums}
            from part
            inner join {place.gate}.judged_{sheet} as j
                on j.submission_id = part.submission_id and j.row_number = part.row_number
            group by part.line_no
        )
        select line.submission_id, '{sheet}' as sheet, line.row_number, v.column_name, v.value, v.half, v.is_unread
        from summed
        inner join line on line.line_no = summed.line_no
        cross join lateral (values {told_apart}) as v (column_name, value, half, is_unread)
        where v.column_name = any(line.column_names))"""


def _owners(place: Workplace) -> str:
    """SQL: for each row of 其中 the row that it is part of: the total right above it, else the total of the sheet.

    Between a total and its rows of 其中 nothing else stands, so that their row numbers run on.
    """
    return f"""
            select submission_id, sheet, row_number, coalesce(above, whole) as owner_row
            from (
                select submission_id, sheet, row_number, total_kind,
                    max(row_number) filter (where total_kind <> 'of_which') over (
                        partition by submission_id, sheet, run order by row_number
                    ) as above,
                    max(row_number) filter (where total_kind = 'total') over (
                        partition by submission_id, sheet
                    ) as whole
                from (
                    select submission_id, sheet, row_number, total_kind,
                        row_number - row_number() over (partition by submission_id, sheet order by row_number) as run
                    from (
                        select distinct submission_id, sheet, row_number, total_kind from {place.gate}.reported
                    ) as line
                ) as lines_in_runs
            ) as lines_with_totals
            where total_kind = 'of_which'"""


def count_of_reported_totals(place: Workplace, batch: str, of_batch: str) -> str:
    """SQL: how many figures of totals rows the batch has that may be added up."""
    return f"""
        with totalled (sheet, column_name, column_label, is_count) as ({_totalled()})
        select count(*) from {place.raw}.reported_total
        where {batch} and report_month in ({of_batch})
            and (sheet, column_name) in (select sheet, column_name from totalled)"""


def _addable(sheet: Sheet) -> list[Column]:
    """Figures of a sheet that may be added up."""
    return [column for column in sheet.measures if column.type in (ColumnType.AMOUNT, ColumnType.COUNT)]


def _totalled() -> str:
    """SQL values: sheet, column, its Chinese label, and whether it is a count."""
    rows = [
        f"({literal(sheet.sheet)}, {literal(column.name)}, {literal(column.label)},"
        f" {literal(column.type is ColumnType.COUNT)})"
        for sheet in load_dictionary().values()
        for column in _addable(sheet)
    ]
    return f"values {', '.join(rows)}"


def _reported(place: Workplace, of_batch: str) -> str:
    """SQL: the batch's figures of totals rows with their half widths."""
    return f"""
        with totalled (sheet, column_name, column_label, is_count) as ({_totalled()})
        select t.submission_id, t.sheet, t.row_number, t.column_name, t.total_kind, t.label, t.reported_value,
            t.detail_rows, p.column_label,
            case when p.is_count then 0 else coalesce(t.half_width, c.half_width) end as half
        from {place.raw}.reported_total as t
        inner join totalled as p on p.sheet = t.sheet and p.column_name = t.column_name
        left join (
            select submission_id, sheet, column_name, max(half_width) as half_width
            from {place.raw}.sheet_column
            where submission_id {place.of_batch}
            group by submission_id, sheet, column_name
        ) as c on c.submission_id = t.submission_id and c.sheet = t.sheet and c.column_name = t.column_name
        where t.report_month in ({of_batch}) and t.submission_id {place.of_batch}"""
