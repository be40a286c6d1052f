"""The words of the trade, loaded from `words.yml`: marks for nothing, yes and no, units, totals, notes."""

from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from taizhang.reading.text import squeeze

WORDS_FILE = Path(__file__).parent / "words.yml"


@dataclass(frozen=True)
class Unit:
    """A unit as printed; `factor` leads from the printed to the stored unit (万元, %, 个)."""

    unit: str
    kind: str
    factor: Decimal


@dataclass(frozen=True)
class Vocabulary:
    """Word lists, squeezed (full-width folded, no spaces); longer words stand before shorter ones."""

    none_marks: frozenset[str]
    error_marks: frozenset[str]
    ditto_marks: frozenset[str]
    approximate_prefixes: tuple[str, ...]
    approximate_suffixes: tuple[str, ...]
    currency_marks: tuple[str, ...]
    yes_words: frozenset[str]
    no_words: frozenset[str]
    units: dict[str, Unit]
    money_words: tuple[str, ...]
    unit_line_labels: tuple[str, ...]
    grand_total_words: tuple[str, ...]
    outermost_total_words: tuple[str, ...]
    subtotal_words: tuple[str, ...]
    of_which_words: tuple[str, ...]
    group_total_words: frozenset[str]
    note_words: tuple[str, ...]
    band_words: frozenset[str]
    foreign_header_words: tuple[str, ...]
    foreign_group_words: tuple[str, ...]
    schedule_words: tuple[str, ...]
    ahead_words: tuple[str, ...]
    behind_words: tuple[str, ...]
    on_schedule_words: frozenset[str]
    last_year_words: tuple[str, ...]
    compared_words: tuple[str, ...]
    rise_words: tuple[str, ...]
    fall_words: tuple[str, ...]
    multiple_of_words: tuple[str, ...]
    times_words: tuple[str, ...]
    double_words: tuple[str, ...]
    level_words: frozenset[str]

    def unit(self, text: str) -> Unit | None:
        """Return the unit that a text is, or None."""
        return self.units.get(squeeze(text))


def _units(entries: list[dict[str, Any]]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for entry in entries:
        unit = Unit(entry["unit"], entry["kind"], Decimal(entry["factor"]))
        for name in [entry["unit"], *entry["aliases"]]:
            if units.setdefault(squeeze(name), unit) != unit:
                raise ValueError(f"{WORDS_FILE.name}: {name} means two units")
    return units


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted({squeeze(word) for word in words}, key=lambda word: (-len(word), word)))


@cache
def vocabulary() -> Vocabulary:
    """Load the word lists; KeyError or TypeError when a list is missing or one too many."""
    data = yaml.load(WORDS_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    sets = [field.name for field in fields(Vocabulary) if str(field.type).startswith("frozenset")]
    words: dict[str, Any] = {name: frozenset(squeeze(word) for word in data.pop(name)) for name in sets}
    words["units"] = _units(data.pop("units"))
    words.update({name: _longest_first(entries) for name, entries in data.items()})
    return Vocabulary(**words)
