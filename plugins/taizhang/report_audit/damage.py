"""Letters and look-alikes that stand for digits and units where a page was read by a machine (`ocr.yml`)."""

import re
from functools import cache
from typing import Any

from taizhang.report_audit.wording import any_of, load, units


@cache
def _lists() -> Any:
    return load("ocr.yml")


@cache
def damaged_number() -> str:
    """A pattern for numbers with letters among their digits, and for letters that stand for one before pieces."""
    letters = "".join(map(re.escape, _lists()["digits"]))
    whole = any_of(_lists()["numbers"])
    pieces = any_of(name for name, unit in units().items() if unit.kind == "count")
    has_both = rf"(?=[{letters}]{{0,6}}\d)(?=\d{{0,9}}[.,]?\d{{0,9}}[{letters}])"
    mixed = rf"{has_both}[\d{letters}]{{1,12}}(?:\.[\d{letters}]{{1,6}})?"
    return rf"(?<![A-Za-z\d.])(?:{mixed}(?=(?:{any_of(units())}))|(?:{whole})(?=(?:{pieces})))"


@cache
def damaged_unit() -> str:
    """A pattern for what stands in the place of a unit behind a number."""
    return rf"(?:{any_of(_lists()['units'])})(?!{_lists()['not_before']})"


def mended_number(printed: str) -> str | None:
    """The digits that a damaged number stands for; None when it is not damaged."""
    if printed in _lists()["numbers"]:
        return str(_lists()["numbers"][printed])
    digits: dict[str, str] = _lists()["digits"]
    mended = "".join(digits.get(char, char) for char in printed)
    return mended if mended != printed else None


def mended_unit(printed: str) -> str | None:
    """The unit that a damaged one stands for; None when it is not damaged."""
    found = _lists()["units"].get(printed)
    return None if found is None else str(found)
