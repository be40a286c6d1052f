"""The sheets 核查意见 of a feedback workbook that comes back: no data, but the submitter's answers."""

import re
from collections.abc import Iterator

from taizhang.reading.grid import Book, Grid
from taizhang.reading.result import Explanation
from taizhang.reading.text import cell_text, squeeze

OPINION_TITLE = "核查意见"
MORE_TITLE = "核查意见（续）"
ANSWER_HEADER = "说明"
# In the first cell, which is hidden: the sheet is known by it whatever it is called.
FEEDBACK_MARK = "taizhang-feedback"
# In the cell below it: of which kind the file was, where the workbook is a copy of no .xlsx.
COPY_OF_CSV = "csv"
# Headers of the hidden columns.
KEY_HEADER, SUBMISSION_HEADER = "finding_key", "submission_id"

_KEY = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[0-9]{1,15}")


def is_feedback(grid: Grid) -> bool:
    """True for a sheet that lists findings."""
    return bool(grid.rows) and FEEDBACK_MARK in map(cell_text, grid.rows[0][:3])


def feedback_titles(book: Book) -> list[str]:
    """Return the titles of the sheets that list findings; a hidden one only if it is called so."""
    named = [title for title in book.hidden_titles if squeeze(title).startswith(OPINION_TITLE)]
    return [title for title in (*book.titles, *named) if is_feedback(book.grid(title))]


def is_copy_of_csv(book: Book, titles: list[str]) -> bool:
    """True when the workbook was made of a CSV file, which has neither cover nor summary."""
    return any(COPY_OF_CSV in map(cell_text, row[:3]) for title in titles for row in book.grid(title).rows[1:2])


def read_answers(book: Book, titles: list[str]) -> list[Explanation]:
    """Return what was answered; of several answers to one finding the first counts."""
    found: dict[str, Explanation] = {}
    for title in titles:
        for answer in _answers(book.grid(title)):
            found.setdefault(answer.finding_key, answer)
    return list(found.values())


def _answers(grid: Grid) -> Iterator[Explanation]:
    columns: dict[str, int] = {}
    for number, row in enumerate(grid.rows, 1):
        texts = [cell_text(cell) for cell in row]
        if KEY_HEADER in texts:
            columns = {name: texts.index(name) for name in (KEY_HEADER, SUBMISSION_HEADER) if name in texts}
            headed = [place for place, text in enumerate(texts) if squeeze(text).startswith(ANSWER_HEADER)]
            columns |= {ANSWER_HEADER: headed[0]} if headed else {}
        elif len(columns) == 3:
            key, answer = texts[columns[KEY_HEADER]], texts[columns[ANSWER_HEADER]]
            submission = texts[columns[SUBMISSION_HEADER]]
            if answer and _KEY.fullmatch(key):
                told = int(submission) if _NUMBER.fullmatch(submission) else None
                yield Explanation(key, answer, told, grid.title, number)
