"""Permits and elements from the workbook, with the mess that stands in it, through gate and marts to the readers."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Engine, text

from taizhang.ingest import discover, ingest_chunk
from taizhang.publication import publish
from taizhang.quality.gate import judge_batch
from taizhang.sources import inbox
from tests.unit.reading.books import UNIT_LINE
from tests.waiting import rows_of

pytestmark = [pytest.mark.publishes, pytest.mark.parametrize("server_url", ["embedded"], indirect=True)]

LONGXI, TONGWEI, DINGXI = "621122", "621121", "621100"
Rows = list[list[Any]]

BRIDGE, HERBS, FACTORY = "渭河大桥及连接线工程", "中药饮片智能化生产线", "马铃薯主食化加工厂"
CODE = "2311-621122-04-01-123456"
PROGRESS = ["序号", "项目名称", "项目代码", "总投资", "年度计划投资", "本月完成投资", "本年累计完成投资", "是否开工"]
PROGRESS += ["立项日期", "计划开工日期", "开工日期"]
PERMITS = ["序号", "项目名称", "统一代码", "审批事项", "是否需要办理", "办理情况", "批复时间", "文号", "办理时限"]
ELEMENTS = ["项目名称", "要素名称", "单位", "需求数量", "已落实", "批复时间", "文号", "要求落实时间"]

# 陇西县 merges the cells of a project, calls permits by other names and writes dates in three ways.
LONGXI_BOOK: dict[str, Rows] = {
    "项目进展": [
        [1, BRIDGE, CODE, 12000, 3000, 200, 900, "是", "2023-11-01", "2024-02-15", "2024-03-01"],
        [2, HERBS, None, 8000, 2000, 100, 400, "是", None, None, "2024.3.5"],
    ],
    "前期手续": [
        [1, BRIDGE, CODE, "施工许可证", "是", "已办", "2024.2.20", "陇建许〔2024〕3号", None],
        [None, None, None, "环境影响评价", "是", "正在办理", None, None, "2024年2月底"],
        [None, None, None, "能评", "否", "不涉及", None, None, None],
        [None, None, None, "可研", None, "已批复", "2023年12月", "陇发改〔2023〕81号", None],
        [2, HERBS, None, "施工许可", "是", "已办结", date(2024, 3, 20), "陇建许〔2024〕9号", None],
        [3, "城区供热管网二期", None, "用地预审", "是", "未办", None, None, "2024-06-30"],
    ],
    "要素保障": [
        [BRIDGE, "建设用地", "亩", 120.5, 100, "2024-01-20", "陇自然资〔2024〕2号", "2024-02-29"],
        [HERBS, "能耗", "万吨标准煤", 0.35, 0.35, "2024-01-31", "陇发改能评〔2024〕1号", None],
    ],
    "汇总": [["合计", "全部项目", 2, 20000, 5000, 5, 3, "60%"]],
    "储备谋划": [[BRIDGE, CODE, 12000, "已转化", "2023-10-02", "2024-03-01"]],
}
TONGWEI_BOOK: dict[str, Rows] = {
    "项目进展": [[1, FACTORY, None, 5000, 1000, 50, 150, "是", "2024-01-02", None, "2024年3月"]],
    "前期手续": [
        [1, FACTORY, None, "施工许可", "是", "已办结", "2024-03-10", "通建许〔2024〕1号", None],
        [None, None, None, "环评", "是", "已办结", "2024-01-31", "通环评〔2024〕1号", "2024-01-15"],
    ],
    "要素保障": [
        [FACTORY, "用地", "公顷", 2.2, 2.5, "2024-02-01", "通自然资〔2024〕5号", "2024-02-29"],
        [FACTORY, "用林", "吨标准煤", 5, 0, None, None, None],
    ],
    "汇总": [["合计", "全部项目", 1, 5000, 1000, 2, 2, "100%"]],
}
# 渭源县 lists a permit twice, once by the code of the project and once by its name.
WEIYUAN_BOOK: dict[str, Rows] = {
    "项目进展": [[1, "污水管网改造工程", "2311-621123-04-01-123457", 5000, 1000, 50, 150, "否", None, None, None]],
    "前期手续": [
        [1, "污水管网", "2311-621123-04-01-123457", "环评", "是", "在办", None, None, None],
        [2, "污水管网改造工程", None, "环评批复", "是", "未办", None, None, None],
    ],
    "汇总": [["合计", "全部项目", 1, 5000, 1000, 2, 0, "0%"]],
}
HEADERS = {
    "项目进展": PROGRESS,
    "前期手续": PERMITS,
    "要素保障": ELEMENTS,
    "储备谋划": ["项目名称", "项目代码", "总投资", "谋划阶段", "入库日期", "转化日期"],
    "汇总": ["分类方式", "类别", "项目个数", "总投资", "年度计划投资", "应办手续", "已办手续", "手续办结率"],
}


def put(folder: Path, unit: str, book: dict[str, Rows]) -> None:
    """Send a unit's workbook of March."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    cover = workbook.create_sheet("封面")
    signed = [["填报人", "张三"], ["审核人", "李四"], ["签发人", "王五"]]
    for row in [["重大项目月报"], ["填报单位", unit], ["报告期", "2024年3月"], *signed]:
        cover.append(row)
    for title, rows in book.items():
        sheet = workbook.create_sheet(title)
        for row in [[UNIT_LINE], HEADERS[title], *rows]:
            sheet.append(row)
        if title == "前期手续":
            _merge(sheet, rows)
    folder.mkdir(parents=True)
    path = folder / f"{unit}2024年3月重大项目月报.xlsx"
    workbook.save(path)
    inbox.submit([path])


def _merge(sheet: Worksheet, rows: Rows) -> None:
    """Merge the cells of a project over its permits, as units do."""
    starts = [number for number, row in enumerate(rows, start=3) if row[1] is not None]
    for start, after in zip(starts, [*starts[1:], len(rows) + 3], strict=True):
        if after - start > 1:
            for letter in "ABC":
                sheet.merge_cells(f"{letter}{start}:{letter}{after - 1}")


def night(engine: Engine) -> None:
    for chunk in discover(engine):
        assert ingest_chunk(engine, chunk).read == len(chunk)
    judge_batch(engine)
    assert publish(engine) is not None


def shown(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def assert_findings(engine: Engine) -> None:
    found = shown(
        engine,
        "select unit_code, check_id, verdict, severity from audit.finding"
        " inner join ops.submission using (submission_id) where check_id ~ '^(R30|R36|R37|R02)' order by 1, 2",
    )
    assert found == [
        (TONGWEI, "R30.permit_after_start", "cannot_tell", "info"),
        (TONGWEI, "R36.granted_within_need", "contradiction", "warn"),
        (TONGWEI, "R36.unit_fits_element", "contradiction", "warn"),
        (LONGXI, "R02.permit_of_unknown_project", "contradiction", "info"),
        (LONGXI, "R30.permit_after_start", "contradiction", "warn"),
        (LONGXI, "R30.started_without_permit", "contradiction", "warn"),
        (LONGXI, "R36.overdue", "contradiction", "warn"),
        (LONGXI, "R37.overdue", "contradiction", "warn"),
        ("621123", "R02.permit_twice", "contradiction", "block"),
        ("621123", "R02.permit_twice", "contradiction", "block"),
    ]
    assert shown(engine, "select unit_code, state from ops.submission order by 1") == [
        (TONGWEI, "accepted"),
        (LONGXI, "accepted"),
        ("621123", "quarantined"),
    ]


def assert_permits(engine: Engine) -> None:
    """Each permit with its project, and what is known of a project that does not stand in 项目进展."""
    assert shown(
        engine,
        "select permit_code, project_name, project_sk is not null, permit_status, is_required, is_done, is_overdue,"
        " days_to_permit, days_after_due, start_violation"
        " from marts.fct_permit order by unit_code, row_number",
    ) == [
        ("construction_permit", FACTORY, True, "done", True, True, False, 68, None, "cannot_tell"),
        ("environment", FACTORY, True, "done", True, True, False, 29, 16, None),
        ("construction_permit", BRIDGE, True, "done", True, True, False, 111, None, None),
        ("environment", BRIDGE, True, "in_progress", True, False, True, None, 31, "not_issued"),
        ("energy_review", BRIDGE, True, "not_needed", False, False, False, None, None, None),
        ("feasibility", BRIDGE, True, "done", True, True, False, None, None, None),
        ("construction_permit", HERBS, True, "done", True, True, False, None, None, "issued_later"),
        ("land_use", "城区供热管网二期", False, "not_started", True, False, False, None, -91, None),
    ]
    assert shown(
        engine,
        "select project_reference, permit_code, start_violation, days_without_permit"
        " from marts.rpt_started_before_permit order by unit_code, 1, 2",
    ) == [
        (CODE, "environment", "not_issued", 30),
        (HERBS, "construction_permit", "issued_later", 15),
    ]


def assert_regions(engine: Engine) -> None:
    """County, city, province and nation tell the same of the two counties that count."""
    (county,) = rows_of(
        engine,
        "select * from marts.agg_permit_region_month where region_code = :code and permit_code = 'construction_permit'",
        code=LONGXI,
    )
    assert (county["permits_needed_count"], county["permits_done_count"], county["permit_rate_pct"]) == (2, 2, 100)
    above = rows_of(
        engine,
        "select * from marts.agg_permit_region_month where region_level <> 'county' order by region_code, permit_code",
    )
    cities = [row for row in above if row["region_code"] == DINGXI]
    figures = {
        row["permit_code"]: (row["permits_needed_count"], row["permits_done_count"], row["overdue_count"],
                             row["not_issued_at_start_count"], row["issued_after_start_count"], row["timed_count"],
                             row["days_to_permit_sum"])
        for row in cities
    }  # fmt: skip
    assert figures == {
        "construction_permit": (3, 3, 0, 0, 1, 2, 179),
        "environment": (2, 1, 1, 1, 0, 1, 29),
        "energy_review": (0, 0, 0, 0, 0, 0, None),
        "feasibility": (1, 1, 0, 0, 0, 0, None),
        "land_use": (1, 0, 0, 0, 0, 0, None),
    }
    (construction,) = (row for row in cities if row["permit_code"] == "construction_permit")
    assert construction["average_days_to_permit"] == Decimal("89.5")
    assert (construction["units_listing"], construction["units_reported"], construction["units_expected"]) == (2, 2, 9)
    for region in ("620000", "100000"):
        kept = [row for row in above if row["region_code"] == region]
        assert [row["permits_needed_count"] for row in kept] == [row["permits_needed_count"] for row in cities]
    land = shown(
        engine,
        "select region_code, base_unit, demand_count, needed_base, granted_base, gap_base, short_count, overdue_count,"
        " granted_rate_pct from marts.agg_element_region_month where element_code = 'land' order by region_code",
    )
    city = ("亩", 2, Decimal("153.5"), Decimal("137.5"), Decimal("20.5"), 1, 1, Decimal("89.576547"))
    assert land == [
        ("100000", *city),
        ("620000", *city),
        (DINGXI, *city),
        (TONGWEI, "亩", 1, Decimal(33), Decimal("37.5"), Decimal(0), 0, 0, Decimal("113.636364")),
        (LONGXI, "亩", 1, Decimal("120.5"), Decimal(100), Decimal("20.5"), 1, 1, Decimal("82.987552")),
    ]
    others = shown(
        engine,
        "select element_code, base_unit, needed_base, gap_base, unmeasured_count, granted_rate_pct"
        " from marts.agg_element_region_month where region_code = '621100' and element_code <> 'land' order by 1",
    )
    assert others == [
        ("energy", "吨标准煤", Decimal(3500), Decimal(0), 0, Decimal(100)),
        ("forest", "亩", None, None, 1, None),
    ]


def assert_stages(engine: Engine) -> None:
    assert shown(
        engine,
        "select stage_code, reserve_to_approval_days, approval_to_start_days, start_delay_days"
        " from marts.fct_project_stage inner join marts.dim_project using (project_sk) order by project_name",
    ) == [("started", None, None, None), ("started", 30, 121, 15), ("started", None, None, None)]


def test_from_the_workbook_to_the_regions(engine: Engine, tmp_path: Path, own_counts: None) -> None:
    put(tmp_path / "1", "陇西县", LONGXI_BOOK)
    put(tmp_path / "2", "通渭县", TONGWEI_BOOK)
    put(tmp_path / "3", "渭源县", WEIYUAN_BOOK)
    night(engine)
    assert_findings(engine)
    assert_permits(engine)
    assert_regions(engine)
    assert_stages(engine)

    # 通渭县 sends again, with the day of the start: nothing of 陇西县 is written anew.
    settled = [[1, FACTORY, None, 5000, 1000, 50, 150, "是", "2024-01-02", None, "2024-03-12"]]
    put(tmp_path / "4", "通渭县", TONGWEI_BOOK | {"项目进展": settled})
    night(engine)
    written = "select unit_code, permit_code, start_violation from history.{} where published_from = 2 order by 1, 2"
    assert shown(engine, written.format("fct_permit")) == [
        (TONGWEI, "construction_permit", None),
        (TONGWEI, "environment", None),
    ]
    assert shown(engine, written.format("rpt_started_before_permit")) == []
    assert shown(engine, "select count(*) from history.fct_element_month where published_from = 2") == [(0,)]
