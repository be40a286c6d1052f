"""Part and whole: lists of parts behind 其中, lists of classes or 期 in their own sentences, and their whole."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from taizhang.report_audit.mentions import COUNT, PLAIN, Item, Mention, opens_parts, stripped, without_stage
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.ties import Sum, is_consistent
from taizhang.report_audit.wording import any_of


@dataclass(frozen=True)
class Parts:
    """A list of parts; `before` are the mentions among which the whole stands, the nearest first.

    `is_of_which`: the list begins with 其中; `is_exhaustive`: the words say that it is all.
    """

    items: tuple[Item, ...]
    before: tuple[Mention, ...]
    is_of_which: bool
    is_exhaustive: bool

    @property
    def may_overlap(self) -> bool:
        """True when nouns of the parts name lists that nest, or grains that are not one."""
        return any(may_overlap(item) for item in self.items)


def may_overlap(item: Item) -> bool:
    """True for a noun of lists that nest, or of grains that are not one with others."""
    return bool(_overlapping().search(_words_of(item)))


def _words_of(item: Item) -> str:
    return item.first.lead + item.noun + item.first.tail[:8]


@cache
def _overlapping() -> re.Pattern[str]:
    return re.compile("|".join(relation_words()["overlapping"]))


def find_parts(items: Sequence[Item]) -> list[Parts]:
    """Find the lists of parts of a report."""
    found = [*_of_which(items)]
    for parts in found:
        for item in parts.items if len(parts.items) > 1 else ():
            item.is_part = True
    listed = {id(item) for parts in found for item in parts.items}
    return [*found, *_parallel(items, listed)]


def _of_which(items: Sequence[Item]) -> Iterator[Parts]:
    for index, item in enumerate(items):
        if not opens_parts(item.first.lead) or index == 0:
            continue
        parts = [item]
        for following in items[index + 1 :]:
            if _is_over(parts, items[index - 1], following):
                break
            if not _continues(parts, following) or _is_sibling(following, items[index - 1], item):
                break
            parts.append(following)
        before = _before_of_which(items, index)
        if len(parts) == 1 and (not before or not is_same_sentence(before[0], item.first)):
            continue
        yield Parts(tuple(parts), before, True, _says_all(parts, before))


def _before_of_which(items: Sequence[Item], index: int) -> tuple[Mention, ...]:
    """What stands before 其中: the sentence, or where that begins with it, what is said of everything before."""
    first = items[index].first
    mentions = _mentions_before(items[:index], first)
    inside = tuple(one for one in mentions if is_same_sentence(one, first))
    if inside:
        return inside
    before = items[index - 1].first
    said_before = [
        item for item in items[:index] if (item.first.block, item.first.sentence) == (before.block, before.sentence)
    ]
    # The sentence before tells of the whole, unless it is itself a list of parts.
    lists = any(opens_parts(item.first.lead) for item in said_before)
    wider = [item for item in items[:index] if item.is_whole or (not lists and item in said_before[:1])]
    return _mentions_before(wider, first)


def is_same_sentence(one: Mention, other: Mention) -> bool:
    """True when two figures stand in one sentence."""
    return (one.block, one.sentence) == (other.block, other.sentence)


def _continues(parts: Sequence[Item], following: Item) -> bool:
    first, last = parts[0].first, parts[-1]
    if (following.first.block, following.first.sentence) != (first.block, first.sentence):
        return False
    if opens_parts(following.first.lead):
        return False
    return _is_named(following) and _is_alike(parts[0], following) and label(following) != label(last)


def _is_over(parts: Sequence[Item], whole: Item, following: Item) -> bool:
    """True when the whole is told of again, or the last part has a figure such as the first has not."""
    known = {mention.figure.unit for mention in parts[0].mentions}
    returns = any(parts[-1].first.place < mention.place < following.first.place for mention in whole.mentions)
    return returns or any(mention.figure.unit not in known for mention in parts[-1].mentions)


def _is_sibling(following: Item, whole: Item, part: Item) -> bool:
    """True for 第二期 behind the parts of 第一期: it is one of what the whole is one of."""
    dimension = following.first.dimension
    return dimension is not None and dimension == whole.first.dimension != part.first.dimension


def _is_named(item: Item) -> bool:
    return bool(label(item))


def label(item: Item) -> str:
    """By what a part is told from the others: its noun, or the stage where that says no more than it."""
    if item.first.stage != PLAIN and not stripped(without_stage(item.noun)):
        return item.first.stage
    return item.noun


def _is_alike(one: Item, other: Item) -> bool:
    left, right = one.first.figure, other.first.figure
    if left.indicator == COUNT or right.indicator == COUNT:
        return left.indicator == right.indicator
    return left.unit == right.unit


def _parallel(items: Sequence[Item], listed: set[int]) -> Iterator[Parts]:
    """Runs of items with nouns of their own that begin with the same measure."""
    run: list[Item] = []
    for item in [*(item for item in items if id(item) not in listed), None]:
        if item is not None and run and _goes_on(run, item, listed):
            run.append(item)
            continue
        if len(run) > 1:
            yield from _of_run(items, run, listed)
            listed |= {id(part) for part in run}
        run = [item] if item is not None and _may_begin(item, listed) else []


def _may_begin(item: Item, listed: set[int]) -> bool:
    announced = _announced(item.first.lead)
    # 分三期开工…，共 128个 is the whole of what it announces, 分为两类：资金类 23条 the first part.
    is_announcing = announced is not None and ":" not in item.first.lead[announced.end() :]
    return not item.is_whole and id(item) not in listed and not is_announcing


def _of_run(items: Sequence[Item], run: list[Item], listed: set[int]) -> Iterator[Parts]:
    """The parts of a run with what may be the whole before it; its first item when the others add up to that."""
    before = _before_run(items, run, listed)
    largest = max(item.first.figure.value for item in run)
    wholes = [one for one in before if one.measure == run[0].first.measure and one.figure.value >= largest]
    additive = [one for one in run[0].mentions if one.figure.indicator in relation_words()["additive"]]
    tying = [one for one in additive if _is_sum_of(one, run[1:])]
    # Counts tie by chance, amounts hardly do.
    is_first = (
        len(run) > 2 and bool(tying) and (tying == additive or any(one.figure.indicator != COUNT for one in tying))
    )
    if is_first and not wholes:
        run = run[1:]
        before = _before_run(items, run, listed)
    yield Parts(tuple(run), before, False, _says_all(run, before))


def _before_run(items: Sequence[Item], run: Sequence[Item], listed: set[int]) -> tuple[Mention, ...]:
    start = items.index(run[0])
    nearest = next((item for item in reversed(items[:start]) if id(item) not in listed), None)
    wider = [item for item in items[:start] if item.is_whole or item is nearest]
    return _mentions_before(wider, run[0].first, blocks=_REACH_OF_LISTS)


def _is_sum_of(whole: Mention, parts: Sequence[Item]) -> bool:
    is_count = whole.figure.indicator == COUNT
    found = [part.first if is_count else part.of([whole.measure]) for part in parts]
    figures = tuple(one.figure for one in found if one is not None)
    return len(figures) == len(parts) and bool(is_consistent(Sum(whole.figure, figures)))


_REACH_OF_LISTS = 12


def _goes_on(run: Sequence[Item], item: Item, listed: set[int]) -> bool:
    last = run[-1]
    is_near = _step(last, item) == _step(run[0], run[1]) if len(run) > 1 else _step(last, item) <= _NEXT_BLOCK
    distinct = item.noun not in {part.noun for part in run}
    same = item.first.figure.indicator == run[0].first.figure.indicator
    begins_anew = bool(_exhaustive().search(item.first.lead))
    return bool(item.noun) and id(item) not in listed and is_near and distinct and same and not begins_anew


_SAME_SENTENCE, _SAME_BLOCK, _NEXT_BLOCK, _FARTHER = range(4)


def _step(one: Item, other: Item) -> int:
    """How far apart two items of a list stand; all of a list are as far from each other."""
    if is_same_sentence(one.first, other.first):
        return _SAME_SENTENCE
    distance = other.first.block - one.first.block
    return (_SAME_BLOCK, _NEXT_BLOCK, _FARTHER)[min(distance, 2)]


def _announced(text: str) -> re.Match[str] | None:
    return re.search(relation_words()["announced_pattern"], text)


def _mentions_before(items: Sequence[Item], first: Mention, blocks: int = 1) -> tuple[Mention, ...]:
    mentions = [mention for item in items for mention in item.mentions if mention.place < first.place]
    near = [mention for mention in mentions if mention.block >= first.block - blocks]
    return tuple(sorted(near, key=lambda mention: mention.place, reverse=True))


def _says_all(parts: Sequence[Item], before: Sequence[Mention]) -> bool:
    """True when the words before the list, or the number of parts they announce, say that it is all."""
    words_before = parts[0].first.lead + (before[0].tail if before else "")
    sentence = "".join(mention.lead + mention.tail for mention in before[:6])
    announced = _announced(sentence + words_before)
    if announced:
        return _number(announced["n"]) == len(parts)
    return bool(_exhaustive().search(words_before))


def _number(text: str) -> int:
    numbers: dict[str, int] = relation_words()["announced"]
    return numbers[text] if text in numbers else int(text)


@cache
def _exhaustive() -> re.Pattern[str]:
    return re.compile(any_of(relation_words()["exhaustive"]))
