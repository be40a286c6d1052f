"""Up to which day a report, or a figure of it, tells: from the words before the figure, the title, the headings."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from taizhang.report_audit.blocks import Block, BlockKind
from taizhang.report_audit.changes import MonthOf
from taizhang.report_audit.mentions import Mention
from taizhang.report_audit.model import Period
from taizhang.report_audit.periods import NamedPeriod, Reference, find_periods, year_of

FROM_WORDS, FROM_TITLE, FROM_CALLER = Decimal("0.9"), Decimal("0.75"), Decimal("0.75")
ONE_DAY = timedelta(days=1)
# Periods of these forms begin with the year and end with the month that is reported on.
_TO_DATE = ("to_month", "to_day", "months", "first_half", "three_quarters", "quarter")
_HEAD_BLOCKS = 3
_TITLE_BLOCKS, _LONGEST_TITLE = 6, 60
_SENTENCE = re.compile("[,，。;]")


def told_until(blocks: Sequence[Block], month: date | None) -> MonthOf:
    """Return how the month up to which a figure tells is found."""
    reference = Reference(report_year(blocks, month))
    named = [list(find_periods(block.text, reference)) for block in blocks]
    title = report_end(blocks, month)

    def of(mention: Mention) -> tuple[int, Decimal] | None:
        before = [
            period.period for number in range(mention.block + 1) if number > mention.block - _HEAD_BLOCKS
            for period in named[number]
            if period.period and period.span in _TO_DATE and (number < mention.block or period.end <= mention.start)
        ]  # fmt: skip
        if before:
            return _last_month(before[-1]), FROM_WORDS
        if title is not None:
            return (title - ONE_DAY).month, FROM_TITLE
        return None

    return of


def _last_month(period: Period) -> int:
    return (period.end - ONE_DAY).month


def report_year(blocks: Sequence[Block], month: date | None) -> int | None:
    """The year that a report is of: the caller's, else the first that it names."""
    if month is not None:
        return month.year
    return next((year for block in blocks for year in [year_of(block.text)] if year), None)


def report_end(blocks: Sequence[Block], month: date | None) -> date | None:
    """The first day after the time that a report tells of, as its title or the caller says; None when neither does."""
    if month is not None:
        return (month.replace(day=1) + timedelta(days=31)).replace(day=1)
    reference = Reference(report_year(blocks, None))
    for block in blocks[:_TITLE_BLOCKS]:
        if block.kind is not BlockKind.ROW and len(block.text) <= _LONGEST_TITLE and not _SENTENCE.search(block.text):
            for found in find_periods(block.text, reference):
                if found.period is not None and _tells(found):
                    return found.period.end
    return None


def _tells(found: NamedPeriod) -> bool:
    return found.span in (*_TO_DATE, "month", "year")
