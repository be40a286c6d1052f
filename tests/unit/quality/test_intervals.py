"""The interval macros agree with exact rational arithmetic, on a real PostgreSQL."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from taizhang.quality import intervals
from taizhang.quality.intervals import Interval

ASK = settings(max_examples=25, deadline=None)


@st.composite
def figures(draw: st.DrawFn, low: int = -300, high: int = 300) -> tuple[Decimal, Decimal]:
    """A printed figure and its half width; small numbers, so that ends meet often."""
    places = draw(st.integers(0, 2))
    value = Decimal(draw(st.integers(low, high))).scaleb(-places)
    exact = draw(st.booleans())
    half = Decimal(0) if exact else Decimal(5).scaleb(-places - 1)
    return value, half * draw(st.sampled_from([1, 1, 1, 10]))


batches = st.lists(st.tuples(figures(), figures(), figures()), min_size=40, max_size=40)


def ends(figure: tuple[Decimal, Decimal]) -> tuple[Fraction, Fraction, bool]:
    """Lower end, upper end, and whether the upper end belongs to the interval."""
    value, half = map(Fraction, figure)
    return value - half, value + half, half == 0


def share_a_value(one: tuple[Fraction, Fraction, bool, bool], other: tuple[Fraction, Fraction, bool, bool]) -> bool:
    """True when two intervals (low, high, low belongs, high belongs) have a value in common."""
    low = max((one[0], not one[2]), (other[0], not other[2]))
    high = min((one[1], one[3]), (other[1], other[3]))
    return low[0] < high[0] or (low[0] == high[0] and not low[1] and high[1])


def closed_below(figure: tuple[Decimal, Decimal]) -> tuple[Fraction, Fraction, bool, bool]:
    low, high, belongs = ends(figure)
    return low, high, True, belongs


def quotient(
    num: tuple[Fraction, Fraction, bool, bool], den: tuple[Fraction, Fraction, bool, bool]
) -> tuple[Fraction, Fraction, bool, bool]:
    """The interval of 100 * num / den for a positive den, from its four corners."""
    corners = [(100 * num[i] / den[j], num[i + 2] and den[j + 2]) for i in (0, 1) for j in (0, 1)]
    low, high = min(value for value, _ in corners), max(value for value, _ in corners)
    # An end at zero is attained with any denominator that belongs.
    return low, high, (low, True) in corners, (high, True) in corners


def ratio(num: tuple[Decimal, Decimal], den: tuple[Decimal, Decimal]) -> tuple[Fraction, Fraction, bool, bool]:
    """The interval of 100 * num / den, both rounded."""
    return quotient(closed_below(num), closed_below(den))


def ask(engine: Engine, expression: str, rows: list[tuple[tuple[Decimal, Decimal], ...]]) -> list[bool | None]:
    """What the SQL expression over a, b, c says of each row."""
    values = ", ".join(
        "(" + ", ".join([str(index), *(f"{value}::numeric, {half}::numeric" for value, half in row)]) + ")"
        for index, row in enumerate(rows)
    )
    query = f"select {expression} from (values {values}) as v (n, a, a_h, b, b_h, c, c_h) order by n"
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


A, B, C = map(intervals.column, "abc")


@ASK
@given(batches)
def test_meets_is_having_a_value_in_common(shared_engine: Engine, rows):
    expected = [share_a_value(closed_below(a), closed_below(b)) for a, b, _ in rows]
    assert ask(shared_engine, intervals.meets(A, B), rows) == expected


@ASK
@given(batches)
def test_a_sum_adds_values_and_half_widths(shared_engine: Engine, rows):
    def total(b: tuple[Decimal, Decimal], c: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
        return b[0] + c[0], b[1] + c[1]

    expected = [share_a_value(closed_below(a), closed_below(total(b, c))) for a, b, c in rows]
    assert ask(shared_engine, intervals.meets(A, intervals.total([B, C])), rows) == expected


def cut(figure: tuple[Decimal, Decimal]) -> tuple[Fraction, Fraction, bool, bool]:
    """What a figure may have been before it was cut off: [v, v + 2h)."""
    value, half = map(Fraction, figure)
    return value, value + 2 * half, True, half == 0


@ASK
@given(batches)
def test_a_truncated_total_meets_rounded_or_truncated_parts(shared_engine: Engine, rows):
    expected = [
        share_a_value(cut(a), closed_below(b)) or share_a_value(cut(a), cut(b)) for a, b, _ in rows
    ]  # fmt: skip
    assert ask(shared_engine, intervals.meets_truncated(A, B), rows) == expected


@ASK
@given(batches)
def test_the_parts_of_a_truncated_total_are_each_truncated(shared_engine: Engine, rows):
    def summed(one: tuple[Fraction, Fraction, bool, bool], other: tuple[Fraction, Fraction, bool, bool]):
        return one[0] + other[0], one[1] + other[1], True, one[3] and other[3]

    expected = [
        share_a_value(cut(a), summed(closed_below(b), closed_below(c))) or share_a_value(cut(a), summed(cut(b), cut(c)))
        for a, b, c in rows
    ]
    assert ask(shared_engine, intervals.meets_truncated(A, intervals.total([B, C])), rows) == expected


@ASK
@given(batches, st.sampled_from([0, Decimal("0.1"), 1, 10]))
def test_apart_is_every_distance_above(shared_engine: Engine, rows, distance: Decimal):
    def above(high: tuple[Decimal, Decimal], low: tuple[Decimal, Decimal]) -> bool:
        gap = ends(high)[0] - ends(low)[1]
        return gap > distance or (gap == distance and not ends(low)[2])

    expected = [above(a, b) or above(b, a) for a, b, _ in rows]
    assert ask(shared_engine, intervals.apart(A, B, str(distance)), rows) == expected


@ASK
@given(batches)
def test_at_most_is_having_a_value_that_is_not_above(shared_engine: Engine, rows):
    expected = [ends(a)[0] < ends(b)[1] or (ends(a)[0] == ends(b)[1] and ends(b)[2]) for a, b, _ in rows]
    assert ask(shared_engine, intervals.can_be_at_most(A, B), rows) == expected


@ASK
@given(batches)
def test_a_rate_meets_when_some_quotient_prints_as_it(shared_engine: Engine, rows):
    expected = [None if ends(c)[0] <= 0 else share_a_value(closed_below(a), ratio(b, c)) for a, b, c in rows]
    assert ask(shared_engine, intervals.rate_meets(A, B, C), rows) == expected


@ASK
@given(batches)
def test_a_truncated_rate_meets_rounded_or_truncated_figures(shared_engine: Engine, rows):
    expected = [
        None
        if ends(c)[0] <= 0
        else share_a_value(cut(a), ratio(b, c)) or share_a_value(cut(a), quotient(cut(b), cut(c)))
        for a, b, c in rows
    ]
    assert ask(shared_engine, intervals.rate_meets_truncated(A, B, C), rows) == expected


@ASK
@given(batches, st.integers(1, 12), st.sampled_from([0, 10, 30, Decimal("12.5")]))
def test_certainly_behind_is_every_quotient_below(shared_engine: Engine, rows, month: int, points: Decimal):
    def behind(done: tuple[Decimal, Decimal], plan: tuple[Decimal, Decimal]) -> bool | None:
        if ends(plan)[0] <= 0:
            return None
        least = Fraction(100 * month, 12) - Fraction(points)
        _, high, _, attained = ratio(done, plan)
        return high < least or (high == least and not attained)

    expected = [behind(b, c) for _, b, c in rows]
    assert ask(shared_engine, intervals.certainly_behind(B, C, (str(month), "12"), str(points)), rows) == expected


@ASK
@given(batches, st.sampled_from([0, 100, 110, 120, 200]))
def test_certainly_over_is_every_quotient_above(shared_engine: Engine, rows, percent: int):
    def over(num: tuple[Decimal, Decimal], den: tuple[Decimal, Decimal]) -> bool | None:
        if ends(den)[0] <= 0:
            return None
        low, _, attained, _ = ratio(num, den)
        return low > percent or (low == percent and not attained)

    expected = [over(b, c) for _, b, c in rows]
    assert ask(shared_engine, intervals.certainly_over(B, C, str(percent)), rows) == expected


@pytest.mark.parametrize("unknown", ["a", "a_h", "b", "b_h", "c", "c_h"])
def test_nothing_is_told_of_what_is_unknown(shared_engine: Engine, unknown: str):
    names = ["a", "a_h", "b", "b_h", "c", "c_h"]
    row = ", ".join(f"{'null' if name == unknown else 5}::numeric as {name}" for name in names)
    tests = [
        intervals.rate_meets(A, B, C),
        intervals.rate_meets_truncated(A, B, C),
        intervals.meets(A, intervals.total([B, C])),
        intervals.meets_truncated(A, intervals.total([B, C])),
        intervals.apart(A, intervals.total([B, C]), "1"),
        intervals.can_be_at_most(A, intervals.total([B, C])),
    ]
    if unknown[0] != "a":
        tests.append(intervals.certainly_over(B, C, "100"))
        tests.append(intervals.certainly_behind(B, C, ("3", "12"), "10"))
    with shared_engine.connect() as connection:
        told = connection.execute(text(f"select {', '.join(tests)} from (select {row}) as v")).one()
    assert list(told) == [None] * len(tests)


def figure(printed: str, half: str | None = None) -> tuple[Decimal, Decimal]:
    value = Decimal(printed)
    return value, Decimal(half) if half else Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)


@pytest.mark.parametrize(
    ("rate", "numerator", "denominator", "holds"),
    [
        pytest.param(figure("81"), figure("130", "0"), figure("160", "0"), True, id="130 of 160 is 81%"),
        pytest.param(figure("41"), figure("53", "0"), figure("130", "0"), True, id="53 of 130 is 41%"),
        pytest.param(figure("58.6"), figure("47.0"), figure("80.3"), True, id="58.53 by division, the intervals meet"),
        pytest.param(figure("82.8"), figure("47", "0"), figure("55", "0"), False, id="47 of 55 is not 82.8%"),
        pytest.param(figure("92.3"), figure("57", "0"), figure("65", "0"), False, id="57 of 65 is not 92.3%"),
        pytest.param(figure("80"), figure("47"), figure("0"), None, id="a denominator of zero"),
    ],
)
def test_printed_rates(shared_engine: Engine, rate, numerator, denominator, holds):
    assert ask(shared_engine, intervals.rate_meets(A, B, C), [(rate, numerator, denominator)]) == [holds]


@pytest.mark.parametrize(("printed", "holds"), [("399.64", True), ("399.63", True), ("399.65", False)])
def test_printed_sums(shared_engine: Engine, printed: str, holds: bool):
    rows = [(figure(printed), figure("312.44"), figure("87.19"))]
    assert ask(shared_engine, intervals.meets(A, intervals.total([B, C])), rows) == [holds]


def test_an_interval_is_half_open():
    assert (Interval("v", "h").low, Interval("v", "h").high) == ("(v - h)", "(v + h)")
