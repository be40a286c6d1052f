"""Code lists that rules count with are refused when they cannot be right."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from taizhang import codelists
from taizhang.codelists import CodeListError, Share, partitions, schedule_curve


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in place of the seeds."""
    monkeypatch.setattr(codelists, "SEEDS_DIR", tmp_path)
    schedule_curve.cache_clear()
    partitions.cache_clear()
    yield tmp_path
    schedule_curve.cache_clear()
    partitions.cache_clear()


def write_curve(folder: Path, *shares: tuple[int, str, str]) -> None:
    lines = ["curve_code,month_of_year,elapsed,whole", *(f"default,{m},{part},{whole}" for m, part, whole in shares)]
    (folder / "schedule_curve.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


EVEN = [(month, str(month), "12") for month in range(1, 13)]


def test_by_default_a_twelfth_of_the_year_is_due_each_month() -> None:
    assert schedule_curve() == {month: Share(Decimal(month), Decimal(12)) for month in range(1, 13)}


def test_another_curve_is_another_set_of_rows(seeds: Path) -> None:
    steep = [(month, "0" if month < 7 else "0.5" if month < 12 else "1", "1") for month in range(1, 13)]
    write_curve(seeds, *steep)
    assert schedule_curve()[8] == Share(Decimal("0.5"), Decimal(1))


@pytest.mark.parametrize(
    ("shares", "fault"),
    [
        pytest.param(EVEN[:11], "each month", id="a month is missing"),
        pytest.param([*EVEN, (3, "3", "12")], "each month", id="a month stands twice"),
        pytest.param([*EVEN[:11], (12, "11.5", "12")], "ends with the whole", id="the year is not whole"),
        pytest.param([(1, "5", "12"), *EVEN[1:]], "never falls", id="less is due later"),
        pytest.param([*EVEN[:2], (3, "1", "0"), *EVEN[3:]], "between zero", id="a whole of zero"),
        pytest.param([(1, "-1", "12"), *EVEN[1:]], "between zero", id="less than nothing is due"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(seeds: Path, shares: list[tuple[int, str, str]], fault: str) -> None:
    write_curve(seeds, *shares)
    with pytest.raises(CodeListError, match=fault):
        schedule_curve()


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(CodeListError, match="each month"):
        schedule_curve("steep")


def test_lists_overlap_and_all_other_breakdowns_do_not() -> None:
    assert partitions() == {"total", "industry", "nature", "county"}


def test_whether_classes_overlap_is_said_plainly(seeds: Path) -> None:
    (seeds / "breakdown.csv").write_text("breakdown_code,breakdown_name,aliases,is_partition\nlist,分清单,,maybe\n")
    with pytest.raises(CodeListError, match="maybe"):
        partitions()
