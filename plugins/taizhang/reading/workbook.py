"""Read one workbook: its sheets as typed tables."""

import re
from datetime import date
from pathlib import Path

from taizhang.dictionary import Sheet
from taizhang.dictionary import sheet as sheet_definition
from taizhang.reading.answers import is_copy_of_csv, read_answers
from taizhang.reading.cover import FormReader, cover_units
from taizhang.reading.grid import Book, open_book
from taizhang.reading.json_submission import JsonReader
from taizhang.reading.messages import IssueLog
from taizhang.reading.package import JSON, Package, open_package
from taizhang.reading.result import Explanation, ReadingIssue, SheetReading, WorkbookReading
from taizhang.reading.sheets import VERSION_SHEET, match_sheets, template_version
from taizhang.reading.submission import COVER, SubmissionReader
from taizhang.reading.table import TableReader
from taizhang.reading.text import cell_text, column_index
from taizhang.reading.units import UnitLine

TITLE_ROWS = 4
TITLE_CELLS = 4
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


def read_workbook(path: Path, file_name: str | None = None) -> WorkbookReading:
    """Read a workbook or JSON submission; `file_name` is the name under which it was sent.

    Raises:
        Refusal: The file is no submission that may be read, or does not tell whose it is and of which month.
    """
    name = file_name or path.name
    return reader_of(open_package(path, name), name).read()


def reader_of(package: Package, file_name: str) -> SubmissionReader:
    """Return what reads a file of this kind; Refusal when it cannot be opened."""
    if package.kind == JSON:
        return JsonReader(package.data, file_name)
    return WorkbookReader(open_book(package), file_name)


class WorkbookReader(SubmissionReader):
    """Reads one opened workbook."""

    def __init__(self, book: Book, file_name: str) -> None:
        self.book = book
        self.match = match_sheets(book)
        super().__init__(file_name, self.match.taken)
        self.is_csv = book.package.kind == "csv" or is_copy_of_csv(book, self.match.feedback)
        if COVER in self.taken:
            self.cover = FormReader(book.grid(self.taken[COVER]), sheet_definition(COVER)).read()
        self.units = cover_units(book.grid(self.taken[COVER])) if COVER in self.taken else UnitLine()

    def printed(self, sheet_title: str, address: str) -> str:
        """Return the text of a cell as it stands in the workbook; ValueError for what is no cell's address."""
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise ValueError(f"{address} is no address of a cell")
        return cell_text(self.book.grid(sheet_title).cell(int(found[2]), column_index(found[1])))

    def _read_table(self, definition: Sheet, month: date) -> tuple[SheetReading, list[ReadingIssue]]:
        title = self.taken[definition.sheet]
        log = IssueLog(definition.sheet, title)
        reading = TableReader(definition, self.book.grid(title), month, self.units, log).read()
        return reading, log.issues

    def _version(self) -> str | None:
        return template_version(self.book)

    def _answers(self) -> list[Explanation]:
        return read_answers(self.book, self.match.feedback)

    def _titles(self) -> list[tuple[str, str, str]]:
        """Return what stands above the tables and above the cover's fields: sheet title, cell and text."""
        titles = []
        for name, title in self.taken.items():
            last = TITLE_ROWS
            if name == COVER:
                last = min([given.row - 1 for given in self.cover.values()] + [TITLE_ROWS])
            for number, row in enumerate(self.book.grid(title).rows[:last], 1):
                texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
                if len(texts) > TITLE_CELLS:
                    break
                titles += [(title, f"A{number}", text) for text in texts]
        return titles

    def _note_others(self) -> None:
        """Note doubled, unknown and hidden sheets and links to other files."""
        for title, other in self.match.doubled:
            self._note_sheet(title, "sheet_twice", other=other)
        for title in self.match.unknown:
            self._note_sheet(title, "sheet_unknown")
        for title in self.book.hidden_titles:
            if title != VERSION_SHEET and title not in self.match.feedback:
                self._note_sheet(title, "hidden_sheet")
        if self.book.has_external_links:
            self.log.add("external_link")
