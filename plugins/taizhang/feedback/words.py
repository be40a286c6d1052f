"""The words of the feedback, from `words.yml`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from taizhang.labels import labels

WORDS_FILE = Path(__file__).parent / "words.yml"


@cache
def words() -> dict[str, Any]:
    """Load all words."""
    data: dict[str, Any] = yaml.load(WORDS_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return data


def severity_words() -> dict[str, str]:
    """Return what each severity is called, and what a waived finding is called in its place."""
    return labels("severity") | {"waived": labels("finding_status")["waived"]}


def say(*path: str, **values: object) -> str:
    """Return one text with its words filled in; KeyError when there is no such text."""
    text: Any = words()
    for name in path:
        text = text[name]
    return str(text).format(**values).strip()
