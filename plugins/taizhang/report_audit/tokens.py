"""Runs of tokens that may be figures: numbers, numerals and the words that belong to them, out of a block's text."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from taizhang.report_audit.damage import damaged_number, damaged_unit
from taizhang.report_audit.periods import period_pattern
from taizhang.report_audit.wording import any_of, not_figures, units, words

_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,6}(?!\d)|\d++)(?:\.\d++)?"
# How many stretches that hide a number may begin before it.
_OVERLAPPING = 4
_NUMERAL_CHARS = "零〇一二三四五六七八九十百千两"


@dataclass(frozen=True)
class Token:
    """One token: its kind in `figures.lark`, and the characters `start` to `end` of the block."""

    kind: str
    text: str
    start: int
    end: int


@cache
def _opening() -> re.Pattern[str]:
    """Where a run may begin: a word before a figure with the figure, or what is a figure by itself."""
    doubling, level = any_of(words().doubling), any_of(words().level)
    return re.compile(
        rf"(?P<before>{any_of(words().bounds_before)})(?={_number_ahead()})|(?P<doubling>{doubling})|(?P<level>{level})"
        rf"|(?P<percent>百分之)(?=[{_NUMERAL_CHARS}\d])|(?P<number>{_number()})"
    )


@cache
def _unit_words() -> str:
    return any_of(units())


@cache
def _number() -> str:
    """Digits; letters that stand for them or numerals where a unit follows."""
    odd = any_of(words().odd)
    return (
        rf"{damaged_number()}|-?{_DIGITS}"
        rf"|[{_NUMERAL_CHARS}]{{1,12}}(?:点[{_NUMERAL_CHARS}]{{1,6}})?(?:[万亿](?=[{_NUMERAL_CHARS}]))?[{_NUMERAL_CHARS}]{{0,12}}"
        rf"(?=(?:{odd})?(?:{_unit_words()}))|(?<=百分之)[{_NUMERAL_CHARS}]{{1,6}}(?:点[{_NUMERAL_CHARS}]{{1,4}})?"
    )


@cache
def _number_ahead() -> str:
    return rf"(?:[{_NUMERAL_CHARS}\d]|百分之|{damaged_number()})"


@cache
def _following() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What may follow within a run, in the order in which it is tried."""
    number = rf"(?={_number_ahead()})"
    ahead = rf"(?=(?:{any_of(words().bounds_before)})?{_number_ahead()})"
    return (
        ("JOINED_UNIT", re.compile(r"(?:亿元?(?=零?\d{1,4}(?:\.\d{1,6})?[百千]?万)|万(?=\d{1,4}(?:\.\d{1,6})?元))零?")),
        ("ODD", re.compile(rf"(?:{any_of(words().odd)})(?=(?:{_unit_words()}))")),
        ("UNIT", re.compile(rf"(?:{damaged_unit()}|{_unit_words()})")),
        ("BEHIND", re.compile(any_of(words().bounds_behind))),
        ("RANGE", re.compile(rf"(?:{any_of(words().range_marks)}){number}")),
        ("LIST", re.compile(rf"(?:{any_of(words().list_marks)}|[,，]){ahead}")),
        ("BEFORE", re.compile(rf"(?:{any_of(words().bounds_before)}){number}")),
        ("PERCENT_OF", re.compile(rf"百分之{number}")),
        ("NUMBER", re.compile(_number())),
    )


def find_runs(text: str) -> Iterator[tuple[Token, ...]]:
    """Find the runs of a block's text, the first first; what is no figure (dates, document numbers) is in none."""
    hidden = [found.span() for pattern in (not_figures(), period_pattern()) for found in pattern.finditer(text)]
    position = 0
    hidden.sort()
    starts = [start for start, _ in hidden]
    while (opening := _opening().search(text, position)) is not None:
        # Runs behind hidden stretches go on after them.
        after = bisect_right(starts, opening.start())
        over = max((end for _, end in hidden[max(0, after - _OVERLAPPING) : after]), default=0)
        if over > opening.start():
            position = over
            continue
        stop = starts[after] if after < len(starts) else len(text)
        run = _run(text, opening, stop)
        if run:
            yield run
        position = run[-1].end if run else opening.end()


def _run(text: str, opening: re.Match[str], stop: int) -> tuple[Token, ...]:
    kinds = {"before": "BEFORE", "doubling": "DOUBLING", "level": "LEVEL", "percent": "PERCENT_OF", "number": "NUMBER"}
    tokens = [Token(kinds[opening.lastgroup or ""], opening[0], opening.start(), opening.end())]
    if tokens[0].end > stop:
        return ()
    while tokens[-1].kind not in ("DOUBLING", "LEVEL"):
        token = _next(text, tokens, stop)
        if token is None:
            break
        tokens.append(token)
    return tuple(tokens)


# What may stand behind what: the grammar's own order, so that a run never holds more than one list of figures.
_AFTER = {
    "BEFORE": {"BEFORE", "NUMBER", "PERCENT_OF"},
    "PERCENT_OF": {"NUMBER"},
    "NUMBER": {"JOINED_UNIT", "ODD", "UNIT", "BEHIND", "RANGE", "LIST"},
    "JOINED_UNIT": {"NUMBER"},
    "ODD": {"UNIT", "BEHIND", "RANGE", "LIST"},
    "UNIT": {"ODD", "BEHIND", "RANGE", "LIST"},
    "BEHIND": {"LIST"},
    "RANGE": {"NUMBER", "PERCENT_OF"},
    "LIST": {"BEFORE", "NUMBER", "PERCENT_OF"},
}


def _next(text: str, tokens: list[Token], stop: int) -> Token | None:
    last = tokens[-1]
    for kind, pattern in _following():
        if kind not in _AFTER[last.kind] or (kind == "RANGE" and any(token.kind == "RANGE" for token in tokens[-3:])):
            continue
        found = pattern.match(text, last.end)
        joins = kind in ("RANGE", "LIST", "BEFORE")
        if found and (found.end() < stop if joins else found.end() <= stop):
            return Token(kind, found[0], found.start(), found.end())
    return None
