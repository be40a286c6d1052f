"""The way of bonds and of central money: no stage holds more than the one before it."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise

from taizhang.report_audit.blocks import Block
from taizhang.report_audit.mentions import COUNT, Item, Mention
from taizhang.report_audit.proposals import Proposal, Statement
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.ties import Order
from taizhang.report_audit.wording import any_of

LIKELY = Decimal("0.85")
# What is spoken of is said in so many blocks before.
_REACH = 3


def find_funnels(items: Sequence[Item], blocks: Sequence[Block]) -> Iterator[Statement]:
    """Propose that counts, demands and amounts do not grow from a stage to the next, within one block."""
    for number, block in enumerate(blocks):
        before = "".join(other.text for other in blocks[max(0, number - _REACH) : number])
        if not _subject().search(before + block.text):
            continue
        inside = [item for item in items if item.first.block == number]
        for measure in (COUNT, *relation_words()["funnel_measures"]):
            yield from _orders(_stages(inside, measure))


@cache
def _subject() -> re.Pattern[str]:
    return re.compile(any_of(relation_words()["funnel_subject"]))


def _stages(items: Sequence[Item], measure: str) -> list[tuple[int, Mention]]:
    """The figures of one measure with the number of their stage, in the order of the text."""
    order = relation_words()["funnel"]
    found: list[tuple[int, Mention]] = []
    current: str | None = None
    for item in items:
        for mention in item.mentions:
            if mention.figure.indicator == COUNT and not mention.is_added:
                current = mention.stage if mention.stage in order else None
            if current is not None and mention.measure.split(":")[0] == measure:
                found.append((order.index(current), mention))
    return found


def _orders(stages: Sequence[tuple[int, Mention]]) -> Iterator[Statement]:
    """Each stage against the last one before it; a stage that goes back begins another way."""
    for (before, greater), (stage, lesser) in pairwise(stages):
        if stage > before:
            yield Statement((Proposal("funnel", Order(lesser.figure, greater.figure), LIKELY),))
