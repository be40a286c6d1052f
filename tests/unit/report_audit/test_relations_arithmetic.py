import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.quality import intervals
from taizhang.report_audit.model import Figure, Interval
from taizhang.report_audit.reach import Reach, cut, hull, rounded
from taizhang.report_audit.ties import Implied, Limit, Mixture, Order, Quotient, Ratio, Sum, Tie, is_consistent
from tests.unit.report_audit.figure_of import figure_of, printed

MONEY = st.decimals(min_value=1, max_value=10**6, places=4)
PLACES = st.integers(min_value=0, max_value=3)
SMALL = st.integers(min_value=-50, max_value=400)
HALF = st.sampled_from([0, 1, 2, 5])


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.create_function("least", 2, min)
    connection.create_function("greatest", 2, max)
    yield connection
    connection.close()


def answer(database: sqlite3.Connection, condition: str) -> bool | None:
    (value,) = database.execute(f"select {condition}").fetchone()
    return None if value is None else bool(value)


def as_sql(figure: Figure) -> intervals.Interval:
    half = (figure.interval.high - figure.interval.low) / 2
    return intervals.Interval(f"({int(figure.value)})", str(int(half)))


@given(SMALL, HALF, SMALL, HALF, st.integers(1, 60), st.sampled_from([0, 1]))
def test_a_rate_holds_where_the_gate_says_so(
    database: sqlite3.Connection, rate: int, rate_half: int, above: int, half: int, below: int, below_half: int
) -> None:
    figures = figure_of(rate, rate_half), figure_of(above, half), figure_of(below, below_half)
    expected = answer(database, intervals.rate_meets(*map(as_sql, figures)))
    quotient = Reach.of(figures[1].interval).times(100).over(Reach.of(figures[2].interval))
    found = None if quotient is None else Reach.of(figures[0].interval).meets(quotient)
    assert found == expected


@given(SMALL, HALF, st.lists(st.tuples(SMALL, HALF), min_size=1, max_size=4))
def test_a_sum_holds_where_the_gate_says_so(
    database: sqlite3.Connection, whole: int, half: int, parts: list[tuple[int, int]]
) -> None:
    tie = Sum(figure_of(whole, half), tuple(figure_of(*part) for part in parts))
    sides = tie.sides(lambda figure: Reach.of(figure.interval), lambda figure: Reach.of(figure.interval))
    assert sides is not None
    total = intervals.total([as_sql(part) for part in tie.parts])
    assert sides[0].meets(sides[1]) == answer(database, intervals.meets(as_sql(tie.whole), total))


@given(SMALL, HALF, SMALL, HALF)
def test_an_order_holds_where_the_gate_says_so(
    database: sqlite3.Connection, lesser: int, half: int, greater: int, greater_half: int
) -> None:
    low, high = figure_of(lesser, half), figure_of(greater, greater_half)
    expected = answer(database, intervals.can_be_at_most(as_sql(low), as_sql(high)))
    assert Reach.of(low.interval).can_be_at_most(Reach.of(high.interval)) == expected


@given(st.lists(MONEY, min_size=2, max_size=8), PLACES, PLACES, st.booleans(), st.booleans())
def test_rounding_true_parts_and_their_sum_is_no_contradiction(
    parts: list[Decimal], places: int, of_parts: int, cut_whole: bool, cut_parts: bool
) -> None:
    whole = printed(sum(parts, Decimal(0)), places, cut=cut_whole)
    assert is_consistent(Sum(whole, tuple(printed(part, of_parts, cut=cut_parts) for part in parts)))


@given(MONEY, st.decimals(min_value=100, max_value=10**6, places=4), PLACES, PLACES, st.booleans(), st.booleans())
def test_rounding_a_true_rate_is_no_contradiction(
    above: Decimal, below: Decimal, places: int, of_money: int, cut_rate: bool, cut_money: bool
) -> None:
    rate = Fraction(above) * 100 / Fraction(below)
    true = Decimal(rate.numerator) / Decimal(rate.denominator)
    printed_rate = printed(true, places, "%", cut=cut_rate)
    money = [printed(value, of_money, cut=cut_money) for value in (above, below)]
    assert is_consistent(Ratio(printed_rate, money[0], money[1]))


@given(MONEY, st.decimals(min_value=100, max_value=10**6, places=4), PLACES, st.integers(1, 12), st.booleans())
def test_rounding_a_true_gap_of_either_sign_is_no_contradiction(
    done: Decimal, plan: Decimal, places: int, month: int, is_cut: bool
) -> None:
    due = Fraction(100 * month, 12)
    gap = Fraction(done) * 100 / Fraction(plan) - due
    printed_gap = printed(Decimal(gap.numerator) / Decimal(gap.denominator), places, "个百分点", cut=is_cut)
    assert is_consistent(Ratio(printed_gap, printed(done, 3), printed(plan, 3), due))


@given(st.lists(st.tuples(MONEY, MONEY), min_size=2, max_size=5), PLACES)
def test_a_true_mixture_lies_between_its_parts(pairs: list[tuple[Decimal, Decimal]], places: int) -> None:
    rates = [above * 100 / below for above, below in pairs]
    whole = sum(above for above, _ in pairs) * 100 / sum(below for _, below in pairs)
    assert is_consistent(Mixture(printed(Decimal(whole), places), tuple(printed(rate, places) for rate in rates)))


@given(st.lists(st.tuples(MONEY, st.decimals(min_value=10, max_value=10**6, places=4)), min_size=2, max_size=4))
def test_true_denominators_agree(pairs: list[tuple[Decimal, Decimal]]) -> None:
    def quotient(above: Decimal, below: Decimal) -> Quotient:
        return Quotient(printed(above, 2), printed(above * 100 / below, 2))

    whole = quotient(sum((above for above, _ in pairs), Decimal(0)), sum((below for _, below in pairs), Decimal(0)))
    assert is_consistent(Implied(whole, tuple(quotient(*pair) for pair in pairs))) is not False


@given(st.lists(MONEY, min_size=2, max_size=6), st.integers(0, 5), st.sampled_from([-1, 1]))
def test_a_figure_changed_beyond_the_slack_is_a_contradiction(parts: list[Decimal], index: int, sign: int) -> None:
    figures = [printed(part, 1) for part in parts]
    whole = printed(sum(parts, Decimal(0)), 1)
    # Each figure may be off by half a printed place already, and be one larger before it was cut off.
    beyond = sign * Decimal("0.2") * (len(parts) + 1)
    place = index % len(parts)
    figures[place] = figure_of(figures[place].value + beyond, "0.05", places=1)
    assert is_consistent(Sum(whole, tuple(figures))) is False


@given(MONEY, MONEY, PLACES)
def test_values_for_a_figure_hold_the_one_that_stands_there_where_the_tie_holds(
    done: Decimal, plan: Decimal, places: int
) -> None:
    figures = printed(done * 100 / plan, places, "%"), printed(done, 2), printed(plan, 2)
    tie: Tie = Ratio(*figures)
    for figure in figures:
        possible = tie.values_for(figure)
        assert possible is None or possible.meets(rounded(figure))


@pytest.mark.parametrize(
    ("lesser", "greater", "holds"),
    [("6.02", "8.35", True), ("8.35", "8.35", True), ("8.36", "8.35", True), ("8.40", "8.35", False)],
)
def test_a_later_stage_holds_no_more(lesser: str, greater: str, holds: bool) -> None:
    tie = Order(figure_of(lesser, "0.005"), figure_of(greater, "0.005"))
    assert is_consistent(tie) is holds


@pytest.mark.parametrize(("shares", "holds"), [(("33.4", "33.3", "33.4"), True), (("48.7", "35.4", "26"), False)])
def test_shares_fill_no_more_than_the_whole(shares: tuple[str, ...], holds: bool) -> None:
    assert is_consistent(Limit(tuple(figure_of(share, "0.05", "%") for share in shares))) is holds


def test_a_rate_of_nothing_cannot_be_told() -> None:
    assert is_consistent(Ratio(figure_of(50), figure_of(1), figure_of(0))) is None


def test_over_has_no_upper_end() -> None:
    above = Reach.of(Interval(Decimal(260), Decimal("Infinity"), has_high=True))
    assert (above + Reach.exactly(40)).low == 300
    assert above.meets(Reach.exactly(10**9))
    assert not above.meets(Reach.exactly(259))
    quotient = above.times(100).over(Reach(Fraction(100), Fraction(200)))
    assert quotient is not None
    assert (quotient.low, quotient.high) == (130, float("inf"))


def test_a_figure_below_zero_is_cut_towards_zero() -> None:
    gap = printed(Decimal("-5.28"), 1, "个百分点", cut=True)
    assert gap.value == Decimal("-5.2")
    assert Fraction("-5.28") in cut(gap)
    assert Fraction("-5.3") not in cut(gap)
    assert Fraction("-5.25") in rounded(gap)


def test_the_hull_keeps_the_ends_of_what_it_holds() -> None:
    both = hull([Reach(Fraction(1), Fraction(2), True, False), Reach(Fraction(4), Fraction(5), False, True)])
    assert (both.low, both.high, both.has_low, both.has_high) == (1, 5, True, True)
