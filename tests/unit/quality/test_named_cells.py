"""Which cells are named when a submission has several mistakes, or one that cannot be a mere slip."""

from decimal import Decimal

from taizhang.quality.minimal_change import Change, best_changes
from taizhang.quality.slips import Slip
from taizhang.quality.ties import Cell, Printed, RatioTie, SumTie, Tie

HALF = Decimal("0.05")


def cell(name: str, row: int = 1) -> Cell:
    return Cell("project_progress", row, name)


def changes(figures: dict[Cell, Printed], broken: list[Tie], holding: list[Tie]) -> list[Change]:
    return best_changes(broken, holding, {place: figure.value for place, figure in figures.items()}, lambda _: 1)


def class_of_many(figures: dict[Cell, Printed], whole: Cell) -> SumTie:
    parts = frozenset(figures.keys() - {whole})
    gap = figures[whole].value - sum(figures[part].value for part in parts)
    return SumTie(whole, parts, gap, HALF * len(figures), figures, many=True)


def test_mistakes_of_different_rows_do_not_hide_each_other() -> None:
    figures: dict[Cell, Printed] = {}
    broken: list[Tie] = []
    holding: list[Tie] = []
    for row, rate in ((1, "91.3"), (2, "64.7"), (3, "12.9")):
        typed = {"rate": rate, "again": "25.0", "ytd": "750.0", "plan": "3000.0"}
        figures |= {cell(name, row): Printed(Decimal(value), HALF) for name, value in typed.items()}
        broken.append(RatioTie(cell("rate", row), cell("ytd", row), cell("plan", row), figures))
        holding.append(RatioTie(cell("again", row), cell("ytd", row), cell("plan", row), figures))
    found = changes(figures, broken, holding)
    assert {(change.cell, change.value) for change in found} == {
        (cell("rate", row), Decimal("25.0")) for row in (1, 2, 3)
    }


def test_a_part_in_another_unit_is_blamed_and_not_the_total() -> None:
    whole = cell("total", 99)
    figures = {cell("total", row): Printed(Decimal(10000 + row), HALF) for row in range(20)}
    figures[whole] = Printed(sum((figure.value for figure in figures.values()), Decimal(0)), HALF)
    figures[cell("total", 4)] = Printed(Decimal(100040000), HALF)
    (found,) = changes(figures, [class_of_many(figures, whole)], [])
    assert (found.cell, found.value, found.slip) == (cell("total", 4), Decimal(10004), Slip.UNIT)


def test_a_figure_of_quite_another_size_is_no_slip_of_the_pen() -> None:
    whole = cell("total", 99)
    figures = {cell("total", row): Printed(Decimal(1000), HALF) for row in range(20)}
    figures[whole] = Printed(Decimal(77), HALF)
    assert changes(figures, [class_of_many(figures, whole)], []) == []


def test_a_project_left_out_of_the_total_is_not_in_another_unit() -> None:
    whole = cell("total", 99)
    figures = {cell("total", row): Printed(Decimal(1000 + 7 * row), HALF) for row in range(20)}
    left_out = sum((figures[cell("total", row)].value for row in range(19)), Decimal(0))
    figures[whole] = Printed(left_out, HALF)
    (found,) = changes(figures, [class_of_many(figures, whole)], [])
    assert (found.cell, found.value) == (whole, left_out + 1133)


def test_nothing_is_made_negative() -> None:
    figures = {
        cell(name): Printed(Decimal(value), HALF) for name, value in {"all": "5", "none": "0", "some": "6"}.items()
    }
    parts = frozenset((cell("none"), cell("some")))
    broken = SumTie(cell("all"), parts, Decimal(-1), HALF * 3, figures)
    others: list[Tie] = [SumTie(cell(name), frozenset(), Decimal(0), HALF, figures) for name in ("all", "some")]
    assert changes(figures, [broken], others) == []
