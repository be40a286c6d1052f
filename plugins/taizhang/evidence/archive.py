"""Reading an archived workbook again, to see what its cells hold."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from taizhang.errors import TaizhangError
from taizhang.landing import file_sha256, landed_path
from taizhang.reading.package import open_package
from taizhang.reading.result import Refusal, WorkbookReading
from taizhang.reading.submission import SubmissionReader
from taizhang.reading.workbook import reader_of


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
    def _reader(self) -> SubmissionReader:
        path = landed_path(self.sha256)
        if not path.exists():
            raise ArchiveError("存档文件不存在", f"the archived file {path} is missing")
        if file_sha256(path) != self.sha256:
            raise ArchiveError("存档文件已被改动", f"the archived file {path} is not what was received")
        return reader_of(open_package(path, self.file_name), self.file_name)

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
        """Return the text of a cell as it stands in the file; ValueError for what is no cell's address."""
        return self._reader.printed(sheet_title, address)
