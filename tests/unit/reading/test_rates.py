"""Percent or fraction: what decides, and when nothing does."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.reading.rates import FRACTION, PERCENT, decide_scale
from taizhang.reading.result import IssueKind, WorkbookReading
from tests.unit.reading.books import HEADER, issues, read, table, values

RATE = "completion_rate_pct"


def read_rates(
    folder: Path, *rates: Any, label: str = "占年度计划", plans: Any = (3000, 2000), done: Any = (900, 400), **more: Any
) -> WorkbookReading:
    """Read projects with these printed rates, plans and completed investments."""
    rows = [
        [number, f"工程{number}", 9000, plan, 0, completed, "是", rate]
        for number, (rate, plan, completed) in enumerate(zip(rates, plans, done, strict=True), 1)
    ]
    return read(folder, table(*rows, header=[*HEADER, label]), **more)


def rates_of(reading: WorkbookReading) -> list[Any]:
    return values(reading.sheets["project_progress"], RATE)


def decimals_of(reading: WorkbookReading) -> int | None:
    columns = reading.sheets["project_progress"].columns
    return next(column.decimals for column in columns if column.name == RATE)


CASES = [
    (("30%", "20%"), (30, 20), 0),
    (("３０．０％", "20.0%"), (30, 20), 1),
    ((30, 20), (30, 20), 0),
    ((30.25, 20.5), (Decimal("30.25"), Decimal("20.5")), 2),
    ((0.3, 0.2), (30, 20), 0),
    ((0.3025, 0.2), (Decimal("30.25"), 20), 2),
    (("0.30", "0.20"), (30, 20), 0),
    (("百分之三十", "20％"), (30, 20), 0),
    (("300‰", "20%"), (30, 20), 1),
    (("30%", 20), (30, 20), 0),
    (("30%", 0.2), (30, 20), 0),
    (("—", 20), (None, 20), 0),
    ((0, 20), (0, 20), 0),
]


@pytest.mark.parametrize(("printed", "percents", "decimals"), CASES, ids=[str(case[0]) for case in CASES])
def test_rates_are_percents(tmp_path: Path, printed: Any, percents: Any, decimals: int) -> None:
    reading = read_rates(tmp_path, *printed)
    assert rates_of(reading) == list(percents)
    assert decimals_of(reading) == decimals
    assert reading.issues == []


def test_a_percent_in_the_header_does_not_make_a_fraction_a_percent(tmp_path: Path) -> None:
    assert rates_of(read_rates(tmp_path, 0.3, 0.2, label="占年度计划%")) == [30, 20]


def test_one_percent_and_a_whole(tmp_path: Path) -> None:
    assert rates_of(read_rates(tmp_path, 1, 100, plans=(2000, 2000), done=(20, 2000))) == [1, 100]
    assert rates_of(read_rates(tmp_path, 0.01, 1, plans=(2000, 2000), done=(20, 2000))) == [1, 100]


def test_a_cell_formatted_as_percent(tmp_path: Path) -> None:
    def format_cells(sheet: Any) -> None:
        for cell in ("H3", "H4"):
            sheet[cell].number_format = "0.0%"

    reading = read_rates(tmp_path, 0.5, 0.012, plans=(None, None), change=format_cells)
    assert rates_of(reading) == [50, Decimal("1.2")]


def test_nothing_tells_the_scale(tmp_path: Path) -> None:
    reading = read_rates(tmp_path, 0.85, 0.5, plans=(None, None))
    assert rates_of(reading) == [None, None]
    (issue,) = issues(reading, IssueKind.RATE_SCALE_UNKNOWN)
    assert (issue.cell, issue.column_name) == ("H2", RATE)


def test_a_figure_that_is_no_plausible_fraction(tmp_path: Path) -> None:
    assert rates_of(read_rates(tmp_path, 85, 5, plans=(None, None))) == [85, 5]


def test_one_misprinted_rate_does_not_turn_the_column(tmp_path: Path) -> None:
    reading = read_rates(tmp_path, 30, 20, 77, 10, 5, plans=(1000,) * 5, done=(300, 200, 400, 100, 50))
    assert rates_of(reading) == [30, 20, 77, 10, 5]


def test_rates_of_two_scales_each_with_its_own_proof(tmp_path: Path) -> None:
    reading = read_rates(tmp_path, 0.85, 85, "85%", 0, plans=(2000,) * 4, done=(1700, 1700, 1700, 0))
    assert rates_of(reading) == [85, 85, 85, 0]
    assert reading.issues == []


def test_rates_of_two_scales_are_not_guessed(tmp_path: Path) -> None:
    reading = read_rates(tmp_path, 30, 0.2, 0.7, plans=(3000, 2000, None), done=(900, 400, 400))
    assert rates_of(reading) == [None, None, None]
    assert len(issues(reading, IssueKind.RATE_SCALE_UNKNOWN)) == 1


@pytest.mark.parametrize(
    ("printed", "plan", "done", "percent"),
    [(8.5, 400, 30, Decimal("8.5")), (0.9, 1000, 580, 90), (0.2, 1000, 80, 20), (5, 400, 0, 5)],
)
def test_a_rate_that_is_wrong_at_either_scale_is_taken_as_it_is(
    tmp_path: Path, printed: float, plan: int, done: int, percent: Decimal
) -> None:
    reading = read_rates(tmp_path, printed, plans=(plan,), done=(done,))
    assert rates_of(reading) == [percent]
    assert reading.issues == []


def test_only_zeros_need_no_scale(tmp_path: Path) -> None:
    reading = read_rates(tmp_path, 0, 0, plans=(None, None))
    assert rates_of(reading) == [0, 0]
    assert reading.issues == []


def test_a_rate_with_a_unit_of_money(tmp_path: Path) -> None:
    reading = read_rates(tmp_path, "30万元", 20)
    assert rates_of(reading) == [None, 20]
    assert [issue.cell for issue in issues(reading, IssueKind.NUMBER_UNREADABLE)] == ["H3"]


def test_an_approximate_rate(tmp_path: Path) -> None:
    reading = read_rates(tmp_path, "约30%", 20)
    assert rates_of(reading) == [30, 20]
    assert [issue.value for issue in issues(reading, IssueKind.NUMBER_APPROXIMATE)] == ["约30%"]


parts = st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=3, max_size=12)


@given(parts, st.integers(2, 6))
def test_fractions_are_known_by_their_parts(pairs: list[tuple[int, int]], places: int) -> None:
    pairs = [pair for pair in pairs if Decimal("0.2") < Decimal(pair[0]) / pair[1] < 2]
    printed = {index: round(Decimal(part) / whole, places) for index, (part, whole) in enumerate(pairs)}
    if printed:
        sides = ([Decimal(part) for part, _ in pairs], [Decimal(whole) for _, whole in pairs])
        assert decide_scale(printed, sides, None) == FRACTION


@given(parts, st.integers(0, 4))
def test_percents_are_known_by_their_parts(pairs: list[tuple[int, int]], places: int) -> None:
    pairs = [pair for pair in pairs if Decimal("0.2") < Decimal(pair[0]) / pair[1] < 2]
    printed = {index: round(100 * Decimal(part) / whole, places) for index, (part, whole) in enumerate(pairs)}
    if printed:
        sides = ([Decimal(part) for part, _ in pairs], [Decimal(whole) for _, whole in pairs])
        assert decide_scale(printed, sides, None) == PERCENT
