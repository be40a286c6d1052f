"""What each row below a header is: a project, a total, a band, a note, a repeated header, hidden."""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from taizhang.codelists import CodeList, code_list
from taizhang.dictionary import Sheet
from taizhang.reading.grid import EMPTY, Grid
from taizhang.reading.headers import normal_label
from taizhang.reading.layout import Layout
from taizhang.reading.numbers import UnreadableFigureError, read_figure
from taizhang.reading.text import cell_text, squeeze
from taizhang.reading.vocabulary import vocabulary
from taizhang.reading.wording import find_code

DETAIL, BAND, NOTE, EMPTY_ROW, HEADER, COLUMN_NUMBERS, HIDDEN = (
    "detail", "band", "note", "empty", "header", "column_numbers", "hidden"
)  # fmt: skip
TOTAL, SUBTOTAL, OF_WHICH = "total", "subtotal", "of_which"
MAX_TOTAL_NAME = 20

_NUMERAL = r"[一二三四五六七八九十百]+"
_OUTER_BAND = re.compile(rf"^(?:第?{_NUMERAL}[、.:,)]|{_NUMERAL}$|[IVX]+[、.])")
_INNER_BAND = re.compile(rf"^\({_NUMERAL}\)")
_COUNT_IN_BRACKETS = re.compile(r"[(:：]?共?\d+[个项].*$|\(.*\)$")
_COLUMN_NUMBER = re.compile(r"[\d甲乙丙丁戊己庚辛()=+/\-×*%.]{1,12}")
# Folding changes nothing in it but the width of its brackets.
_ORDINARY_NAME = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z0-9（）()#\-]*")
_PLAIN_SEQUENCE = re.compile(r"[\d.\-]*")


class RowMark(NamedTuple):
    """What a row is; `level` is the depth of a band (1 一、, 2 （一）), `has_figures` tells one with sums."""

    row: int
    kind: str
    label: str = ""
    level: int = 0
    has_figures: bool = False


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = vocabulary()

    def one_of(entries: tuple[str, ...]) -> str:
        return "|".join(map(re.escape, entries))

    totals = one_of((*words.subtotal_words, *(word for word in words.grand_total_words if len(word) > 1)))
    return {
        "total": re.compile(rf"^(?P<name>[^:]{{0,{MAX_TOTAL_NAME}}}?)(?P<word>{totals}):?(?P<tail>[(\d共].*)?$"),
        "of_which": re.compile(rf"^#?(?:{one_of(words.of_which_words)})[:、,.]?(?P<rest>.*)$"),
        "note": re.compile(rf"^(?:{one_of(words.note_words)})(?:\d{{0,2}}[:.、]|\d*$)"),
    }


@cache
def _band_names(lists: tuple[str, ...]) -> frozenset[str]:
    """Names under which counties group projects: words of `words.yml` and the labels of the sheet's code lists."""
    names = {squeeze(alias) for name in lists for alias in code_list(name).aliases}
    return frozenset(names | vocabulary().band_words)


@cache
def _first_characters(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name[:1] for name in names)


def _classes_of(sheet: Sheet) -> CodeList | None:
    """The classes of a table whose rows are named by a class of a code list."""
    if sheet.anchor is None or (codes := sheet.column(sheet.anchor).code_list) is None:
        return None
    return code_list(codes)


class RowClassifier:
    """Classifies the rows of one table."""

    def __init__(self, grid: Grid, layout: Layout, sheet: Sheet) -> None:
        self.grid = grid
        self.layout = layout
        self.anchor = layout.place(sheet.anchor) if sheet.anchor else None
        self.sequence = layout.place("sequence_no")
        self.classes = _classes_of(sheet)
        self.measures = layout.measures()
        first_measure = min(self.measures, default=grid.width)
        self.leading = [place for place in range(grid.width) if place < first_measure]
        lists = tuple(column.code_list for column in sheet.columns if column.code_list)
        self.breakdown = next((layout.place(c.name) for c in sheet.columns if c.code_list == "breakdown"), None)
        self.band_names = _band_names(tuple(name for name in lists if name != "breakdown"))
        self.band_heads = _first_characters(self.band_names)
        self.texts = [
            place
            for place, match in layout.columns.items()
            if match.column and not match.column.is_measure and match.column.name != "remark"
        ]
        self.header_labels = {place: normal_label(match.path[-1]) for place, match in layout.columns.items()}
        self.broken_rows = {row for row, _ in (*grid.error_cells, *grid.formulas_without_value)}
        self.title_texts = {squeeze(text) for _, _, text in layout.titles}
        self.class_names: dict[str, bool] = {}
        self.squeezed: dict[str, str] = {}
        self.describing: dict[int, frozenset[int]] = {}
        # Texts that may say that the row of a class is a sum, with their column.
        self.suspicious = self._suspicious() if self.classes is not None else []

    def _suspicious(self) -> list[tuple[int, set[str]]]:
        within = _suspicious_characters()[1]
        found = []
        for place in self.leading:
            if place not in (self.anchor, self.sequence):
                texts = {cell for cell in set(self.grid.columns[place]) if isinstance(cell, str)}
                if suspicious := {text for text in texts if not within.isdisjoint(text)}:
                    found.append((place, suspicious))
        return found

    def classify(self) -> list[RowMark]:
        """Classify all rows below the header that are not blank."""
        plain = self._plain_details() - self.grid.hidden_rows
        marks = [
            mark
            for number, row in enumerate(self.grid.rows[self.layout.last_row :], self.layout.last_row + 1)
            if (mark := RowMark(number, DETAIL) if number in plain else self._classify(number, row))
        ]
        marks = _classes_in_a_row(marks)
        last_detail = max((mark.row for mark in marks if mark.kind == DETAIL), default=0)
        return [
            RowMark(mark.row, NOTE, mark.label)
            if mark.kind == BAND and mark.row > last_detail and not mark.has_figures
            else mark
            for mark in marks
        ]

    def _classify(self, number: int, row: list[object]) -> RowMark | None:
        filled = {place: text for place, cell in enumerate(row) if cell != EMPTY and (text := self._squeezed(cell))}
        broken = number in self.broken_rows
        if not filled:
            return RowMark(number, HIDDEN if number in self.grid.hidden_rows else DETAIL) if broken else None
        label = next((filled[place] for place in self.leading if place in filled), "")
        if number in self.grid.hidden_rows:
            return RowMark(number, HIDDEN, label)
        kind = self._kind_by_words(row, filled)
        if kind:
            return RowMark(number, kind[0], kind[1], has_figures=self._has_figures(row))
        # 投产一批 heads a band of projects, but in a table of classes it is a row of its own.
        if self.anchor is not None and self._is_class(filled.get(self.anchor, "")) and self._has_figures(row):
            return RowMark(number, DETAIL)
        if self._is_empty(filled) and not broken:
            return RowMark(number, EMPTY_ROW, label)
        level = self._band_level(number, row, filled)
        if level:
            return RowMark(number, BAND, label, level, self._has_figures(row))
        return RowMark(number, DETAIL, label)

    def _squeezed(self, cell: object) -> str:
        """Return a cell's text without spaces; many rows say the same."""
        if not isinstance(cell, str):
            return squeeze(cell_text(cell))
        if cell not in self.squeezed:
            self.squeezed[cell] = squeeze(cell_text(cell))
        return self.squeezed[cell]

    def _plain_details(self) -> set[int]:
        """Return the ordinary rows: a name without any suspicious word, a number or nothing as sequence."""
        first = self.layout.last_row
        if self.anchor is None or self.breakdown is not None:
            return set()
        names = self.grid.columns[self.anchor][first:]
        is_plain = self._is_plain_name if self.classes is None else self._is_class
        plain = {name for name in set(names) if isinstance(name, str) and name and is_plain(name)}
        found = {row for row, name in enumerate(names, first + 1) if name in plain}
        if self.sequence is not None:
            found -= self._rows_where(self.sequence, lambda text: not _PLAIN_SEQUENCE.fullmatch(text))
        for place, texts in self.suspicious:
            found -= self._rows_where(place, texts.__contains__)
        return found

    def _rows_where(self, place: int, holds: Callable[[str], object]) -> set[int]:
        """Return the rows whose text in a column is one of which that holds."""
        cells = self.grid.columns[place][self.layout.last_row :]
        wanted = {cell for cell in set(cells) if isinstance(cell, str) and holds(cell)}
        return {row for row, cell in enumerate(cells, self.layout.last_row + 1) if cell in wanted} if wanted else set()

    def _is_plain_name(self, name: str) -> bool:
        """True for a name without any suspicious character at its ends or within, or which is none of the words."""
        begin, within, end = _suspicious_characters()
        if name[0] not in begin and within.isdisjoint(name) and not name.isascii():
            if name[-1] not in end:
                return True
            # Most names end in 项目; folding and comparing them took most of this.
            is_label = self.anchor is not None and self._may_be_label(name, self.anchor)
            if not is_label and name[0] not in self.band_heads and _ORDINARY_NAME.fullmatch(name):
                return True
        return bool(name.strip()) and not self._is_special(squeeze(name))

    def _is_special(self, text: str) -> bool:
        """True when a name may be that of a total, a band, a note or a header."""
        if not text or text.isascii():
            return True
        if self.anchor is not None and self._is_label(text, self.anchor):
            return True
        begin, within, _ = _suspicious_characters()
        if text[0] not in begin and within.isdisjoint(text):
            # No numeral before it and no word of the trade in it: only its own beginning can name a band.
            return text[0] in self.band_heads and self._core(text) in self.band_names
        if numeral_level(text) or self._core(text) in self.band_names:
            return True
        return any(pattern.match(text) for pattern in _patterns().values())

    def _is_label(self, text: str, place: int) -> bool:
        """True for the label of a column; one whose last character is not in the text is not compared: that is slow."""
        return self._may_be_label(text, place) and normal_label(text) == self.header_labels.get(place)

    def _may_be_label(self, text: str, place: int) -> bool:
        label = self.header_labels.get(place)
        return not (label and "\u4e00" <= label[-1] <= "\u9fff" and label[-1] not in f"{text}至")

    def _kind_by_words(self, row: list[object], filled: dict[int, str]) -> tuple[str, str] | None:
        if self._repeats_header(filled):
            return HEADER, ""
        anchor_text = filled.get(self.anchor, "") if self.anchor is not None else ""
        if len(filled) >= 3 and anchor_text and all(_COLUMN_NUMBER.fullmatch(text) for text in filled.values()):
            return COLUMN_NUMBERS, ""
        if self._is_breakdown_total(filled):
            return DETAIL, ""
        for place in self.leading:
            text = filled.get(place, "")
            if not text or (place == self.anchor and self._is_class(text)):
                continue
            is_total_of_classes = self.classes is not None and place == self.anchor
            if place != self.sequence and not is_total_of_classes and self._is_described(filled, place):
                continue
            if found := _patterns()["total"].match(text):
                outer = found["word"] in vocabulary().grand_total_words and _means_everything(found["name"])
                return (TOTAL if outer else SUBTOTAL), text
            if _patterns()["of_which"].match(text):
                return OF_WHICH, text
        first = next(iter(filled.values()))
        if _patterns()["note"].match(first) and not self._has_numbers(row):
            return NOTE, first
        return None

    def _is_class(self, text: str) -> bool:
        """True in a table of classes for one of these."""
        if self.classes is None or not text:
            return False
        if text not in self.class_names:
            self.class_names[text] = find_code(self.classes, text) is not None
        return self.class_names[text]

    def _is_described(self, filled: dict[int, str], place: int) -> bool:
        """True when other text columns describe the row, as they do for a project and never for a total."""
        if place not in self.describing:
            known = (place, self.sequence, self.anchor, self.breakdown)
            self.describing[place] = frozenset(other for other in self.texts if other not in known)
        return len(self.describing[place] & filled.keys()) >= 2

    def _is_breakdown_total(self, filled: dict[int, str]) -> bool:
        """True for the class 合计 of a breakdown table, which is a row of its own and no sum of those above."""
        own = filled.get(self.breakdown, "") if self.breakdown is not None else ""
        return bool(own) and code_list("breakdown").code_of(own) == "total"

    def _repeats_header(self, filled: dict[int, str]) -> bool:
        same = sum(self._is_label(text, place) for place, text in filled.items())
        return same >= 2 and same * 2 >= len(filled)

    def _band_level(self, number: int, row: list[object], filled: dict[int, str]) -> int:
        """Return the depth of a band row, 0 for any other row."""
        leads = [filled[place] for place in (self.sequence, self.anchor) if place is not None and place in filled]
        leads = leads or [text for place, text in filled.items() if place in self.leading][:1]
        if not leads:
            return 0
        level = next((level for text in leads if (level := numeral_level(text))), 0)
        named = any(self._core(text) in self.band_names for text in leads)
        described = any(place in filled for place in self.texts if place not in (self.sequence, self.anchor))
        if (level or named) and not described and self.breakdown is None:
            return level or 1
        if len(filled) > 1 or self._has_figures(row):
            return 0
        place, text = next(iter(filled.items()))
        alone_as_name = place == self.anchor and not self._is_merged_across(number, place)
        if text in self.title_texts:
            return 3
        return 0 if alone_as_name or place not in self.leading else level or 1

    def _is_merged_across(self, number: int, place: int) -> bool:
        return self.grid.merged_from.get((number, place + 1)) == (number, place)

    @staticmethod
    def _core(text: str) -> str:
        """Return a band's name without number, count and the word 项目."""
        text = _INNER_BAND.sub("", _OUTER_BAND.sub("", text))
        return _COUNT_IN_BRACKETS.sub("", text).removesuffix("项目")

    def _has_figures(self, row: list[object]) -> bool:
        for place in self.measures:
            try:
                if (text := cell_text(row[place])) and read_figure(text) is not None:
                    return True
            except UnreadableFigureError:
                continue
        return False

    def _has_numbers(self, row: list[object]) -> bool:
        return any(isinstance(row[place], float) for place in self.measures)

    def _is_empty(self, filled: dict[int, str]) -> bool:
        """True for a numbered line that nobody filled in, apart from zeros of copied formulas."""
        nothing = vocabulary().none_marks | {"0", "0%", "0.0", "0.00", "0.00%"}
        return all(
            (place == self.sequence and _PLAIN_SEQUENCE.fullmatch(text)) or (place in self.measures and text in nothing)
            for place, text in filled.items()
        )


def _classes_in_a_row(marks: list[RowMark]) -> list[RowMark]:
    """Take named bands with sums for 其中 rows where they follow one, or each other, without projects in between.

    合计, 其中：新建, 续建 above the projects are sums by class; the last of them is no heading of all that follows.
    """
    is_class = [mark.kind == BAND and mark.has_figures and not numeral_level(mark.label) for mark in marks]
    found = list(marks)
    for position, mark in enumerate(marks):
        before, after = position - 1, position + 1
        follows = position > 0 and (found[before].kind == OF_WHICH or is_class[before])
        leads = after < len(marks) and is_class[after]
        if is_class[position] and (follows or leads):
            found[position] = RowMark(mark.row, OF_WHICH, mark.label, has_figures=True)
    return found


@cache
def _suspicious_characters() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Characters that a total, band, note or header may begin with, has within, or ends with."""
    words = vocabulary()
    sums = (*words.subtotal_words, *words.grand_total_words, *words.of_which_words)
    begin = {word[0] for word in (*words.note_words, *words.band_words)} | set("（(第#IVXⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ")
    return (
        frozenset(begin | set("一二三四五六七八九十百 \u3000")),
        frozenset(word[-1] for word in sums),
        frozenset("目类称)）"),
    )


def _means_everything(name: str) -> bool:
    """True for what may stand before 合计 in a grand total: nothing, 全县, 本级."""
    return not name or name.startswith(("全", "本", "总")) or name in {"县", "市", "区", "州", "省"}


def numeral_level(text: str) -> int:
    """Return 1 for 一、 and 2 for （一） in front of a squeezed text, else 0."""
    if _INNER_BAND.match(text):
        return 2
    return 1 if _OUTER_BAND.match(text) else 0
