"""What a quantity is of, by the words around it: indicator, sign, whether it is a figure at all."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from taizhang.report_audit.model import Interval
from taizhang.report_audit.quantities import Quantity
from taizhang.report_audit.wording import Indicator, any_of, indicators, units, words

BOUNDARIES = ",，。;!?"
# Chinese numerals up to here are often a manner of speaking.
_SMALL = 10
# 千名代表, 百项工程: a place without a digit counts nothing.
_PLACES = frozenset("十百千万")
_LOOK_BACK, _LOOK_AHEAD = 44, 16
_SPOKEN_KINDS = frozenset({"count", "things", "events", "people", "time", "score"})
# 提高到45% names where it went, not by how much.
_UP_TO = re.compile(r"(?:到|至)$")


@dataclass(frozen=True)
class Around:
    """The words around a quantity: `clause` before it within its clause, `sentence` before it, `behind` up to the next.

    Earlier quantities are written as #.
    """

    clause: str
    sentence: str
    behind: str


@dataclass(frozen=True)
class Classified:
    """A quantity with what it is of; its sign is that of the words."""

    quantity: Quantity
    indicator: Indicator


@cache
def _signs() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Gap to the schedule, growth, and change in points, each ending where the figure begins."""
    vocabulary = words()
    joining = "(?:了|约|近|达到|达|为|于|到|至|有|的|幅度|速度|达成|:)*$"
    schedule, ahead, behind = map(any_of, (vocabulary.schedule, vocabulary.ahead, vocabulary.behind))
    of_year = "(?:年度|全年|全市|全省|计划|目标)?"
    gap = re.compile(
        rf"(?:(?P<behind>{behind})|(?P<ahead>{ahead}))(?:于|了)?{of_year}(?:{schedule})(?:要求|进度|目标)*{joining}"
        rf"|(?:{schedule})(?:要求|进度|目标|相比|计划)*,?(?:(?P<behind2>{behind})|(?P<ahead2>{ahead})){joining}"
    )
    rise, fall = map(any_of, (vocabulary.rise, vocabulary.fall))
    growth = re.compile(rf"(?:(?P<fall>{fall})|(?P<rise>{rise})){joining}")
    change = re.compile(rf"(?:(?P<fall>{fall}|{behind})|(?P<rise>{rise}|{ahead})){joining}")
    return gap, growth, change


def is_figure(quantity: Quantity, around: Around) -> bool:
    """False for numbers without a unit, and for counts in words that count nothing (三个清单, 一个项目一个专班)."""
    unit = quantity.unit
    if unit.kind == "bare":
        return False
    if not quantity.is_numeral or unit.kind not in _SPOKEN_KINDS:
        return True
    if set(quantity.text) <= _PLACES | set(unit.unit):
        return False
    if quantity.value > _SMALL:
        return True
    if quantity.text in words().manner_of_speaking or quantity.bound == "odd":
        return False
    if around.behind.startswith(words().counted):
        return True
    return around.clause.endswith(words().counting) and (not around.behind or around.behind[0] in "、")


def classify(quantity: Quantity, around: Around) -> Classified | None:
    """Tell what a quantity is of; None when it is none of the figures that are known."""
    gap, growth, change = _signs()
    kind = quantity.unit.kind
    before = around.clause
    if kind in ("points", "rate", "level") and (found := gap.search(before)):
        groups = found.groupdict()
        signed = _signed(quantity, bool(groups["behind"] or groups["behind2"]))
        return Classified(_as(signed, "个百分点") if kind == "level" else signed, _flagged("is_gap"))
    if kind == "level":
        return _level(quantity, around)
    if kind == "points":
        found = change.search(before)
        return Classified(_signed(quantity, bool(found and found["fall"])), _flagged("is_change"))
    if kind in ("rate", "times", "doubling") and (found := growth.search(before)) and not _UP_TO.search(before):
        return Classified(_signed(quantity, bool(found["fall"])), _flagged("is_growth"))
    if kind == "doubling":
        return Classified(quantity, _flagged("is_growth"))
    return _by_words(quantity, around)


def _level(quantity: Quantity, around: Around) -> Classified | None:
    """持平: no gap to the schedule, or no growth; None where it is compared with something else."""
    if any(word in around.clause for word in words().schedule):
        return Classified(_as(quantity, "个百分点"), _flagged("is_gap"))
    if any(word in around.clause for word in words().last_year):
        return Classified(_as(quantity, "%"), _flagged("is_growth"))
    return None


def _by_words(quantity: Quantity, around: Around) -> Classified | None:
    kind = quantity.unit.kind
    fitting = [one for one in indicators() if kind in one.kinds and not (one.is_gap or one.is_growth or one.is_change)]
    if kind == "amount" and words().threshold_behind.match(around.behind):
        return Classified(quantity, next(one for one in fitting if one.is_threshold))
    found = next((one for one in fitting if one.before and one.before.search(around.clause)), None)
    found = found or next((one for one in fitting if one.after and one.after.search(around.behind)), None)
    if found is None and quantity.unit.needs_amount_words:
        return None
    plain = [one for one in fitting if not (one.before or one.after or one.is_threshold)]
    fallback = next((one for one in fitting if one.code == kind), plain[0])
    return Classified(quantity, found or fallback)


@cache
def _flagged(flag: str) -> Indicator:
    return next(one for one in indicators() if getattr(one, flag))


def _signed(quantity: Quantity, is_negative: bool) -> Quantity:
    if not is_negative or quantity.value < 0:
        return quantity
    low, high = quantity.interval.low, quantity.interval.high
    return replace(quantity, value=-quantity.value, interval=Interval(-high, -low, quantity.interval.has_high))


def _as(quantity: Quantity, unit: str) -> Quantity:
    """持平 as nothing of a unit."""
    return replace(quantity, unit=units()[unit], value=Decimal(0))


def around(text: str, quantities: tuple[Quantity, ...], number: int) -> Around:
    """The words around the quantity of that number in its block."""
    quantity = quantities[number]
    start = max(0, quantity.start - _LOOK_BACK)
    first = number
    while first and quantities[first - 1].end > start:
        first -= 1
    pieces: list[str] = []
    position = start
    for earlier in quantities[first:number]:
        if earlier.start >= start:
            pieces += [text[position : earlier.start], "#"]
        position = earlier.end
    sentence = re.split(r"[。;!?]", "".join([*pieces, text[position : quantity.start]]))[-1]
    clause = re.split(r"[,，]", sentence)[-1]
    following = quantities[number + 1].start if number + 1 < len(quantities) else len(text)
    behind = text[quantity.end : min(following, quantity.end + _LOOK_AHEAD)]
    return Around(clause, sentence, re.split(rf"[{BOUNDARIES}]", behind)[0])
