"""The parts of a JSON submission: contract version, cover, items by sheet, answers; anything else is refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from taizhang.dictionary import Column, load_dictionary
from taizhang.reading.addresses import pointer
from taizhang.reading.json_text import parse
from taizhang.reading.messages import refusal
from taizhang.reading.package import MAX_CELLS

VERSION, COVER, SHEETS, EXPLANATIONS = "contract_version", "cover", "sheets", "explanations"
Item = dict[str, Any]
# Keys of its own that a sheet may have, and their length: each is a column of the warehouse's list of columns.
MOST_EXTRAS = 100
LONGEST_KEY = 200
LONGEST_VERSION = 40
_KEY = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_EXPECTED = {
    "object": ("对象", "an object"),
    "list": ("数组", "an array"),
    "str": ("文本", "a string"),
    "finding_key": ("核查意见的 32 位编号", "the finding_key of a finding"),
    "submission_id": ("报送编号", "the number of a submission"),
    "extras": (
        f"至多有 {MOST_EXTRAS} 个自加的键，每个不超过 {LONGEST_KEY} 个字符，不含控制字符",
        f"with at most {MOST_EXTRAS} keys of its own, of {LONGEST_KEY} printable characters",
    ),
}


@dataclass(frozen=True)
class Answer:
    """The answer to one finding; `submission_id` is None where it is not said."""

    finding_key: str
    text: str
    submission_id: int | None


@dataclass(frozen=True)
class Document:
    """A JSON submission; `unknown` are parts that the contract does not know, by what they are called."""

    content: Item
    version: str | None
    cover: Item | None
    sheets: dict[str, list[Item]]
    answers: list[Answer]
    unknown: list[str] = field(default_factory=list)


def read_document(data: bytes) -> Document:
    """Read the parts; Refusal for a text that is no JSON, or whose parts are not of their kind."""
    content = _object(parse(data))
    version = content.get(VERSION)
    if version is not None and not (type(version) is str and version.isprintable() and len(version) <= LONGEST_VERSION):
        raise _misshapen("str", VERSION)
    cover = content.get(COVER)
    sheets = _object({} if content.get(SHEETS) is None else content[SHEETS], SHEETS)
    known = [name for name, sheet in load_dictionary().items() if sheet.layout == "table"]
    return Document(
        content,
        version,
        None if cover is None else _cover(cover),
        {name: _items(name, sheets[name]) for name in known if sheets.get(name) is not None},
        [_answer(entry, number) for number, entry in enumerate(_list(content.get(EXPLANATIONS) or [], EXPLANATIONS))],
        [
            *(key[:LONGEST_KEY] for key in content if key not in (VERSION, COVER, SHEETS, EXPLANATIONS)),
            *(key[:LONGEST_KEY] for key in sheets if key not in known),
        ][:MOST_EXTRAS],
    )


def _cover(value: Any) -> Item:
    cover = _object(value, COVER)
    _limit(cover, load_dictionary()[COVER].columns, COVER)
    return cover


def _items(name: str, value: Any) -> list[Item]:
    """Return the items of a sheet; Refusal when one is no object, or when there are too many cells."""
    items = [_object(item, SHEETS, name, number) for number, item in enumerate(_list(value, SHEETS, name))]
    keys = dict.fromkeys(key for item in items for key in item)
    _limit(keys, load_dictionary()[name].columns, SHEETS, name)
    if len(items) * len(keys) > MAX_CELLS:
        raise refusal("json_too_much", what=f"{name}: {len(items)} x {len(keys)}")
    return items


def _limit(keys: Iterable[str], columns: Iterable[Column], *path: str) -> None:
    """Refuse more or longer keys of its own than anything needs, and such with control characters."""
    extras = set(keys) - {column.name for column in columns}
    if len(extras) > MOST_EXTRAS or not all(map(_is_plain, extras)):
        raise _misshapen("extras", *path)


def _is_plain(key: str) -> bool:
    return len(key) <= LONGEST_KEY and key.isprintable()


def _answer(entry: Any, number: int) -> Answer:
    path = (EXPLANATIONS, number)
    answer = _object(entry, *path)
    key, text, submission = (answer.get(name) for name in ("finding_key", "text", "submission_id"))
    if not (type(key) is str and _KEY.fullmatch(key)):
        raise _misshapen("finding_key", *path, "finding_key")
    if type(text) is not str:
        raise _misshapen("str", *path, "text")
    if submission is not None and not (isinstance(submission, str) and _NUMBER.fullmatch(submission)):
        raise _misshapen("submission_id", *path, "submission_id")
    return Answer(key, text.strip(), None if submission is None else int(submission))


def _object(value: Any, *path: str | int) -> Item:
    if not isinstance(value, dict):
        raise _misshapen("object", *path)
    return value


def _list(value: Any, *path: str | int) -> list[Any]:
    if not isinstance(value, list):
        raise _misshapen("list", *path)
    return value


def _misshapen(expected: str, *path: str | int) -> Exception:
    zh, en = _EXPECTED[expected]
    return refusal("json_shape", pointer=pointer(*path) or "/", expected_zh=zh, expected_en=en)
