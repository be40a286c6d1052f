"""What the database says of the readers' views and their columns: English in `marts`, Chinese in front in `bi`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from taizhang.dictionary.mart import Mart, MartColumn

WORDS_FILE = Path(__file__).parent / "words.yml"


@cache
def _words() -> dict[str, Any]:
    data: dict[str, Any] = yaml.load(WORDS_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return data


def _stop(text: str) -> str:
    """The text as one line that ends with a full stop of its own language."""
    text = " ".join(text.split())
    if text.endswith((".", "。")):
        return text
    return text + ("." if text[-1:].isascii() else "。")


def table_comment_en(mart: Mart) -> str:
    """Return what a mart holds and its grain."""
    return f"{_stop(mart.description)} {_stop(mart.grain.capitalize())}"


def table_comment_zh(mart: Mart) -> str:
    """Return what a mart is called, what names a row of it, and its description."""
    labels = {column.name: column.label for column in mart.columns}
    grain = _words()["grain"].format(keys="、".join(labels[key] for key in mart.keys))
    english = _words()["english"].format(name=mart.mart)
    return f"{mart.label}；{grain}；{english}。{_stop(mart.description)}"


def column_comment_en(mart: Mart, column: MartColumn) -> str:
    """Return a column's description, and of a figure its unit and how it may be added up."""
    said = [_stop(column.description)]
    if column.unit:
        said.append(f"Unit: {column.unit}.")
    if ratio := _ratio(mart, column):
        said.append(f"{ratio[0].name} / {ratio[1].name}.")
    if column.additivity != "none":
        said.append(f"{column.additivity.replace('_', '-').capitalize()}.")
    return " ".join(said)


def column_comment_zh(mart: Mart, column: MartColumn) -> str:
    """Return a column's label, unit, additivity and meaning in Chinese, then its name and description in English."""
    words = _words()
    said = [column.label]
    if column.unit:
        said.append(words["unit"].format(unit=column.unit))
    if ratio := _ratio(mart, column):
        said.append(words["ratio"].format(numerator=ratio[0].label, denominator=ratio[1].label))
    if column.additivity != "none":
        said.append(words["additivity"][column.additivity])
    if column.hint:
        said.append(column.hint.rstrip("。"))
    said.append(words["english"].format(name=column.name))
    return f"{'；'.join(said)}。{_stop(column.description)}"


def _ratio(mart: Mart, column: MartColumn) -> tuple[MartColumn, MartColumn] | None:
    """The columns that a rate divides, if the mart has both."""
    by_name = {other.name: other for other in mart.columns}
    numerator = by_name.get(column.numerator or "")
    denominator = by_name.get(column.denominator or "")
    return (numerator, denominator) if numerator and denominator else None
