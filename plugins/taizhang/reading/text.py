"""Text as it is compared: full-width characters folded, spaces and invisible characters gone."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


def fold(text: str) -> str:
    """Return the text with full-width characters folded (NFKC), invisible characters gone and ends trimmed."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).strip()


def squeeze(text: str) -> str:
    """Return the folded text without any space: the form in which words are compared."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        # Nothing to be folded and no space: most words, in a tenth of the time.
        return text
    return _SPACE.sub("", fold(text))


def number_text(value: float) -> str:
    """Return a float as Excel shows it: 15 significant digits, no trailing zeros, no exponent."""
    text = f"{value:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def cell_text(value: object) -> str:
    """Return a cell's text as a reader would see it; an empty cell is the empty string."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    raise TypeError(f"no cell holds a {type(value).__name__}")


def cell_texts(values: Iterable[object]) -> list[str]:
    """Return the texts of many cells."""
    return [value.strip() if type(value) is str else cell_text(value) for value in values]


def column_letter(index: int) -> str:
    """Return Excel's letter of a 0-based column."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letter: str) -> int:
    """Return the 0-based column of Excel's letter."""
    index = 0
    for char in letter:
        index = index * 26 + ord(char) - 64
    return index - 1
