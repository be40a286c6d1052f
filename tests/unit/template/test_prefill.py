from datetime import date
from decimal import Decimal

import pandas as pd

from taizhang.dictionary import sheet
from taizhang.template.prefill import carried_rows

LAST_MONTH = pd.DataFrame(
    {
        "project_name": ["铝用碳材料项目"],
        "project_lists": [["city_listed"]],
        "total_investment_wan": [Decimal(70000)],
        "completed_before_year_wan": [Decimal(1000)],
        "annual_plan_wan": [Decimal(20000)],
        "month_completed_wan": [Decimal(500)],
        "ytd_completed_wan": [Decimal(1500)],
        "since_start_wan": [Decimal(2500)],
        "is_started": [True],
        "remark": ["上月备注"],
    },
    dtype=object,
)


def test_identity_and_plan_stay_and_the_month_is_empty() -> None:
    row = carried_rows("project_progress", LAST_MONTH, date(2024, 3, 1)).iloc[0]
    assert row["project_name"] == "铝用碳材料项目"
    assert row["project_lists"] == ["city_listed"]
    assert row["total_investment_wan"] == Decimal(70000)
    assert row["completed_before_year_wan"] == Decimal(1000)
    assert row["annual_plan_wan"] == Decimal(20000)
    assert row["is_started"] is True
    empty = ["month_completed_wan", "ytd_completed_wan", "since_start_wan", "funds_received_wan", "remark"]
    assert row[empty].isna().all()


def test_january_begins_a_new_year() -> None:
    row = carried_rows("project_progress", LAST_MONTH, date(2025, 1, 1)).iloc[0]
    assert row["completed_before_year_wan"] == Decimal(2500)
    assert pd.isna(row["annual_plan_wan"])


def test_the_carried_frame_has_the_dictionary_columns() -> None:
    carried = carried_rows("project_progress", LAST_MONTH, date(2024, 3, 1))
    assert list(carried.columns) == [column.name for column in sheet("project_progress").columns]


def test_a_closed_issue_is_not_carried_on() -> None:
    issues = pd.DataFrame(
        {"issue_no": ["1", "2", "3"], "is_closed": [True, False, None], "remark": ["甲", "乙", "丙"]}, dtype=object
    )
    carried = carried_rows("issues", issues, date(2024, 3, 1))
    assert list(carried["issue_no"]) == ["2", "3"]
    assert carried["remark"].isna().all()
