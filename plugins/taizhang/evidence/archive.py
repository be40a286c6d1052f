"""Reading an archived workbook again, to see what its cells hold."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from taizhang.errors import TaizhangError
from taizhang.landing import file_sha256, landed_path
from taizhang.reading.grid import Book, open_book
from taizhang.reading.package import open_package
from taizhang.reading.result import Refusal, WorkbookReading
from taizhang.reading.text import cell_text, column_index
from taizhang.reading.workbook import WorkbookReader

_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


class ArchiveError(TaizhangError):
    """The archived file cannot prove anything; `reason_zh` says why."""

    def __init__(self, reason_zh: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.reason_zh = reason_zh


@dataclass(frozen=True)
class ArchivedWorkbook:
    """An archived submission, read again with the program's reader."""

    sha256: str
    file_name: str

    @cached_property
    def _reader(self) -> WorkbookReader:
        return WorkbookReader(self._book, self.file_name)

    @cached_property
    def _book(self) -> Book:
        path = landed_path(self.sha256)
        if not path.exists():
            raise ArchiveError("存档文件不存在", f"the archived file {path} is missing")
        if file_sha256(path) != self.sha256:
            raise ArchiveError("存档文件已被改动", f"the archived file {path} is not what was received")
        return open_book(open_package(path))

    @cached_property
    def reading(self) -> WorkbookReading:
        """What the reader makes of it today; ArchiveError when the file is gone, changed or no longer readable."""
        try:
            return self._reader.read()
        except Refusal as refusal:
            raise ArchiveError(refusal.message_zh, refusal.message_en) from refusal

    @cached_property
    def _rows(self) -> dict[str, dict[int, dict[str, Any]]]:
        return {
            name: {int(row["row_number"]): {str(key): row[key] for key in row} for row in sheet.rows.to_dict("records")}
            for name, sheet in self.reading.sheets.items()
        }

    def value(self, sheet: str, row_number: int, column_name: str) -> Any:
        """Return the typed value of a cell in the stored unit, None when it is empty; KeyError when the row is none."""
        return self._rows[sheet][row_number][column_name]

    def printed(self, sheet_title: str, address: str) -> str:
        """Return the text of a cell as it stands in the workbook."""
        found = _ADDRESS.fullmatch(address)
        if found is None:
            raise ValueError(f"{address} is no address of a cell")
        return cell_text(self._book.grid(sheet_title).cell(int(found[2]), column_index(found[1])))
