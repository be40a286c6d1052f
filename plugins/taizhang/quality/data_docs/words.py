"""What the pages say in Chinese: labels of sheets and columns, and words that Great Expectations says in English."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from taizhang.dictionary import load_dictionary

FOLDER = Path(__file__).parent


@cache
def _words() -> dict[str, Any]:
    given: dict[str, Any] = yaml.safe_load((FOLDER / "words.yml").read_text(encoding="utf-8"))
    return given


@cache
def _exact() -> dict[str, str]:
    labels = {
        column.name: f"{column.label}（{column.name}）"
        for sheet in load_dictionary().values()
        for column in sheet.columns
    }
    words: dict[str, str] = _words()["words"]
    return labels | words


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), replacement) for pattern, replacement in _words()["patterns"]]


def title_of(judged_table: str) -> str:
    """Return what a judged table is called: the title of its sheet, else what the list of words says, else its name."""
    sheet = load_dictionary().get("cover" if judged_table == "submission" else judged_table)
    title: str = sheet.title if sheet else _words()["tables"].get(judged_table, judged_table)
    return title


def in_chinese(value: Any) -> Any:
    """Return a rendered document with every text in it that we have a word for, in Chinese."""
    if isinstance(value, dict):
        return {name: in_chinese(one) for name, one in value.items()}
    if isinstance(value, list):
        return [in_chinese(one) for one in value]
    if not isinstance(value, str):
        return value
    if value in _exact():
        return _exact()[value]
    for pattern, replacement in _patterns():
        if pattern.match(value):
            return pattern.sub(replacement, value)
    return value
