"""The commands of a county officer and of the data team, with what they print for programs."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from taizhang.cli.app import app
from taizhang.template import write_workbook
from tests import conftest

COVER = {"filler_name": "张三", "reviewer_name": "李四", "approver_name": "王五"}
MARCH = date(2024, 3, 1)


def project(name: str, **values: Any) -> dict[str, Any]:
    """A project of the first quarter that contradicts no rule."""
    plain = {
        "project_name": name,
        "project_lists": ["province_key"],
        "total_investment_wan": Decimal("70000.5"),
        "completed_before_year_wan": Decimal("1000.5"),
        "annual_plan_wan": Decimal("20000"),
        "month_completed_wan": Decimal("300"),
        "ytd_completed_wan": Decimal("4116.2"),
        "completion_rate_pct": Decimal("20.58"),
        "since_start_wan": Decimal("5116.7"),
        "is_started": True,
    }
    return plain | values


def workbook(path: Path, *projects: dict[str, Any], month: date = MARCH) -> Path:
    """A workbook of 陇西县 with these projects and the summary that fits them."""
    progress = pd.DataFrame(list(projects))
    total: dict[str, Any] = {
        name: progress[name].sum() for name in ("total_investment_wan", "annual_plan_wan", "ytd_completed_wan")
    }
    summary = {"breakdown_name": "list", "item_name": "省列重点", "project_count": len(progress), **total}
    write_workbook(path, "621122", month, COVER, {"project_progress": progress, "summary": pd.DataFrame([summary])})
    return path


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The warehouse that the commands work on."""
    with conftest.own_warehouse(tmp_path_factory.mktemp("cli")):
        yield


@pytest.fixture(scope="module")
def run(warehouse: None) -> Callable[..., Any]:
    """Run a command; returns what it printed as JSON."""

    def invoke(*arguments: object, code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return json.loads(result.output)

    return invoke


def test_a_good_workbook_goes_from_the_inbox_into_the_figures_and_the_next_template(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    started = project("铝用碳材料", start_date=(date(2023, 6, 1), date(2023, 7, 1)))
    file = workbook(tmp_path / "陇西县2024年3月月报.xlsx", started, project("高标准农田"))
    assert run("check", file)["verdict"] in {"accepted", "accepted_with_warnings"}
    assert run("submit", file)[0]["file"] == str(file)
    assert run("run")["publication_id"] == 1

    rows = {row["list_code"]: row for row in run("figures", "--region", "621122", "--month", "2024-03")}
    assert set(rows) == {"all", "province_key"}
    assert rows["all"]["project_count"] == 2
    assert rows["all"]["total_investment_wan"] == 140001
    assert rows["all"]["completion_rate_pct"] == pytest.approx(20.581)
    assert rows["all"]["ahead_of_schedule_pp"] == pytest.approx(20.581 - 25)
    assert (rows["all"]["units_reported"], rows["all"]["units_expected"]) == (1, 1)
    city = run("figures", "--region", "621100", "--month", "2024-03", "--list", "省列重点投资清单")
    assert [(row["list_code"], row["units_reported"], row["units_expected"]) for row in city] == [
        ("province_key", 1, 9)
    ]

    assert run("run")["publication_id"] is None
    assert [row["publication_id"] for row in run("publications")] == [1]
    assert_next_template_knows_the_projects(run, tmp_path / "四月.xlsx")


def assert_next_template_knows_the_projects(run: Callable[..., Any], target: Path) -> None:
    """The template of the month after has the projects with what does not change from month to month."""
    assert run("template", "--unit", "陇西县", "--month", "2024-04", "-o", target)["rows"] == {"project_progress": 2}
    sheet = next(sheet for sheet in run("read", target)["sheets"] if sheet["sheet"] == "project_progress")
    assert [(row["project_name"], row["start_date"]) for row in sheet["rows"]] == [
        ("铝用碳材料", ["2023-06-01", "2023-07-01"]),
        ("高标准农田", None),
    ]


def test_check_names_the_cell_and_says_what_it_could_not_check(run: Callable[..., Any], tmp_path: Path) -> None:
    file = workbook(tmp_path / "陇西县2024年3月月报.xlsx", project("铝用碳材料", since_start_wan=Decimal("6116.7")))
    report = run("check", file, code=1)
    assert report["verdict"] == "quarantined"
    (found,) = [finding for finding in report["findings"] if finding["severity"] == "block"]
    assert (found["rule_id"], found["sheet"], found["value"]) == ("R12", "项目进展", "6116.7")
    described = run("read", file)
    sheet = next(sheet for sheet in described["sheets"] if sheet["sheet"] == "project_progress")
    letter = next(column["letter"] for column in sheet["columns"] if column["field"] == "since_start_wan")
    assert found["cell"] == f"{letter}{sheet['rows'][0]['row']}"
    assert "6116.7" in found["message_zh"]
    assert "6116.7" in found["message_en"]
    assert "R10" in {entry["rule_id"] for entry in report["skipped"]}


def test_what_is_no_workbook_is_unreadable(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "月报.xlsx"
    file.write_bytes(b"\x89PNG no workbook at all")
    report = run("check", file, code=2)
    assert report["verdict"] == "unreadable"
    assert report["reason"]
    assert run("read", file, code=2)["verdict"] == "unreadable"
