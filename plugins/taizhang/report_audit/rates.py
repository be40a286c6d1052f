"""Rates: which figures a printed percentage is computed from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from taizhang.report_audit.mentions import COUNT, Item, Mention
from taizhang.report_audit.proposals import Proposal, Statement
from taizhang.report_audit.reach import as_printed
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.ties import Quotient, Ratio, Unprinted

NAMED, SAME_SENTENCE, SAME_NOUN, ELSEWHERE = Decimal("0.95"), Decimal("0.85"), Decimal("0.7"), Decimal("0.5")
_MOST_TIMES, _MOST_TIMES_NEAR = Fraction(8, 5), Fraction(4)
_BETWEEN = re.compile(r"^[(]?的?(?:比例|比重)?(?:约)?(?:为|达|达到)?[)]?$")
_OF = re.compile(r"(?:占|完成)[^,，;。]*$")


def find_rates(items: Sequence[Item]) -> Iterator[Statement]:
    """Propose for each printed rate what it is computed from; nothing when the report does not print that."""
    for index, item in enumerate(items):
        for mention in item.mentions:
            ways = [way for way in _ways(mention, items, index) if _is_likely(way)]
            if not ways and (unprinted := _unprinted(mention, items, index)):
                yield Statement((unprinted,))
            elif ways:
                yield Statement(tuple(sorted(ways, key=lambda way: way.confidence, reverse=True)))


def _unprinted(mention: Mention, items: Sequence[Item], index: int) -> Proposal | None:
    """What the denominator of an amount's rate must be, where the report prints the amount and no denominator."""
    rule = relation_words()["amount_rates"].get(mention.figure.indicator)
    if rule is None:
        return None
    near = [one for one in _near(mention, items, index) if one.segment == mention.segment]
    above = next((one for one in near if one.measure in rule["numerator"]), None)
    if above is None:
        return None
    return Proposal("implied_denominator", Unprinted(Quotient(above.figure, mention.figure)), SAME_SENTENCE)


def _is_likely(way: Proposal) -> bool:
    """False where the rate would be of another size, the more easily the less the words say of the denominator."""
    sides = way.tie.sides(as_printed, as_printed)
    if way.confidence == NAMED or sides is None:
        return sides is not None
    most = _MOST_TIMES if way.confidence < SAME_SENTENCE else _MOST_TIMES_NEAR
    return sides[0].low > 0 and 1 / most <= sides[1].low / sides[0].low <= most


def _ways(mention: Mention, items: Sequence[Item], index: int) -> Iterator[Proposal]:
    code = mention.figure.indicator
    amounts, counts = relation_words()["amount_rates"], relation_words()["rates"]
    if code in amounts:
        rule = amounts[code]
        yield from _pairs(mention, items, index, rule["numerator"], rule["denominator"])
    elif code in counts:
        rule = counts[code]
        numerators, denominators = (
            [f"{COUNT}:{stage}" for stage in rule[side]] for side in ("numerator", "denominator")
        )
        yield from _pairs(mention, items, index, numerators, denominators)


def _pairs(
    mention: Mention, items: Sequence[Item], index: int, numerators: Iterable[str], denominators: Iterable[str]
) -> Iterator[Proposal]:
    """Every numerator of the sentence with every denominator that may be meant."""
    near = _near(mention, items, index)
    above = next((one for measure in numerators for one in near if one.measure == measure), None)
    if above is None or above.segment != mention.segment:
        return
    given = _named(mention, near)
    if given is not None and given.measure in denominators and given is not above:
        yield Proposal("rate", Ratio(mention.figure, above.figure, given.figure), NAMED)
        return
    seen = {above.figure.id}
    for confidence, candidates in _denominators(above, mention, items, index):
        for measure in denominators:
            for below in candidates:
                if below.measure == measure and below.figure.id not in seen:
                    seen.add(below.figure.id)
                    yield Proposal("rate", Ratio(mention.figure, above.figure, below.figure), confidence)


def _near(mention: Mention, items: Sequence[Item], index: int) -> list[Mention]:
    """The mentions before one in its sentence and of its noun, the nearest first."""
    own = items[index]
    akin = [item for item in items[: index + 1] if item.is_whole or _is_akin(item, own)]
    if index and re.match(relation_words()["parts_of"], own.first.lead):
        # 130个项目中，已开工118个
        akin.append(items[index - 1])
    return [
        other
        for item in reversed(akin)
        for other in reversed(item.mentions)
        if other.place < mention.place and _is_same_sentence(other, mention)
    ]


def _is_akin(item: Item, own: Item) -> bool:
    return item is own or (bool(own.noun) and item.noun == own.noun) or (item.is_whole and own.is_whole)


def _is_same_sentence(one: Mention, other: Mention) -> bool:
    return (one.block, one.sentence) == (other.block, other.sentence)


def _named(mention: Mention, near: Sequence[Mention]) -> Mention | None:
    """The figure that stands in the words of the rate itself: 占年度计划62.5亿元的51.3%."""
    if not near or not _BETWEEN.match(mention.lead):
        return None
    last = near[0]
    return last if _OF.search(last.lead) and last.end <= mention.start else None


def _denominators(
    above: Mention, mention: Mention, items: Sequence[Item], index: int
) -> Iterator[tuple[Decimal, list[Mention]]]:
    near = _near(mention, items, index)
    yield SAME_SENTENCE, [other for other in near if other.segment == mention.segment]
    own = items[index]
    yield SAME_NOUN if own.noun and not own.is_whole else ELSEWHERE, near
    same = [other for item in reversed(items[:index]) if _is_akin(item, own) for other in reversed(item.mentions)]
    yield SAME_NOUN, same[:_MOST]
    wider = [other for item in reversed(items[:index]) for other in reversed(item.mentions)]
    yield ELSEWHERE, wider[:_MOST]


_MOST = 40
