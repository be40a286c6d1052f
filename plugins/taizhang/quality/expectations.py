"""Our expectation types as Great Expectations classes; importing this module imports Great Expectations (7 to 19 s).

Each class states its arguments and takes its query from `own_types`, where the gate's own SQL takes it too.
"""

from typing import Any, ClassVar

from great_expectations.compatibility import pydantic
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.row_conditions import RowConditionType

from taizhang.quality.catalogue import OWN_EXPECTATIONS
from taizhang.quality.predicates import Arguments


class JudgedRowsExpectation(UnexpectedRowsExpectation):
    """Base of our types: the rows of the judged table that contradict the rule. Only their number is asked for."""

    arguments: ClassVar[type[Arguments]]
    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)
    row_condition: RowConditionType = None

    @pydantic.root_validator(pre=True)
    def _write_query(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805 - a class method to pydantic 1
        """Build the query from the arguments; the row condition is left to Great Expectations."""
        given = {name: values[name] for name in cls.arguments.model_fields if name in values}
        given.pop("row_condition", None)
        predicate = cls.arguments.model_validate(given).predicate("{batch}")
        condition = predicate.contradicted.replace("{", "{{").replace("}", "}}")
        return values | {"unexpected_rows_query": f"select 1 from {{batch}} where {condition}"}

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        """Fail when there is a contradicting row; the result is their number."""
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}


class ExpectIntervalSumToTie(JudgedRowsExpectation):
    """Expect the total to meet the sum of its parts, both taken as intervals."""

    arguments: ClassVar[type[Arguments]] = OWN_EXPECTATIONS["expect_interval_sum_to_tie"]
    total: str
    parts: list[str]
    blank_parts: str = "unknown"


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
    spread: float
