"""Which sheet of a workbook is which sheet of the dictionary: by title, else by header."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.reading.answers import feedback_titles
from taizhang.reading.cover import FormReader
from taizhang.reading.grid import Book
from taizhang.reading.headers import label_index
from taizhang.reading.layout import Layout, find_layout
from taizhang.reading.text import squeeze

VERSION_SHEET = "_taizhang"
TEMPLATE_MARK = "taizhang-template"

# So many required columns tell a sheet that need not be there by its header.
FEWEST_SIGNS = 3

_DECORATION = re.compile(
    r"20\d{2}年?|\d{1,2}月份?|^(?:附件|附表|表)?[\d一二三四五六七八九十]*[-.、:_]*|\(.*?\)|[-_\d\s]+$"
)


def template_version(book: Book) -> str | None:
    """Return the version mark that the official workbook carries in a hidden sheet, None when it has none."""
    if VERSION_SHEET not in (*book.hidden_titles, *book.titles):
        return None
    rows = book.grid(VERSION_SHEET).rows
    if not rows or len(rows[0]) < 2 or rows[0][0] != TEMPLATE_MARK:
        return None
    return str(rows[0][1])


@lru_cache(maxsize=1024)
def sheet_of_title(title: str) -> Sheet | None:
    """Return the dictionary's sheet that a title names: 2.项目进展表, 2024年3月项目进展, 陇西县项目进展情况."""
    squeezed = squeeze(title)
    bare = _DECORATION.sub("", squeezed)
    names = {
        squeeze(name): sheet for sheet in load_dictionary().values() for name in (sheet.title, *sheet.title_aliases)
    }
    if found := names.get(squeezed) or names.get(bare):
        return found
    within = [name for name in names if name in squeezed]
    return names[max(within, key=len)] if within else None


@dataclass(frozen=True)
class SheetMatch:
    """Titles: of each dictionary sheet, of its doubles (title taken, title left), of others, of lists of findings."""

    taken: dict[str, str]
    doubled: list[tuple[str, str]]
    unknown: list[str]
    feedback: list[str] = field(default_factory=list)


def match_sheets(book: Book) -> SheetMatch:
    """Find the sheets of the dictionary among those of the book; empty sheets are not worth a word.

    Sheets whose title says nothing are recognised by their header or labels, when nothing else is that sheet.
    """
    definitions = load_dictionary()
    if book.package.kind == "csv":
        return SheetMatch({"project_progress": book.titles[0]}, [], [])
    candidates: dict[str, list[str]] = {name: [] for name in definitions}
    unknown = []
    feedback = feedback_titles(book)
    for title in book.titles:
        if title == VERSION_SHEET or title in feedback:
            continue
        sheet = sheet_of_title(title)
        if sheet:
            candidates[sheet.sheet].append(title)
        else:
            unknown.append(title)
    for name, definition in definitions.items():
        if not candidates[name]:
            fits = _fits if definition.layout == "table" else _fits_form
            candidates[name] = [title for title in unknown if fits(book, title, definition)]
            unknown = [title for title in unknown if title not in candidates[name]]
    taken = {name: _best(book, titles, definitions[name]) for name, titles in candidates.items() if titles}
    doubled = [(taken[name], title) for name, titles in candidates.items() for title in titles if title != taken[name]]
    filled = [title for title in unknown if any(map(any, book.grid(title).rows))]
    return SheetMatch(taken, doubled, filled, feedback)


def _layout(book: Book, title: str, sheet: Sheet) -> Layout | None:
    return find_layout(book.grid(title), sheet, label_index(sheet.sheet, None))


def _fits(book: Book, title: str, sheet: Sheet) -> bool:
    """True when a sheet's header has the anchor and at least half of the required columns.

    A sheet that need not be there has to show all of them, and several: 项目名称 alone says little.
    """
    layout = _layout(book, title, sheet)
    if layout is None or layout.place(sheet.anchor or "") is None:
        return False
    required = [column.name for column in sheet.columns if column.required]
    found = sum(layout.place(name) is not None for name in required)
    return 2 * found >= len(required) if sheet.required else found == len(required) >= FEWEST_SIGNS


def _fits_form(book: Book, title: str, sheet: Sheet) -> bool:
    """True when a sheet has a value for each required field of a form."""
    found = FormReader(book.grid(title), sheet).read()
    return all(column.name in found for column in sheet.columns if column.required)


def _best(book: Book, titles: list[str], sheet: Sheet) -> str:
    """Return the sheet to read among several of one kind: the one titled exactly so, else the fullest header."""
    if len(titles) == 1 or sheet.layout == "form":
        return titles[0]
    exact = [title for title in titles if squeeze(title) == squeeze(sheet.title)]
    if exact:
        return exact[0]
    layouts = {title: _layout(book, title, sheet) for title in titles}
    return max(titles, key=lambda title: len(found.columns) if (found := layouts[title]) else 0)
