"""The judged table that holds a platform's register and the books of the units that it names against each other.

A register is filed by a city or province for the units in its region, or by a unit for itself. What differs is said to
whoever filed the register, as with sums: only then are both sides there. The unit whose book differs is named.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.codelists import ReportingUnit, reporting_units
from taizhang.dictionary import load_dictionary
from taizhang.hierarchy import parts_below
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_sql import columns_of, in_months, own_half_widths, submission_columns
from taizhang.quality.statements import Workplace, run
from taizhang.reading.identity import spoken_names

SHEET, DETAIL = "platform_register", "project_progress"


def build(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Build `<gate>.judged_platform`: one row per project of a register, and per project of the books that it lacks.

    Projects are the same by code, else by their name within the unit where one of the two has no code. Of a unit that a
    register does not name at all there is one row, not one per project.
    """
    _build_units(connection, place, months)
    of_batch = in_months(months)
    _build_register(connection, place)
    _build_book(connection, place, of_batch)
    _build_pairs(connection, place)
    place.create_as(connection, "judged_platform", f"{_registered(place)} union all {_lacking(place)}")


def _build_units(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Make `<gate>.platform_unit`: the units that each register may name, their labels, and who holds their book.

    `book_id` is the unit's submission of the month: the latest of the batch, else the one in force, else null.
    """
    filers = run(
        connection,
        f"select distinct unit_code, report_month from {place.gate}.judged_{SHEET} where report_month in"
        f" ({in_months(months)})",
    ).all()
    rows = [
        f"({literal(filer.unit_code)}, {literal(filer.report_month)}, {literal(part_code)}, {literal(unit.unit_code)},"
        f" {literal(unit.unit_name)}, array[{', '.join(map(literal, sorted(labels)))}])"
        for filer in filers
        for part_code, unit in _units_of(filer.unit_code, filer.report_month)
        for labels in [spoken_names(unit.unit_name, *unit.aliases)]
    ]
    none = "select null, null::date, null, null, null, null::text[] where false"
    listed = f"values {', '.join(rows)}" if rows else none
    place.create_as(
        connection,
        "platform_unit",
        f"""
        with listed (filer, report_month, part_code, unit_code, unit_name, labels) as ({listed}),
        nearest as (
            select distinct on (unit_code, report_month) submission_id, unit_code, report_month
            from {place.gate}.batch
            order by unit_code, report_month, received_at desc, submission_id desc
        )
        select b.submission_id, l.part_code, l.unit_code, l.unit_name, l.labels,
            case when l.unit_code = b.unit_code then b.submission_id
                else coalesce(n.submission_id, a.submission_id) end as book_id
        from {place.gate}.batch as b
        inner join listed as l on l.filer = b.unit_code and l.report_month = b.report_month
        left join nearest as n on n.unit_code = l.unit_code and n.report_month = l.report_month
        left join ops.submission as a
            on a.unit_code = l.unit_code and a.report_month = l.report_month and a.state = 'accepted'
        where b.submission_id in (select submission_id from {place.gate}.judged_{SHEET})""",
    )


def _units_of(unit_code: str, month: date) -> list[tuple[str, ReportingUnit]]:
    """The units with projects that a register may name, each with the part of the region that it belongs to."""
    unit = reporting_units().units.get(unit_code)
    if unit is None:
        return []
    if unit.has_details:
        return [("", unit)]
    return [(part.part_code, below) for part in parts_below(unit, month) for below in part.detail_units]


def _build_register(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.platform_row`: the register's rows with the unit that they mean.

    A row without a region means the unit itself; a label that two units of the region bear means none.
    """
    place.create_as(
        connection,
        "platform_row",
        f"""
        with told as (
            select submission_id, label, min(unit_code) as unit_code
            from {place.gate}.platform_unit
            cross join lateral unnest(labels) as label
            group by submission_id, label
            having count(*) = 1
        )
        select p.submission_id, p.row_number, p.project_name, p.project_code, p.region_name, p.total_investment_wan,
            p.total_investment_wan_h, u.part_code, u.unit_code, u.unit_name, u.book_id
        from {place.gate}.judged_{SHEET} as p
        inner join {place.gate}.batch as b on b.submission_id = p.submission_id
        left join told as l
            on l.submission_id = p.submission_id and l.label = regexp_replace(p.region_name, '\\s', '', 'g')
        left join {place.gate}.platform_unit as u on u.submission_id = p.submission_id
            and u.unit_code = case when p.region_name is null then b.unit_code else l.unit_code end""",
    )


def _build_book(connection: Connection, place: Workplace, of_batch: str) -> None:
    """Make `<gate>.platform_book`: the projects of the books that the registers are compared with."""
    sheet = load_dictionary()[DETAIL]
    parts = []
    for source, is_own in ((place, True), (place.stored, False)):
        books = f"""
            select book_id from {place.gate}.platform_unit
            where book_id is not null and (book_id = submission_id) = {literal(is_own)}"""
        parts.append(f"""
            select r.submission_id, r.row_number, r.project_name, r.project_code,
                r.total_investment_wan as book_total_wan,
                coalesce(f.total_investment_wan_h, c.total_investment_wan_h) as book_total_wan_h
            from {rows_of(source, DETAIL)} as r
            left join ({columns_of(sheet, source, books)}) as c on c.submission_id = r.submission_id
            left join ({own_half_widths(sheet, source, books)}) as f
                on f.submission_id = r.submission_id and f.row_number = r.row_number
            where r.report_month in ({of_batch}) and r.submission_id in ({books})""")
    place.create_as(
        connection,
        "platform_book",
        f"""
        select *, count(*) over (partition by submission_id, project_code) as same_code,
            count(*) over (partition by submission_id, project_name) as same_name
        from ({" union ".join(parts)}) as b""",
    )


def _build_pairs(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.platform_pair`: which row of the register is which row of the unit's book."""
    place.create_as(
        connection,
        "platform_pair",
        f"""
        with named as (
            select *, count(*) over (partition by submission_id, unit_code, project_name) as same_name_here
            from {place.gate}.platform_row
        )
        select p.submission_id, p.row_number, p.unit_code, coalesce(c.row_number, n.row_number) as book_row,
            case when c.row_number is not null then 'code' when n.row_number is not null then 'name' end as matched_by,
            coalesce(c.book_total_wan, n.book_total_wan) as book_total_wan,
            coalesce(c.book_total_wan_h, n.book_total_wan_h) as book_total_wan_h
        from named as p
        left join {place.gate}.platform_book as c
            on c.submission_id = p.book_id and c.project_code = p.project_code and c.same_code = 1
        left join {place.gate}.platform_book as n on c.row_number is null and n.submission_id = p.book_id
            and n.project_name = p.project_name and n.same_name = 1 and p.same_name_here = 1
            and (p.project_code is null or n.project_code is null)""",
    )


def _registered(place: Workplace) -> str:
    """SQL: the register's rows, each with its project in the book of the unit."""
    return f"""
        select {submission_columns()}, p.row_number, p.part_code, p.unit_name, p.region_name, p.project_name,
            p.project_code, m.matched_by,
            case when p.unit_code is null then coalesce(p.region_name, '（空）') end as unknown_region,
            case when p.book_id is not null and m.book_row is null then p.project_name end as not_in_book,
            null::text as not_in_platform, null::text as not_registered, null::integer as book_rows,
            p.book_id is not null as is_book_known, p.total_investment_wan, p.total_investment_wan_h,
            m.book_total_wan, m.book_total_wan_h
        from {place.gate}.batch as b
        inner join {place.gate}.platform_row as p on p.submission_id = b.submission_id
        left join {place.gate}.platform_pair as m
            on m.submission_id = p.submission_id and m.row_number = p.row_number"""


def _lacking(place: Workplace) -> str:
    """SQL: the projects of the books that the register lacks, and the units that it does not name at all."""
    return f"""
        select {submission_columns()}, null::integer, u.part_code, u.unit_name, null::text,
            case when n.unit_code is not null then k.project_name end,
            case when n.unit_code is not null then k.project_code end, null::text, null::text, null::text,
            case when n.unit_code is not null then k.project_name end,
            case when n.unit_code is null then u.unit_name end, k.book_rows, true, null::numeric, null::numeric,
            k.book_total_wan, k.book_total_wan_h
        from {place.gate}.batch as b
        inner join {place.gate}.platform_unit as u on u.submission_id = b.submission_id and u.book_id is not null
        left join (
            select distinct submission_id, unit_code from {place.gate}.platform_row where unit_code is not null
        ) as n on n.submission_id = u.submission_id and n.unit_code = u.unit_code
        inner join (
            select *, count(*) over (partition by submission_id)::integer as book_rows,
                row_number() over (partition by submission_id order by row_number) as book_order
            from {place.gate}.platform_book
        ) as k on k.submission_id = u.book_id and (n.unit_code is not null or k.book_order = 1)
        where not exists (
            select from {place.gate}.platform_pair as m
            where m.submission_id = u.submission_id and m.unit_code = u.unit_code and m.book_row = k.row_number
        )"""
