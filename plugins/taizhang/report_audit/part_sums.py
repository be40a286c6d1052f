"""Parts add up to their whole, measure by measure: counts, investment, plans, money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from taizhang.report_audit.mentions import COUNT, Item, Mention, names_indicator
from taizhang.report_audit.parts import Parts, is_same_sentence, label
from taizhang.report_audit.proposals import Proposal, Statement
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.ties import Sum, is_consistent

LIKELY, POSSIBLE, DOUBTFUL = Decimal("0.85"), Decimal("0.7"), Decimal("0.4")
# A sum of small counts ties by chance: the whole has at least so many pieces.
_TELLING = 10
_MONEY = "万元"


@dataclass(frozen=True, eq=False)
class _Sum:
    """One measure of a list: its tie with the whole that stands nearest, or that it ties with."""

    whole: Mention
    tie: Sum
    holds: bool

    @property
    def is_telling(self) -> bool:
        """True when it holds and would hardly do so by chance."""
        return self.holds and self.whole.figure.value >= _TELLING and len(self.tie.parts) > 1


def find_sums(items: Sequence[Item], lists: Sequence[Parts]) -> Iterator[Statement]:
    """Propose that parts add up to their whole, measure by measure."""
    item_of = {id(mention): item for item in items for mention in item.mentions}
    sums_of = [(parts, _all_sums(parts)) for parts in lists if not _are_grains(parts)]
    # Classes that are all of one 期 are all of the next.
    complete = {_labels(parts) for parts, sums in sums_of if any(one.is_telling for one in sums)}
    for parts, sums in sums_of:
        telling = {id(item_of[id(one.whole)]) for one in sums if one.is_telling}
        tells_whole = any(one.is_telling and item_of[id(one.whole)].is_whole for one in sums)
        for one in _nearest(sums):
            item = item_of[id(one.whole)]
            is_proven = (
                id(item) in telling
                or (item.is_whole and tells_whole)
                or (parts.is_of_which and _labels(parts) in complete)
            )
            if proposal := _proposal(parts, one, is_proven):
                yield Statement((proposal,))


def _all_sums(parts: Parts) -> list[_Sum]:
    return [found for measure in _measures(parts) for found in _sums(parts, measure)]


def _labels(parts: Parts) -> frozenset[str]:
    return frozenset(label(item) for item in parts.items)


def _are_grains(parts: Parts) -> bool:
    """True when the parts are the same projects counted in two grains (打包, 拆分)."""
    grains = {item.first.context.population for item in parts.items}
    return len(grains) > 1 and bool(grains & set(relation_words()["grains"]))


def _measures(parts: Parts) -> list[str]:
    """Measures of which every part has one figure; COUNT stands for what each part counts first, "" for its first."""
    first = parts.items[0].mentions
    known = [mention.measure for mention in first if _is_additive(mention.measure)]
    shared = [measure for measure in dict.fromkeys(known) if all(item.of([measure]) for item in parts.items)]
    if first[0].figure.indicator == COUNT:
        return [COUNT, *(measure for measure in shared if measure != first[0].measure)]
    is_inherited = first[0].figure.unit == _MONEY and not names_indicator(first[0])
    return shared or ([""] if (is_inherited or _is_additive(first[0].measure)) and parts.is_of_which else [])


def _is_additive(measure: str) -> bool:
    return measure.startswith(COUNT) or measure in relation_words()["additive"]


def _sums(parts: Parts, measure: str) -> list[_Sum]:
    """The sum with each figure that may be the whole, the likeliest first."""
    mentions = [item.first if measure in ("", COUNT) else item.of([measure]) for item in parts.items]
    figures = tuple(mention.figure for mention in mentions if mention is not None)
    wholes = _wholes(parts, measure, mentions[0])
    if not parts.is_of_which and not _is_introduced(parts):
        # Parts that are larger are of something else.
        wholes = [whole for whole in wholes if all(figure.value <= whole.figure.value for figure in figures)]
    found = [(whole, Sum(whole.figure, figures)) for whole in wholes]
    return [_Sum(whole, tie, bool(is_consistent(tie))) for whole, tie in found]


def _wholes(parts: Parts, measure: str, first: Mention | None) -> list[Mention]:
    assert first is not None, "every part has the measure"
    alike = [one for one in parts.before if one.figure.unit == first.figure.unit and not one.is_added]
    same = [one for one in alike if one.measure == first.measure][:1]
    if measure == COUNT:
        counts = [one for one in alike if one.figure.indicator == COUNT]
        if _is_introduced(parts) and counts:
            return counts[:1]
        plain = [one for one in counts if one.measure == f"{COUNT}:plain"][:1]
        # What stands right before the list is what it parts; elsewhere the measure tells.
        is_right_before = bool(counts) and (parts.is_of_which or counts[0] is parts.before[0])
        return [*counts[:1], *same, *plain] if is_right_before else [*same, *counts[:1], *plain]
    if not parts.is_of_which:
        return same
    additive = [one for one in alike if _is_additive(one.measure)]
    nearest = [one for one in additive[:1] if _may_be_whole(one, measure) or not names_indicator(first)]
    return [*nearest, *same] if not names_indicator(first) else [*same, *nearest]


def _is_introduced(parts: Parts) -> bool:
    """True when the sentence of the list itself says what it parts: 问题57条，分为两类：…."""
    return parts.is_exhaustive and bool(parts.before) and is_same_sentence(parts.before[0], parts.items[0].first)


def _may_be_whole(mention: Mention, measure: str) -> bool:
    """True for a figure right before 其中 whose parts are said in other words."""
    sources = relation_words()["sources"]
    return _is_additive(mention.measure) and (measure in ("", *sources) or mention.figure.indicator in sources)


def _nearest(sums: Sequence[_Sum]) -> list[_Sum]:
    """For each list of figures the whole that it ties with, else the likeliest."""
    found: dict[tuple[str, ...], _Sum] = {}
    for one in sums:
        key = tuple(figure.id for figure in one.tie.parts)
        if key not in found or (one.holds and not found[key].holds):
            found[key] = one
    return list(found.values())


def _proposal(parts: Parts, one: _Sum, is_proven: bool) -> Proposal | None:
    kind = "part_whole_count" if one.tie.whole.indicator == COUNT else "part_whole_amount"
    several = len(one.tie.parts) > 1
    if one.holds:
        return Proposal(kind, one.tie, LIKELY) if several and (one.is_telling or parts.is_exhaustive) else None
    if is_proven or parts.is_exhaustive:
        return Proposal(kind, one.tie, LIKELY) if several else None
    if not parts.is_of_which:
        return None
    confidence = DOUBTFUL if parts.may_overlap and several else POSSIBLE
    return Proposal(kind, one.tie, confidence, may_fall_short=True)


def find_cross_sums(items: Sequence[Item], lists: Sequence[Parts]) -> Iterator[Statement]:
    """Propose that a class adds up over 期 as the 期 do: 签约 of all 期 is the sum of 签约 of each."""
    places = {id(item): number for number, item in enumerate(items)}
    divided = {places[id(parts.items[0])] - 1: parts for parts in lists if parts.is_of_which}
    for batches in lists:
        inner = [divided.get(places[id(item)]) for item in batches.items]
        classes = [parts for parts in inner if parts is not None]
        if len(batches.items) < 2 or len(classes) < len(inner):
            continue
        for above in lists:
            if above.is_of_which and above not in classes and _stands_before(above, batches):
                yield from _crossed(above, batches, classes)


def _stands_before(above: Parts, batches: Parts) -> bool:
    return above.items[-1].first.place < batches.items[0].first.place


def _crossed(above: Parts, batches: Parts, classes: Sequence[Parts]) -> Iterator[Statement]:
    """The classes of the whole against those of its batches; only where the batches themselves add up to the whole."""
    whole = next((one for one in above.before if one.figure.indicator == COUNT), None)
    figures = tuple(item.first.figure for item in batches.items)
    if whole is None or not is_consistent(Sum(whole.figure, figures)):
        return
    for item in above.items:
        same = [next((part for part in parts.items if label(part) == label(item)), None) for parts in classes]
        found = [part.first.figure for part in same if part is not None and part.first.figure.indicator == COUNT]
        if len(found) == len(classes) and item.first.figure.indicator == COUNT:
            yield Statement((Proposal("part_whole_count", Sum(item.first.figure, tuple(found)), LIKELY),))
