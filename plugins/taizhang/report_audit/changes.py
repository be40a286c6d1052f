"""What is computed from two figures of one thing: schedule gaps, growth, excess, the year to date, paid of received."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from taizhang.report_audit.mentions import Item, Mention
from taizhang.report_audit.model import Verdict
from taizhang.report_audit.proposals import Proposal, Remark, Statement
from taizhang.report_audit.ties import Order, Ratio, Sum

SURE, LIKELY, POSSIBLE = Decimal("0.95"), Decimal("0.85"), Decimal("0.7")
MONTHS = 12
# The month up to which a figure tells, and how surely the report says so; None when it does not.
MonthOf = Callable[[Mention], tuple[int, Decimal] | None]


def find_changes(items: Sequence[Item], month_of: MonthOf) -> Iterator[Statement]:
    """Propose how gaps, growth, excess and sums to date are computed."""
    mentions = [mention for item in items for mention in item.mentions]
    by_sentence: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_sentence[mention.block, mention.sentence].append(mention)
    for index, item in enumerate(items):
        for mention in item.mentions:
            said = sorted(by_sentence[mention.block, mention.sentence], key=lambda one: one.place, reverse=True)
            near = [other for other in said if other.place < mention.place]
            code = mention.figure.indicator
            if code == "schedule_gap":
                yield from _gap(mention, items, index, near, month_of)
            elif code == "growth":
                yield from _growth(mention, near, mentions)
            elif code == "excess":
                yield from _excess(mention, items, items[index], near)
            elif code == "paid":
                yield from _paid(mention, near)
    yield from _to_date(items)


def find_points_as_percent(items: Sequence[Item]) -> Iterator[Remark]:
    """Point out gaps in % where percentage points are meant."""
    for item in items:
        for mention in item.mentions:
            if mention.figure.indicator == "schedule_gap" and "%" in mention.figure.text:
                yield Remark(
                    "points_as_percent", Verdict.STYLE, SURE, {"whole": mention.figure.text}, (mention.figure,)
                )


def _is_same_sentence(one: Mention, other: Mention) -> bool:
    return (one.block, one.sentence) == (other.block, other.sentence)


def _gap(
    mention: Mention, items: Sequence[Item], index: int, near: Sequence[Mention], month_of: MonthOf
) -> Iterator[Statement]:
    """gap = completion rate less the schedule, which is so many twelfths of the year."""
    known = month_of(mention)
    if known is None:
        return
    month, confidence = known
    due = Fraction(100 * month, MONTHS)
    words = f"{month}月末"
    segment = [other for other in near if other.segment == mention.segment]
    rate = next((one for one in segment if one.figure.indicator == "completion_rate"), None)
    if rate is not None:
        tie = Sum(mention.figure, (rate.figure,), constant=-due)
        yield Statement((Proposal("schedule_gap", tie, confidence, due=words),))
    elif done := next((one for one in near if one.figure.indicator == "completed"), None):
        ways = [
            Proposal(
                "schedule_gap",
                Ratio(mention.figure, done.figure, plan.figure, due),
                confidence if plan in near else min(confidence, POSSIBLE),
                due=words,
            )
            for plan in _plans(items, items[index], near)
        ]
        if ways:
            yield Statement(tuple(ways))


def _plans(items: Sequence[Item], own: Item, near: Sequence[Mention]) -> list[Mention]:
    """The annual plans that may be meant, those of the sentence first."""
    found = [
        other
        for item in items
        for other in item.mentions
        if other.figure.indicator == "annual_plan" and (other in near or _is_akin(item, own))
    ]
    place = own.first.block
    return sorted(found, key=lambda plan: (plan not in near, abs(plan.block - place)))


def _is_akin(item: Item, own: Item) -> bool:
    return item.noun == own.noun or (item.is_whole and own.is_whole)


def _growth(mention: Mention, near: Sequence[Mention], mentions: Sequence[Mention]) -> Iterator[Statement]:
    """growth = this year's over last year's, less one; last year's may stand behind (去年同期为 …)."""
    segment = [one for one in near if one.segment == mention.segment]
    base = next((one for one in segment if one.figure.indicator == "last_year"), None)
    if base is None:
        base = next((one for one in mentions if _is_next(one, mention) and one.figure.indicator == "last_year"), None)
    if base is None:
        return
    now = next((one for one in segment if _is_level(one, base)), None)
    if now is not None:
        yield Statement((Proposal("growth", Ratio(mention.figure, now.figure, base.figure, Fraction(100)), LIKELY),))
        return
    before = [
        one for one in mentions if one.place < base.place and _is_level(one, base) and _is_a_year_later(one, base)
    ]
    ways = [
        Proposal("growth", Ratio(mention.figure, one.figure, base.figure, Fraction(100)), POSSIBLE)
        for one in reversed(before)
    ]
    if ways:
        yield Statement(tuple(ways))


def _is_level(one: Mention, base: Mention) -> bool:
    """True for an amount or count that last year's may be compared with."""
    return one.figure.unit == base.figure.unit and one.figure.indicator in ("completed", "count")


def _is_a_year_later(one: Mention, base: Mention) -> bool:
    """True when both are of the same months of years that follow each other, and of the same subject."""
    now, then = one.figure.period, base.figure.period
    if now is None or then is None or one.figure.subject != base.figure.subject:
        return False
    shifted = [day.replace(year=day.year + 1) for day in (then.start, then.end)]
    return [now.start, now.end] == shifted


def _is_next(one: Mention, mention: Mention) -> bool:
    return _is_same_sentence(one, mention) and one.place > mention.place and one.segment == mention.segment


def _excess(mention: Mention, items: Sequence[Item], own: Item, near: Sequence[Mention]) -> Iterator[Statement]:
    """excess = completed less planned; the plan may stand in a sentence before."""
    done = next((one for one in near if one.figure.indicator == "completed"), None)
    plans = [plan for plan in _plans(items, own, near) if plan.place < mention.place]
    if done is not None and plans:
        yield Statement(
            tuple(
                Proposal(
                    "excess", Sum(mention.figure, (done.figure,), (plan.figure,)), LIKELY if plan in near else POSSIBLE
                )
                for plan in plans
            )
        )


def _paid(mention: Mention, near: Sequence[Mention]) -> Iterator[Statement]:
    """Paid is no more than received, where both are said of the same in one segment."""
    received = next(
        (one for one in near if one.figure.indicator == "in_place" and one.segment == mention.segment), None
    )
    if received is not None:
        yield Statement((Proposal("paid_received", Order(mention.figure, received.figure), LIKELY),))


def _to_date(items: Sequence[Item]) -> Iterator[Statement]:
    """The year to a month is the year to the month before and that month, all of one noun."""
    done = [
        (item, mention)
        for item in items
        for mention in item.mentions
        if mention.figure.indicator == "completed" and mention.figure.period is not None
    ]
    for item, whole in done:
        period = whole.figure.period
        if period is None or (period.start.month, period.start.day) != (1, 1):
            continue
        for _, month in done:
            last = month.figure.period
            if last is None or last.end != period.end or last.start <= period.start or not _is_near(month, whole):
                continue
            for other, before in done:
                earlier = before.figure.period
                if earlier and (earlier.start, earlier.end) == (period.start, last.start) and _may_be_same(item, other):
                    tie = Sum(whole.figure, (before.figure, month.figure))
                    yield Statement((Proposal("year_to_date", tie, POSSIBLE),))


def _is_near(one: Mention, other: Mention) -> bool:
    return one.block == other.block and abs(one.sentence - other.sentence) <= 1


def _may_be_same(one: Item, other: Item) -> bool:
    return one.noun == other.noun or one.is_whole or other.is_whole
