"""Shares: of what each printed share is, and that those of one breakdown do not add up to more than the whole."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from taizhang.report_audit.mentions import COUNT, Item, Mention, stripped
from taizhang.report_audit.parts import Parts, may_overlap
from taizhang.report_audit.proposals import Proposal, Statement
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.ties import Limit, Ratio, Sum, is_consistent

NAMED, LIKELY, POSSIBLE, DOUBTFUL = Decimal("0.95"), Decimal("0.85"), Decimal("0.75"), Decimal("0.5")
SHARE = "share"
_BETWEEN = re.compile(r"^[(]?的?(?:比例|比重)?约?(?:为|达|达到)?[)]?$")
_SHARE_OF = re.compile(r"占(?!比)(?P<of>[^,，;。占]*?)的?(?:比例|比重)?约?(?:为|达|达到)?$")
_FARTHEST = 40


def find_shares(items: Sequence[Item], lists: Sequence[Parts]) -> Iterator[Statement]:
    """Propose what each share is computed from, and that shares of one breakdown fill no more than the whole."""
    for index, item in enumerate(items):
        for mention in item.mentions:
            if mention.figure.indicator == SHARE:
                ways = [*_of_list(mention, item, lists), *_of_words(mention, items, index)]
                if ways:
                    yield Statement(tuple(sorted(ways, key=lambda way: way.confidence, reverse=True)))
    yield from _limits(items)


def _of_list(mention: Mention, item: Item, lists: Sequence[Parts]) -> Iterator[Proposal]:
    """A share printed with a part of a list is of the list's whole, surely so when the parts add up to that."""
    for parts in lists:
        if item not in parts.items:
            continue
        before = [one for one in item.mentions if one.place < mention.place and _is_additive(one)]
        for above in reversed(before):
            whole = next((one for one in parts.before if _base(one) == _base(above)), None)
            if whole is not None:
                only = len(before) == 1 and _adds_up(parts, whole, above)
                confidence = LIKELY if only and not _named_words(mention) else DOUBTFUL
                if parts.is_of_which and above is before[-1] and re.fullmatch("[、,，]占", mention.lead):
                    # 其中产业项目78个、占60%
                    confidence = max(confidence, POSSIBLE)
                yield Proposal(SHARE, Ratio(mention.figure, above.figure, whole.figure), confidence)


def _adds_up(parts: Parts, whole: Mention, above: Mention) -> bool:
    figures = [next((one for one in item.mentions if _base(one) == _base(above)), None) for item in parts.items]
    known = tuple(one.figure for one in figures if one is not None)
    return len(known) == len(parts.items) and bool(is_consistent(Sum(whole.figure, known)))


def _base(mention: Mention) -> str:
    return mention.figure.indicator


def _is_additive(mention: Mention) -> bool:
    return mention.figure.indicator == COUNT or mention.figure.indicator in relation_words()["additive"]


def _named_words(mention: Mention) -> str:
    found = _SHARE_OF.search(mention.lead)
    return found["of"] if found else ""


def _of_words(mention: Mention, items: Sequence[Item], index: int) -> Iterator[Proposal]:
    """A share of what the words name: 占项目总数的50%, 占开工项目的41%, 占全部86个的50%."""
    near = [one for one in reversed(items[index].mentions) if one.place < mention.place and _is_additive(one)]
    given = _given(mention, near)
    if given is not None:
        above = next((one for one in near if one is not given and one.figure.unit == given.figure.unit), None)
        if above is not None:
            yield Proposal(SHARE, Ratio(mention.figure, above.figure, given.figure), NAMED)
        return
    of = _named_words(mention)
    if not of:
        return
    measures = [code for code, pattern in _measure_words() if pattern.search(of)]
    noun = stripped(of)
    above_ones = [one for one in near if not measures or _base(one) in measures]
    for above in above_ones:
        for item in reversed(items[max(0, index - _FARTHEST) : index]):
            is_named = bool(noun) and (noun in item.noun or (item.noun in noun and bool(item.noun)))
            for below in item.mentions:
                if _base(below) == _base(above) and (item.is_whole or is_named) and below is not above:
                    is_sure = bool(measures) and item.is_whole and above is above_ones[0]
                    confidence = POSSIBLE if is_sure else DOUBTFUL
                    yield Proposal(SHARE, Ratio(mention.figure, above.figure, below.figure), confidence)


def _given(mention: Mention, near: Sequence[Mention]) -> Mention | None:
    """The figure that stands in the words of the share itself."""
    is_joined = bool(near) and bool(_BETWEEN.match(mention.lead)) and near[0].end + len(mention.lead) == mention.start
    return near[0] if is_joined and re.search("占[^,，;。]*$", near[0].lead) else None


@cache
def _measure_words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((code, re.compile("|".join(found))) for code, found in relation_words()["share_of"].items())


def _limits(items: Sequence[Item]) -> Iterator[Statement]:
    """Shares of several nouns in one sentence, said of the same, fill no more than the whole."""
    said: dict[tuple[int, int, str], list[tuple[Item, Mention]]] = defaultdict(list)
    for item in items:
        for mention in item.mentions[:]:
            if mention.figure.indicator == SHARE and item.noun:
                said[mention.block, mention.sentence, _named_words(mention)].append((item, mention))
    for shares in said.values():
        nouns = [item.noun for item, _ in shares]
        overlapping = any(may_overlap(item) for item, _ in shares) or any(
            one != other and one in other for one in nouns for other in nouns
        )
        if len(shares) > 1 and len(set(nouns)) == len(nouns) and not overlapping:
            tie = Limit(tuple(mention.figure for _, mention in shares))
            yield Statement((Proposal("shares_over_100", tie, POSSIBLE if len(shares) > 2 else DOUBTFUL),))
