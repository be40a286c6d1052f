"""The demonstration's figures: the published ones to the last digit, all of them consistent."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from demo.materials import PublishedFigure, prefectures, published_figures, published_portfolios
from demo.months import Row, month_end, progress_rows, rate, summary_rows
from demo.projects import is_published
from taizhang.codelists import ReportingUnit, code_list, reporting_units

UNITS = [unit for unit in reporting_units().units.values() if unit.has_details]
SOURCES = [f"funds_{source}_wan" for source in ("central", "provincial", "local", "bond", "loan", "own")]


@cache
def _months(unit_code: str) -> dict[date, list[Row]]:
    unit = reporting_units().units[unit_code]
    months = prefectures()[unit.parent_region_code]["months"]
    return {month: progress_rows(unit, months, month) for month in months}


def _sum(rows: list[Row], name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


@pytest.mark.parametrize("figure", published_figures(), ids=lambda figure: f"{figure.region_code}-{figure.list_name}")
def test_published_figures_to_the_last_digit(figure: PublishedFigure) -> None:
    rows = _months(figure.region_code)[figure.report_month]
    if figure.list_name != "all":
        code = code_list("project_list").code_of(figure.list_name)
        rows = [row for row in rows if code in row["project_lists"]]
    assert len(rows) == figure.project_count
    assert _sum(rows, "total_investment_wan") == figure.total_investment_yi * 10_000
    if figure.annual_plan_yi is not None:
        assert _sum(rows, "annual_plan_wan") == figure.annual_plan_yi * 10_000
    if figure.started_count is not None:
        assert sum(row["is_started"] for row in rows) == figure.started_count


def test_every_report_has_figures() -> None:
    assert {figure.region_code for figure in published_figures()} == {"621122", "411421"} == set(published_portfolios())
    assert len(published_figures()) == 12


def test_minquan_has_one_project_above_100_and_two_above_50_yi() -> None:
    totals = [row["total_investment_wan"] for row in _months("411421")[date(2023, 6, 1)]]
    assert sum(total >= 1_000_000 for total in totals) == 1
    assert sum(500_000 <= total < 1_000_000 for total in totals) == 2


@pytest.mark.parametrize(
    ("unit_code", "name", "total"),
    [
        ("621122", "索通年产30万吨铝用碳材料项目", 70_000),
        ("411421", "民权•万邦鲸采跨境农产品冷链物流港项目", 1_200_000),
    ],
)
def test_projects_of_the_reports_have_their_published_totals(unit_code: str, name: str, total: int) -> None:
    rows = list(_months(unit_code).values())[-1]
    assert [row["total_investment_wan"] for row in rows if row["project_name"] == name] == [total]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.unit_code)
class TestEveryUnit:
    def test_months_continue(self, unit: ReportingUnit) -> None:
        before: dict[str, Row] = {}
        for month, rows in _months(unit.unit_code).items():
            for row in rows:
                earlier = before.get(row["project_name"])
                if earlier is not None:
                    assert row["ytd_completed_wan"] == earlier["ytd_completed_wan"] + row["month_completed_wan"]
                elif month.month == 1:
                    assert row["ytd_completed_wan"] == row["month_completed_wan"]
            before = {row["project_name"]: row for row in rows}
        assert len(before) >= 30

    def test_figures_of_each_project_agree(self, unit: ReportingUnit) -> None:
        for row in [row for rows in _months(unit.unit_code).values() for row in rows]:
            total, received = row["total_investment_wan"], row["funds_received_wan"]
            assert row["since_start_wan"] == row["completed_before_year_wan"] + row["ytd_completed_wan"] <= total
            assert 0 < row["annual_plan_wan"] <= total - row["completed_before_year_wan"]
            assert sum(row[name] for name in SOURCES) == received
            assert 0 <= row["funds_paid_wan"] <= received <= total
            assert row["completion_rate_pct"] == rate(row["ytd_completed_wan"], row["annual_plan_wan"], 2)
            assert row["funds_received_rate_pct"] == rate(received, total, 2) <= 100
            assert row["ytd_completed_wan"] == 0 or row["is_started"]

    def test_gaps_come_from_unrounded_rates(self, unit: ReportingUnit) -> None:
        for month, rows in _months(unit.unit_code).items():
            for row in rows:
                exact = 100 * Fraction(row["ytd_completed_wan"]) / Fraction(row["annual_plan_wan"])
                ahead = exact - Fraction(100 * month.month, 12)
                assert abs(Fraction(row["schedule_gap_pp"]) - ahead) <= Fraction(1, 200)

    def test_started_projects_are_in_the_statistics_within_a_month(self, unit: ReportingUnit) -> None:
        for month, rows in _months(unit.unit_code).items():
            late = [row for row in rows if row["start_date"] and month_end(month) - row["start_date"] > timedelta(30)]
            assert late
            assert all(row["is_in_statistics"] for row in late)
            assert not any(row["is_in_statistics"] for row in rows if not row["is_started"])

    def test_dates_are_in_order_and_in_the_past(self, unit: ReportingUnit) -> None:
        for month, rows in _months(unit.unit_code).items():
            for row in rows:
                names = ("approval_date", "contract_date", "start_date", "production_date")
                days = [row[name] for name in names if row[name] is not None]
                assert days == sorted(days)
                assert all(day <= month_end(month) for day in days)
                assert row["is_started"] == (row["start_date"] is not None)
                assert (row["project_code"] is None) == (row["approval_date"] is None)

    def test_projects_are_told_apart(self, unit: ReportingUnit) -> None:
        rows = list(_months(unit.unit_code).values())[-1]
        codes = [row["project_code"] for row in rows if row["project_code"]]
        assert len({row["project_name"] for row in rows}) == len(rows)
        assert len(set(codes)) == len(codes)
        assert len({row["total_investment_wan"] for row in rows}) > len(rows) / 2

    def test_summary_agrees_with_the_projects(self, unit: ReportingUnit) -> None:
        month, rows = list(_months(unit.unit_code).items())[-1]
        summary = summary_rows(rows, month)
        assert summary[0]["project_count"] == len(rows)
        assert summary[0]["total_investment_wan"] == _sum(rows, "total_investment_wan")
        for item in summary:
            assert item["project_count"] == item["not_started_count"] + item["started_count"]
            assert item["started_count"] == item["under_construction_count"] + item["in_production_count"]
        for breakdown in ("industry", "nature"):
            classes = [item for item in summary if item["breakdown_name"] == breakdown]
            assert sum(item["project_count"] for item in classes) == len(rows)
            for share in ("count_share_pct", "investment_share_pct"):
                assert abs(sum(item[share] for item in classes) - 100) <= len(classes) * Decimal("0.005")

    def test_invented_figures_say_so(self, unit: ReportingUnit) -> None:
        remarks = {row["remark"] for row in list(_months(unit.unit_code).values())[-1]}
        assert all("演示数据" in remark for remark in remarks)
        assert is_published(unit) != (remarks == {"演示数据，虚构"})
