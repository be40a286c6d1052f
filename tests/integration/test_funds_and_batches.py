"""资金与专项债 and 三个一批 from workbooks as counties write them to findings and to the marts."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.publication import publish
from taizhang.quality.check import check_reading
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import WorkbookReading
from taizhang.reading.workbook import read_workbook
from tests.unit.reading.books import HEADER, NAME, UNIT_LINE, save
from tests.waiting import rows_of, states, submit

BATCHES, FUNDS = "三个一批", "资金与专项债"
BATCH_HEADER = ["期次", "类别", "项目个数", "总投资", "转化个数", "转化项目总投资", "转化率"]
FUNDS_HEADER = ["资金渠道", "批次", "环节", "项目个数", "总投资", "债券需求", "其他资金来源", "落实资金", "已支付"]
RULES = ("R00", "R02", "R05", "R07", "R25", "R34", "R35", "R45", "R53")

# What a county reports of its bonds and of its application for money of the central budget, in 亿元.
FUNNEL: list[list[Any]] = [
    ["专项债", "2024年", "上报", 89, 232.89, 55.72],
    [None, None, "省发改、财政审核通过", 57, 165.3, 34.9],
    [None, None, "国家反馈", 33, 100.87, 16.89],
    ["中央预算内投资", "2024年", "申报", 61, 81.36, 47.48],
]
# Projects signed, started and in production by period, with all that another county says of their investment in 亿元.
PERIODS = [(1, 6, 8), (2, 3, 2), (5, 7, 5), (5, 8, 10), (2, 7, 7), (2, 14, 12), (2, 13, 11)]
CLASSES, CLASS_TOTALS = ("签约一批", "开工一批", "投产一批"), ("132.9", "695.9", "454.2")
NAMES = ["一期", "第2期", "第三期", "四期", "第五期", "6期", "第七期"]


def funnel_without(row: int, **cells: Any) -> list[list[Any]]:
    """The funnel with other cells in one row, by header."""
    rows = [[*cells_of_row, *[None] * (len(FUNDS_HEADER) - len(cells_of_row))] for cells_of_row in FUNNEL]
    for label, cell in cells.items():
        rows[row][FUNDS_HEADER.index(label)] = cell
    return rows


def book(folder: Path, name: str = NAME, merges: dict[str, list[str]] | None = None, **parts: Any) -> WorkbookReading:
    reading = read_workbook(save(folder / name, merges=merges, **parts))
    assert isinstance(reading, WorkbookReading)
    return reading


def funds_book(folder: Path, rows: list[list[Any]]) -> WorkbookReading:
    """A workbook in 亿元 whose channel and cohort stand in merged cells."""
    return book(folder, more={FUNDS: [["单位：亿元、项"], FUNDS_HEADER, *rows]}, merges={FUNDS: ["A3:A5", "B3:B5"]})


def spread(total: str, weights: list[int]) -> list[Decimal]:
    """Parts of a total of one decimal by weight, one decimal each, that add up to it exactly."""
    tenths, whole = int(Decimal(total) * 10), sum(weights)
    parts = [tenths * weight // whole for weight in weights]
    parts[-1] += tenths - sum(parts)
    return [Decimal(part) / 10 for part in parts]


def batch_rows() -> list[list[Any]]:
    """Seven periods wholly converted, each with its 小计, and the eighth; sums by class and of all seven below."""
    amounts = [spread(CLASS_TOTALS[place], [counts[place] for counts in PERIODS]) for place in range(3)]
    rows: list[list[Any]] = []
    for line, counts in enumerate(PERIODS):
        totals = [amounts[place][line] for place in range(3)]
        names = [NAMES[line], None, None]
        rows += [
            [names[place], CLASSES[place], counts[place], float(totals[place]), counts[place], None, "100%"]
            for place in range(3)
        ]
        rows.append([None, "小计", sum(counts), float(sum(totals))])
    eighth = zip(CLASSES, (3, 12, 11), (43, 137.7, 193.8), strict=True)
    rows += [["八期", name, count, total] for name, count, total in eighth]
    rows.append(["八期", "合计", 26, 374.5])
    rows += [
        ["第一期至第七期合计", name, sum(counts[place] for counts in PERIODS), float(CLASS_TOTALS[place])]
        for place, name in enumerate(CLASSES)
    ]
    return [*rows, ["第一期至第七期合计", None, 132, 1283], ["总计", None, 158, 1657.5]]


def campaign_book(folder: Path, rows: list[list[Any]], **parts: Any) -> WorkbookReading:
    merges = {BATCHES: [f"A{first}:A{first + 3}" for first in range(3, 31, 4)]}
    return book(folder, more={BATCHES: [["单位：亿元、个"], BATCH_HEADER, *rows]}, merges=merges, **parts)


def said(engine: Engine, reading: WorkbookReading) -> list[tuple[str, str | None]]:
    """Checks and cells of what these rules find."""
    findings = [finding for finding in check_reading(reading, engine).findings if finding.rule_id in RULES]
    assert {finding.verdict for finding in findings} <= {"contradiction"}
    return sorted((finding.check_id, finding.cell) for finding in findings)


def without(row: int, cells: dict[int, Any]) -> Callable[[list[list[Any]]], list[list[Any]]]:
    """What puts other cells into one row of a table."""

    def change(rows: list[list[Any]]) -> list[list[Any]]:
        rows[row] = [cells.get(place, cell) for place, cell in enumerate(rows[row])]
        return rows

    return change


def test_true_figures_are_silent(engine: Engine, tmp_path: Path) -> None:
    assert said(engine, funds_book(tmp_path, FUNNEL)) == []
    assert said(engine, campaign_book(tmp_path, batch_rows())) == []


def test_each_stage_is_compared_with_the_nearest_one_before_that_states_the_figure(
    engine: Engine, tmp_path: Path
) -> None:
    # 省审 does not say its demand: 国家反馈 is measured by 上报. The cohort of 2023 and another channel are none of it.
    rows = funnel_without(1, 债券需求=None)
    rows[2] = ["", "", "国家反馈", 58, 165.4, 55.8, None, None, None]
    rows += [["专项债", "2023年", "发行", 99, 999, 99, None, 90, 91], ["国债", "2024年", "上报", 99, 999, 9]]
    assert said(engine, funds_book(tmp_path, rows)) == [
        ("R34.count_not_growing", "D5"),
        ("R34.demand_not_growing", "F5"),
        ("R34.paid_within_granted", "I7"),
        ("R34.total_not_growing", "E5"),
    ]


def test_demand_that_does_not_fit_and_stages_that_stand_twice(engine: Engine, tmp_path: Path) -> None:
    rows = funnel_without(3, 债券需求=47.48, 其他资金来源=40)
    rows += [["国债", "2024年", "上报", 2, 10, 12], ["国债", "2024年", "上报", 1, 9, 9]]
    rows += [["省预算内", "2024年", "上报", 5, 100000, 8]]
    found = said(engine, funds_book(tmp_path, rows))
    assert found == [
        ("R02.funds_stage_twice", "C7"),
        ("R02.funds_stage_twice", "C8"),
        ("R07.demand_against_total", "F9"),
        ("R35.demand_within_remainder", "F6"),
        ("R35.demand_within_total", "F7"),
    ]


def test_batches_that_do_not_add_up_in_one_direction_or_the_other(engine: Engine, tmp_path: Path) -> None:
    # One project more in the first period: its 小计, its class, all seven periods and the whole are wrong.
    assert said(engine, campaign_book(tmp_path, without(0, {2: 2, 4: 2})(batch_rows()))) == [
        ("R45.batches_add_up", "C35"),
        ("R45.batches_add_up", "C38"),
        ("R45.batches_add_up", "C39"),
        ("R45.batches_add_up", "C6"),
    ]
    # A project of one class that stands in another: the periods add up, the classes do not.
    moved = without(1, {2: 5, 4: 5})(without(2, {2: 9, 4: 9})(batch_rows()))
    assert said(engine, campaign_book(tmp_path, moved)) == [
        ("R45.batches_add_up", "C36"),
        ("R45.batches_add_up", "C37"),
    ]


def test_conversions_beyond_their_number_and_a_class_that_stands_twice(engine: Engine, tmp_path: Path) -> None:
    rows = [
        ["八期", "签约", 3, 43, 4, 44, "133%"],
        ["八期", "开工", 12, 137.7, 7, 80, "60.0%"],
        ["第8期", "开工", 1, 1, None, None, None],
        ["九期", "投产", 12, 10, 7, 5, "58.3%"],
    ]
    reading = book(tmp_path, more={BATCHES: [["单位：亿元、个"], BATCH_HEADER, *rows]})
    assert said(engine, reading) == [
        ("R02.batch_twice", "B4"),
        ("R02.batch_twice", "B5"),
        ("R25.batch_converted_within_count", "E3"),
        ("R25.batch_converted_within_investment", "F3"),
        ("R25.batch_printed_rate", "G4"),
        ("R25.batch_rate_within_100", "G3"),
    ]


SIGNERS = [["填报人", "张三"], ["审核人", "李四"], ["签发人", "王五"]]
COVERS = {
    unit: [["重大项目月报"], ["填报单位", unit], ["报告期", "2023年6月"], *SIGNERS] for unit in ("民权县", "陇西县")
}
PLANS = ["计划开工时间", "开工日期", "到位资金", "中央资金", "专项债券", "企业自筹", "已支付资金", "所属清单"]


def campaign_projects() -> list[list[Any]]:
    """150 projects of seven periods in 万元, 132 of them on the province's platform, all started."""
    on_platform = spread("1283", [1] * 132)
    others = spread("146.6", [1] * 18)
    rows = []
    for number, amount in enumerate([*on_platform, *others], start=1):
        total = amount * 10_000
        name = "省市监管平台" if number <= len(on_platform) else "市列"
        figures = [float(total), 100, 10, 60, "是", "2023年3月", "2023年3月", 40, 10, 30, None, 20, name]
        rows.append([number, f"三个一批项目{number}", *figures])
    return rows


def other_projects() -> list[list[Any]]:
    """One project that has started, one that should have, one without a plan whose sources are not told."""
    return [
        [1, "渭河大桥", 1000, 100, 10, 50, "是", "2023年5月", "2023年5月", 100, 20, 80, None, 60, "市列"],
        [2, "中药饮片厂", 3000, 300, 0, 0, "否", "2023年6月", None, None, None, None, None, None, "市列"],
        [3, "污水处理厂", 500, 50, 0, 0, "否", None, None, 7, None, None, None, 0, "市列"],
    ]


SUMMARY = [["单位：亿元、个"], ["分类方式", "类别", "项目个数", "总投资", "年度计划投资"]]


def other_book(folder: Path, funnel: list[list[Any]]) -> WorkbookReading:
    return book(
        folder,
        name="陇西县2023年6月重大项目月报.xlsx",
        cover=COVERS["陇西县"],
        progress=progress(other_projects()),
        summary=[*SUMMARY, ["合计", "全部项目", 3, 0.45, 0.045]],
        more={FUNDS: [["单位：亿元、项"], FUNDS_HEADER, *funnel]},
        merges={FUNDS: ["A3:A5", "B3:B5"]},
    )


def progress(rows: list[list[Any]]) -> list[list[Any]]:
    return [[UNIT_LINE], [*HEADER, *PLANS], *rows]


@pytest.mark.publishes
@pytest.mark.usefixtures("own_counts")
def test_reports_of_two_counties_come_back_from_the_marts(engine: Engine, tmp_path: Path) -> None:
    campaign = campaign_book(
        tmp_path,
        batch_rows(),
        name="民权县2023年6月重大项目月报.xlsx",
        cover=COVERS["民权县"],
        progress=progress(campaign_projects()),
        summary=[*SUMMARY, ["合计", "全部项目", 150, 1429.6, 1.5], ["分清单", "省市监管平台", 132, 1283, 1.32]],
    )
    numbers = submit(engine, campaign, other_book(tmp_path, FUNNEL))
    judge_batch(engine)
    blocked = rows_of(engine, "select check_id, message_zh from audit.finding where severity = 'block'")
    assert (states(engine, numbers), blocked) == (["accepted", "accepted"], [])
    assert publish(engine) is not None

    assert_batches_come_back(engine)
    assert_funnel_comes_back(engine)
    assert_funds_come_back(engine)
    assert_starts_come_back(engine)

    submit(engine, other_book(tmp_path, [*FUNNEL[:2], [None, None, "国家反馈", 32, 100.87, 16.89], FUNNEL[3]]))
    judge_batch(engine)
    assert publish(engine) is not None
    assert_only_one_stage_was_written(engine)


def assert_batches_come_back(engine: Engine) -> None:
    """132 projects of seven periods by class, each period's number, and the eighth with 3 + 12 + 11."""
    seven = rows_of(
        engine,
        "select batch_class, sum(project_count) as project_count, sum(total_investment_wan) / 10000 as yi,"
        " sum(converted_count) as converted_count from marts.agg_batch_region_month"
        " where region_code = '411421' and batch_period not in ('8', 'all') group by batch_class",
    )
    found = {row["batch_class"]: (row["project_count"], row["yi"], row["converted_count"]) for row in seven}
    assert found == {
        "signed": (19, Decimal("132.9"), 19),
        "started": (58, Decimal("695.9"), 58),
        "production": (55, Decimal("454.2"), 55),
        "all": (132, 1283, 132),
    }
    by_period = rows_of(
        engine,
        "select batch_period, project_count from marts.agg_batch_region_month"
        " where region_code = '411421' and batch_class = 'all'",
    )
    assert {row["batch_period"]: row["project_count"] for row in by_period} == {
        **{str(number): sum(counts) for number, counts in enumerate(PERIODS, start=1)},
        "8": 26,
        "all": 158,
    }
    for region in ("411421", "411400", "410000", "100000"):
        eighth = rows_of(
            engine,
            "select batch_class, project_count, total_investment_wan / 10000 as yi, conversion_rate_pct"
            " from marts.agg_batch_region_month where region_code = :region and batch_period = '8'",
            region=region,
        )
        assert {row["batch_class"]: (row["project_count"], row["yi"]) for row in eighth} == {
            "signed": (3, 43),
            "started": (12, Decimal("137.7")),
            "production": (11, Decimal("193.8")),
            "all": (26, Decimal("374.5")),
        }
        assert {row["conversion_rate_pct"] for row in eighth} == {None}
    rates = rows_of(
        engine,
        'select "转化率名称" as name, "转化率(%)" as rate, "计算转化率的项目个数(个)" as base from bi."地区三个一批"'
        ' join bi."三个一批类别" using ("类别代码") where "地区代码" = \'411421\' and "期次代码" = \'all\'',
    )
    assert {row["name"]: (row["rate"], row["base"]) for row in rates} == {
        "签约开工率": (100, 19),
        "开工投产率": (100, 58),
        "投产达效率": (100, 55),
        None: (None, None),
    }
    stated = rows_of(
        engine,
        "select label, reported_value / 10000 as yi from marts.fct_reported_total"
        " where sheet = 'batches' and column_name = 'total_investment_wan' and row_number >= 34",
    )
    assert [row["yi"] for row in stated if row["label"] == "总计"] == [Decimal("1657.5")]
    assert sorted(row["yi"] for row in stated if row["label"] == "第一期至第七期合计") == [
        *sorted(Decimal(total) for total in CLASS_TOTALS),
        1283,
    ]
    lists = rows_of(
        engine,
        "select list_code, project_count, total_investment_wan / 10000 as yi from marts.agg_region_month"
        " where region_code = '411421'",
    )
    assert {row["list_code"]: (row["project_count"], row["yi"]) for row in lists} == {
        "all": (150, Decimal("1429.6")),
        "platform": (132, 1283),
        "city_listed": (18, Decimal("146.6")),
    }


def assert_funnel_comes_back(engine: Engine) -> None:
    """89 -> 57 -> 33 projects, and the application for money of the central budget."""
    rows = rows_of(
        engine,
        "select fund_channel, funnel_stage, project_count, total_investment_wan / 10000 as total,"
        " demand_wan / 10000 as demand, next_stage, round(next_count_pct, 2) as next_pct,"
        " round(next_demand_pct, 2) as demand_pct, round(first_count_pct, 2) as first_pct"
        " from marts.agg_bond_funnel_region_month where region_code = '620000' and cohort = '2024年'",
    )
    figures = {(row.pop("fund_channel"), row.pop("funnel_stage")): tuple(row.values()) for row in rows}
    bond = "special_bond"
    d = Decimal
    assert figures == {
        (bond, "submitted"): (89, d("232.89"), d("55.72"), "provincial_review", d("64.04"), d("62.63"), 100),
        (bond, "provincial_review"): (57, d("165.3"), d("34.9"), "national_reply", d("57.89"), d("48.40"), d("64.04")),
        (bond, "national_reply"): (33, d("100.87"), d("16.89"), None, None, None, d("37.08")),
        ("central_budget", "submitted"): (61, d("81.36"), d("47.48"), None, None, None, 100),
    }
    facts = rows_of(engine, "select distinct cohort, unit_code from marts.fct_bond_stage")
    assert facts == [{"cohort": "2024年", "unit_code": "621122"}]


def assert_funds_come_back(engine: Engine) -> None:
    """Sources add up to what has been received, a total without sources stays beside them, rates name denominators."""
    rows = rows_of(
        engine,
        "select fund_source, funded_count, received_wan, round(received_share_pct, 2) as share, paid_wan,"
        " round(received_of_total_pct, 4) as of_total, round(received_of_plan_pct, 4) as of_plan,"
        " round(paid_of_received_pct, 4) as paid_pct"
        " from marts.agg_fund_region_month where region_code = '621122'",
    )
    assert {row.pop("fund_source"): tuple(row.values()) for row in rows} == {
        "central": (1, 20, Decimal("18.69"), None, None, None, None),
        "bond": (1, 80, Decimal("74.77"), None, None, None, None),
        "unstated": (1, 7, Decimal("6.54"), None, None, None, None),
        "all": (2, 107, 100, 60, Decimal("2.3778"), Decimal("23.7778"), Decimal("56.0748")),
    }
    (nation,) = rows_of(
        engine,
        "select sum(received_wan) filter (where fund_source <> 'all') as parts,"
        " sum(received_wan) filter (where fund_source = 'all') as whole"
        " from marts.agg_fund_region_month where region_code = '100000'",
    )
    assert nation == {"parts": 6107, "whole": 6107}


def assert_starts_come_back(engine: Engine) -> None:
    """Of three projects one has started: half of the two that were planned to."""
    query = "select * from marts.agg_start_region_month where region_code = '621122' and list_code = 'all'"
    (row,) = rows_of(engine, query)
    assert [row[name] for name in ("project_count", "started_count", "planned_count", "planned_started_count")] == [
        3, 1, 2, 1,
    ]  # fmt: skip
    assert (row["unplanned_count"], row["started_this_year_count"]) == (1, 1)
    assert (row["start_rate_pct"], row["planned_start_rate_pct"]) == (Decimal("33.333333"), 50)


def assert_only_one_stage_was_written(engine: Engine) -> None:
    """One stage has changed: its row, in each region its own and that of the stage before, and no other row."""
    tables = ("fct_bond_stage", "fct_batch_month", "fct_fund_month", "agg_fund_unit_month", "agg_fund_region_month")
    tables += ("agg_batch_region_month", "agg_bond_funnel_region_month", "agg_start_unit_month")
    tables += ("agg_start_region_month", "dim_fund_source", "dim_funnel_stage", "dim_batch_period", "dim_batch_class")
    found = {}
    for table in tables:
        (row,) = rows_of(
            engine,
            "select count(*) filter (where published_from = 2) as written,"
            f" count(*) filter (where published_to = 2) as closed from history.{table}",
        )
        found[table] = (row["written"], row["closed"])
    assert found.pop("fct_bond_stage") == (1, 1)
    assert found.pop("agg_bond_funnel_region_month") == (8, 8)
    assert set(found.values()) == {(0, 0)}
