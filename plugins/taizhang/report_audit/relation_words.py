"""The words by which figures are brought into relation (`relation_words.yml`)."""

from functools import cache
from typing import Any

from taizhang.report_audit.wording import load


@cache
def relation_words() -> dict[str, Any]:
    """Load `relation_words.yml`."""
    read: dict[str, Any] = load("relation_words.yml")
    return read
