"""Dates: what is told as done after the report's end, deadlines before the day of issue, permits after the start."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from taizhang.report_audit.blocks import Block
from taizhang.report_audit.findings import Event, Findings
from taizhang.report_audit.model import Period, Span, Verdict
from taizhang.report_audit.periods import NamedPeriod, Reference, find_periods
from taizhang.report_audit.proposals import Remark
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.told_until import report_end, report_year

LIKELY, POSSIBLE = Decimal("0.85"), Decimal("0.7")
STARTED = "started"
_SENTENCE = re.compile(r"[^。;!?]+")
_BEHIND = 16


def find_dated(findings: Findings, blocks: Sequence[Block], month: date | None) -> Iterator[Remark]:
    """Compare the dates of a report with each other, with its end and with its day of issue."""
    yield from _late_permits(findings.events)
    yield from _pending_permits(findings.events, blocks)
    end = report_end(blocks, month)
    if end is not None:
        yield from _too_late(findings.events, end)
    if findings.issued is not None:
        reference = Reference(report_year(blocks, month))
        for block in blocks:
            yield from _deadlines(block, find_periods(block.text, reference), findings.issued)


def _late_permits(events: Sequence[Event]) -> Iterator[Remark]:
    """A permit of a later day than the start of the same project's work."""
    permits = relation_words()["permits"]
    of_project: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.project is not None and not event.is_planned:
            of_project[event.project].append(event)
    for told in of_project.values():
        for start in (event for event in told if event.kind == STARTED):
            for permit in (event for event in told if event.kind in permits):
                if permit.period.start >= start.period.end:
                    computed = permit.period.label + permits[permit.kind]
                    words = {"whole": start.period.label, "computed": computed}
                    quotes = (start.span, permit.span)
                    yield Remark("permit_after_start", Verdict.CONTRADICTION, LIKELY, words, quotes=quotes)


@cache
def _pending() -> re.Pattern[str]:
    return re.compile("|".join(relation_words()["pending_permit"]))


def _pending_permits(events: Sequence[Event], blocks: Sequence[Block]) -> Iterator[Remark]:
    """A permit still asked for in the sentence that tells of the start."""
    for block in blocks:
        for sentence in _SENTENCE.finditer(block.text):
            place = block.span(*sentence.span())
            for start in (one for one in events if one.kind == STARTED and not one.is_planned and _is_in(one, place)):
                pending = _pending().search(block.text, *sentence.span())
                if pending and block.span(*pending.span()).start > start.span.start:
                    words = {"whole": start.period.label, "computed": pending[0]}
                    quotes = (start.span, block.span(*pending.span()))
                    yield Remark("permit_after_start", Verdict.CONTRADICTION, POSSIBLE, words, quotes=quotes)


def _is_in(event: Event, place: Span) -> bool:
    return place.start <= event.span.start < place.end


def _too_late(events: Sequence[Event], end: date) -> Iterator[Remark]:
    """An event told as done that lies wholly behind the report's end."""
    for event in events:
        if event.period.start >= end and not event.is_planned:
            words = {"whole": event.period.label, "computed": _day(end)}
            yield Remark("date_outside_period", Verdict.CONTRADICTION, POSSIBLE, words, quotes=(event.span,))


def _deadlines(block: Block, named: Iterator[NamedPeriod], issued: Period) -> Iterator[Remark]:
    """A day by which something is to be done, that lies before the day of issue."""
    for found in named:
        period = found.period
        behind = block.text[found.end : found.end + _BEHIND]
        if period is None or found.span != "day" or not re.match(relation_words()["deadline_behind"], behind):
            continue
        if period.end <= issued.start and period.start.year == issued.start.year:
            words = {"whole": period.label, "computed": _day(issued.start)}
            quotes = (block.span(found.start, found.end),)
            yield Remark("deadline_before_issue", Verdict.CONTRADICTION, LIKELY, words, quotes=quotes)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
