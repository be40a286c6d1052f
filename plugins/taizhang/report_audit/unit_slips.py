"""Units that cannot be meant: a figure ten thousand or a hundred million times smaller or larger than its siblings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.report_audit.mentions import Item, Mention
from taizhang.report_audit.model import Verdict
from taizhang.report_audit.proposals import Remark
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.shown_values import printed_unit
from taizhang.report_audit.wording import units

CONFIDENCE = Decimal("0.9")
FACTORS = (Decimal(10**4), Decimal(10**8))
# Siblings and the figure with its right unit are not further apart than this.
ALIKE = Decimal(50)
# Nor are total investment and plan of one thing; with the wrong unit they are further apart than the second.
ALIKE_IN_ITEM, APART_IN_ITEM = Decimal(30), Decimal(500)
_FEWEST_SIBLINGS = 2
# In 元 no such amount is reported; in 万元 small projects are, beside large ones in 亿元.
_NEVER = "元"


def find_unit_slips(items: Sequence[Item]) -> Iterator[Remark]:
    """Find amounts whose unit sets them apart from all of their siblings, and would not do so by one such step."""
    by_measure: dict[str, list[tuple[Mention, Item]]] = defaultdict(list)
    for item in items:
        for mention in item.mentions:
            is_amount = mention.figure.unit == "万元" and not mention.figure.is_approximate
            if is_amount and mention.measure in relation_words()["siblings"]:
                by_measure[mention.measure].append((mention, item))
    for mentions in by_measure.values():
        for mention, item in mentions:
            siblings = [other for other, _ in mentions if other is not mention]
            if remark := _slip(mention, item, siblings):
                yield remark


def _slip(mention: Mention, item: Item, siblings: Sequence[Mention]) -> Remark | None:
    figure, own = mention.figure, printed_unit(mention.figure)
    others = {printed_unit(other.figure).unit for other in siblings}
    if len(siblings) < _FEWEST_SIBLINGS or len(others) > 1 or own.unit in others or not figure.value:
        return None
    (unit,) = others
    if unit not in units():
        return None
    step = units()[unit].factor / own.factor
    meant = figure.value * step
    values = sorted(other.figure.value for other in siblings)
    is_of_them = values[0] / ALIKE <= meant <= values[-1] * ALIKE
    is_apart = not values[0] / ALIKE <= figure.value <= values[-1] * ALIKE
    if max(step, 1 / step) not in FACTORS or not (is_of_them and is_apart):
        return None
    if own.unit != _NEVER and not _is_odd_in_item(mention, item, meant):
        return None
    words = {"whole": figure.text, "computed": unit, "excess": f"{max(step, 1 / step):f}"}
    printed = figure.text.removesuffix(own.unit) + unit
    return Remark("unit_slip", Verdict.CONTRADICTION, CONFIDENCE, words, (figure,), printed_mend=printed)


def _is_odd_in_item(mention: Mention, item: Item, meant: Decimal) -> bool:
    """True when another amount of the same thing is of the size that the figure would have with the other unit."""
    others = [one.figure.value for one in item.mentions if one is not mention and one.figure.unit == "万元"]
    return any(
        other > 0
        and 1 / ALIKE_IN_ITEM <= meant / other <= ALIKE_IN_ITEM
        and not 1 / APART_IN_ITEM <= mention.figure.value / other <= APART_IN_ITEM
        for other in others
    )
