"""Printed quantities: runs of tokens through the grammar -> value, unit, printed decimals, interval, damage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from lark import Lark, Tree
from lark import Token as LarkToken
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from taizhang.reading.numbers import places_of
from taizhang.reading.numerals import read_number
from taizhang.report_audit.damage import mended_number, mended_unit
from taizhang.report_audit.model import Damage, Interval
from taizhang.report_audit.printed import bounded, printed_interval
from taizhang.report_audit.tokens import Token, find_runs
from taizhang.report_audit.wording import HERE, Unit, units, words

_BARE = Unit("", "bare", "", Decimal(1))
DOUBLING, LEVEL = Unit("翻番", "doubling", "%", Decimal(1)), Unit("持平", "level", "", Decimal(1))
MOST_DIGITS = 15


@dataclass(frozen=True)
class Quantity:
    """One printed quantity: characters `start` to `end` of its block; `value` in the stored unit of `unit`.

    `bound` is the word class of `words.yml` before or behind it (about, nearly, over, under), `stop` where such a word
    behind it ends; `run` numbers the run: quantities of one run stand in one list (分别为 a、b、c).
    """

    start: int
    end: int
    stop: int
    text: str
    value: Decimal
    unit: Unit
    decimals: int
    interval: Interval
    bound: str | None = None
    damage: Damage | None = None
    run: int = 0
    is_numeral: bool = False


class _Tokens(Lexer):
    """Hands the parser the tokens that were found, instead of reading characters."""

    def __init__(self, lexer_conf: object) -> None: ...

    def lex(self, data: Sequence[Token]) -> Iterator[LarkToken]:  # type: ignore[override]
        for token in data:
            yield LarkToken(token.kind, token.text, start_pos=token.start, end_pos=token.end)


@cache
def _parser() -> Lark:
    return Lark((HERE / "figures.lark").read_text("utf-8"), parser="lalr", lexer=_Tokens)


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Find the quantities of a block's folded text; numbers without a unit among them, with an empty unit."""
    found: list[Quantity] = []
    for number, run in enumerate(find_runs(text)):
        try:
            tree = _parser().parse(run)
        except UnexpectedInput:
            # Words of figures that do not make one: nothing is proposed.
            continue
        quantities = [quantity for node in _figures(tree) for quantity in _quantities(node, text)]
        found += [replace(one, run=number) for one in _with_shared_units(quantities)]
    return tuple(found)


def _figures(tree: Tree[LarkToken]) -> list[Tree[LarkToken]]:
    figures = tree.children[0]
    assert isinstance(figures, Tree)
    return [child for child in figures.children if isinstance(child, Tree)]


def _quantities(node: Tree[LarkToken], text: str) -> Iterator[Quantity]:
    """The quantity of one figure, with the words around it; none when its digits are no number."""
    body = node
    before = behind = None
    stop = None
    if node.data == "figure":
        body = next(child for child in node.children if isinstance(child, Tree))
        tokens = [child for child in node.children if isinstance(child, LarkToken)]
        before = next((words().bounds_before[token] for token in tokens if token.type == "BEFORE"), None)
        behind = next((words().bounds_behind[token] for token in tokens if token.type == "BEHIND"), None)
        stop = max((token.end_pos or 0 for token in tokens), default=None)
    quantity = _body(body, text)
    if quantity is not None:
        bound = behind or before or quantity.bound
        interval = bounded(quantity.interval, quantity.value, bound)
        yield replace(quantity, bound=bound, interval=interval, stop=max(stop or 0, quantity.end))


def _body(body: Tree[LarkToken], text: str) -> Quantity | None:
    tokens = list(body.scan_values(lambda value: isinstance(value, LarkToken)))
    start, end = tokens[0].start_pos or 0, tokens[-1].end_pos or 0
    if body.data in ("doubling", "level"):
        times = words().doubling[tokens[0]] if body.data == "doubling" else 0
        value = Decimal((2**times - 1) * 100)
        unit = DOUBLING if body.data == "doubling" else LEVEL
        places = -2 if body.data == "doubling" else 0
        half = Decimal(50) if body.data == "doubling" else Decimal("0.5")
        return Quantity(
            start, end, end, text[start:end], value, unit, places, Interval(value - half, value + half), "about"
        )
    parts = [_amount(child, text) for child in body.children if isinstance(child, Tree)]
    if None in parts:
        return None
    first = parts[0]
    assert first is not None
    return first if len(parts) == 1 else _range(first, parts[1], text)


def _amount(node: Tree[LarkToken], text: str) -> Quantity | None:
    tokens = [child for child in node.children if isinstance(child, LarkToken)]
    read = [_read(token) for token in tokens if token.type == "NUMBER"]
    numbers = [number for number in read if number is not None]
    if len(numbers) < len(read):
        return None
    start, end = tokens[0].start_pos or 0, tokens[-1].end_pos or 0
    value = numbers[0]
    printed_unit = next((token for token in tokens if token.type == "UNIT"), None)
    name = "" if printed_unit is None else (mended_unit(printed_unit) or str(printed_unit))
    unit = units()["%"] if node.data == "percent" else units().get(name, _BARE)
    places, stored = places_of(value), value * unit.factor
    if node.data == "mixed":
        # 3亿2000万元: 亿 and 万 stand for their money, the last unit is the one printed to the end.
        joined = next(token for token in tokens if token.type == "JOINED_UNIT")
        whole = units()[f"{joined[0]}元"]
        places, stored = places_of(numbers[1]), value * whole.factor + numbers[1] * unit.factor
    odd = "odd" if any(token.type == "ODD" for token in tokens) else None
    number = next(token for token in tokens if token.type == "NUMBER")
    quantity = Quantity(
        start, end, end, text[start:end], stored, unit, places, printed_interval(stored, places, unit), odd,
        _damage(tokens, text[start:end]), is_numeral=not any(char.isascii() for char in number),
    )  # fmt: skip
    return quantity


def _read(token: LarkToken) -> Decimal | None:
    printed = (mended_number(token) or str(token)).replace(",", "")
    if printed.lstrip("-").replace(".", "", 1).isdigit() and printed.isascii():
        return Decimal(printed) if len(printed) <= MOST_DIGITS else None
    return read_number(printed)


def _damage(tokens: list[LarkToken], printed: str) -> Damage | None:
    read_as = "".join(
        (mended_number(token) if token.type == "NUMBER" else mended_unit(token)) or str(token) for token in tokens
    )
    return Damage(printed, read_as) if read_as != printed else None


def _range(low: Quantity, high: Quantity | None, text: str) -> Quantity | None:
    """3—5亿元: from the first to the second; the middle stands for its value. None where it does not rise."""
    if high is None:
        return None
    if low.unit is _BARE:
        scaled = low.value * high.unit.factor
        low = replace(low, value=scaled, unit=high.unit, interval=printed_interval(scaled, low.decimals, high.unit))
    if low.unit.stored != high.unit.stored or low.value >= high.value:
        return None
    return replace(
        high, start=low.start, text=text[low.start : high.end], value=(low.value + high.value) / 2,
        interval=Interval(low.interval.low, high.interval.high, high.interval.has_high), bound="range",
        decimals=max(low.decimals, high.decimals),
    )  # fmt: skip


def _with_shared_units(quantities: list[Quantity]) -> list[Quantity]:
    """Give the numbers of a list the unit behind its last one: 12、9、7个."""
    if not quantities or quantities[-1].unit is _BARE:
        return quantities
    unit = quantities[-1].unit
    return [
        replace(one, unit=unit, value=one.value * unit.factor,
                interval=printed_interval(one.value * unit.factor, one.decimals, unit))
        if one.unit is _BARE and unit.kind not in ("doubling", "level") else one
        for one in quantities
    ]  # fmt: skip
