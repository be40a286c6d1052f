"""A figure that is printed coarser or finer than its column has an interval of its own."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.reading.books import DETAIL, HEADER, read_progress, replaced, table, with_column


def own(reading: Any) -> dict[tuple[int, str], Decimal]:
    return {(cell.row_number, cell.column_name): cell.half_width for cell in reading.precisions}


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        pytest.param((12000.5, 8000), {}, id="a whole number among finer ones may end in zeros"),
        pytest.param((12000.5, "1.2亿元"), {(4, "total_investment_wan"): Decimal(500)}, id="another unit"),
        pytest.param((12000.5, "约8000"), {(4, "total_investment_wan"): Decimal("0.5")}, id="approximate"),
        pytest.param((12000.5, "8000万元"), {}, id="the column's own unit"),
        pytest.param((12000, "80000000.5元"), {(4, "total_investment_wan"): Decimal("0.000005")}, id="a finer unit"),
    ],
)
def test_an_amount_has_its_own_half_width_only_for_a_reason(
    tmp_path: Path, cells: tuple[Any, ...], wanted: dict[tuple[int, str], Decimal]
):
    assert own(read_progress(tmp_path, replaced(2, *cells))) == wanted


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        pytest.param((30.25, 20.5), {}, id="one place less may be a zero that Excel hides"),
        pytest.param((30.25, 20), {(4, "completion_rate_pct"): Decimal("0.5")}, id="two places less"),
        pytest.param(("30.25%", "20.5%"), {(4, "completion_rate_pct"): Decimal("0.05")}, id="text shows its zeros"),
        pytest.param(("30%", "20%"), {}, id="all alike"),
    ],
)
def test_a_rate_has_its_own_half_width(tmp_path: Path, cells: tuple[Any, ...], wanted: dict[tuple[int, str], Decimal]):
    assert own(read_progress(tmp_path, with_column("完成率%", *cells))) == wanted


@pytest.mark.parametrize(
    ("total", "half"),
    [
        pytest.param(20000.5, None, id="as fine as its column"),
        pytest.param(20000, Decimal("0.5"), id="rounded to whole 万元"),
        pytest.param("2.00亿元", Decimal(50), id="rounded to 亿元"),
    ],
)
def test_a_total_is_as_fine_as_its_own_digits(tmp_path: Path, total: Any, half: Decimal | None):
    rows = [*DETAIL, ["合计", None, total, 5000, 300.5, 1300, None]]
    totals = {found.column_name: found for found in read_progress(tmp_path, table(*rows, header=HEADER)).totals}
    assert totals["total_investment_wan"].half_width == half
    assert totals["annual_plan_wan"].half_width is None
