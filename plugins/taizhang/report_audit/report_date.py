"""From when a report is: its year and month by its title, its words, its signature."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from taizhang.report_audit.blocks import Block, BlockKind
from taizhang.report_audit.model import Period
from taizhang.report_audit.periods import NamedPeriod, Reference, find_periods, year_of

_UP_TO = frozenset({"months", "to_month", "first_half", "three_quarters", "quarter", "month", "to_day"})
# A signature stands by itself, at the end.
_SIGNED = re.compile(r"[(]?(?P<day>[^年]{4}年[^月]{1,3}月[^日]{1,3}日)[)]?[。.]?")
_PART = re.compile(r"^篇[一二三四五六七八九十]{1,3}")
_LAST_BLOCKS = 6


def titles(blocks: Sequence[Block]) -> str:
    """The report's title: its first block, with those that stand above its first sentence."""
    taken: list[str] = []
    for block in blocks[:4]:
        if block.kind not in (BlockKind.TITLE, BlockKind.PARAGRAPH) or len(block.text) > 60 or block.text[-1] in "。;":
            break
        taken.append(block.text)
    return _PART.sub("", " ".join(taken))


def reference_of(blocks: Sequence[Block], month: date | None) -> Reference:
    """The year of a report and the month up to which it tells, as far as they are said; `month` goes before."""
    if month is not None:
        return Reference(month.year, month.month)
    title = titles(blocks)
    signed = issued(blocks)
    year = year_of(title) or (signed.start.year if signed else None)
    year = year or next(filter(None, (year_of(block.text) for block in blocks)), None)
    reference = Reference(year)
    told = _month(title, reference)
    for block in blocks if told is None else ():
        told = _month(block.text, reference)
        if told is not None:
            break
    return Reference(year, told)


def _month(text: str, reference: Reference) -> int | None:
    """The last month of the first time of this year that a text names as that up to which it tells."""
    for named in find_periods(text, reference):
        if named.span in _UP_TO and _is_of(named, reference.year):
            return named.until
    return None


def _is_of(named: NamedPeriod, year: int | None) -> bool:
    return named.period is None or (named.period.end - timedelta(days=1)).year == year


def issued(blocks: Sequence[Block]) -> Period | None:
    """The day under which a report is signed; None when it has none."""
    for block in reversed(blocks[-_LAST_BLOCKS:]):
        found = _SIGNED.fullmatch(block.text) or (_SIGNED.search(block.text[-14:]) if block is blocks[-1] else None)
        if found:
            return next((named.period for named in find_periods(found["day"], Reference(None)) if named.period), None)
    return None
