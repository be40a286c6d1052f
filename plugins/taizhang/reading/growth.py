"""A printed growth in words: 增长10.5%, 同比下降3.2%, 增长3.3倍, 为上年同期的3.3倍, 翻一番, 与上年持平."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from taizhang.reading.numbers import Figure, UnreadableFigureError, read_figure
from taizhang.reading.numerals import read_number
from taizhang.reading.text import fold, squeeze
from taizhang.reading.vocabulary import Unit, vocabulary

HUNDRED = Decimal(100)
# 翻十番 is a thousandfold; beyond that it is no growth that anybody prints.
MOST_DOUBLINGS = 10


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What may stand before a figure; a figure of so many times; a doubling."""
    words = vocabulary()
    base = rf"(?:(?:{_any_of(words.last_year_words)})(?:{_any_of(words.compared_words)})?,?)*"
    rise, fall, share = map(_any_of, (words.rise_words, words.fall_words, words.multiple_of_words))
    said = re.compile(rf"{base}(?:(?P<fall>{fall})|(?P<rise>{rise}))?{base}:?(?P<figure>.+)")
    of_base = re.compile(rf"(?:{_any_of(words.last_year_words)})?(?:{share}){base}的?(?P<figure>.+)")
    doubled = re.compile(rf"{base}(?:{rise})?(?:{_any_of(words.double_words)}|翻了?(?P<count>.+)番)")
    return said, of_base, doubled


def read_growth(text: str) -> Figure | None:
    """Read one growth over the year before, below zero for a fall; None a mark for none.

    增长3.3倍 is 330%, 为上年的3.3倍 is 230%, 翻两番 is 300%; 持平 is about zero. UnreadableFigureError for the
    rest: a bare 3.3倍 may mean either, 下降-3.2% may, and 3.2个百分点 is the change of a growth.
    """
    plain = squeeze(text)
    if plain in vocabulary().level_words:
        return Figure(Decimal(0), 0, approximate=True)
    said, of_base, doubled = _patterns()
    if found := doubled.fullmatch(plain):
        return _doubled(found["count"], text)
    if found := of_base.fullmatch(plain):
        whole = _figure(found["figure"], text, may_be_times=True)
        if whole is None or whole.unit is None or whole.value < 0:
            raise UnreadableFigureError(text)
        return replace(whole, value=whole.value - HUNDRED)
    found = said.fullmatch(plain)
    if found is None or not (found["rise"] or found["fall"]):
        return _figure(found["figure"] if found else text, text, may_be_times=False)
    figure = _figure(found["figure"], text, may_be_times=bool(found["rise"]))
    if figure is None or (found["fall"] and (figure.value < 0 or "+" in fold(text))):
        raise UnreadableFigureError(text)
    return replace(figure, value=-figure.value) if found["fall"] else figure


def _figure(body: str, text: str, may_be_times: bool) -> Figure | None:
    """Read a figure in percent or, where that has one meaning, in times; other units are none of a growth."""
    times = re.fullmatch(rf"(?P<figure>.+)(?:{_any_of(vocabulary().times_words)})(?P<tail>.*)", body)
    if times is None:
        figure = read_figure(body)
        if figure is None or figure.unit is None:
            return figure
        if figure.unit.kind != "rate":
            raise UnreadableFigureError(text)
        return figure
    figure = read_figure(times["figure"] + times["tail"])
    if figure is None or figure.unit or figure.value < 0 or not may_be_times:
        raise UnreadableFigureError(text)
    # One place of a multiple is ten percent.
    return replace(figure, value=figure.value * HUNDRED, decimals=figure.decimals - 2, unit=_percent())


def _doubled(count: str | None, text: str) -> Figure:
    """Twice the base, or as often doubled as is said; a round word, so about that much."""
    times = Decimal(1) if count is None else read_number(count)
    if times is None:
        figure = read_figure(count or "")
        times = figure.value if figure else None
    if times is None or times != int(times) or not 1 <= times <= MOST_DOUBLINGS:
        raise UnreadableFigureError(text)
    return Figure((2 ** int(times) - 1) * HUNDRED, -2, _percent(), approximate=True)


def _percent() -> Unit:
    return vocabulary().units["%"]
