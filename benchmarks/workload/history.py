"""Months of many units straight into `raw`: no workbook is written or read, everything else is the loader's own work.

What a workbook would have given is made from its figures; `require_equal_to_reading` proves it on real workbooks.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, insert, text
from sqlalchemy.pool import NullPool

from benchmarks.workload.faults import is_faulty, plant
from benchmarks.workload.projects import Columns, UnitYear
from benchmarks.workload.sheets import sheets_of
from benchmarks.workload.spread import spread
from benchmarks.workload.units import Unit
from benchmarks.workload.workbooks import FILING_DAY, write_official
from taizhang.dictionary import ColumnType, Sheet, load_dictionary
from taizhang.dictionary.model import RATIOS
from taizhang.reading.result import CellPrecision, ReadColumn, SheetReading, WorkbookReading
from taizhang.reading.workbook import read_workbook
from taizhang.template.layout import TableLayout, template_version
from taizhang.warehouse.load import Loadable, write_readings
from taizhang.warehouse.partitions import ensure_partitions, next_month
from taizhang.warehouse.tables import submission, submission_event

# Unit-months that one transaction loads.
AT_ONCE = 60
MOST_DECIMALS = 2
ACTOR = "benchmarks"
RECORDS = ("read_sheet", "sheet_column", "reported_total", "cell_precision", "skipped_row", "reading_issue")


@dataclass(frozen=True)
class Filed:
    """A unit's month in the warehouse."""

    submission_id: int
    number: int
    unit: Unit
    month: date


@dataclass(frozen=True)
class _Job:
    """Some unit-months to be loaded, and the official workbook's columns as the reader sees them."""

    url: str
    filed: tuple[Filed, ...]
    columns: dict[str, list[ReadColumn]]
    has_faults: bool


def fill(
    engine: Engine, units: Sequence[Unit], months: Sequence[date], state: str = "accepted", *, has_faults: bool = False
) -> list[Filed]:
    """Load every unit's rows of these months, as submissions in this state; returns them.

    The units must be in the register. With `has_faults` 2% of the submissions have some. The first and the last of the
    others are compared with what reading a real workbook gives; RuntimeError when they differ.
    """
    ensure_partitions(engine, months)
    filed = _submit(engine, units, months, state)
    columns = _official_columns(units[0], months[0])
    # A unit's months of a year lie together: what stays the same over it is made once.
    ordered = sorted(filed, key=lambda one: (one.month.year, one.unit.code, one.month))
    pieces = [tuple(ordered[first : first + AT_ONCE]) for first in range(0, len(ordered), AT_ONCE)]
    url = engine.url.render_as_string(hide_password=False)
    spread(_load, [_Job(url, piece, columns, has_faults) for piece in pieces])
    clean = [one for one in ordered if not (has_faults and is_faulty(one.number))]
    for one in (clean[0], clean[-1]):
        require_equal_to_reading(engine, one)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")
    return filed


def _submit(engine: Engine, units: Sequence[Unit], months: Sequence[date], state: str) -> list[Filed]:
    """Write the submissions and their events."""
    numbered = [(number, unit, month) for month in months for number, unit in enumerate(units)]
    with engine.begin() as connection:
        statement = insert(submission).returning(submission.c.submission_id, sort_by_parameter_order=True)
        ids = connection.scalars(statement, [_submission(unit, month, state) for _, unit, month in numbered]).all()
        states = ("received", "read") if state == "read" else ("received", "read", state)
        events = [{"submission_id": number, "state": name, "actor": ACTOR} for number in ids for name in states]
        connection.execute(insert(submission_event), events)
    return [Filed(found, *one) for found, one in zip(ids, numbered, strict=True)]


def _submission(unit: Unit, month: date, state: str) -> dict[str, Any]:
    filed = datetime.combine(next_month(month), datetime.min.time(), UTC).replace(day=FILING_DAY)
    name = f"{unit.code}-{month:%Y-%m}.xlsx"
    return {
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "file_name": name,
        "byte_size": 1,
        "source_uri": f"{month:%Y%m}/{name}",
        "unit_code": unit.code,
        "report_month": month,
        "state": state,
        "template_version": template_version(),
        "filed_on": filed.date(),
        "received_at": filed,
        "state_at": filed + timedelta(hours=1),
    }


def _load(job: _Job) -> None:
    engine = create_engine(job.url, poolclass=NullPool)
    with engine.begin() as connection:
        write_readings(connection, list(_loadables(job)))


def _loadables(job: _Job) -> list[Loadable]:
    return [
        Loadable(one.submission_id, _reading(year, one.month, job.columns, one.number if job.has_faults else None))
        for (unit, number), group in groupby(job.filed, key=lambda one: (one.unit, one.month.year))
        for year in [UnitYear(unit, number)]
        for one in group
    ]


def _reading(year: UnitYear, month: date, columns: dict[str, list[ReadColumn]], number: int | None) -> WorkbookReading:
    """What reading the unit's official workbook of a month gives; the unit of a number may have faults."""
    filled = sheets_of(year, month)
    if number is not None and is_faulty(number):
        plant(number, month, filled)
    sheets = {
        name: _sheet(definition, filled.get(name, {}), columns[name]) for name, definition in load_dictionary().items()
    }
    unit, version = year.unit, template_version()
    return WorkbookReading(f"{unit.code}.xlsx", unit.code, unit.name, month, version, sheets, [])


def _sheet(definition: Sheet, values: Columns, columns: list[ReadColumn]) -> SheetReading:
    """One sheet as the reader would give it."""
    count = len(next(iter(values.values()), []))
    empty = [None] * count
    frame: dict[str, Sequence[Any]] = {
        **{column.name: values.get(column.name, empty) for column in definition.columns},
        "extras": empty,
    }
    if definition.layout == "form":
        return SheetReading(definition.sheet, definition.title, columns, list(range(1, count + 1)), frame)
    layout = TableLayout(definition)
    numbers = list(range(layout.first_data_row + 1, layout.first_data_row + 1 + count))
    header_rows = layout.first_data_row - layout.header_rows + 1, layout.first_data_row
    kinds = {column.name: column.type for column in definition.columns}
    # A count has no decimals, however many figures there are.
    read = [
        column
        if column.name is None or column.factor is None or kinds[column.name] is ColumnType.COUNT
        else replace(column, decimals=_decimals(frame[column.name]))
        for column in columns
    ]
    return SheetReading(
        definition.sheet,
        definition.title,
        read,
        numbers,
        frame,
        header_rows,
        precisions=[cell for column in read for cell in _precisions(column, kinds, frame, numbers)],
    )


def _precisions(
    column: ReadColumn, kinds: dict[str, ColumnType], frame: dict[str, Sequence[Any]], numbers: list[int]
) -> list[CellPrecision]:
    """Rates that end in .00 where others have two places: the reader takes them for rounded ones."""
    if column.name is None or column.decimals != MOST_DECIMALS or kinds[column.name] not in RATIOS:
        return []
    values = zip(numbers, frame[column.name], strict=True)
    return [
        CellPrecision(row, column.name, Decimal("0.5")) for row, value in values if value is not None and not value % 1
    ]


def _decimals(values: Sequence[Any]) -> int | None:
    """Most places of the figures of a column; None for a column without figures."""
    # Amounts in whole 万元 and counts are ints.
    places = 0 if any(isinstance(value, int) for value in values) else None
    for value in values:
        if value is not None and not isinstance(value, int):
            own = 0 if not value % 1 else MOST_DECIMALS if value * 10 % 1 else 1
            places = max(places or 0, own)
            if places == MOST_DECIMALS:
                break
    return places


def _official_columns(unit: Unit, month: date) -> dict[str, list[ReadColumn]]:
    """The columns of the official workbook as the reader sees them, from a workbook of the unit."""
    return {name: sheet.columns for name, sheet in _read_official(unit, month).sheets.items()}


def _read_official(unit: Unit, month: date) -> WorkbookReading:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "official.xlsx"
        write_official(path, unit, month, sheets_of(UnitYear(unit, month.year), month))
        return read_workbook(path)


def require_equal_to_reading(engine: Engine, filed: Filed) -> None:
    """RuntimeError unless the rows of a unit's month are those that its real workbook, really read, gives."""
    reading = _read_official(filed.unit, filed.month)
    with engine.connect() as connection, connection.begin() as transaction:
        again = _submission(filed.unit, filed.month, "read") | {"sha256": f"again {filed.submission_id}"}
        number = connection.scalar(insert(submission).returning(submission.c.submission_id), again)
        if number is None:
            raise RuntimeError("the submission was not written")
        write_readings(connection, [Loadable(number, reading)])
        differing = [
            found for table in (*load_dictionary(), *RECORDS) for found in _differing(connection, table, filed, number)
        ]
        transaction.rollback()
    if differing:
        raise RuntimeError(f"{filed.unit.code} {filed.month:%Y-%m}: not what its workbook gives: {differing[:5]}")


def _differing(connection: Connection, table: str, filed: Filed, number: int) -> list[str]:
    """Rows of one table that only one of two submissions has."""
    own = (
        "select to_jsonb(t) - 'submission_id' - '{table}_id' as one from raw.{table} as t where submission_id = :{who}"
    )
    first, second = (own.format(table=table, who=who) for who in ("filed", "read"))
    found = connection.scalars(
        text(f"(({first}) except all ({second})) union all (({second}) except all ({first})) limit 5"),
        {"filed": filed.submission_id, "read": number},
    )
    return [f"{table}: {row}" for row in found]
