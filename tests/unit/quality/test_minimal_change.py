"""The cell that is named is the one whose change mends most, and none is named by guessing."""

from decimal import Decimal

from taizhang.quality.minimal_change import Change, best_changes
from taizhang.quality.slips import Slip
from taizhang.quality.ties import Cell, Printed, RatioTie, SumTie, Tie

HALF = Decimal("0.05")


def cell(name: str, row: int = 1) -> Cell:
    return Cell("project_progress", row, name)


def printed(**values: str) -> dict[Cell, Printed]:
    return {cell(name): Printed(Decimal(value), HALF) for name, value in values.items()}


def total(figures: dict[Cell, Printed], name: str, *parts: str, constant: str = "0") -> SumTie:
    cells = frozenset(map(cell, parts))
    gap = figures[cell(name)].value - sum((figures[part].value for part in cells), Decimal(constant))
    return SumTie(cell(name), cells, gap, HALF * (1 + len(cells)), figures, many=len(cells) > 8)


def changes(figures: dict[Cell, Printed], broken: list[Tie], holding: list[Tie]) -> list[Change]:
    return best_changes(broken, holding, {place: figure.value for place, figure in figures.items()}, lambda _: 1)


def test_the_figure_that_stands_in_all_broken_ties_is_named():
    """The amount of the year was typed 4116.2 for 4161.2: three ties break, none of them needs another culprit."""
    figures = printed(ytd="4116.2", month="1161.2", since="9161.2", before="5000.0", rate="83.2", plan="5000.0")
    broken: list[Tie] = [
        total(figures, "ytd", "month", constant="3000"),
        total(figures, "since", "before", "ytd"),
        RatioTie(cell("rate"), cell("ytd"), cell("plan"), figures),
    ]
    (found,) = changes(figures, broken, [])
    assert (found.cell, found.value, found.slip) == (cell("ytd"), Decimal("4161.2"), Slip.DIGITS_SWAPPED)
    assert found.mended == {0, 1, 2}


def test_a_derived_figure_is_named_when_its_sources_hold_elsewhere():
    figures = printed(ytd="4161.2", month="1161.2", rate="38.2", plan="5000.0", all_plans="5000.0")
    rate: Tie = RatioTie(cell("rate"), cell("ytd"), cell("plan"), figures)
    holding: list[Tie] = [
        total(figures, "ytd", "month", constant="3000"),
        total(figures, "all_plans", "plan"),
    ]
    (found,) = changes(figures, [rate], holding)
    assert (found.cell, found.value, found.slip) == (cell("rate"), Decimal("83.2"), Slip.DIGITS_SWAPPED)
    assert found.broken == 0


def test_two_cells_that_would_do_equally_well_leave_it_open():
    figures = printed(whole="10.0", one="3.0", other="5.0")
    assert changes(figures, [total(figures, "whole", "one", "other")], []) == []


def test_a_part_among_many_is_not_blamed_by_one_sum_alone():
    figures = printed(whole="1000.0", **{f"part_{number}": f"{number}.5" for number in range(40)})
    sums = total(figures, "whole", *(f"part_{number}" for number in range(40)))
    (found,) = changes(figures, [sums], [])
    assert found.cell == cell("whole")


def test_two_mistakes_are_two_changes():
    figures = printed(a="12.0", b="21.0", c="-7.0", d="7.0", e="1.0")
    broken: list[Tie] = [
        total(figures, "a", constant="21"),
        total(figures, "a", "e", constant="20"),
        total(figures, "c", constant="7"),
        total(figures, "c", "e", constant="6"),
    ]
    holding: list[Tie] = [total(figures, "e", constant="1")]
    found = changes(figures, broken, holding)
    assert {(change.cell, change.value) for change in found} == {
        (cell("a"), Decimal("21.0")),
        (cell("c"), Decimal("7.0")),
    }


def test_nothing_broken_is_nothing_to_change():
    figures = printed(a="1.0")
    assert changes(figures, [], [total(figures, "a", constant="1")]) == []
