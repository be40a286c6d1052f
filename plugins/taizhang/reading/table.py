"""One table sheet: header, rows, columns, totals -> a `SheetReading`, with its issues."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from taizhang.codelists import code_list
from taizhang.dictionary import ColumnType, Sheet
from taizhang.reading.class_totals import ClassClaims, has_classes
from taizhang.reading.columns import ColumnReader, TableColumns
from taizhang.reading.grid import Grid
from taizhang.reading.headers import label_index
from taizhang.reading.layout import Layout, find_layout
from taizhang.reading.messages import IssueLog
from taizhang.reading.result import CellPrecision, ReadColumn, ReportedTotal, SheetReading, SkippedRow
from taizhang.reading.rows import DETAIL, HIDDEN, NOTE, TOTAL, RowClassifier, RowMark
from taizhang.reading.text import cell_text, column_letter, squeeze
from taizhang.reading.totals import ClaimFinder, block_claims
from taizhang.reading.units import UnitLine, read_unit_line
from taizhang.reading.vocabulary import vocabulary
from taizhang.reading.wording import find_code

# Columns by which a row 其中：… can name its projects.
CLASS_COLUMNS = (ColumnType.CHOICE, ColumnType.CHOICES)


class TableReader:
    """Reads one table sheet."""

    def __init__(self, sheet: Sheet, grid: Grid, month: date, book_units: UnitLine, log: IssueLog) -> None:
        self.sheet = sheet
        self.grid = grid
        self.month = month
        self.book_units = book_units
        self.log = log

    def read(self) -> SheetReading:
        """Read the sheet; whatever is missing or cannot be taken is noted in the log."""
        layout = self._find_layout()
        if layout is None:
            for column in self.sheet.columns:
                if column.required:
                    self.log.add("header_missing", name=column.name, label=column.label)
            self.log.add("no_rows")
            return SheetReading(self.sheet.sheet, self.grid.title, [], [], {})
        self._note_header(layout)
        marks = self._marks(layout)
        details = [mark.row for mark in marks if mark.kind == DETAIL]
        reader = ColumnReader(self.grid, self.sheet, layout, self._units(layout, marks), self.log)
        table = reader.read(details)
        if not details and self.sheet.required:
            self.log.add("no_rows")
        self._name_breakdown_totals(table)
        totals, decimals = self._totals(layout, marks, reader, table)
        columns = [replace(c, decimals=decimals[c.name]) if c.name and c.name in decimals else c for c in table.columns]
        return SheetReading(
            self.sheet.sheet,
            self.grid.title,
            columns,
            table.rows,
            {**table.values, "extras": reader.extras(details)},
            (layout.first_row, layout.last_row),
            totals,
            self._skipped(marks),
            _precisions(table, columns),
        )

    def _find_layout(self) -> Layout | None:
        return find_layout(self.grid, self.sheet, label_index(self.sheet.sheet, self.month))

    def _marks(self, layout: Layout) -> list[RowMark]:
        return RowClassifier(self.grid, layout, self.sheet).classify()

    def _note_header(self, layout: Layout) -> None:
        found = {match.column.name for match in layout.columns.values() if match.column}
        for column in self.sheet.columns:
            if column.required and column.name not in found:
                self.log.add("header_missing", name=column.name, label=column.label)
        row = layout.last_row
        for column, first, second in layout.duplicates:
            self.log.add(
                "header_twice",
                row=row,
                column=second,
                name=column.name,
                label=column.label,
                first=column_letter(first),
                second=column_letter(second),
            )
        twice = {second for _, _, second in layout.duplicates}
        for place, header in layout.extras.items():
            if place in twice:
                continue
            letter = column_letter(place)
            self.log.add("extra_column", row=row, column=place, value=header, letter=letter, header=header)
        for place in sorted(self.grid.hidden_columns & layout.columns.keys()):
            match = layout.columns[place]
            name = match.column.name if match.column else None
            self.log.add(
                "hidden_column", row=row, column=place, name=name, letter=column_letter(place), header=match.text
            )

    def _units(self, layout: Layout, marks: list[RowMark]) -> UnitLine:
        """Return the sheet's units: from its title rows, else its notes, else the cover."""
        own = read_unit_line([self.grid.title, *(text for _, _, text in layout.titles)])
        if own.by_kind.get("amount") or own.states_unknown_money():
            return own
        notes = [cell_text(c) for mark in marks if mark.kind == NOTE for c in self.grid.rows[mark.row - 1]]
        below = read_unit_line(text for text in notes if text)
        if below.by_kind.get("amount") or below.states_unknown_money():
            return below
        return self.book_units

    def _skipped(self, marks: list[RowMark]) -> list[SkippedRow]:
        """List the rows that are no detail, and note the hidden ones."""
        skipped = []
        for mark in marks:
            if mark.kind == DETAIL:
                continue
            texts = (" ".join(cell_text(cell).split()) for cell in self.grid.rows[mark.row - 1])
            skipped.append(SkippedRow(mark.row, mark.kind, " | ".join(text for text in texts if text)))
            if mark.kind == HIDDEN:
                self.log.add("hidden_row", row=mark.row, column=0, value=skipped[-1].row_text)
        return skipped

    def _name_breakdown_totals(self, table: TableColumns) -> None:
        """Give the class 合计 of a breakdown table its name where only the breakdown says 合计."""
        breakdown = next((c.name for c in self.sheet.columns if c.code_list == "breakdown"), None)
        if breakdown is None or breakdown not in table.values or self.sheet.anchor not in table.values:
            return
        total = code_list("breakdown").names["total"]
        pairs = zip(table.values[breakdown], table.values[self.sheet.anchor], strict=True)
        table.values[self.sheet.anchor] = [total if code == "total" and not name else name for code, name in pairs]

    def _totals(
        self, layout: Layout, marks: list[RowMark], reader: ColumnReader, table: TableColumns
    ) -> tuple[list[ReportedTotal], dict[str, int | None]]:
        """Return the reported totals, and the decimals of columns that only totals fill."""
        claims = self._claims(layout, marks, table)
        if not claims:
            return [], {}
        summed = reader.read_summed([mark.row for mark, _, _ in claims])
        finest = {column.name: column.half_width for column in table.columns}
        totals = [
            ReportedTotal(
                mark.row,
                column.name,
                kind,
                mark.label,
                rows,
                Decimal(value),
                _coarser(summed.half_widths[column.name].get(index), finest.get(column.name)),
            )
            for column in self.sheet.columns
            for index, ((mark, kind, rows), value) in enumerate(
                zip(claims, summed.values.get(column.name, ()), strict=False)
            )
            if isinstance(value, Decimal | int)
        ]
        known = {column.name: column.decimals for column in table.columns}
        decimals = {c.name: c.decimals for c in summed.columns if c.name and known.get(c.name) is None}
        return sorted(totals, key=lambda total: total.row_number), decimals

    def _claims(
        self, layout: Layout, marks: list[RowMark], table: TableColumns
    ) -> list[tuple[RowMark, str, tuple[int, ...]]]:
        breakdown = next((layout.place(c.name) for c in self.sheet.columns if c.code_list == "breakdown"), None)
        if has_classes(self.sheet) and breakdown is None:
            return ClassClaims(self.sheet, self.grid, layout, marks, table).claims()
        if breakdown is None:
            return ClaimFinder(marks, lambda label: self._rows_of_class(label, table)).claims()
        codes, blocks, block = code_list("breakdown"), dict[int, str | None](), None
        for mark in marks:
            text = cell_text(self.grid.cell(*self.grid.merged_from.get((mark.row, breakdown), (mark.row, breakdown))))
            block = find_code(codes, text) if text and mark.kind != TOTAL else block
            blocks[mark.row] = block
        return block_claims(marks, blocks)

    def _rows_of_class(self, label: str, table: TableColumns) -> list[int] | None:
        """Return the rows of the one class that a row 其中：… names, None when it names none or several."""
        word = squeeze(label)
        for prefix in vocabulary().of_which_words:
            word = word.removeprefix(prefix).lstrip(":、,.")
        found = []
        for column in self.sheet.columns:
            if column.type in CLASS_COLUMNS and column.name in table.values and column.code_list:
                codes = code_list(column.code_list)
                if code := find_code(codes, word) or find_code(codes, word.removesuffix("项目")):
                    found.append((column.name, code))
        if len(found) != 1:
            return None
        name, code = found[0]
        values = zip(table.rows, table.values[name], strict=True)
        return [row for row, value in values if value == code or (isinstance(value, list) and code in value)]


def _coarser(own: Decimal | None, column: Decimal | None) -> Decimal | None:
    """Return a total's own half width where it is more than its column's."""
    return own if own is not None and column is not None and own > column else None


def _precisions(table: TableColumns, columns: list[ReadColumn]) -> list[CellPrecision]:
    """List the figures whose half width is not that of their column."""
    of_column = {column.name: column.half_width for column in columns if column.name}
    return [
        CellPrecision(table.rows[index], name, half)
        for name, halves in table.half_widths.items()
        for index, half in halves.items()
        if half != of_column.get(name)
    ]
