"""What the reader says: refusals and issues, in Chinese and English, from `messages.yml`."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from taizhang.reading.addresses import grid_address
from taizhang.reading.result import IssueKind, ReadingIssue, Refusal
from taizhang.reading.text import cell_text

MESSAGES_FILE = Path(__file__).parent / "messages.yml"
# Issues whose message says more than their kind.
MESSAGE_KINDS = {
    "field_missing": IssueKind.HEADER_MISSING,
    "cell_unit_unfit": IssueKind.NUMBER_UNREADABLE,
    "number_too_large": IssueKind.NUMBER_UNREADABLE,
    "count_not_whole": IssueKind.NUMBER_UNREADABLE,
    "number_merged": IssueKind.NUMBER_UNREADABLE,
    "unit_in_cell": IssueKind.NUMBER_APPROXIMATE,
    "explanation_unknown": IssueKind.SHEET_UNKNOWN,
    "guessed_place": IssueKind.COVER_CONTRADICTION,
    "key_missing": IssueKind.HEADER_MISSING,
    "key_unknown": IssueKind.EXTRA_COLUMN,
    "part_unknown": IssueKind.SHEET_UNKNOWN,
    "json_text": IssueKind.ERROR_CELL,
    "json_number": IssueKind.ERROR_CELL,
    "json_date": IssueKind.ERROR_CELL,
    "json_flag": IssueKind.ERROR_CELL,
    "json_choice": IssueKind.ERROR_CELL,
    "json_choices": IssueKind.ERROR_CELL,
    "text_too_long": IssueKind.ERROR_CELL,
}


@cache
def messages() -> dict[str, Any]:
    """Load all messages."""
    data: dict[str, Any] = yaml.load(MESSAGES_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return data


def refusal(code: str, message: str | None = None, **words: object) -> Refusal:
    """Return the refusal of this code; `message` names another text than the code's own."""
    texts = messages()["refusals"][message or code]
    return Refusal(code, texts["zh"].format(**words), texts["en"].format(**words))


def place_words(place: str, language: str) -> str:
    """Return how a place other than a cell is called."""
    text: str = messages()["places"][place][language]
    return text


class IssueLog:
    """The issues of one sheet, in the order in which they were noticed; `address` names the cell of a place."""

    def __init__(
        self,
        sheet: str | None = None,
        sheet_title: str | None = None,
        address: Callable[[int, int], str] = grid_address,
    ) -> None:
        self.sheet = sheet
        self.sheet_title = sheet_title
        self.address = address
        self.issues: list[ReadingIssue] = []

    def add(
        self,
        message: str,
        *,
        row: int | None = None,
        column: int | None = None,
        name: str | None = None,
        value: object = None,
        **words: Any,
    ) -> None:
        """Note an issue at a 1-based row and a 0-based column; the message's key is a kind or leads to one."""
        texts = messages()["issues"][message]
        kind = MESSAGE_KINDS.get(message) or IssueKind(message)
        text = None if value is None else cell_text(value)
        spoken = {"row": row, "value": text, "title": self.sheet_title, **words}
        place = words.get("place")
        zh = {**spoken, "place": place_words(place, "zh")} if place else spoken
        en = {**spoken, "place": place_words(place, "en")} if place else spoken
        self.issues.append(
            ReadingIssue(
                kind=kind,
                message_zh=texts["zh"].format(**zh),
                message_en=texts["en"].format(**en),
                sheet=self.sheet,
                sheet_title=self.sheet_title,
                row_number=row,
                column_name=name,
                cell=None if row is None or column is None else self.address(row, column),
                value=text,
            )
        )
