"""Read one JSON submission: the parts of the contract as the same typed tables as a workbook's."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.reading.addresses import pointer, steps_of
from taizhang.reading.cover import FormValue
from taizhang.reading.json_cells import UnfitValueError, cell_text_of, extra_text
from taizhang.reading.json_document import EXPLANATIONS, Item, read_document
from taizhang.reading.json_table import read_items
from taizhang.reading.messages import IssueLog
from taizhang.reading.result import Explanation, ReadingIssue, SheetReading
from taizhang.reading.submission import COVER, SubmissionReader


@dataclass(frozen=True)
class PointedValue(FormValue):
    """One value of the cover and its pointer."""

    pointer: str

    @property
    def cell(self) -> str:
        """The value's address."""
        return self.pointer


class JsonReader(SubmissionReader):
    """Reads one JSON submission; Refusal when its text or its parts are not those of the contract."""

    def __init__(self, data: bytes, file_name: str) -> None:
        self.document = read_document(data)
        definitions = load_dictionary()
        present = [*([COVER] if self.document.cover is not None else []), *self.document.sheets]
        super().__init__(file_name, {name: definitions[name].title for name in present})
        keys = [*(column.name for column in definitions[COVER].columns), *(self.document.cover or ())]
        self.cover_log = IssueLog(COVER, self.taken.get(COVER), partial(_cover_address, keys))
        self.cover = self._cover(definitions[COVER], self.document.cover or {}, keys)

    def printed(self, sheet_title: str, address: str) -> str:
        """Return the value at a pointer as it is written; ValueError when nothing is there."""
        value: Any = self.document.content
        for step in steps_of(address):
            value = _child(value, step, address)
        return extra_text(value)

    def _cover(self, definition: Sheet, given: Item, keys: list[str]) -> dict[str, FormValue]:
        """Return the cover's values by column; what cannot be taken is noted, a key of its own too."""
        values: dict[str, FormValue] = {}
        for place, column in enumerate(definition.columns):
            try:
                text = cell_text_of(column, given.get(column.name))
            except UnfitValueError as unfit:
                words: dict[str, Any] = {"label": column.label, **unfit.words}
                self.cover_log.add(unfit.message, row=1, column=place, name=column.name, value=unfit.shown, **words)
                continue
            if text.strip():
                values[column.name] = PointedValue(1, place, text, pointer(COVER, column.name))
        names = {column.name for column in definition.columns}
        for key in given:
            if key not in names:
                self.cover_log.add("key_unknown", row=1, column=keys.index(key), value=key, header=key)
        return values

    def _titles(self) -> list[tuple[str, str, str]]:
        return []

    def _read_table(self, definition: Sheet, month: date) -> tuple[SheetReading, list[ReadingIssue]]:
        return read_items(definition, self.document.sheets[definition.sheet], month)

    def _note_others(self) -> None:
        for name in self.document.unknown:
            self._note_sheet(name, "part_unknown")

    def _version(self) -> str | None:
        return self.document.version

    def _answers(self) -> list[Explanation]:
        """Return the answers; of several to one finding the first counts."""
        found: dict[str, Explanation] = {}
        for number, answer in enumerate(self.document.answers, 1):
            if answer.text:
                given = Explanation(answer.finding_key, answer.text, answer.submission_id, EXPLANATIONS, number)
                found.setdefault(answer.finding_key, given)
        return list(found.values())


def _cover_address(keys: list[str], row: int, column: int) -> str:
    return pointer(COVER, keys[column])


def _child(value: Any, step: str, address: str) -> Any:
    """Return what is one step below; a key that is not there is null, as the reader takes it."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    raise ValueError(f"{address} leads to nothing")
