"""A sheet of our own as XML: rows of texts with links, merged lines, a frozen header, set up for print."""

from dataclasses import dataclass, field

from taizhang.feedback.styling import Look, Styles
from taizhang.feedback.xml_text import xml_attribute, xml_text
from taizhang.reading.text import column_letter
from taizhang.template.styles import line_count

LINE_HEIGHT, ROW_ROOM, LARGEST_ROW = 13.5, 5.0, 400.0
LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class Column:
    """A column of the list; its header's words go by its name."""

    name: str
    width: float
    hidden: bool = False


@dataclass(frozen=True)
class Cell:
    """A text with its look; `location` is what it links to within the workbook."""

    text: str
    look: Look
    location: str | None = None


@dataclass
class SheetWriter:
    """Collects the rows of one sheet."""

    styles: Styles
    columns: tuple[Column, ...]
    rows: list[str] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    frozen: int = 0

    @property
    def next_row(self) -> int:
        """Number of the row that comes next."""
        return len(self.rows) + 1

    def add(self, cells: dict[int, Cell], height: float | None = None) -> int:
        """Add a row with cells by 0-based column; returns its number. Without a height it is as high as its texts."""
        number = self.next_row
        written = "".join(self._cell(number, column, cell) for column, cell in sorted(cells.items()))
        high = self._height(cells) if height is None else height
        self.rows.append(f'<row r="{number}" ht="{high:g}">{written}</row>')
        return number

    def add_line(self, cells: dict[int, Cell], spans: dict[int, int], least: float = 0.0) -> int:
        """Add a row in which cells reach from their column to another; it is as high as its longest text needs."""
        filled = dict(cells)
        high = least
        for first, last in spans.items():
            width = sum(column.width for column in self.columns[first : last + 1])
            high = max(high, self._lines(cells[first].text, width) * LINE_HEIGHT + ROW_ROOM)
            filled |= {column: Cell("", cells[first].look) for column in range(first + 1, last + 1)}
            if last > first:
                row = self.next_row
                self.merges.append(f"{column_letter(first)}{row}:{column_letter(last)}{row}")
        return self.add(filled, min(high, LARGEST_ROW))

    def freeze(self) -> None:
        """Keep the rows so far in sight, and on each printed page the last of them."""
        self.frozen = len(self.rows)

    def _cell(self, row: int, column: int, cell: Cell) -> str:
        place = f"{column_letter(column)}{row}"
        style = self.styles.look(cell.look)
        if cell.location is not None:
            self.links.append(f'<hyperlink ref="{place}" location="{xml_attribute(cell.location)}"/>')
        if not cell.text:
            return f'<c r="{place}" s="{style}"/>'
        text = xml_text(cell.text, LONGEST_TEXT)
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'

    def _height(self, cells: dict[int, Cell]) -> float:
        lines = [
            self._lines(cell.text, self.columns[column].width)
            for column, cell in cells.items()
            if not self.columns[column].hidden
        ]
        return min(LARGEST_ROW, max(lines, default=1) * LINE_HEIGHT + ROW_ROOM)

    def _lines(self, text: str, width: float) -> int:
        return sum(line_count(line, width) for line in text[:LONGEST_TEXT].split("\n"))

    def xml(self, *, selected: bool) -> bytes:
        """Return the sheet."""
        first = f"A{self.frozen + 1}"
        view = ' tabSelected="1"' if selected else ""
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"'
            f"{' hidden=' + chr(34) + '1' + chr(34) if column.hidden else ''}/>"
            for number, column in enumerate(self.columns, 1)
        )
        merges = "".join(f'<mergeCell ref="{merge}"/>' for merge in self.merges)
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{self.styles.main}">'
            '<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0"{view} workbookViewId="0"><pane ySplit="{self.frozen}"'
            f' topLeftCell="{first}" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"'
            f' activeCell="{first}" sqref="{first}"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f"<cols>{columns}</cols><sheetData>{''.join(self.rows)}</sheetData>"
            + (f'<mergeCells count="{len(self.merges)}">{merges}</mergeCells>' if merges else "")
            + (f"<hyperlinks>{''.join(self.links)}</hyperlinks>" if self.links else "")
            + '<printOptions horizontalCentered="1"/><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6"'
            ' header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>"
        ).encode()
