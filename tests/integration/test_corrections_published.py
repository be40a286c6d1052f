"""A correction of what is published: the next publication shows the corrected figure, the one before stays."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import figures, publish
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import WorkbookReading
from tests.amendment_files import amendments, correction
from tests.readings import project, sheet_reading, workbook_reading
from tests.waiting import month, rows_of, states, submit

pytestmark = [pytest.mark.publishes, pytest.mark.usefixtures("own_counts")]

JANUARY = month(1)
SUMMED = "411421"
NEW = {"construction_nature": "new"}
SUM = {
    "row_number": 3, "breakdown_name": "nature", "item_name": "新建", "project_count": 2,
    "total_investment_wan": Decimal(2000), "annual_plan_wan": Decimal(800),
}  # fmt: skip


def with_summary() -> WorkbookReading:
    """A county of another province whose summary leaves a figure blank."""
    book = workbook_reading(SUMMED, JANUARY, [project(row, project_name=f"外省{row}", **NEW) for row in (4, 5)])
    book.sheets["summary"] = sheet_reading("summary", [SUM])
    return book


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


def test_a_correction_is_published_and_the_publication_before_stays(engine: Engine, tmp_path: Path):
    book = workbook_reading(month=JANUARY, projects=[project(4, **NEW), project(5, **NEW)])
    numbers = submit(engine, book, workbook_reading("621121", JANUARY, [project(4)]), with_summary())
    judge_batch(engine, amendments=amendments(tmp_path))
    assert states(engine, numbers) == ["accepted"] * 3
    publish(engine)
    assert total(engine, "621122") == 2000
    assert publish(engine) is None

    entries = (
        correction(column="总投资", old_value="1000", new_value="1500.25"),
        correction(id="C-2", column="项目名称", old_value="项目4", new_value="改名的项目"),
        correction(id="C-3", column="是否开工", old_value="是", new_value="否"),
        correction(id="C-4", column="开工日期", old_value="", new_value="2024年1月"),
        correction(id="C-5", column="所属清单", old_value="市列", new_value="市列重点、省列重大"),
        correction(
            id="C-6", unit=SUMMED, sheet="汇总", project=None, breakdown="分性质", item="新建",
            column="本年累计完成投资", old_value="", new_value="60",
        ),
    )  # fmt: skip
    judge_batch(engine, amendments=amendments(tmp_path, *entries))
    assert states(engine, numbers) == ["accepted"] * 3
    report = publish(engine)
    assert report is not None
    assert (report.publication_id, report.scope_count) == (2, 2)

    assert [total(engine, region) for region in ("621122", "621100", "100000")] == [
        Decimal("2500.25"), Decimal("3500.25"), Decimal("5500.25"),
    ]  # fmt: skip
    assert [total(engine, region, 1) for region in ("621122", "621100", "100000")] == [2000, 3000, 5000]
    (city,) = figures(engine, "621122", "2024-01", "省列重大")
    assert city["project_count"] == 1
    shown = facts(engine)["改名的项目"]
    assert (shown["total_investment_wan"], shown["is_started"]) == (Decimal("1500.25"), False)
    assert (str(shown["start_date"].lower), str(shown["start_date"].upper)) == ("2024-01-01", "2024-02-01")
    assert facts(engine)["项目5"]["total_investment_wan"] == 1000

    judge_batch(engine, amendments=amendments(tmp_path))
    publish(engine)
    assert [total(engine, "621122", number) for number in (1, 2, 3)] == [2000, Decimal("2500.25"), 2000]
    assert_class_of_the_summary_was_corrected(engine)


def assert_class_of_the_summary_was_corrected(engine: Engine) -> None:
    """The second publication alone states a figure where the summary of the third unit was blank."""
    query = text("select reported_value from marts.fct_reported_total where column_name = 'ytd_completed_wan'")
    for publication, stated in ((1, []), (2, [60]), (3, [])):
        with engine.connect() as connection:
            connection.execute(text(f"set taizhang.publication = '{publication}'"))
            assert connection.execute(query).scalars().all() == stated
