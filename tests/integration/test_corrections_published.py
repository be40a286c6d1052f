"""A correction of what is published: the next publication shows the corrected figure, the one before stays."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import figures, publish
from taizhang.quality.gate import judge_batch
from tests.amendment_files import amendments, correction
from tests.own_counts import own_counts
from tests.readings import project, sheet_reading, workbook_reading
from tests.waiting import month, rows_of, states, submit

__all__ = ["own_counts"]
pytestmark = [pytest.mark.publishes, pytest.mark.usefixtures("own_counts")]

JANUARY = month(1)
NEW = {"construction_nature": "new"}
SUM = {
    "row_number": 3, "breakdown_name": "nature", "item_name": "新建", "project_count": 2,
    "total_investment_wan": Decimal(2000), "annual_plan_wan": Decimal(800),
}  # fmt: skip


def total(engine: Engine, region: str, publication: int | None = None) -> Decimal:
    (row,) = figures(engine, region, "2024-01", "all", publication)
    return Decimal(row["total_investment_wan"])


def facts(engine: Engine) -> dict[str, Any]:
    rows = rows_of(
        engine,
        "select project_name, f.* from marts.fct_project_month as f"
        " inner join marts.dim_project as p using (project_sk) where p.is_latest",
    )
    return {row["project_name"]: row for row in rows}


@pytest.mark.both_servers
def test_a_correction_is_published_and_the_publication_before_stays(engine: Engine, tmp_path: Path):
    book = workbook_reading(month=JANUARY, projects=[project(4, **NEW), project(5, **NEW)])
    numbers = submit(engine, book, workbook_reading("621121", JANUARY, [project(4)]))
    judge_batch(engine, amendments=amendments(tmp_path))
    assert states(engine, numbers) == ["accepted", "accepted"]
    publish(engine)
    assert total(engine, "621122") == 2000
    assert publish(engine) is None

    entries = (
        correction(column="总投资", old_value="1000", new_value="1500.25"),
        correction(id="C-2", column="项目名称", old_value="项目4", new_value="改名的项目"),
        correction(id="C-3", column="是否开工", old_value="是", new_value="否"),
        correction(id="C-4", column="开工日期", old_value="", new_value="2024年1月"),
        correction(id="C-5", column="所属清单", old_value="市列", new_value="市列重点、省列重大"),
    )
    judge_batch(engine, amendments=amendments(tmp_path, *entries))
    assert states(engine, numbers) == ["accepted", "accepted"]
    report = publish(engine)
    assert report is not None
    assert (report.publication_id, report.scope_count) == (2, 1)

    assert [total(engine, region) for region in ("621122", "621100", "100000")] == [
        Decimal("2500.25"), Decimal("3500.25"), Decimal("3500.25"),
    ]  # fmt: skip
    assert [total(engine, region, 1) for region in ("621122", "621100", "100000")] == [2000, 3000, 3000]
    (city,) = figures(engine, "621122", "2024-01", "省列重大")
    assert city["project_count"] == 1
    shown = facts(engine)["改名的项目"]
    assert (shown["total_investment_wan"], shown["is_started"]) == (Decimal("1500.25"), False)
    assert (str(shown["start_date"].lower), str(shown["start_date"].upper)) == ("2024-01-01", "2024-02-01")
    assert facts(engine)["项目5"]["total_investment_wan"] == 1000

    judge_batch(engine, amendments=amendments(tmp_path))
    publish(engine)
    assert [total(engine, "621122", number) for number in (1, 2, 3)] == [2000, Decimal("2500.25"), 2000]


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_a_corrected_class_of_the_summary_is_published(engine: Engine, tmp_path: Path):
    book = workbook_reading(month=JANUARY, projects=[project(4, **NEW), project(5, **NEW)])
    book.sheets["summary"] = sheet_reading("summary", [SUM])
    submit(engine, book)
    judge_batch(engine, amendments=amendments(tmp_path))
    publish(engine)
    entry = correction(
        sheet="汇总", project=None, breakdown="分性质", item="新建", column="本年累计完成投资", old_value="",
        new_value="60",
    )  # fmt: skip
    judge_batch(engine, amendments=amendments(tmp_path, entry))
    publish(engine)
    query = "select reported_value from marts.fct_reported_total where column_name = 'ytd_completed_wan'"
    assert [row["reported_value"] for row in rows_of(engine, query)] == [60]
    with engine.connect() as connection:
        connection.execute(text("set taizhang.publication = '1'"))
        assert connection.execute(text(query)).scalars().all() == []
