"""Header texts and what they mean: a path of header cells -> a column of the dictionary."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from taizhang.dictionary import Column, Sheet
from taizhang.dictionary import sheet as sheet_definition
from taizhang.reading.text import squeeze
from taizhang.reading.units import header_unit
from taizhang.reading.vocabulary import Unit, vocabulary

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>")
_MONTH_RANGE = re.compile(r"(?<=\d)月?[—–―~\-至到](?=\d)")
_MARKS = re.compile(r"^[*★☆▲△●#]+|[*★☆:：]+$")
_NUMBERING = re.compile(r"^(?:\d{1,2}[.、)]|\(\d{1,2}\)|[一二三四五六七八九十]+、)(?=\D)")
_YEAR = re.compile(r"(20\d\d)年度?")

# 年度计划 below 投资情况 is 年度计划投资.
GENERIC_MEASURE = "投资"

# How well a path fits a column: its own label in its own group, or only the label.
FULL_MATCH, LOOSE_MATCH = 10, 9


@dataclass(frozen=True)
class HeaderMatch:
    """What a header path means: the column (None: the unit's own), how sure that is, and the unit it states."""

    path: tuple[str, ...]
    column: Column | None
    score: int
    unit: Unit | None

    @property
    def text(self) -> str:
        """The path as one text on one line."""
        return "".join("/".join(self.path).splitlines())


@lru_cache(maxsize=8192)
def normal_label(text: str) -> str:
    """Return a label as it is compared: folded, without spaces, marks, numbering; month ranges as 1-6月."""
    label = _MARKS.sub("", squeeze(text)).replace("截止", "截至")
    label = _NUMBERING.sub("", label)
    return _MONTH_RANGE.sub("-", label).casefold()


class LabelIndex:
    """The labels of a sheet's columns, with `{month}` filled in, for looking headers up."""

    def __init__(self, sheet: Sheet, month: date | None) -> None:
        self.sheet = sheet
        self.month = month
        self.columns: dict[str, list[Column]] = {}
        # The same headers come back month after month and unit after unit.
        self.match = lru_cache(maxsize=4096)(self._match)
        self.find = lru_cache(maxsize=4096)(self._find)
        self.groups: dict[str, set[str]] = {}
        for column in sheet.columns:
            for label in (column.label, *column.aliases):
                known = self.columns.setdefault(self._expand(label), [])
                if column not in known:
                    known.append(column)
            if column.group:
                self.groups.setdefault(column.group, {normal_label(column.group)})
        for column in sheet.columns:
            for group, names in self.groups.items():
                if column.group_total and group in (column.label, *column.aliases):
                    names.update(self._expand(label) for label in (column.label, *column.aliases))

    def _expand(self, label: str) -> str:
        month = str(self.month.month) if self.month else "{month}"
        return normal_label(label.replace("{month}", month))

    def variants(self, label: str) -> list[str]:
        """Return the ways in which a label may be written in the dictionary, the plainest first."""
        texts = [label]
        bare = _BRACKETED.sub("", label)
        if bare and bare != label:
            texts.append(bare)
        if self.month:
            for text in list(texts):
                texts += self._without_year(text, self.month.year)
            texts += [re.sub(r"(?<!\d)0(?=\d月)", "", text) for text in list(texts) if "0" in text]
        return list(dict.fromkeys(texts))

    @staticmethod
    def _without_year(text: str, year: int) -> list[str]:
        """Return a text with its year said in words: 2024年计划投资 is 本年计划投资, 2023年底 is 上年底."""
        found = _YEAR.search(text)
        if found is None:
            return []
        if int(found[1]) == year - 1:
            return [text.replace(f"{year - 1}年", "上年")]
        if int(found[1]) != year:
            return []
        return [_YEAR.sub(words, text, count=1) for words in ("", "年度", "本年", "当年")]

    def _find(self, label: str) -> list[Column]:
        """Return the columns whose label or alias this is, in any of its variants."""
        for text in self.variants(label):
            if text in self.columns:
                return self.columns[text]
        return []

    def group_of(self, parents: list[str]) -> str | None:
        """Return the dictionary's group that one of the parents names."""
        for parent in parents:
            for text in self.variants(parent):
                for group, names in self.groups.items():
                    if text in names:
                        return group
        return None

    def _match(self, path: tuple[str, ...]) -> HeaderMatch:
        """Say what a header path means; units in any of its cells hold for the column, the lowest first."""
        unit, labels = _split_units(path)
        column, score = self._find_column(labels) if labels else (None, 0)
        return HeaderMatch(path, column, score, unit)

    def _find_column(self, labels: list[str]) -> tuple[Column | None, int]:
        *parents, leaf = labels
        group = self.group_of(parents)
        if group is not None:
            return self._find_in_group(group, leaf)
        if any(word in parent for parent in parents for word in vocabulary().foreign_header_words):
            return None, 0
        said = [*parents, *(GENERIC_MEASURE for parent in parents if GENERIC_MEASURE in parent)]
        for combined in (*(parent + leaf for parent in parents), *(leaf + parent for parent in said)):
            if found := [column for column in self.find(combined) if column.group is None]:
                return found[0], FULL_MATCH
        if leaf in vocabulary().group_total_words and parents:
            return self._find_column(parents)
        above = [column for parent in parents for column in self.find(parent)]
        for column in self.find(leaf):
            if column.group and any(word in parent for parent in parents for word in vocabulary().foreign_group_words):
                continue
            if any(other.type is not column.type or column.group for other in above):
                continue
            return column, LOOSE_MATCH if column.group else FULL_MATCH
        return None, 0

    def _find_in_group(self, group: str, leaf: str) -> tuple[Column | None, int]:
        for column in self.find(leaf):
            if column.group == group:
                return column, FULL_MATCH
        totals = [column for column in self.sheet.columns if column.group_total]
        for column in totals:
            if leaf in vocabulary().group_total_words or column in self.find(leaf):
                return column, FULL_MATCH
        return None, 0


def _split_units(path: tuple[str, ...]) -> tuple[Unit | None, list[str]]:
    """Split a path into the unit that its lowest cell with a unit states, and normal labels without 其中."""
    unit: Unit | None = None
    labels: list[str] = []
    for text in path:
        stated, label = header_unit(text)
        unit = stated or unit
        label = normal_label(label)
        for word in vocabulary().of_which_words:
            label = label.removeprefix(word).lstrip(":、,") if label.startswith(word) else label
        if label and (not labels or labels[-1] != label):
            labels.append(label)
    return unit, labels


@lru_cache(maxsize=256)
def label_index(sheet: str, month: date | None) -> LabelIndex:
    """Return the labels of a sheet of the dictionary for a report month."""
    return LabelIndex(sheet_definition(sheet), month)
