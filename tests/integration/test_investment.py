"""Investment by the statistics bureau, targets, pipeline and promotion over two years: from the gate to the marts."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.publication import publish
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import WorkbookReading
from tests import conftest
from tests.readings import class_row, project, sheet_reading, summary_reading, workbook_reading
from tests.sql_gate import findings, skip_great_expectations
from tests.waiting import rows_of, states, submit

LONGXI, TONGWEI, DINGXI = "621122", "621121", "621100C0"
THIS_MARCH, LAST_MARCH = date(2025, 3, 1), date(2024, 3, 1)
RULES = ("R02", "R11", "R27", "R29", "R31", "R41", "R43", "R55", "R56")
# A county's reserve: so many projects, so many of them new this year, so many of these productive.
STOCK, NEW, PRODUCTIVE = 1078, 118, 48

Rows = list[dict[str, Any]]


def day(text: str) -> tuple[date, date]:
    first = date.fromisoformat(text)
    return first, first + timedelta(days=1)


def fai(category: str, ytd: object, last_year: object, growth: object, **more: Any) -> dict[str, Any]:
    return {
        "fai_category": category,
        "ytd_fai_wan": ytd and Decimal(str(ytd)),
        "last_year_ytd_fai_wan": last_year and Decimal(str(last_year)),
        "fai_growth_pct": Decimal(str(growth)),
        **more,
    }


def target(indicator: str, unit: str, quantity: object, **more: Any) -> dict[str, Any]:
    return {"target_indicator": indicator, "quantity_unit": unit, "target_quantity": Decimal(str(quantity)), **more}


def reserve() -> Rows:
    """1078 projects, of which 118 of this year make 100 billion yuan together, 48 of them productive."""
    rows = []
    for number in range(STOCK):
        is_new, productive = number < NEW, number < PRODUCTIVE
        rows.append(
            {
                "project_name": f"谋划{number}",
                "industry_class": "industry" if productive else "livelihood",
                "total_investment_wan": Decimal(10_000_000 if number == 0 else 1000)
                - (Decimal(1000) * (NEW - 1) if number == 0 else 0),
                "pipeline_stage": "reserve",
                "reserved_date": day("2025-01-15" if is_new else "2024-05-15"),
            }
        )
    return rows


def signed(name: str, agreed: object, in_place: object, **more: Any) -> dict[str, Any]:
    return {
        "project_name": name,
        "signed_date": day("2025-01-10"),
        "agreed_investment_wan": Decimal(str(agreed)),
        "in_place_wan": Decimal(str(in_place)),
        "is_started": False,
        **more,
    }


def report(unit: str, month: date, ytd: object = 100, plan: object = 1500, **sheets: Rows) -> WorkbookReading:
    """A county's workbook with one project, or a city's with the same in its summary, and these sheets."""
    figure = Decimal(str(ytd))
    if unit == DINGXI:
        classes = [class_row(3, "total", "全部项目", 1, ytd)]
        book = summary_reading(unit, month, classes)
    else:
        more = {"industry_class": "industry", "is_started": True, "total_investment_wan": Decimal(9000)}
        amounts = {"annual_plan_wan": Decimal(str(plan)), "ytd_completed_wan": figure, "month_completed_wan": figure}
        book = workbook_reading(unit, month, [project(4, project_name=f"{unit}甲", **amounts, **more)])
    for name, rows in sheets.items():
        book.sheets[name] = sheet_reading(name, [{"row_number": n, **row} for n, row in enumerate(rows, start=3)])
    return book


def last_year() -> list[WorkbookReading]:
    longxi = report(LONGXI, LAST_MARCH, 100, fixed_asset_investment=[fai("total", 1000, 800, 25)])
    city = report(DINGXI, LAST_MARCH, 140, fixed_asset_investment=[fai("total", 41154, 40000, "2.89")])
    return [longxi, report(TONGWEI, LAST_MARCH, 40), city]


def this_year() -> list[WorkbookReading]:
    longxi = report(
        LONGXI,
        THIS_MARCH,
        150,
        fixed_asset_investment=[fai("total", 1105, 1000, "10.5")],
        targets=[
            target("fai_level", "yi_yuan", "0.1"),
            target("pipeline_count", "item", 2 * STOCK, actual_quantity=Decimal(STOCK), achieved_rate_pct=Decimal(50)),
            target("pipeline_industry_share", "percent", 40),
            target("new_pipeline_investment", "yi_yuan", 1000),
        ],
        pipeline=reserve(),
        investment_promotion=[signed("产业园", 300, 150, in_place_rate_pct=Decimal(50)), signed("冷链", 100, 120)],
    )
    # A county of the seeds: 3.21 of 16.1 in 亿元, 22% less than the year before; what is built new fell by 94.5%.
    city = report(
        DINGXI,
        THIS_MARCH,
        150,
        fixed_asset_investment=[
            fai("total", 32100, 41154, -22),
            fai("real_estate", 4300, 1000, 330),
            fai("technical_upgrade", 55, 1000, "-94.5"),
            fai("private", None, None, "27.4"),
        ],
        targets=[
            target("fai_level", "yi_yuan", "16.1", actual_quantity=Decimal("3.21"), achieved_rate_pct=Decimal("19.94")),
            target("new_pipeline_count", "item", 100, region_name="陇西县"),
            target("new_pipeline_count", "item", 100, region_name="某县"),
        ],
    )
    return [longxi, city]


@pytest.fixture(scope="module")
def numbers() -> dict[str, int]:
    """The submissions by what they are, filled by `engine`."""
    return {}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, numbers: dict[str, int]) -> Iterator[Engine]:
    """Three publications: a year ago, the same month restated by one county, and this year without the other county."""
    with (
        conftest.own_warehouse(tmp_path_factory.mktemp("investment")) as warehouse,
        pytest.MonkeyPatch.context() as patch,
    ):
        skip_great_expectations(patch)
        restated = report(LONGXI, LAST_MARCH, 125, fixed_asset_investment=[fai("total", 900, 800, "12.5")])
        for round_of in (last_year(), [restated], this_year()):
            submitted = submit(warehouse, *round_of)
            judge_batch(warehouse)
            assert set(states(warehouse, submitted)) == {"accepted"}
            publish(warehouse)
            numbers.update(
                {f"{book.unit_code} {book.report_month:%Y}": n for book, n in zip(round_of, submitted, strict=True)}
            )
        yield warehouse


def of_region(engine: Engine, mart: str, region: str, month: date = THIS_MARCH, more: str = "") -> Rows:
    query = f"select * from marts.{mart} where region_code = :region and report_month = :month {more}"
    return rows_of(engine, query, region=region, month=month)


def only(engine: Engine, mart: str, region: str, month: date = THIS_MARCH, more: str = "") -> dict[str, Any]:
    (row,) = of_region(engine, mart, region, month, more)
    return row


def test_what_the_gate_says_of_a_county(engine: Engine, numbers: dict[str, int]) -> None:
    found = {row["check_id"]: row["message_zh"] for row in findings(engine, numbers[f"{LONGXI} 2025"], *RULES)}
    assert set(found) == {
        "R29.promotion_within_agreed",
        "R41.pipeline_below_target",
        "R43.growth_as_revised",
        "R55.below_target",
    }
    assert "上年同期现行数 900（万元）－ 1 = 22.78%" in found["R43.growth_as_revised"]
    assert found["R41.pipeline_below_target"] == "“储备项目个数”目标 2156，储备谋划表现有 1078（个）"


def test_what_the_gate_says_of_a_city(engine: Engine, numbers: dict[str, int]) -> None:
    found = {row["check_id"]: row["message_zh"] for row in findings(engine, numbers[f"{DINGXI} 2025"], *RULES)}
    assert set(found) == {"R27.support_rate", "R55.behind_schedule", "R56.target_region_known"}
    assert "19.94%" in found["R55.behind_schedule"]
    assert "“某县”" in found["R56.target_region_known"]


def test_growth_of_a_county_on_what_was_first_published_and_on_what_stands(engine: Engine) -> None:
    row = only(engine, "agg_growth_region_month", LONGXI, more="and list_code = 'all'")
    assert (row["last_year_first_wan"], row["last_year_revised_wan"], row["ytd_completed_wan"]) == (100, 125, 150)
    assert (row["growth_first_pct"], row["growth_revised_pct"], row["is_scope_changed"]) == (50, 20, False)


def test_a_county_that_is_missing_changes_the_scope_of_its_city(engine: Engine) -> None:
    row = only(engine, "agg_growth_region_month", "621100", more="and list_code = 'all'")
    assert (row["is_scope_changed"], row["units_left"], row["growth_revised_pct"]) == (True, 1, None)
    assert (row["comparable_last_year_wan"], row["comparable_growth_pct"]) == (125, 20)


def test_a_city_counts_what_it_files_and_the_list_stands_beside_it(engine: Engine) -> None:
    row = only(engine, "agg_fai_region_month", "621100", more="and fai_category = 'total'")
    assert (row["is_own"], row["ytd_fai_wan"], row["fai_growth_pct"]) == (True, 32100, -22)
    assert row["list_ytd_completed_wan"] == 150
    nation = only(engine, "agg_fai_region_month", "100000", more="and fai_category = 'total'")
    assert (nation["is_own"], nation["ytd_fai_wan"], nation["units_counted"]) == (False, 32100, 1)
    printed = {
        row["fai_category"]: row["fai_growth_pct"] for row in of_region(engine, "agg_fai_region_month", "621100")
    }
    assert printed == {
        "total": Decimal(-22),
        "real_estate": Decimal(330),
        "technical_upgrade": Decimal("-94.5"),
        "private": Decimal("27.4"),
    }


def test_the_pipeline_of_the_seeds(engine: Engine) -> None:
    for region in (LONGXI, "621100", "620000", "100000"):
        row = only(engine, "agg_pipeline_region_month", region)
        assert (row["stock_count"], row["new_count"], row["new_productive_count"]) == (STOCK, NEW, PRODUCTIVE)
        assert row["new_investment_wan"] == 10_000_000
        assert row["productive_count_share_pct"] == Decimal("40.677966")


def test_targets_against_what_is_there(engine: Engine) -> None:
    county = {row["target_indicator"]: row for row in of_region(engine, "agg_target_region_month", LONGXI)}
    asked = {name: (row["target_base"], row["actual_base"], row["achieved_rate_pct"]) for name, row in county.items()}
    assert asked["pipeline_count"] == (2156, 1078, 50)
    assert asked["new_pipeline_count"] == (100, 118, 118)
    assert asked["new_pipeline_investment"] == (10_000_000, 10_000_000, 100)
    assert asked["pipeline_industry_share"] == (40, Decimal("40.677966"), Decimal("101.694915"))
    assert not county["new_pipeline_count"]["is_own"]
    city = only(engine, "agg_target_region_month", "621100", more="and target_indicator = 'fai_level'")
    assert (city["target_base"], city["actual_base"], city["achieved_rate_pct"]) == (
        161000,
        32100,
        Decimal("19.937888"),
    )


def test_the_plan_of_the_list_supports_the_target(engine: Engine) -> None:
    row = only(engine, "agg_support_region_month", LONGXI)
    assert (row["annual_plan_wan"], row["fai_target_wan"], row["support_rate_pct"]) == (1500, 1000, 150)


def test_what_is_in_place_of_what_was_agreed(engine: Engine) -> None:
    for region in (LONGXI, "621100", "620000", "100000"):
        row = only(engine, "agg_promotion_region_month", region)
        assert (row["signed_count"], row["agreed_investment_wan"], row["in_place_wan"]) == (2, 400, 270)
        assert row["in_place_rate_pct"] == Decimal("67.5")


def test_the_mix_of_a_region_adds_up_to_the_whole(engine: Engine) -> None:
    for region in ("621100", "620000", "100000"):
        rows = of_region(engine, "agg_mix_region_month", region, LAST_MARCH, "and list_code = 'all'")
        assert {row["group_code"]: (row["project_count"], row["count_share_pct"]) for row in rows} == {
            "all": (2, 100),
            "industry": (2, 100),
            "production": (2, 100),
        }


def test_a_restated_month_touches_the_rows_of_its_regions_only(engine: Engine) -> None:
    rows = rows_of(engine, "select distinct region_code from history.agg_growth_region_month where published_from = 2")
    assert {row["region_code"] for row in rows} == {LONGXI, "621100", "620000", "100000"}
