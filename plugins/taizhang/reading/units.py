"""Units as stated: the unit line above a table, the brackets of a header, a row of units below it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache

from taizhang.reading.text import fold, squeeze
from taizhang.reading.vocabulary import Unit, vocabulary

# A unit that a header states but that we do not know, such as 万美元.
UNKNOWN_KIND = "unknown"

_SEPARATORS = re.compile(r"[、,;；/和及与|\s]+")
_SPACED_WORD = re.compile(r"(?<=单)\s+(?=位)|(?<=[万亿千百])\s+(?=元)")
_SAID = re.compile(r"(?<=单位)(?:均为|统一为|为|是)")
_LAST_WORD = re.compile(r"[^\s,;；]*\s*$")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_UNIT_LABEL = re.compile(r"^(?:[^:]*?单位):")


@dataclass
class UnitLine:
    """The units that hold for a whole sheet, by kind; two different units of one kind hold for neither."""

    by_kind: dict[str, Unit] = field(default_factory=dict)
    contradicted: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)

    def unit(self, kind: str) -> Unit | None:
        """Return the unit of a kind (amount, rate, count), None when unstated or stated twice differently."""
        return None if kind in self.contradicted else self.by_kind.get(kind)

    def states_unknown_money(self) -> bool:
        """True when the line states a unit of money that we do not know, or two of them."""
        money = vocabulary().money_words
        return "amount" in self.contradicted or any(word in text for text in self.unknown for word in money)

    def take(self, unit: Unit) -> None:
        """Note that a unit is stated."""
        if self.by_kind.setdefault(unit.kind, unit) != unit:
            self.contradicted.add(unit.kind)


def read_unit_line(texts: Iterable[str]) -> UnitLine:
    """Read the unit lines among the texts above a table, e.g. `单位：万元、个、%`; other texts state nothing."""
    line = UnitLine()
    for text in texts:
        folded = _SAID.sub(":", _SPACED_WORD.sub("", fold(text)))
        for bracketed in _bracketed(folded):
            _take_statement(bracketed, line)
        _take_statement(_BRACKETS.sub(" ", folded), line)
    return line


def _take_statement(text: str, line: UnitLine) -> None:
    """Take one text: `填报单位:陇西县 单位:万元、个`, or a bare `万元`."""
    alone = vocabulary().unit(text)
    if alone:
        line.take(alone)
    parts = text.split(":")
    for position, part in enumerate(parts[:-1]):
        label = _last_word(part)
        value = parts[position + 1]
        if position + 2 < len(parts):
            value = _LAST_WORD.sub("", value)
        if label.endswith(vocabulary().unit_line_labels):
            _take_listed(label, value, line)


def _last_word(text: str) -> str:
    return squeeze(re.split(r"[\s,;；]", text.rstrip())[-1])


def _take_listed(label: str, value: str, line: UnitLine) -> None:
    """Take the units of a unit line's value; words that are no unit are remembered as unknown, 填报单位 is none."""
    words = [word for word in _SEPARATORS.split(value) if word]
    units = [vocabulary().unit(word) for word in words]
    if any(units) or label in vocabulary().unit_line_labels:
        for word, unit in zip(words, units, strict=True):
            if unit:
                line.take(unit)
            else:
                line.unknown.append(word)


def _bracketed(folded: str) -> list[str]:
    """Return what stands in brackets."""
    return [found[0][1:-1] for found in _BRACKETS.finditer(folded)]


@lru_cache(maxsize=8192)
def header_unit(text: str) -> tuple[Unit | None, str]:
    """Split a header cell into its unit, if it states one, and its label without the unit.

    Understands 总投资(亿元), 总投资 (单位:亿元), 总投资/亿元, 总投资:亿元, 总投资 亿元, 总投资万元 and a bare 亿元.
    """
    squeezed = squeeze(text)
    if unit := vocabulary().unit(squeezed):
        return unit, ""
    for bracketed in _bracketed(squeezed):
        unit = _unit_within(bracketed)
        if unit:
            return unit, _without_bracket(squeezed, bracketed)
        if any(word in bracketed for word in vocabulary().money_words):
            return Unit(bracketed, UNKNOWN_KIND, Decimal(0)), _without_bracket(squeezed, bracketed)
    for separator in ("/", ":", ",", "、", "-"):
        label, found, tail = squeezed.rpartition(separator)
        if found and label and (unit := vocabulary().unit(tail)):
            return unit, label
    if not squeezed.endswith(_written_behind()):
        return None, squeezed
    for name in _written_behind():
        if squeezed.endswith(name):
            return vocabulary().units[name], squeezed.removesuffix(name)
    return None, squeezed


@cache
def _written_behind() -> tuple[str, ...]:
    """Units that may follow a label without any separator, longest first; not 元, which ends other words (单元)."""
    units = {unit.unit for unit in vocabulary().units.values() if unit.kind == "rate" or len(unit.unit) > 1}
    return tuple(sorted(units, key=len, reverse=True))


def _unit_within(bracketed: str) -> Unit | None:
    return vocabulary().unit(_UNIT_LABEL.sub("", bracketed))


def _without_bracket(squeezed: str, bracketed: str) -> str:
    for opening, closing in zip("([【", ")]】", strict=True):
        squeezed = squeezed.replace(f"{opening}{bracketed}{closing}", "")
    return squeezed
