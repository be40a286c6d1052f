"""Gaps to the schedule agree with exact rational arithmetic, on a real PostgreSQL."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from taizhang.codelists import schedule_curve
from taizhang.quality import intervals
from tests.unit.quality.test_intervals import (
    ASK,
    A,
    B,
    C,
    ask,
    batches,
    closed_below,
    cut,
    ends,
    figure,
    quotient,
    share_a_value,
)

Ends = tuple[Fraction, Fraction, bool, bool]
DUE = st.tuples(st.integers(0, 12), st.just(12)) | st.tuples(st.integers(0, 7), st.integers(7, 30))


def gap_of(done: Ends, plan: Ends, due: tuple[int, int]) -> Ends:
    """The interval of 100 * done / plan - 100 * elapsed / whole for a positive plan."""
    low, high, low_in, high_in = quotient(done, plan)
    schedule = Fraction(100 * due[0], due[1])
    return low - schedule, high - schedule, low_in, high_in


def printed(low: Fraction, high: Fraction) -> Ends:
    """What a printed gap may mean: both ends belong, whichever way halves were rounded."""
    return low, high, True, True


def rounded(gap: tuple[Decimal, Decimal]) -> Ends:
    low, high, _ = ends(gap)
    return printed(low, high)


def cut_off(gap: tuple[Decimal, Decimal]) -> Ends:
    """What a gap may have been before it was cut off towards zero."""
    value, half = map(Fraction, gap)
    if value == 0:
        return printed(-2 * half, 2 * half)
    return printed(value, value + 2 * half) if value > 0 else printed(value - 2 * half, value)


def sql(due: tuple[int, int]) -> tuple[str, str]:
    return f"{due[0]}::numeric", f"{due[1]}::numeric"


@ASK
@given(batches, DUE)
def test_a_gap_meets_when_some_quotient_less_the_schedule_prints_as_it(
    shared_engine: Engine, rows, due: tuple[int, int]
):
    expected = [
        None if ends(c)[0] <= 0 else share_a_value(rounded(a), gap_of(closed_below(b), closed_below(c), due))
        for a, b, c in rows
    ]
    assert ask(shared_engine, intervals.gap_meets(A, B, C, sql(due)), rows) == expected


@ASK
@given(batches, DUE)
def test_a_gap_that_was_cut_off_lies_beyond_its_figure(shared_engine: Engine, rows, due: tuple[int, int]):
    def meets(a, b, c) -> bool:
        plain = share_a_value(cut_off(a), gap_of(closed_below(b), closed_below(c), due))
        return plain or share_a_value(cut_off(a), gap_of(cut(b), cut(c), due))

    expected = [None if ends(c)[0] <= 0 else meets(a, b, c) for a, b, c in rows]
    assert ask(shared_engine, intervals.gap_meets_truncated(A, B, C, sql(due)), rows) == expected


GAPS = [
    pytest.param(8, figure("17.3"), figure("55"), figure("65.5"), True, id="55 of 65.5 at month 8 is 17.3 ahead"),
    pytest.param(8, figure("23.8"), figure("55"), figure("65.5"), False, id="55 of 65.5 at month 8 is not 23.8 ahead"),
    pytest.param(1, figure("4.2"), figure("125.5"), figure("1000.0"), True, id="12.55 - 8.33, not 12.6 - 8.3 = 4.3"),
    pytest.param(1, figure("4.3"), figure("125.5"), figure("1000.0"), False, id="from rates that were rounded first"),
    pytest.param(7, figure("-58.3"), figure("0", "0"), figure("100", "0"), True, id="nothing done: -58.333"),
    pytest.param(3, figure("-5.21"), figure("19.795", "0"), figure("100", "0"), True, id="-5.205 away from zero"),
    pytest.param(3, figure("-5.20"), figure("19.795", "0"), figure("100", "0"), True, id="-5.205 up"),
    pytest.param(3, figure("-5.22"), figure("19.795", "0"), figure("100", "0"), False, id="-5.205 is not -5.22"),
    pytest.param(3, figure("5"), figure("30"), figure("0"), None, id="a plan of zero"),
]


@pytest.mark.parametrize(("month", "gap", "done", "plan", "holds"), GAPS)
def test_printed_gaps(shared_engine: Engine, month: int, gap, done, plan, holds: bool | None):
    share = schedule_curve()[month]
    due = (str(share.elapsed), str(share.whole))
    assert ask(shared_engine, intervals.gap_meets(A, B, C, due), [(gap, done, plan)]) == [holds]


def test_a_third_of_the_year_is_exact(shared_engine: Engine):
    # A decimal schedule of 33.333333 would leave a remainder of a third of a millionth.
    rows = [((Decimal("66.666667"), Decimal("0.000000")), (Decimal(3), Decimal(0)), (Decimal(3), Decimal(0)))]
    assert ask(shared_engine, intervals.gap_meets(A, B, C, ("4", "12")), rows) == [False]
    rows = [((Decimal("50"), Decimal(0)), (Decimal("2.5"), Decimal(0)), (Decimal(3), Decimal(0)))]
    assert ask(shared_engine, intervals.gap_meets(A, B, C, ("4", "12")), rows) == [True]
