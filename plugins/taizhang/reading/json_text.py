"""The text of a JSON submission as values: numbers as written, duplicate keys and damage refused."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from taizhang.reading.addresses import pointer
from taizhang.reading.messages import refusal

# Values and keys of one file, which bounds the memory: each takes some hundred bytes.
MOST_VALUES = 1_000_000
_BOM = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")


class Number(str):
    """A number as it is written: 312.40 keeps its zero."""

    __slots__ = ()


class Constant(str):
    """NaN, Infinity or -Infinity, which JSON does not know but many programs write."""

    __slots__ = ()


@dataclass(frozen=True)
class _Twice:
    """An object in which a key stands twice: what it would have been."""

    content: dict[str, Any]
    key: str


def parse(data: bytes) -> Any:
    """Return the values of a JSON text: dicts, lists, str, `Number`, bool, None, `Constant`.

    Raises:
        Refusal: It is no JSON in UTF-8, names a key twice in an object, or is too large or too deep.
    """
    if (count := _count_values(data)) > MOST_VALUES:
        raise refusal("json_too_much", what=f"{count} > {MOST_VALUES}")
    text = _decode(data)
    numbers: dict[str, Number] = {}

    def number(written: str) -> Number:
        known = numbers.get(written)
        if known is None:
            known = numbers[written] = Number(written)
        return known

    has_twice = False

    def build(pairs: list[tuple[str, Any]]) -> Any:
        nonlocal has_twice
        content = dict(pairs)
        if len(content) == len(pairs):
            return content
        has_twice = True
        return _Twice(content, _first_double(pairs))

    try:
        document = json.loads(
            text, object_pairs_hook=build, parse_float=number, parse_int=number, parse_constant=Constant
        )
    except json.JSONDecodeError as error:
        raise refusal("json_syntax", line=error.lineno, column=error.colno, what=error.msg) from error
    except RecursionError as error:
        raise refusal("json_too_deep") from error
    if has_twice:
        _refuse_twice(document)
    return document


def _count_values(data: bytes) -> int:
    """Return at least how many values and keys the text has: each but the first follows one of these signs."""
    return sum(map(data.count, (b",", b":", b"[", b"{")))


def _decode(data: bytes) -> str:
    if data.startswith(_OTHER_MARKS):
        raise refusal("json_encoding", line=1)
    plain = data.removeprefix(_BOM)
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refusal("json_encoding", line=plain.count(b"\n", 0, error.start) + 1) from error


def _first_double(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    raise ValueError("no key stands twice")


def _refuse_twice(document: Any) -> NoReturn:
    """Refuse the file for the first object in which a key stands twice."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, _Twice):
            raise refusal("json_key_twice", key=value.key, pointer=pointer(*path) or "/")
        if isinstance(value, dict):
            waiting += [((*path, key), child) for key, child in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*path, index), child) for index, child in reversed(list(enumerate(value)))]
    raise ValueError("no key stands twice")
