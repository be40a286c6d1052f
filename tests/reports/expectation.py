"""What a marked figure means, read from its printed digits without the audit's own code."""

import re
from decimal import Decimal

from taizhang.report_audit.model import Figure
from tests.reports.markup import Marked, decimal_given

# Printed unit: the stored one and the factor to it.
UNITS = {
    "元": ("万元", "0.0001"),
    "万元": ("万元", "1"),
    "亿元": ("万元", "10000"),
    "亿": ("万元", "10000"),
    "倍": ("%", "100"),
    "%": ("%", "1"),
    "百分点": ("个百分点", "1"),
    "个百分点": ("个百分点", "1"),
} | dict.fromkeys("个项件宗处条家例笔类", ("个", "1"))
# What a scanned page shows for digits and units.
SCANNED = (("%o", "%"), ("H个", "11个"))
SCANNED_DIGITS = str.maketrans("OoIl", "0011")
_PRINTED = re.compile(r"(?P<digits>[+-]?[\d,]*\.?\d+)(?P<unit>.*)")
_UNIT_OF_COLUMN = re.compile(r"[(（](?P<unit>[^()（）]+)[)）]")
BOUNDS = ("约", "近", "超", "逾", "突破", "以上", "左右", "余", "多", "以下", "不足", "不少于", "不低于", "超过")


def differences(marked: Marked, found: Figure, text: str) -> str | None:
    """What of a figure is not as marked; None when value, unit and interval are right."""
    value, unit, half = _meaning(marked, text)
    wrong = []
    # The sign of 下降 or 欠 is said by words.
    if abs(found.value) != abs(value):
        wrong.append(f"has the value {found.value} instead of {value}")
    if found.unit != unit:
        wrong.append(f"has the unit {found.unit} instead of {unit}")
    if not _is_interval_right(found, half, _is_bounded(marked, text)):
        wrong.append(f"has the interval {found.interval.low} to {found.interval.high}")
    return "; ".join(wrong) or None


def _is_interval_right(found: Figure, half: Decimal, is_bounded: bool) -> bool:
    interval = found.interval
    if found.is_approximate:
        return is_bounded and interval.low <= found.value <= interval.high
    if half == 0:
        return interval.low == interval.high == found.value
    return (interval.low, interval.high) == (found.value - half, found.value + half)


def _is_bounded(marked: Marked, text: str) -> bool:
    around = text[max(0, marked.start - 4) : marked.start] + marked.printed + text[marked.end : marked.end + 3]
    return any(word in around for word in BOUNDS) or "番" in marked.printed


def _meaning(marked: Marked, text: str) -> tuple[Decimal, str, Decimal]:
    """Value, stored unit and half width of a marked figure; ValueError when its digits are no number."""
    given = decimal_given(marked, "value")
    if given is not None and "unit" in marked.given:
        unit = marked.given["unit"]
        low = decimal_given(marked, "low")
        half = given - low if low is not None else Decimal(0) if unit == "个" else Decimal("0.5")
        return given, unit, half
    printed = marked.printed
    for scanned, meant in SCANNED:
        printed = printed.replace(scanned, meant)
    found = _PRINTED.fullmatch(printed.translate(SCANNED_DIGITS).removesuffix("H"))
    if found is None:
        raise ValueError(f"{marked.printed}: no number; give value and unit")
    unit = found["unit"] or ("个" if printed.endswith("H") else _column_unit(marked, text))
    stored, factor = UNITS.get(unit, (unit, "1"))
    digits = Decimal(found["digits"].replace(",", ""))
    exponent = digits.as_tuple().exponent
    assert isinstance(exponent, int), "digits are finite"
    is_whole = stored in ("个", "人") and exponent == 0
    half = Decimal(0) if is_whole else Decimal("0.5").scaleb(exponent) * Decimal(factor)
    return digits * Decimal(factor), stored, half


def _column_unit(marked: Marked, text: str) -> str:
    """The unit in the header of a table's column; pieces when it names none."""
    start = text.rfind("\n", 0, marked.start) + 1
    column = len(re.split(r"\t|\|", text[start : marked.start])) - 1
    above = text[:start].rstrip("\n").split("\n")
    for line in reversed(above):
        cells = re.split(r"\t|\|", line)
        if len(cells) <= column or re.fullmatch(r"\s*[\d.,]+\s*", cells[column]):
            continue
        named = _UNIT_OF_COLUMN.search(cells[column])
        return named["unit"] if named else "个"
    return "个"
