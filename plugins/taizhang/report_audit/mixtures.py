"""Rates of a whole and of its parts: the whole's lies between theirs, and the denominators that they imply agree."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.report_audit.mentions import Mention
from taizhang.report_audit.parts import Parts, label
from taizhang.report_audit.proposals import Proposal, Statement
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.ties import Implied, Mixture, Quotient, Sum, is_consistent

LIKELY, POSSIBLE, DOUBTFUL = Decimal("0.85"), Decimal("0.7"), Decimal("0.4")


def find_mixtures(lists: Sequence[Parts]) -> Iterator[Statement]:
    """Propose that a rate printed for a whole lies between those printed for all of its parts."""
    for parts in lists:
        if len(parts.items) < 2:
            continue
        for mention in parts.items[0].mentions:
            code = mention.measure
            if code not in relation_words()["mixing"]:
                continue
            rates = [found for item in parts.items for found in [item.of([code])] if found]
            whole = next((one for one in parts.before if one.measure == code), None)
            if len(rates) < len(parts.items) or whole is None:
                continue
            confidence = LIKELY if is_all(parts) else DOUBTFUL
            yield Statement(
                (Proposal("mixture", Mixture(whole.figure, tuple(one.figure for one in rates)), confidence),)
            )
            yield from _implied(parts, whole, rates, confidence)


def is_all(parts: Parts) -> bool:
    """True when the parts are all of the whole: by the words, by classes that exclude each other, by a sum."""
    if parts.is_exhaustive or _is_complementary(parts):
        return True
    counts = [
        found
        for item in parts.items
        for found in [next((one for one in item.mentions if one.measure.startswith("count")), None)]
        if found
    ]
    if len(counts) < len(parts.items):
        return False
    wholes = [one for one in parts.before if one.measure.startswith("count")]
    return any(is_consistent(Sum(whole.figure, tuple(one.figure for one in counts))) for whole in wholes[:3])


def _is_complementary(parts: Parts) -> bool:
    labels = [label(item) for item in parts.items]
    return any(
        len(classes) == len(labels) and all(any(name in one for one in labels) for name in classes)
        for classes in relation_words()["complementary"]
    )


def _implied(parts: Parts, whole: Mention, rates: Sequence[Mention], confidence: Decimal) -> Iterator[Statement]:
    """Propose that the plans which amounts and rates imply add up; only where every part prints both."""
    done = [found for item in parts.items for found in [item.of(["completed"])] if found]
    above = next((one for one in parts.before if one.measure == "completed"), None)
    if len(done) < len(rates) or above is None or whole.measure != "completion_rate":
        return
    pairs = tuple(Quotient(one.figure, rate.figure) for one, rate in zip(done, rates, strict=True))
    yield Statement(
        (Proposal("implied_denominator", Implied(Quotient(above.figure, whole.figure), pairs), confidence),)
    )
