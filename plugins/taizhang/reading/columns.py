"""All columns of a table: raw cells in, typed values and `ReadColumn` out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from taizhang.dictionary import Column, ColumnType, Sheet
from taizhang.reading.cells import Cells, column_cells
from taizhang.reading.figures import PrintedFigures, read_printed, store_figures
from taizhang.reading.grid import Grid
from taizhang.reading.growth import read_growth
from taizhang.reading.headers import HeaderMatch
from taizhang.reading.layout import Layout
from taizhang.reading.messages import IssueLog
from taizhang.reading.numbers import read_figure
from taizhang.reading.points import read_gap, read_points
from taizhang.reading.precision import half_width, half_widths_of_cells, half_widths_of_totals
from taizhang.reading.quantities import read_quantity, store_quantities, unit_column
from taizhang.reading.rates import RateColumn, breakdown_wholes, read_rates
from taizhang.reading.result import ReadColumn
from taizhang.reading.text import cell_texts, column_letter
from taizhang.reading.units import UNKNOWN_KIND, UnitLine
from taizhang.reading.vocabulary import Unit, vocabulary
from taizhang.reading.wording import READERS

KINDS = {
    ColumnType.AMOUNT: "amount",
    ColumnType.RATE: "rate",
    ColumnType.GROWTH: "rate",
    ColumnType.POINTS: "points",
    ColumnType.COUNT: "count",
    ColumnType.QUANTITY: "quantity",
}
RATES = (ColumnType.RATE, ColumnType.GROWTH)
# What is judged by other columns of its row is read after them: a quantity needs its unit, a rate its parts.
READ_LATER = {ColumnType.QUANTITY: 1, ColumnType.RATE: 2, ColumnType.GROWTH: 2}
# How a single text is read where not as a plain figure.
TEXT_READERS = {
    ColumnType.POINTS: read_gap,
    ColumnType.GROWTH: read_growth,
    ColumnType.QUANTITY: read_quantity,
}
# The unit of a quantity stands in another column of its row.
AS_PRINTED = Unit("", "quantity", Decimal(1))
Figures = list[Decimal | int | None]
BREAKDOWN = "breakdown"


@dataclass
class TableColumns:
    """The typed values of a table's rows by column name, in the order of `rows`, and where each column stood.

    `half_widths` has those of single figures by the index of their row, where they are not those of the column.
    """

    rows: list[int]
    values: dict[str, Sequence[object]] = field(default_factory=dict)
    columns: list[ReadColumn] = field(default_factory=list)
    half_widths: dict[str, dict[int, Decimal]] = field(default_factory=dict)


class ColumnReader:
    """Reads the columns of one table over some of its rows."""

    def __init__(self, grid: Grid, sheet: Sheet, layout: Layout, units: UnitLine, log: IssueLog) -> None:
        self.grid = grid
        self.sheet = sheet
        self.layout = layout
        self.units = units
        self.log = log

    def read(self, rows: list[int]) -> TableColumns:
        """Read every column over the rows, those that are judged by others after them."""
        table = TableColumns(rows)
        read: dict[int, ReadColumn] = {}
        for place in sorted(self.layout.columns, key=self._turn):
            column = self._column(place)
            cells = self._cells(place, rows, table.values.get(column.fill_down_within or ""))
            if column.is_measure:
                read[place] = self._read_figures(cells, self.layout.columns[place], table)
            else:
                table.values[column.name] = READERS[column.type](cells)
                read[place] = ReadColumn(column_letter(place), self.layout.columns[place].text, column.name)
        for place, name in self.layout.extras.items():
            read[place] = ReadColumn(column_letter(place), name, None)
        table.columns = [read[place] for place in sorted(read)]
        return table

    def read_summed(self, rows: list[int]) -> TableColumns:
        """Read the amounts and counts of totals rows; their units were judged with the detail."""
        table = TableColumns(rows)
        for place, match in self.layout.columns.items():
            column = self._column(place)
            if column.type in (ColumnType.AMOUNT, ColumnType.COUNT):
                cells = self._cells(place, rows)
                printed = read_printed(cells)
                unit = self.unit_of(column, match)
                table.values[column.name] = store_figures(cells, printed, unit)
                table.half_widths[column.name] = half_widths_of_totals(printed, unit)
                decimals = 0 if column.type is ColumnType.COUNT else printed.printed_decimals(unit)
                table.columns.append(ReadColumn(column_letter(place), match.text, column.name, decimals=decimals))
        return table

    def _column(self, place: int) -> Column:
        column = self.layout.columns[place].column
        if column is None:
            raise ValueError(f"column {column_letter(place)} has no meaning")
        return column

    def _turn(self, place: int) -> int:
        """When a column is read: the later, the more columns of its row it goes by."""
        column = self._column(place)
        return READ_LATER.get(column.type, 1 if column.fill_down_within else 0)

    def _cells(self, place: int, rows: list[int], within: Sequence[object] | None = None) -> Cells:
        header = self.layout.columns[place].text
        return column_cells(self.grid, place, self._column(place), header, rows, self.log, within)

    def _read_figures(self, cells: Cells, match: HeaderMatch, table: TableColumns) -> ReadColumn:
        column = cells.column
        printed = read_printed(cells, TEXT_READERS.get(column.type, read_figure))
        unit = self.unit_of(column, match)
        if column.type in RATES:
            return self._read_rates(cells, match, printed, unit, table)
        if column.type is ColumnType.POINTS:
            return self._percentages(cells, match, read_points(cells, printed), table)
        if column.type is ColumnType.QUANTITY:
            return self._read_quantities(cells, match, printed, table)
        table.values[column.name] = store_figures(cells, printed, unit)
        if column.type is not ColumnType.COUNT:
            table.half_widths[column.name] = half_widths_of_cells(printed, unit)
        if unit is None and (printed.whole or printed.plain):
            self.log.add(
                "unit_unknown",
                row=self.layout.last_row,
                column=cells.place,
                name=column.name,
                value=match.text,
                letter=column_letter(cells.place),
                header=match.text,
            )
        factor = unit.factor if unit else None
        if unit is None and printed.special and not printed.decimals:
            factor = Decimal(1)
        return ReadColumn(
            column_letter(cells.place),
            match.text,
            column.name,
            (unit.unit or None) if unit else None,
            factor,
            0 if column.type is ColumnType.COUNT else printed.printed_decimals(unit),
        )

    def _read_quantities(
        self, cells: Cells, match: HeaderMatch, printed: PrintedFigures, table: TableColumns
    ) -> ReadColumn:
        """Read figures in the unit of their row; one that is as fine as its column's places has no half width."""
        column = cells.column
        units = table.values.get(unit_column(self.sheet) or "") or [None] * len(cells.values)
        decimals = printed.printed_decimals(AS_PRINTED)
        table.values[column.name], halves = store_quantities(cells, printed, units)
        usual = half_width(decimals or 0, AS_PRINTED.factor)
        table.half_widths[column.name] = {index: half for index, half in halves.items() if half != usual}
        return ReadColumn(column_letter(cells.place), match.text, column.name, None, AS_PRINTED.factor, decimals)

    def _read_rates(
        self, cells: Cells, match: HeaderMatch, printed: PrintedFigures, unit: Unit | None, table: TableColumns
    ) -> ReadColumn:
        rates = read_rates(cells, printed, unit, self._parts(cells.column, table))
        if not rates.scale_known:
            self.log.add(
                "rate_scale_unknown",
                row=self.layout.last_row,
                column=cells.place,
                name=cells.column.name,
                value=match.text,
                letter=column_letter(cells.place),
                header=match.text,
            )
        return self._percentages(cells, match, rates, table)

    def _parts(self, column: Column, table: TableColumns) -> tuple[Figures, Figures] | None:
        """Return the numerators and denominators of a rate's rows, None when a column of them is missing."""
        numerators: Any = table.values.get(column.numerator or "")
        denominators: Any = table.values.get(column.denominator or "")
        if not numerators or not denominators:
            return None
        if column.denominator_of == "breakdown":
            name = next(other.name for other in self.sheet.columns if other.code_list == BREAKDOWN)
            breakdowns = table.values.get(name)
            return (numerators, breakdown_wholes(breakdowns, denominators)) if breakdowns else None
        if column.type is ColumnType.GROWTH:
            pairs = zip(numerators, denominators, strict=True)
            return [None if one is None or base is None else one - base for one, base in pairs], denominators
        return numerators, denominators

    @staticmethod
    def _percentages(cells: Cells, match: HeaderMatch, read: RateColumn, table: TableColumns) -> ReadColumn:
        """Keep what was read of a column of percent or percentage points."""
        column = cells.column
        table.values[column.name] = read.values
        table.half_widths[column.name] = read.half_widths
        return ReadColumn(column_letter(cells.place), match.text, column.name, column.unit, Decimal(1), read.decimals)

    def unit_of(self, column: Column, match: HeaderMatch) -> Unit | None:
        """Return a column's unit: its header's, else the sheet's; None for an amount whose unit is stated nowhere."""
        kind = KINDS[column.type]
        if kind == AS_PRINTED.kind:
            return AS_PRINTED
        if match.unit and match.unit.kind == kind:
            return match.unit
        if match.unit and kind == "amount" and match.unit.kind == UNKNOWN_KIND:
            return None
        if kind == "count":
            return vocabulary().unit("个")
        return self.units.unit(kind)

    def extras(self, rows: list[int]) -> list[dict[str, str] | None]:
        """Return the texts of the unit's own columns, for each row a dict of header to text, or None."""
        if not self.layout.extras:
            return [None] * len(rows)
        names = list(self.layout.extras.values())
        columns = [self._texts(place, rows) for place in self.layout.extras]
        return [
            {name: text for name, text in zip(names, texts, strict=True) if text} or None
            for texts in zip(*columns, strict=True)
        ]

    def _texts(self, place: int, rows: list[int]) -> list[str]:
        """Return the texts of a column's cells."""
        column = self.grid.columns[place]
        return cell_texts(column[row - 1] for row in rows)
