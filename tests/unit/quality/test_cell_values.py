"""The value of a cell as a person writes it, understood as the reader understands the cell."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from psycopg.types.range import Range

from taizhang.dictionary import sheet
from taizhang.quality.cell_values import read_value, shown, value_of_row

PROGRESS = sheet("project_progress")


@pytest.mark.parametrize(
    ("column", "written", "value", "half_width", "as_json"),
    [
        ("total_investment_wan", "312.40", Decimal("312.4"), None, "312.4"),
        ("total_investment_wan", "1,200", Decimal("1200"), None, "1200"),
        ("total_investment_wan", "3.12亿元", Decimal("31200"), Decimal("50"), "31200"),
        ("total_investment_wan", "5000元", Decimal("0.5"), Decimal("0.00005"), "0.5"),
        ("total_investment_wan", "-7", Decimal("-7"), None, "-7"),
        ("total_investment_wan", "", None, None, "null"),
        ("total_investment_wan", "/", None, None, "null"),
        ("completion_rate_pct", "81.5%", Decimal("81.5"), Decimal("0.05"), "81.5"),
        ("completion_rate_pct", "81.5", Decimal("81.5"), None, "81.5"),
        ("is_started", "是", True, None, "true"),
        ("is_started", "否", False, None, "false"),
        ("industry_class", "", None, None, "null"),
        ("construction_nature", "续建", "continued", None, '"continued"'),
        (
            "project_lists",
            "省列重大、市列",
            ["city_listed", "province_major"],
            None,
            '["city_listed", "province_major"]',
        ),
        ("start_date", "2024年2月", (date(2024, 2, 1), date(2024, 3, 1)), None, '"[2024-02-01,2024-03-01)"'),
        ("project_code", "240362112204０1123456", "2403-621122-04-01-123456", None, '"2403-621122-04-01-123456"'),
        ("remark", " 说“好”\\ ", "说“好”\\", None, '"说“好”\\\\"'),
    ],
)
def test_a_text_is_understood_by_the_type_of_its_column(
    column: str, written: str, value: Any, half_width: Decimal | None, as_json: str
):
    found = read_value(PROGRESS.column(column), written)
    assert (found.value, found.half_width, found.as_json) == (value, half_width, as_json)


@pytest.mark.parametrize(
    ("column", "written", "said"),
    [
        ("total_investment_wan", "约300", "no exact figure"),
        ("total_investment_wan", "30%", "not in a unit of 总投资, which is kept in 万元"),
        ("total_investment_wan", "3O", "3O"),
        ("total_investment_wan", "1" + "0" * 14, "too large"),
        ("is_started", "大概", "大概"),
        ("construction_nature", "重建", "建设性质 has no 重建; it has 新建, 续建"),
        ("project_lists", "市列、外星清单", "所属清单 has no 外星清单"),
        ("start_date", "明年", "明年"),
    ],
)
def test_what_cannot_stand_in_the_column_is_an_error(column: str, written: str, said: str):
    with pytest.raises(ValueError, match=said):
        read_value(PROGRESS.column(column), written)


def test_a_count_is_whole():
    count = sheet("summary").column("project_count")
    assert read_value(count, "12个").value == 12
    assert read_value(count, "12个").half_width is None
    with pytest.raises(ValueError, match="no whole number"):
        read_value(count, "12.5")


@pytest.mark.parametrize(
    ("stored", "value", "text"),
    [
        (Decimal("30.500000"), Decimal("30.5"), "30.5"),
        (Decimal("1000.000000"), Decimal(1000), "1000"),
        (7, Decimal(7), "7"),
        (True, True, "是"),
        (None, None, "空"),
        (["city_key"], ["city_key"], "city_key"),
        ("文字", "文字", "文字"),
        (Range(date(2024, 2, 1), date(2024, 2, 2)), (date(2024, 2, 1), date(2024, 2, 2)), "[2024-02-01,2024-02-02)"),
    ],
)
def test_what_is_stored_compares_with_what_is_written(stored: Any, value: Any, text: str):
    assert value_of_row(stored) == value
    assert shown(value_of_row(stored)) == text


def test_what_no_column_holds_is_an_error():
    with pytest.raises(TypeError, match="date"):
        value_of_row(date(2024, 1, 1))
