"""What the gate's SQL has to know of the register: reporting units, what they add up, regions, filing days."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.codelists import reporting_units, unit_kinds
from taizhang.deadlines.calendar import due_on
from taizhang.geography import is_region, known_by, region, stretches
from taizhang.hierarchy import parts_below
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run

CODE_LENGTH = 6

_UNIT = (
    "unit_code text, unit_name text, unit_kind text, judging_order integer, known_by text, region_name text,"
    " valid_from date, valid_to date"
)
_REGION = "region_code text, valid_from date, valid_to date, replaced_by text"
_PART = "unit_code text, report_month date, part_code text, part_name text, below_code text, is_summary boolean"
_PART_LABEL = "unit_code text, report_month date, part_code text, label text"


def build_units(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.unit`, the register, and `<gate>.region`, when each code is in force and what replaced it.

    `region_name` is null where the code by which the unit is known is that of no region.
    """
    rows = [
        (
            unit.unit_code,
            unit.unit_name,
            unit.unit_kind,
            unit.kind.judging_order,
            known_by(unit)[:CODE_LENGTH],
            region(known_by(unit), unit.valid_from).region_name if is_region(known_by(unit)) else None,
            unit.valid_from,
            unit.valid_to,
        )
        for unit in reporting_units().units.values()
    ]
    _fill(connection, place, "unit", _UNIT, rows)
    codes = [
        (stretch.region_code, stretch.valid_from, stretch.valid_to, stretch.replaced_by)
        for stretch in stretches()
        if len(stretch.region_code) == CODE_LENGTH
    ]
    _fill(connection, place, "region", _REGION, codes)


def build_parts(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.part` and `<gate>.part_label`: what the cities and provinces of the batch add up, and its names.

    One row per part and unit below that files it: a city's own unit (`is_summary`) or its units with details.
    """
    found = run(
        connection,
        f"select distinct unit_code, report_month from {place.gate}.batch where judging_order > 1",
    ).all()
    parts: list[tuple[object, ...]] = []
    labels: list[tuple[object, ...]] = []
    for unit_code, month in ((row.unit_code, row.report_month) for row in found):
        for part in parts_below(reporting_units().units[unit_code], month):
            key = (unit_code, month, part.part_code)
            below = [(unit, False) for unit in part.detail_units]
            below += [(part.summary_unit, True)] if part.summary_unit else []
            parts += [(*key, part.part_name, unit.unit_code, is_summary) for unit, is_summary in below]
            labels += [(*key, label) for label in sorted(part.labels)]
    _fill(connection, place, "part", _PART, parts)
    _fill(connection, place, "part_label", _PART_LABEL, labels)


def due_days(months: Iterable[date]) -> str:
    """SQL rows: kind of unit, report month, the day by which it is due."""
    rows = [(kind, month, due_on(kind, month)) for kind in unit_kinds() for month in months]
    listed = f"values {_values(rows)}" if rows else "select null, null, null where false"
    return (
        f"select unit_kind, report_month::date, due_on::date from ({listed}) as due (unit_kind, report_month, due_on)"
    )


def regions_of_months(place: Workplace, of_batch: str) -> str:
    """SQL rows: each code that is or was in force in a month, and what replaced it, null while it was in force.

    A code that changes within a month is in force for the whole of it. `of_batch` lists the months.
    """
    return f"""
        select distinct on (g.region_code, m.report_month) g.region_code, m.report_month, g.replaced_by
        from {place.gate}.region as g
        inner join (select unnest(array[{of_batch}]::date[]) as report_month) as m
            on g.valid_from < m.report_month + interval '1 month'
            and (g.valid_to is null or g.valid_to > m.report_month)
        order by g.region_code, m.report_month, g.replaced_by nulls first"""


def _values(rows: Iterable[tuple[object, ...]]) -> str:
    return ", ".join(f"({', '.join(_literal(value) for value in row)})" for row in rows)


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, date):
        return f"date '{value}'"
    if isinstance(value, str | bool | int):
        return literal(value)
    raise TypeError(f"{value!r} has no place in a table of the register")


def _fill(
    connection: Connection, place: Workplace, name: str, columns: str, rows: Sequence[tuple[object, ...]]
) -> None:
    run(connection, f"drop table if exists {place.gate}.{name}")
    run(connection, f"{place.create} {place.gate}.{name} ({columns})")
    if rows:
        run(connection, f"insert into {place.gate}.{name} values {_values(rows)}")
    run(connection, f"analyze {place.gate}.{name}")
