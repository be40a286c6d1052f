"""分别为 a、b、c: the figures of one list belong to the names before it in the same order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from taizhang.report_audit.blocks import Block
from taizhang.report_audit.classify import Around, Classified, classify
from taizhang.report_audit.state import Element
from taizhang.report_audit.subjects import dimension_of, named_in, subject_words
from taizhang.report_audit.wording import Indicator

# Indicators of figures that no words say more of.
_ANY = frozenset({"amount", "rate", "count", "quantity"})
_JOINED = re.compile(r"[、,，]|以及|和|及|与")


@dataclass(frozen=True)
class Same:
    """What a list says of one of its figures: of which subject it is, or what it is of."""

    element: Element | None = None
    indicator: Indicator | None = None


def align(block: Block, figures: Sequence[tuple[Classified, Around]]) -> dict[int, Same]:
    """Give the figures of lists what the words before them say of all, and after 分别 what the names say of each."""
    aligned: dict[int, Same] = {}
    numbered = ((index, figure, words) for index, (figure, words) in enumerate(figures))
    for _, members in groupby(numbered, key=lambda member: member[1].quantity.run):
        run = list(members)
        if len(run) < 2:
            continue
        for index, figure, _ in run[1:]:
            # The words before a list of numbers are of each of them: 已发行9个、8.6亿元.
            if figure.indicator.code in _ANY and (again := classify(figure.quantity, run[0][2])):
                aligned[index] = Same(indicator=again.indicator)
        names = _names(block.text[: run[0][1].quantity.start], len(run))
        for (index, figure, _), name in zip(run, names, strict=False):
            said = _same(figure, name, names[-1])
            aligned[index] = said if said.indicator else replace(aligned.get(index, Same()), element=said.element)
    return aligned


def _names(before: str, count: int) -> list[str]:
    """The names that stand before 分别 in the sentence; none when they are not as many as the figures."""
    sentence = re.split(r"[。;!?:]", before)[-1]
    head, marked, _ = sentence.rpartition(subject_words().respectively)
    if not marked:
        return []
    names = [name for name in _JOINED.split(head.rstrip(",，")) if name]
    # Clauses before the names are parted by commas as well.
    return names[-count:] if len(names) >= count else []


def _same(figure: Classified, name: str, last: str) -> Same:
    again = classify(figure.quantity, Around(name, name, ""))
    if again is not None and again.indicator.before is not None and again.indicator.before.search(name):
        return Same(indicator=again.indicator)
    named = named_in(name, is_part=True)
    if named.subject is None:
        return Same()
    whole = named_in(last, is_part=True).subject or ""
    head = next((head for head in ("子项目", "项目", "工程", "企业", "问题") if whole.endswith(head)), "")
    subject = named.subject if named.subject.endswith(head) else named.subject + head
    return Same(element=Element(subject, dimension_of(subject)))
