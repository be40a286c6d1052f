"""No model adds up over months what must not be: stocks, figures of the year to date, and rates."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from taizhang.dictionary.mart import load_marts
from tests import conftest
from tests.sums_over_time import sums_over_time

# Sums that look like sums over time and are none, by model and measure, with the reason.
EXCEPTIONS: dict[tuple[str, str], str] = {}

COLUMNS = [column for mart in load_marts().values() for column in mart.columns]
ADDITIVE = {column.name for column in COLUMNS if column.additivity == "additive"}
MEASURES = {column.name for column in COLUMNS if column.additivity in {"semi_additive", "non_additive"}} - ADDITIVE
MONTHS = {
    column.name
    for mart in load_marts().values()
    for column in mart.columns
    if column.type == "month" and column.name in mart.keys
}

BY_MONTH = "select unit_code, report_month, sum(annual_plan_wan) as plan from facts group by unit_code, report_month"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (BY_MONTH, []),
        ("select sum(annual_plan_wan) as plan from facts", ["annual_plan_wan"]),
        (BY_MONTH.removesuffix(", report_month"), ["annual_plan_wan"]),
        (f"with a as ({BY_MONTH}) select unit_code, sum(annual_plan_wan) as p from a group by 1", ["annual_plan_wan"]),
        ("select sum(f.ytd_completed_wan) over (partition by f.unit_code) as d from f", ["ytd_completed_wan"]),
        ("select sum(f.ytd_completed_wan) over (partition by f.unit_code, f.report_month) as d from f", []),
        ("select sum(case when is_part then completion_rate_pct end) as d from f", ["completion_rate_pct"]),
        ("select unit_code, sum(month_completed_wan) as done from facts group by unit_code", []),
        (f"select * from ({BY_MONTH}) as a where plan > (select sum(ytd_completed_wan) from b)", ["ytd_completed_wan"]),
    ],
)
def test_a_sum_over_months_is_found(sql: str, found: list[str]) -> None:
    assert sums_over_time(sql, MEASURES, MONTHS) == found


@pytest.mark.publishes
def test_no_model_adds_up_over_months_what_must_not_be(engine: Engine, server_url: str) -> None:
    compiled = {path.stem: path.read_text(encoding="utf-8") for path in compiled_models(server_url).glob("*/*.sql")}
    assert set(load_marts()) <= set(compiled)
    summed = {name: sql for name, sql in compiled.items() if "sum(" in sql.lower()}
    assert len(summed) > 5
    found = {(name, measure) for name, sql in summed.items() for measure in sums_over_time(sql, MEASURES, MONTHS)}
    assert found == set(EXCEPTIONS)


def compiled_models(server_url: str) -> Path:
    """The models' SQL as dbt made it of them for the template warehouse."""
    return conftest.built_home(server_url) / "dbt" / "target" / "compiled" / "taizhang" / "models"
