"""The words by which reports are read, loaded from the lists beside this file: units, indicators, cues."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
# Words that join an indicator to its figure may follow one another, but not without end.
_MOST_JOINING = 4


@dataclass(frozen=True)
class Unit:
    """A unit as printed; `factor` leads to the `stored` one. `needs_amount_words`: money only where words say so."""

    unit: str
    kind: str
    stored: str
    factor: Decimal
    needs_amount_words: bool = False


@dataclass(frozen=True)
class Indicator:
    """What a figure may be of; `before` and `after` match the words around it, None where it is told otherwise."""

    code: str
    label: str
    kinds: frozenset[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    is_gap: bool = False
    is_growth: bool = False
    is_change: bool = False
    is_threshold: bool = False
    names_subject: bool = False


@dataclass(frozen=True)
class Words:
    """The lists of `words.yml`."""

    traditional: dict[str, str]
    bounds_before: dict[str, str]
    bounds_behind: dict[str, str]
    odd: tuple[str, ...]
    range_marks: tuple[str, ...]
    list_marks: tuple[str, ...]
    doubling: dict[str, int]
    level: tuple[str, ...]
    behind: tuple[str, ...]
    ahead: tuple[str, ...]
    schedule: tuple[str, ...]
    fall: tuple[str, ...]
    rise: tuple[str, ...]
    last_year: tuple[str, ...]
    counted: tuple[str, ...]
    counting: tuple[str, ...]
    manner_of_speaking: frozenset[str]
    threshold_behind: re.Pattern[str]


@cache
def load(name: str) -> Any:
    """Load one of the lists beside this file; each is read once, and nobody changes what was read."""
    return yaml.load((HERE / name).read_text("utf-8"), yaml.CSafeLoader)


def longest_first(words: Iterable[str]) -> tuple[str, ...]:
    """Words so that none hides a longer one that begins with it."""
    return tuple(sorted(set(words), key=lambda word: (-len(word), word)))


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of the words, the longest that fits."""
    return "|".join(map(re.escape, longest_first(words)))


@cache
def words() -> Words:
    """Load `words.yml`."""
    read = load("words.yml")

    def bounds(name: str) -> dict[str, str]:
        return {word: bound for bound, found in read[name].items() for word in found}

    lists = ("odd", "range_marks", "list_marks", "level", "behind", "ahead", "schedule", "fall", "rise", "last_year")
    return Words(
        traditional={old: new for old, new in read["traditional"].items() if len(old) == len(new) == 1},
        bounds_before=bounds("bounds_before"),
        bounds_behind=bounds("bounds_behind"),
        **{name: longest_first(read[name]) for name in lists},
        doubling=read["doubling"],
        counted=longest_first(read["counted"]),
        counting=longest_first(read["counting"]),
        manner_of_speaking=frozenset(read["manner_of_speaking"]),
        threshold_behind=re.compile(read["threshold_behind"]),
    )


@cache
def units() -> dict[str, Unit]:
    """Load `units.yml` by every printed form; ValueError when one form means two units."""
    found: dict[str, Unit] = {}
    for entry in load("units.yml")["units"]:
        for name in [entry["unit"], *entry["aliases"]]:
            unit = Unit(
                name, entry["kind"], entry["stored"], Decimal(entry["factor"]), entry.get("needs_amount_words", False)
            )
            if found.setdefault(name, unit) != unit:
                raise ValueError(f"units.yml: {name} means two units")
    return found


@cache
def indicators() -> tuple[Indicator, ...]:
    """Load `indicators.yml`, in the order in which they are tried."""
    read = load("indicators.yml")
    joining = f"(?:{any_of(read['joining'])}){{0,{_MOST_JOINING}}}$"
    return tuple(
        Indicator(
            entry["code"],
            entry["label"],
            frozenset(entry["kinds"]),
            re.compile(f"(?:{'|'.join(entry['before'])}){joining}") if entry.get("before") else None,
            re.compile(f"(?:{'|'.join(entry['after'])})") if entry.get("after") else None,
            is_gap=entry.get("gap", False),
            is_growth=entry.get("growth", False),
            is_change=entry.get("change", False),
            is_threshold=entry.get("threshold", False),
            names_subject=entry.get("names_subject", False),
        )
        for entry in read["indicators"]
    )


def indicator(code: str) -> Indicator:
    """The indicator of a code; KeyError when there is none."""
    return {one.code: one for one in indicators()}[code]


@cache
def not_figures() -> re.Pattern[str]:
    """One pattern for all numbers that are no figures (`not_figures.yml`)."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in load("not_figures.yml")["patterns"].values()), re.M)
