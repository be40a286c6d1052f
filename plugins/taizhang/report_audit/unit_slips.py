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
_FEWEST_SIBLINGS = 2


def find_unit_slips(items: Sequence[Item]) -> Iterator[Remark]:
    """Find amounts whose unit sets them apart from all of their siblings, and would not do so by one such step."""
    by_measure: dict[str, list[Mention]] = defaultdict(list)
    for item in items:
        for mention in item.mentions:
            if mention.figure.unit == "万元" and mention.measure in relation_words()["siblings"]:
                by_measure[mention.measure].append(mention)
    for mentions in by_measure.values():
        for mention in mentions:
            siblings = [other for other in mentions if other is not mention]
            if remark := _slip(mention, siblings):
                yield remark


def _slip(mention: Mention, siblings: Sequence[Mention]) -> Remark | None:
    figure = mention.figure
    others = {printed_unit(other.figure).unit for other in siblings}
    if len(siblings) < _FEWEST_SIBLINGS or len(others) > 1 or printed_unit(figure).unit in others:
        return None
    values = sorted(other.figure.value for other in siblings)
    (unit,) = others
    step = units()[unit].factor / printed_unit(figure).factor
    if max(step, 1 / step) not in FACTORS or not figure.value:
        return None
    meant = figure.value * step
    is_of_them = values[0] / ALIKE <= meant <= values[-1] * ALIKE
    is_apart = not values[0] / ALIKE <= figure.value <= values[-1] * ALIKE
    if not (is_of_them and is_apart):
        return None
    words = {"whole": figure.text, "computed": unit, "excess": f"{max(step, 1 / step):f}"}
    printed = figure.text.removesuffix(printed_unit(figure).unit) + unit
    return Remark("unit_slip", Verdict.CONTRADICTION, CONFIDENCE, words, (figure,), printed_mend=printed)
