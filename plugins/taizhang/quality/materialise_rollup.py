"""The judged table of what cities and provinces add up: each figure of their 汇总 beside the sum of the units below."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.dictionary import Column, load_dictionary
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.judged import compared_amounts
from taizhang.quality.materialise_totals import BREAKDOWNS, MONTH, class_names, class_sums, told_breakdowns
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_sql import (
    columns_of,
    half_width,
    in_months,
    own_half_widths,
    sheet_fields,
    submission_columns,
    unread_of,
)
from taizhang.quality.statements import Workplace, one_of

COUNTS = ("project_count", "started_count")
NAMED = 3


def _compared() -> list[Column]:
    """The figures of the summary that are compared with the units below."""
    sheet = load_dictionary()["summary"]
    return [sheet.column(name) for name in (*COUNTS, *compared_amounts())]


def build(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Build `<gate>.judged_rollup`: one row per figure of the summaries of cities and provinces of the batch.

    `below_value` is NULL where a figure below could not be read. A row whose units below have not all filed, or whose
    label nobody knows, is not complete; of those that lack the same, only the first stands in the table.
    """
    of_batch = in_months(months)
    _build_below(connection, place, of_batch)
    _build_classes(connection, place)
    place.create_as(
        connection,
        "judged_rollup",
        f"""
        with reported as ({_reported(place, of_batch)}),
        lower as ({_lower(place)}),
        ranked as (
            select *, row_number() over (
                partition by submission_id, row_number, column_name order by abs(value) desc nulls last, unit_code
            ) as place
            from lower
        ),
        summed as ({_summed()}),
        noted as ({_noted()})
        select {submission_columns()}, t.row_number, t.column_name, t.column_label, t.column_unit, t.breakdown_name,
            t.label, t.part_code, t.is_complete, t.below_units, t.below_expected, t.note_zh as below_note_zh,
            t.note_en as below_note_en, t.reported_value, t.reported_value_h, t.below_value, t.below_value_h
        from (
            select *, row_number() over (
                partition by submission_id, is_complete, note_zh order by row_number, column_order
            ) as like_it
            from noted
        ) as t
        inner join {place.gate}.batch as b on b.submission_id = t.submission_id
        where t.is_complete or t.like_it = 1""",
    )


def _build_below(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Make `<gate>.below_progress` and `<gate>.below_summary`: the rows of the units below, as they were read."""
    for sheet, is_summary in (("project_progress", False), ("summary", True)):
        definition = load_dictionary()[sheet]
        submissions = f"""
            select below_submission_id from {place.gate}.below
            where below_submission_id is not null and is_summary = {literal(is_summary)}"""
        place.create_as(
            connection,
            "below_summary" if is_summary else "below_progress",
            f"""
            with columns_of as ({columns_of(definition, place.stored, submissions)}),
            precision as ({own_half_widths(definition, place.stored, submissions)}),
            unread as ({unread_of(definition, place.stored, submissions)})
            select r.submission_id, r.row_number, {sheet_fields(definition)}, u.unread_columns
            from {rows_of(place.stored, sheet)} as r
            left join columns_of as c on c.submission_id = r.submission_id
            left join precision as f on f.submission_id = r.submission_id and f.row_number = r.row_number
            left join unread as u on u.submission_id = r.submission_id and u.row_number = r.row_number
            where r.report_month in ({of_batch}) and r.submission_id {one_of(submissions)}""",
        )


def _build_classes(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.below_class` and `<gate>.below_told`: what each unit below says of each class."""
    names = ["detail_project_count", "detail_started_count"]
    names += [f"detail_{name}{suffix}" for name in compared_amounts() for suffix in ("", "_h")]
    listed = ", ".join(["submission_id", "breakdown", "class_code", *names])
    place.create_as(
        connection,
        "below_class",
        f"""
        with class_name (breakdown, label, class_code) as ({class_names()})
        select {listed} from ({class_sums(f"{place.gate}.below_progress")}) as of_projects
        union all
        select {listed} from ({_stated_classes(place)}) as stated""",
    )
    place.create_as(
        connection,
        "below_told",
        f"""
        {told_breakdowns(f"{place.gate}.below_progress")}
        union all
        select submission_id, breakdown_name, true from {place.gate}.below_summary
        where breakdown_name is not null group by submission_id, breakdown_name
        union all
        -- Who files no project at all has said so of every class.
        select w.below_submission_id, t.breakdown, true
        from (select distinct below_submission_id from {place.gate}.below where not is_summary) as w
        cross join (values ('total'), {", ".join(f"({literal(name)})" for name in BREAKDOWNS)}) as t (breakdown)
        where w.below_submission_id not in (select submission_id from {place.gate}.below_progress)
            and w.below_submission_id is not null""",
    )


def _stated_classes(place: Workplace) -> str:
    """SQL: the classes of the summaries below; NULL where a cell could not be read or there is no such column."""
    unread = "any(coalesce(s.unread_columns, '{}'))"

    def stated(column: Column) -> str:
        name = column.name
        lost = f"s.{name}_letter is null or '{name}' = {unread}"
        return f"case when not ({lost}) then s.{name} end as detail_{name}"

    figures = [stated(column) for column in _compared()]
    figures += [f"s.{name}_h as detail_{name}_h" for name in compared_amounts()]
    return f"""
            select distinct on (s.submission_id, s.breakdown_name, class_code) s.submission_id,
                s.breakdown_name as breakdown,
                case when s.breakdown_name = 'total' then 'total' else n.class_code end as class_code,
                {", ".join(figures)}
            from {place.gate}.below_summary as s
            left join class_name as n on n.breakdown = s.breakdown_name and n.label = s.item_name
            where s.breakdown_name = 'total' or n.class_code is not null
            order by s.submission_id, s.breakdown_name, class_code, s.row_number"""


def _reported(place: Workplace, of_batch: str) -> str:
    """SQL: the figures of the summaries of cities and provinces, one row each, with the class and part meant."""
    values = ", ".join(
        f"({order}, {literal(column.name)}, {literal(column.label)}, {literal(column.unit or '')},"
        f" s.{column.name}::numeric, {half_width(column, f's.{column.name}_h')})"
        for order, column in enumerate(_compared())
    )
    return f"""
            with class_name (breakdown, label, class_code) as ({class_names()})
            select s.submission_id, s.row_number, s.breakdown_name, s.item_name as label, l.part_code,
                case when s.breakdown_name in ('total', 'county') then 'total' else n.class_code end as class_code,
                case when s.breakdown_name in ('total', 'county') then 'total' else s.breakdown_name end as breakdown,
                case s.breakdown_name when 'total' then true when 'county' then l.part_code is not null
                    else n.class_code is not null end as is_known,
                v.column_order, v.column_name, v.column_label, v.column_unit, v.reported_value, v.reported_value_h
            from {place.gate}.judged_summary as s
            inner join {place.gate}.batch as b on b.submission_id = s.submission_id and b.judging_order > 1
            left join class_name as n on n.breakdown = s.breakdown_name and n.label = s.item_name
            left join {place.gate}.part_label as l
                on s.breakdown_name = 'county' and l.unit_code = b.unit_code and l.report_month = b.report_month
                and l.label = regexp_replace(s.item_name, '\\s', '', 'g')
            cross join lateral (values {values})
                as v (column_order, column_name, column_label, column_unit, reported_value, reported_value_h)
            where s.report_month in ({of_batch}) and v.reported_value is not null and s.breakdown_name is not null"""


def _lower(place: Workplace) -> str:
    """SQL: each figure with that of each unit below that it adds up; NULL value: not filed, or not to be told."""
    values = " ".join(f"when {literal(column.name)} then {_value_below(column.name)}" for column in _compared())
    halves = " ".join(f"when {literal(name)} then coalesce(c.detail_{name}_h, 0)" for name in compared_amounts())
    return f"""
            select r.submission_id, r.row_number, r.column_name, w.unit_code, w.unit_name, w.below_submission_id,
                case r.column_name {values} end as value,
                case r.column_name {halves} else 0 end as half
            from reported as r
            inner join {place.gate}.batch as b on b.submission_id = r.submission_id
            inner join {place.gate}.below as w
                on w.submission_id = r.submission_id and (r.part_code is null or w.part_code = r.part_code)
            left join {place.gate}.below_class as c on c.submission_id = w.below_submission_id
                and c.breakdown = r.breakdown and c.class_code = r.class_code
            left join (
                select submission_id, breakdown, bool_and(is_told) as is_told
                from {place.gate}.below_told group by submission_id, breakdown
            ) as k on k.submission_id = w.below_submission_id and k.breakdown = r.breakdown
            where r.is_known"""


def _value_below(name: str) -> str:
    """SQL: the figure of a unit below: its class's, or zero of a class that it does not have.

    Whether a month stands for two of them is not to be told where one of both sides filed no January.
    """
    value = f"case when k.is_told is not true then null when c.submission_id is null then 0 else c.detail_{name} end"
    return f"case when not (b.is_combined or w.is_combined) then {value} end" if name == MONTH else value


def _summed() -> str:
    """SQL: the sum of those below that have filed, and the names of the largest and of the missing units."""
    shown = "unit_name || ' ' || trim_scale(value)::text"
    return f"""
            select submission_id, row_number, column_name, count(*)::integer as below_expected,
                count(below_submission_id)::integer as below_units,
                case when count(value) = count(below_submission_id) then sum(value) end as below_value,
                sum(half) as below_value_h,
                string_agg({shown}, '、' order by place)
                    filter (where place <= {NAMED} and value is not null) as largest,
                (array_agg(unit_name order by unit_code) filter (where below_submission_id is null)) as missing
            from ranked
            group by submission_id, row_number, column_name"""


def _noted() -> str:
    """SQL: every figure with its sum and what is to be said of it."""
    missing = f"array_to_string(s.missing[1:{NAMED}], '、') || case when cardinality(s.missing) > {NAMED} then"
    return f"""
            select r.*, s.below_value, s.below_value_h, coalesce(s.below_units, 0) as below_units,
                coalesce(s.below_expected, 0) as below_expected,
                r.is_known and s.missing is null and s.submission_id is not null as is_complete,
                case when not r.is_known then '“' || r.label || '”不在单位名录或分类名录中，无从核对'
                    when s.submission_id is null then '名录中没有下级单位'
                    when s.missing is not null then '尚未报送或未通过核查的有：' || {missing} '等' else '' end
                    else '其中数额最大的是：' || s.largest end as note_zh,
                case when not r.is_known then r.label || ' is in no register of units or classes'
                    when s.submission_id is null then 'the register has no unit below'
                    when s.missing is not null then 'not filed or held back: ' || {missing} ' and others' else '' end
                    else 'the largest are ' || s.largest end as note_en
            from reported as r
            left join summed as s on s.submission_id = r.submission_id and s.row_number = r.row_number
                and s.column_name = r.column_name"""
