"""Dates: what is told as done after the report's end, deadlines before the day of issue, permits after the start."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from taizhang.report_audit.blocks import Block
from taizhang.report_audit.model import Period, Verdict
from taizhang.report_audit.periods import NamedPeriod, Reference, find_periods
from taizhang.report_audit.proposals import Remark
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.told_until import report_end, report_year
from taizhang.report_audit.wording import any_of

LIKELY, POSSIBLE = Decimal("0.85"), Decimal("0.7")
_SENTENCE = re.compile(r"[^。;!?]+")
_CLAUSE_END = re.compile(r"[,，。;!?]")


def find_dated(blocks: Sequence[Block], month: date | None) -> Iterator[Remark]:
    """Compare the dates of a report with each other, with its end and with its day of issue."""
    reference = Reference(report_year(blocks, month))
    end = report_end(blocks, month)
    issued = _issued(blocks, reference)
    for block in blocks:
        for sentence in _SENTENCE.finditer(block.text):
            named = [
                found for found in find_periods(block.text, reference)
                if found.period and sentence.start() <= found.start < sentence.end()
            ]  # fmt: skip
            yield from _permits(block, named, sentence.end())
            if end is not None:
                yield from _too_late(block, named, end)
            if issued is not None:
                yield from _deadlines(block, named, issued)


@cache
def _event(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(relation_words()["events"][kind]))


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(any_of(relation_words()[name]))


def _clause_behind(block: Block, found: NamedPeriod) -> str:
    """The words of a date's clause behind it."""
    stop = _CLAUSE_END.search(block.text, found.end)
    return block.text[found.end : stop.start() if stop else len(block.text)]


def _clause_before(block: Block, found: NamedPeriod) -> str:
    return _CLAUSE_END.split(block.text[: found.start])[-1]


def _is_told(block: Block, found: NamedPeriod) -> bool:
    """True for what is told as done: nothing before or behind the date says that it is to come."""
    behind = _clause_behind(block, found)
    around = _clause_before(block, found) + behind
    return not behind.startswith(tuple(relation_words()["by_then"])) and not _words("still_to_come").search(around)


def _days(found: NamedPeriod) -> Period:
    assert found.period is not None, "periods that cannot be told are left out"
    return found.period


def _permits(block: Block, named: Sequence[NamedPeriod], end: int) -> Iterator[Remark]:
    """A permit of a later day than the start of the work, or one still asked for when work has begun."""
    starts = [
        found for found in named if _event("start").search(_clause_behind(block, found)) and _is_told(block, found)
    ]
    for start in starts:
        for permit in named:
            if _event("permit").search(_clause_behind(block, permit)) and _days(permit).start >= _days(start).end:
                words = {"whole": _date(block, start), "computed": _date(block, permit) + _event_words(block, permit)}
                quotes = (block.span(start.start, start.end), block.span(permit.start, permit.end))
                yield Remark("permit_after_start", Verdict.CONTRADICTION, LIKELY, words, quotes=quotes)
        pending = re.compile("|".join(relation_words()["pending_permit"])).search(block.text, start.end, end)
        if pending:
            words = {"whole": _date(block, start), "computed": pending[0]}
            quotes = (block.span(start.start, start.end), block.span(pending.start(), pending.end()))
            yield Remark("permit_after_start", Verdict.CONTRADICTION, POSSIBLE, words, quotes=quotes)


def _event_words(block: Block, found: NamedPeriod) -> str:
    event = _event("permit").search(_clause_behind(block, found))
    return event[0] if event else ""


def _date(block: Block, found: NamedPeriod) -> str:
    return block.text[found.start : found.end]


def _too_late(block: Block, named: Sequence[NamedPeriod], end: date) -> Iterator[Remark]:
    """An event told as done that lies wholly behind the report's end."""
    for found in named:
        behind = _clause_behind(block, found)
        is_event = any(_event(kind).search(behind) for kind in ("done", "start", "permit"))
        is_past = bool(_words("past").search(_clause_before(block, found)[-3:] + behind))
        if _days(found).start >= end and is_event and is_past and _is_told(block, found):
            words = {"whole": _date(block, found), "computed": f"{end.year}年{end.month}月{end.day}日"}
            quotes = (block.span(found.start, found.end),)
            yield Remark("date_outside_period", Verdict.CONTRADICTION, POSSIBLE, words, quotes=quotes)


def _issued(blocks: Sequence[Block], reference: Reference) -> NamedPeriod | None:
    """The day under which a report is signed: a line that is nothing but a day."""
    for block in reversed(blocks):
        for found in find_periods(block.text, reference):
            if found.period and found.span == "day" and (found.start, found.end) == (0, len(block.text.rstrip("。."))):
                return found
    return None


def _deadlines(block: Block, named: Sequence[NamedPeriod], issued: NamedPeriod) -> Iterator[Remark]:
    """A day by which something is to be done, that lies before the day of issue."""
    for found in named:
        behind = block.text[found.end : found.end + 16]
        if found.span != "day" or not re.match(relation_words()["deadline_behind"], behind):
            continue
        if _days(found).end <= _days(issued).start and _days(found).start.year == _days(issued).start.year:
            day = _days(issued).start
            words = {"whole": _date(block, found), "computed": f"{day.year}年{day.month}月{day.day}日"}
            yield Remark(
                "deadline_before_issue", Verdict.CONTRADICTION, LIKELY, words,
                quotes=(block.span(found.start, found.end),),
            )  # fmt: skip
