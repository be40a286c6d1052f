from datetime import date
from decimal import Decimal

import pytest

from taizhang.dictionary import sheet
from taizhang.template.cells import cell_value

PROGRESS = sheet("project_progress")


@pytest.mark.parametrize(
    ("column", "stored", "shown"),
    [
        pytest.param("total_investment_wan", Decimal("70000.000000"), 70000.0, id="amount"),
        pytest.param("total_investment_wan", Decimal("0.123456"), 0.123456, id="six-decimals"),
        pytest.param("total_investment_wan", Decimal("12345678901234.123456"), "12345678901234.123456", id="too-long"),
        pytest.param("completion_rate_pct", Decimal("85.1"), 85.1, id="rate-in-percent"),
        pytest.param("project_lists", ["city_listed", "province_key"], "市列、省列重点", id="several-lists"),
        pytest.param("project_lists", [], None, id="no-list"),
        pytest.param("industry_class", "ecology", "生态", id="choice"),
        pytest.param("is_started", False, "否", id="flag"),
        pytest.param("start_date", (date(2024, 3, 5), date(2024, 3, 6)), date(2024, 3, 5), id="day"),
        pytest.param("start_date", (date(2024, 2, 1), date(2024, 3, 1)), "2024年2月", id="month"),
        pytest.param("start_date", (date(2023, 1, 1), date(2024, 1, 1)), "2023年", id="year"),
        pytest.param("start_date", (date(2024, 2, 1), date(2024, 2, 11)), "2024-02-01至2024-02-10", id="ten-days"),
        pytest.param("remark", None, None, id="none"),
        pytest.param("total_investment_wan", float("nan"), None, id="nan"),
    ],
)
def test_cell_value(column: str, stored: object, shown: object) -> None:
    assert cell_value(PROGRESS.column(column), stored) == shown


@pytest.mark.parametrize(
    ("column", "stored", "error"),
    [
        pytest.param("industry_class", "no_such_class", KeyError, id="unknown-code"),
        pytest.param("project_lists", "city_listed", TypeError, id="list-as-text"),
        pytest.param("is_started", "是", TypeError, id="flag-as-text"),
        pytest.param("start_date", "2024-03-05", TypeError, id="date-as-text"),
    ],
)
def test_what_is_not_of_the_type_is_an_error(column: str, stored: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        cell_value(PROGRESS.column(column), stored)
