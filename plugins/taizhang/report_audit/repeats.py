"""The same text twice: sentences that are copies of each other must print the same figures."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.report_audit.mentions import Mention
from taizhang.report_audit.model import Verdict
from taizhang.report_audit.proposals import Remark

SURE, LIKELY = Decimal("0.9"), Decimal("0.8")
# Shorter sentences are set phrases, which repeat with other figures rightly.
SHORTEST = 30
_FEWEST_FIGURES = 2
_WORDS = re.compile(r"[^\w]")


def find_repeats(mentions: Sequence[Mention]) -> Iterator[Remark]:
    """Compare sentences whose words are the same: most of the figures are too, so that one that differs is a slip."""
    alike: dict[str, list[list[Mention]]] = defaultdict(list)
    for sentence in _sentences(mentions):
        pattern = _pattern(sentence)
        if len(pattern) >= SHORTEST and len(sentence) >= _FEWEST_FIGURES:
            alike[pattern].append(sentence)
    for copies in alike.values():
        for copy in copies[1:]:
            yield from _compared(copies[0], copy)


def _sentences(mentions: Sequence[Mention]) -> list[list[Mention]]:
    found: dict[tuple[int, int], list[Mention]] = defaultdict(list)
    for mention in mentions:
        found[mention.block, mention.sentence].append(mention)
    return list(found.values())


def _pattern(sentence: Sequence[Mention]) -> str:
    """The sentence's words with a mark for each figure; months and years in them stay."""
    return _WORDS.sub("", "#".join([*(mention.lead for mention in sentence), sentence[-1].tail]).replace("#", "ф"))


def _compared(first: Sequence[Mention], second: Sequence[Mention]) -> Iterator[Remark]:
    pairs = list(zip(first, second, strict=True))
    differing = [(one, other) for one, other in pairs if one.figure.value != other.figure.value]
    figures = tuple(mention.figure for mention in (*first, *second))
    if not differing:
        yield Remark("repeated_text", Verdict.CONSISTENT, SURE, {}, figures)
    elif len(differing) * 2 <= len(pairs) and all(one.figure.unit == other.figure.unit for one, other in pairs):
        for one, other in differing:
            words = {"whole": one.figure.text, "parts": other.figure.text}
            yield Remark("repeated_text", Verdict.CONTRADICTION, LIKELY, words, (one.figure, other.figure))
