"""Columns of words: texts, project codes, choices, yes or no, dates."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from taizhang.codelists import CodeList, code_list
from taizhang.dictionary import ColumnType
from taizhang.reading.cells import Cells
from taizhang.reading.dates import DaySpan, UnreadableDateError, date_of_cell, date_of_number, month_span, read_date
from taizhang.reading.figures import MAX_EXACT
from taizhang.reading.text import cell_text, cell_texts, fold, squeeze
from taizhang.reading.vocabulary import vocabulary

_CHOICE_SEPARATORS = re.compile(r"[、,;/|\n+&]+|和|及(?!以)|\s+")
_DASHES = re.compile(r"[—–―‐‑‒−﹣_~.·]+|-+")
_WRITTEN_CODE = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{6}", re.ASCII)
_NEW_CODE = re.compile(r"(\d{4})(\d{6})(\d{2})(\d{2})(\d{6})", re.ASCII)


def read_texts(cells: Cells) -> list[str | None]:
    """Read texts as they stand, trimmed; a mere dash or slash is none, 无 is a text."""
    return [None if not text or _is_mark(text) else text for text in cell_texts(cells.values)]


def _is_mark(text: str) -> bool:
    return len(text) < 4 and not text[0].isalnum() and squeeze(text) in vocabulary().none_marks


def read_project_codes(cells: Cells) -> list[str | None]:
    """Read project codes in their written shape, e.g. 2509-320193-89-01-544060; what is none of them stays as it is."""
    return [project_code(_code_text(value)) for value in cells.values]


def _code_text(value: object) -> str:
    """Return a code cell's text; a number of more than 15 digits has lost the others and is shown as Excel shows it."""
    if isinstance(value, float) and abs(value) >= MAX_EXACT:
        return f"{value:.14E}"
    return cell_text(value)


def project_code(text: str) -> str | None:
    """Return a project code with folded digits and its four hyphens; other texts trimmed, marks for none as None."""
    if _WRITTEN_CODE.fullmatch(text):
        return text
    squeezed = squeeze(text)
    if squeezed in vocabulary().none_marks:
        return None
    compact = _DASHES.sub("-", squeezed)
    digits = compact.replace("-", "")
    found = _NEW_CODE.fullmatch(digits)
    if found and compact.count("-") in (0, 4):
        return "-".join(found.groups())
    return compact if found or re.fullmatch(r"[\d-]+", compact, re.ASCII) else text


def read_choice(cells: Cells) -> list[str | None]:
    """Read one code of the column's code list."""
    codes = code_list(cells.column.code_list or "")

    def read(text: str) -> str | None:
        if squeeze(text) in vocabulary().none_marks:
            return None
        code = find_code(codes, text)
        if code is None:
            raise ValueError(text)
        return code

    return _distinct_choices(cells, codes, read)


def read_choices(cells: Cells) -> list[list[str] | None]:
    """Read the codes of a cell that may name several, in the list's order; unknown ones are noted and left out."""
    codes = code_list(cells.column.code_list or "")
    order = {code: position for position, code in enumerate(codes.names)}
    known: dict[str, tuple[list[str], list[str]]] = {}
    values: list[list[str] | None] = []
    for index, value in enumerate(cells.values):
        text = cell_text(value)
        if text not in known:
            known[text] = _split_choices(codes, text)
        found, unknown = known[text]
        for word in unknown:
            cells.note("choice_unknown", index, word, choices="、".join(codes.labels))
        values.append(sorted(found, key=order.__getitem__) or None)
    return values


def _split_choices(codes: CodeList, text: str) -> tuple[list[str], list[str]]:
    """Return the codes that a text names, and its words that name none."""
    if squeeze(text) in vocabulary().none_marks:
        return [], []
    whole = find_code(codes, text)
    if whole:
        return [whole], []
    words = [word for word in _CHOICE_SEPARATORS.split(fold(text)) if squeeze(word) not in vocabulary().none_marks]
    found = {word: find_code(codes, word) for word in words}
    return list({code for code in found.values() if code}), [word for word, code in found.items() if code is None]


def find_code(codes: CodeList, text: str) -> str | None:
    """Return the code of a code, name or alias, written with any spaces or widths."""
    squeezed = squeeze(text)
    found = codes.code_of(text) or codes.code_of(squeezed)
    return found or next((code for name, code in codes.aliases.items() if squeeze(name) == squeezed), None)


def _distinct_choices(cells: Cells, codes: CodeList, read: Callable[[str], str | None]) -> list[str | None]:
    cells.values = [value if isinstance(value, str) else cell_text(value) for value in cells.values]
    results: dict[str, str | None] = {}
    values: list[str | None] = []
    for index, value in enumerate(cells.values):
        text = str(value)
        try:
            if text not in results:
                results[text] = read(text)
            values.append(results[text])
        except ValueError:
            cells.note("choice_unknown", index, text, choices="、".join(codes.labels))
            values.append(None)
    return values


def read_flags(cells: Cells) -> list[bool | None]:
    """Read yes or no in any of their ways; a mark for none is None."""
    cells.values = [value if isinstance(value, str) else cell_text(value) for value in cells.values]
    return cells.distinct(read_flag, "flag_unreadable")


def read_flag(text: str) -> bool | None:
    """Read one text as yes or no; None for a mark that means none; ValueError for anything else."""
    word = squeeze(text).casefold()
    if word in vocabulary().yes_words:
        return True
    if word in vocabulary().no_words:
        return False
    if word in vocabulary().none_marks:
        return None
    raise ValueError(text)


def read_dates(cells: Cells) -> list[DaySpan | None]:
    """Read dates as spans of days; a cell that Excel shows as a month means the whole month."""
    values: list[DaySpan | None] = cells.distinct(_text_reader(cells.grid.typed), "date_unreadable")
    known: dict[object, DaySpan] = {}
    for index, value in enumerate(cells.values):
        if isinstance(value, str):
            continue
        try:
            if value not in known:
                known[value] = _typed_date(value)
            values[index] = known[value]
        except UnreadableDateError:
            cells.note("date_unreadable", index, value)
    _widen_months(cells, values)
    return values


def _typed_date(value: object) -> DaySpan:
    if isinstance(value, date):
        return date_of_cell(value)
    if isinstance(value, float):
        return date_of_number(value)
    raise UnreadableDateError(cell_text(value))


def _text_reader(typed: bool) -> Callable[[str], DaySpan | None]:
    """Return the reader of date texts; in a CSV file 2024.1 may be a number whose last zero is lost."""

    def read_untyped(text: str) -> DaySpan | None:
        return date_of_number(float(text)) if re.fullmatch(r"\d{4}\.1", text.strip(), re.ASCII) else read_date(text)

    return read_date if typed else read_untyped


def _widen_months(cells: Cells, values: list[DaySpan | None]) -> None:
    """Make the first of a month the whole month where Excel shows no day: typing 2024-6 stores 2024-06-01."""
    firsts = [
        index
        for index, span in enumerate(values)
        if span and span[0].day == 1 and not isinstance(cells.values[index], str)
    ]
    if not firsts:
        return
    months = cells.grid.shown_as_month(cells.place)
    for index in firsts:
        span = values[index]
        if span and cells.rows[index] in months:
            values[index] = month_span(span[0].year, span[0].month)


Reader = Callable[[Cells], Sequence[object]]
READERS: dict[ColumnType, Reader] = {
    ColumnType.TEXT: read_texts,
    ColumnType.PROJECT_CODE: read_project_codes,
    ColumnType.CHOICE: read_choice,
    ColumnType.CHOICES: read_choices,
    ColumnType.FLAG: read_flags,
    ColumnType.DATE: read_dates,
}
