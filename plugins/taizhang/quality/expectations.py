"""Our expectation types as Great Expectations classes; importing this module imports Great Expectations (7 to 19 s).

Each class states its arguments and takes its predicate from `own_types`, where the gate's own SQL takes it too.
"""

from typing import ClassVar

from taizhang.quality.catalogue import OWN_EXPECTATIONS
from taizhang.quality.counted import JudgedRowsExpectation
from taizhang.quality.predicates import Arguments


class ExpectIntervalSumToTie(JudgedRowsExpectation):
    """Expect the total to meet the sum of its parts, both taken as intervals."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_interval_sum_to_tie"]
    total: str
    parts: list[str]
    blank_parts: str = "unknown"
    side: str = "both"
    finds: str = "contradiction"


class ExpectIntervalAtMost(JudgedRowsExpectation):
    """Expect the sum of `lesser` to be at most `greater`, both taken as intervals."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_interval_at_most"]
    lesser: list[str]
    greater: str
    blank_parts: str = "unknown"


class ExpectIntervalRatioToTie(JudgedRowsExpectation):
    """Expect the printed rate to meet numerator / denominator, all taken as intervals."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_interval_ratio_to_tie"]
    rate: str
    numerator: str
    denominator: str
    finds: str = "contradiction"


class ExpectIntervalRatioNotOver(JudgedRowsExpectation):
    """Expect numerator / denominator not to be certainly above a percentage."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_interval_ratio_not_over"]
    numerator: str
    denominator: str
    over_pct: float
    up_to_pct: float | None = None


class ExpectDatesInOrder(JudgedRowsExpectation):
    """Expect one date not to be certainly later than another."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_dates_in_order"]
    earlier: str
    later: str


class ExpectDateNotAfter(JudgedRowsExpectation):
    """Expect a date not to be certainly after a day."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_date_not_after"]
    column: str
    limit: str


class ExpectNoUnitSlip(JudgedRowsExpectation):
    """Expect a figure not to look like its reference moved by a factor of units."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_no_unit_slip"]
    column: str
    reference: str
    factors: list[float]
    at_least: float
    at_most: float
    direction: str = "both"
    same_row: bool = False


class ExpectStateKept(JudgedRowsExpectation):
    """Expect a state reached last month not to be lost."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_state_kept"]
    before: str
    column: str
    lost_when: str


class ExpectChangeAtMost(JudgedRowsExpectation):
    """Expect a figure not to have changed certainly by more than a percentage or an amount."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_change_at_most"]
    column: str
    reference: str
    over_pct: float
    over_amount: float


class ExpectNotStale(JudgedRowsExpectation):
    """Expect the figures of several months not to be all the same."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_not_stale"]
    same: list[str]
    flow: str


class ExpectColumnsTogether(JudgedRowsExpectation):
    """Expect a sheet that has a column to have others too."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_columns_together"]
    sheet: str
    column: str
    others: list[str]


class ExpectListsNested(JudgedRowsExpectation):
    """Expect a project on a list to be on each list that contains it."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_lists_nested"]
    column: str


class ExpectNotBehindSchedule(JudgedRowsExpectation):
    """Expect completion not to be certainly behind schedule by more than some points."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_not_behind_schedule"]
    done: str
    plan: str
    behind_pct: float
    up_to_pct: float | None = None


class ExpectScheduleGapToTie(JudgedRowsExpectation):
    """Expect the printed gap to meet numerator / denominator less the schedule, all taken as intervals."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_schedule_gap_to_tie"]
    gap: str
    numerator: str
    denominator: str
    finds: str = "contradiction"


class ExpectIntervalToContain(JudgedRowsExpectation):
    """Expect a figure, taken as an interval, to contain a value."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_interval_to_contain"]
    column: str
    value: float
    finds: str = "contradiction"


class ExpectDateNotLongerAgo(JudgedRowsExpectation):
    """Expect a date not to lie certainly more than so many days before another."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_date_not_longer_ago"]
    column: str
    until: str
    days: int
    up_to_days: int | None = None


class ExpectNoValue(JudgedRowsExpectation):
    """Expect a column that holds something only where there is something to say to be empty."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_no_value"]
    column: str


class ExpectNamesDiffer(JudgedRowsExpectation):
    """Expect two names to be those of two persons."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_names_differ"]
    column: str
    other: str


class ExpectDateNotBefore(JudgedRowsExpectation):
    """Expect a date not to be certainly before a day."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_date_not_before"]
    column: str
    limit: str


class ExpectShareBelow(JudgedRowsExpectation):
    """Expect less than a percentage of many things to be alike."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_share_below"]
    part: str
    whole: str
    below_pct: float
    at_least: int


class ExpectRollupToTie(JudgedRowsExpectation):
    """Expect a total to meet the sum of the units below, where all of them have filed."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_rollup_to_tie"]
    total: str
    below: str
    complete: str


class ExpectDatesCertainlyInOrder(JudgedRowsExpectation):
    """Expect one date to lie before another, or on the same day."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_dates_certainly_in_order"]
    earlier: str
    later: str


class ExpectGrantedByDue(JudgedRowsExpectation):
    """Expect what is needed to be granted once its day is over."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_granted_by_due"]
    need: str
    granted: str
    due: str
    limit: str


class ExpectDoneByDue(JudgedRowsExpectation):
    """Expect what is due to be done once its day is over."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_done_by_due"]
    state: str
    done: list[str]
    due: str
    limit: str


class ExpectValueOnlyInState(JudgedRowsExpectation):
    """Expect a column to hold something only in some states."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_value_only_in_state"]
    column: str
    state: str
    states: list[str]


class ExpectFlagsAgree(JudgedRowsExpectation):
    """Expect two flags to say the same."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_flags_agree"]
    column: str
    other: str


class ExpectMonthNotPast(JudgedRowsExpectation):
    """Expect the month of a date not to lie so many months or more before the report month."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_month_not_past"]
    column: str
    months: int
    up_to_months: int | None = None


class ExpectGrowthToTie(JudgedRowsExpectation):
    """Expect the printed growth to meet numerator / denominator - 1, all taken as intervals."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_growth_to_tie"]
    rate: str
    numerator: str
    denominator: str
    finds: str = "contradiction"


class ExpectRatioNotBelow(JudgedRowsExpectation):
    """Expect numerator / denominator not to be certainly below a percentage."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_ratio_not_below"]
    numerator: str
    denominator: str
    below_pct: float


class ExpectWithinOwnHistory(JudgedRowsExpectation):
    """Expect a figure within some standard deviations of its own history."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_within_own_history"]
    column: str
    mean: str
    deviation: str
    months: str
    at_least: int
    times: float


class ExpectSameDirection(JudgedRowsExpectation):
    """Expect two changes not to go into opposite directions."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_same_direction"]
    column: str
    other: str
