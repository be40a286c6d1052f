from datetime import date

import pytest

from taizhang.report_audit.figures import find_figures
from taizhang.report_audit.findings import Context, Findings, Grouping
from taizhang.report_audit.model import Figure


def by_text(findings: Findings, text: str) -> tuple[Figure, Context]:
    figure = next(figure for figure in findings.figures if figure.text == text)
    return figure, findings.contexts[figure.id]


def subjects(text: str) -> list[tuple[str, ...]]:
    return [figure.subject for figure in find_figures(text).figures]


ROOT = "全县安排重点项目86个，总投资214.6亿元。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("其中：新建项目34个，续建项目41个。", [("重点项目", "新建项目"), ("重点项目", "续建项目")]),
        (
            "其中省级项目18个、市级项目9个，完成投资5亿元。",
            [("重点项目", "省级项目"), ("重点项目", "市级项目"), ("重点项目",)],
        ),
        ("其中工业5个，农业3个。", [("重点项目", "工业"), ("重点项目", "农业")]),
        ("第一期开工51个；第二期开工42个。", [("重点项目", "第一期"), ("重点项目", "第二期")]),
        ("产业类项目43个，完成投资15.2亿元。", [("重点项目", "产业类项目")] * 2),
        ("其中18个省级项目完成投资3亿元。", [("重点项目", "省级项目")] * 2),
        ("新建项目已开工27个，开工率79.4%。", [("重点项目", "新建项目")] * 2),
        ("新建、续建项目分别为34个、41个。", [("新建项目",), ("续建项目",)]),
        ("列入市级清单的52个项目完成投资4亿元。", [("市级清单",)] * 2),
        ("县城污水处理厂扩建项目，总投资1.86亿元。", [("县城污水处理厂扩建项目",)]),
        ("省级12个（新建5个、续建7个），总投资9亿元。", [("省级",), ("省级", "新建"), ("省级", "续建"), ("省级",)]),
        ("其中新开工21项，续建37项。", [("重点项目", "新开工"), ("重点项目", "续建")]),
        ("其中：上级资金6亿元，债券资金5亿元。", [("重点项目", "上级资金"), ("重点项目", "债券资金")]),
        ("(1)工业类：项目23个。", [("重点项目", "工业类")]),
        ("投产率100%第二期共7个", [("重点项目",), ("重点项目", "第二期")]),
    ],
)
def test_subjects_are_carried_and_divided(text: str, expected: list[tuple[str, ...]]) -> None:
    assert subjects(ROOT + text)[2:] == expected


def test_a_heading_is_the_subject_of_what_stands_under_it() -> None:
    text = "一、产业项目推进情况\n共43个，总投资15.2亿元。\n二、民生项目推进情况\n共18个。"
    assert subjects(text) == [("产业项目",), ("产业项目",), ("民生项目",)]


def test_items_below_a_colon_divide_what_stands_above() -> None:
    findings = find_figures(
        f"{ROOT}分类别看：\n1.工业项目50个，总投资100亿元；\n2.农业项目36个，总投资114.6亿元。\n全县共完成投资9亿元。"
    )
    _, industry = by_text(findings, "50个")
    _, farming = by_text(findings, "114.6亿元")
    last, whole = by_text(findings, "9亿元")
    assert (industry.grouping, industry.whole) == (Grouping.EXHAUSTIVE, ("重点项目",))
    assert industry.group == farming.group
    assert farming.dimensions == ("list", "class")
    assert (last.subject, whole.grouping) == (("重点项目",), None)


@pytest.mark.parametrize(
    ("text", "grouping"),
    [
        ("，其中新建34个", Grouping.OF_WHICH),
        ("，分为新建34个", Grouping.EXHAUSTIVE),
        ("，按性质分，新建34个", Grouping.EXHAUSTIVE),
        ("，新建34个", None),
    ],
)
def test_how_parts_belong_to_the_whole(text: str, grouping: Grouping | None) -> None:
    _, context = by_text(find_figures(f"全县安排重点项目86个{text}。"), "34个")
    assert context.grouping == grouping


def test_a_part_without_words_of_its_own_is_of_what_the_whole_is_of() -> None:
    findings = find_figures(f"{ROOT}年度计划投资71.6亿元，其中产业项目44.3亿元、城市更新项目15.9亿元。")
    assert by_text(findings, "44.3亿元")[0].indicator == "annual_plan"
    assert by_text(findings, "15.9亿元")[0].indicator == "annual_plan"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("已开工27个", "started"),
        ("27个项目已开工", "started"),
        ("新增开工项目27个", "newly_started"),
        ("已入库纳统27个", "entered"),
        ("上报27个", "submitted"),
        ("通过省级审核27个", "approved"),
        ("国家反馈项目27个", "fed_back"),
        ("项目27个", None),
    ],
)
def test_the_step_that_was_reached(text: str, stage: str | None) -> None:
    assert by_text(find_figures(f"{ROOT}{text}。"), "27个")[1].stage == stage


@pytest.mark.parametrize(
    ("text", "population"),
    [
        ("打包项目27个", "packed"),
        ("拆分后子项目27个", "split"),
        ("纳入省级平台27个", "in_platform"),
        ("未纳入27个", "outside_platform"),
        ("工业项目27个", None),
    ],
)
def test_grains_and_coverages_are_told_apart(text: str, population: str | None) -> None:
    figure, context = by_text(find_figures(f"{ROOT}其中{text}。"), "27个")
    assert context.population == population
    assert len(figure.subject) == 2


@pytest.mark.parametrize(
    ("words", "first", "after"),
    [
        ("1—6月", date(2024, 1, 1), date(2024, 7, 1)),
        ("截至8月底", date(2024, 1, 1), date(2024, 9, 1)),
        ("截至8月15日", date(2024, 1, 1), date(2024, 8, 16)),
        ("上半年", date(2024, 1, 1), date(2024, 7, 1)),
        ("一季度", date(2024, 1, 1), date(2024, 4, 1)),
        ("前三季度", date(2024, 1, 1), date(2024, 10, 1)),
        ("9月当月", date(2024, 9, 1), date(2024, 10, 1)),
        ("二〇二三年", date(2023, 1, 1), date(2024, 1, 1)),
        ("2023年", date(2023, 1, 1), date(2024, 1, 1)),
        ("今年", date(2024, 1, 1), date(2025, 1, 1)),
        ("下半年", date(2024, 7, 1), date(2025, 1, 1)),
        ("去年1—6月", date(2023, 1, 1), date(2023, 7, 1)),
    ],
)
def test_periods_of_a_report_of_2024(words: str, first: date, after: date) -> None:
    findings = find_figures(f"青禾县2024年重点项目建设情况\n{words}，全县完成投资5亿元。")
    period = findings.figures[0].period
    assert period is not None
    assert (period.start, period.end, period.label) == (first, after, words)


def test_the_month_is_known_without_the_year() -> None:
    findings = find_figures("截至8月底，完成投资5亿元。")
    figure, context = by_text(findings, "5亿元")
    assert (figure.period, context.until_month, findings.month) == (None, 8, 8)


def test_the_same_time_of_last_year_is_a_year_before() -> None:
    findings = find_figures("湖岭市2024年一季度分析\n完成投资58.6亿元，上年同期为49.2亿元。")
    period = by_text(findings, "49.2亿元")[0].period
    assert period is not None
    assert (period.start, period.end) == (date(2023, 1, 1), date(2023, 4, 1))


def test_a_month_that_the_caller_knows_goes_before_the_report() -> None:
    findings = find_figures("今年以来，完成投资5亿元。", month=date(2024, 8, 1))
    period = findings.figures[0].period
    assert period is not None
    assert (period.start, period.end) == (date(2024, 1, 1), date(2024, 9, 1))


def test_the_region_of_the_title_and_those_that_clauses_name() -> None:
    findings = find_figures("弥勒市2024年通报\n全市完成投资8亿元，其中青山镇完成投资5亿元，白水镇完成投资3亿元。")
    assert [(figure.region, figure.region_code) for figure in findings.figures] == [
        ("弥勒市", "532504"),
        ("青山镇", None),
        ("白水镇", None),
    ]


def test_regions_among_parts_divide_the_whole() -> None:
    findings = find_figures("弥勒市2024年通报\n全市重点项目共21个，其中青山镇12个、白水镇9个。")
    parts = [(figure.region, findings.contexts[figure.id].grouping) for figure in findings.figures[1:]]
    assert parts == [("青山镇", Grouping.OF_WHICH), ("白水镇", Grouping.OF_WHICH)]


def test_steps_with_their_dates_and_projects() -> None:
    text = "河湾县2024年情况\n高铁片区路网项目，2024年1月取得施工许可证，2月开工，计划10月竣工。"
    events = find_figures(text).events
    assert [(event.kind, event.project, event.period.start, event.is_planned) for event in events] == [
        ("building_permit", "高铁片区路网项目", date(2024, 1, 1), False),
        ("started", "高铁片区路网项目", date(2024, 2, 1), False),
        ("finished", "高铁片区路网项目", date(2024, 10, 1), True),
    ]
    assert text[events[1].span.start : events[1].span.end] == "2月开工"


TABLE = """附表
单位：万元
序号\t类别\t项目数\t总投资\t完成率（%）
1\t工业\t12\t3,400\t45.6
2\t农业\t8\t1,200\t
\t合计\t20\t4,600\t45.0"""


def test_a_table_in_the_text() -> None:
    findings = find_figures(TABLE)
    assert [(figure.text, figure.unit, figure.indicator, figure.subject) for figure in findings.figures] == [
        ("12", "个", "count", ("工业",)),
        ("3,400", "万元", "total_investment", ("工业",)),
        ("45.6", "%", "completion_rate", ("工业",)),
        ("8", "个", "count", ("农业",)),
        ("1,200", "万元", "total_investment", ("农业",)),
        ("20", "个", "count", ()),
        ("4,600", "万元", "total_investment", ()),
        ("45.0", "%", "completion_rate", ()),
    ]
    cells = [findings.contexts[figure.id].cell for figure in findings.figures]
    assert [cell.is_total_row for cell in cells if cell] == [False] * 5 + [True] * 3


def test_money_of_a_table_without_a_unit_is_not_guessed() -> None:
    findings = find_figures("附表\n类别\t项目数\t总投资\n工业\t12\t3400")
    assert [figure.text for figure in findings.figures] == ["12"]


@pytest.mark.parametrize(
    "rows",
    [
        "类别  项目数\n工业    12\n农业    8",
        "类别\t\t项目数\n工业\t12\n农业\t\t8",
        "|类别|项目数|\n|工业|12|\n|农业|8|",
    ],
    ids=["blanks", "several tabs", "bars"],
)
def test_how_the_columns_of_a_table_are_parted(rows: str) -> None:
    assert [(figure.text, figure.subject) for figure in find_figures(rows).figures] == [
        ("12", ("工业",)),
        ("8", ("农业",)),
    ]


def test_a_line_with_wide_blanks_is_no_table() -> None:
    assert subjects("全县安排重点项目86个  总投资5亿元") == [("重点项目",)] * 2


def test_several_reports_in_one_text_are_read_each_by_itself() -> None:
    text = "篇一 青禾县2023年一季度报告\n完成投资5亿元。\n篇二 白石县2024年上半年报告\n完成投资6亿元。"
    findings = find_figures(text)
    found = [(figure.region, figure.period.start.year if figure.period else 0) for figure in findings.figures]
    assert found == [("青禾县", 2023), ("白石县", 2024)]
    assert [findings.contexts[figure.id].part for figure in findings.figures] == [0, 1]


def test_sentences_are_counted_as_the_contexts_count_them() -> None:
    text = "全县项目86个。其中新建34个。\n二、进展\n完成投资5亿元。\n附表\n类别\t个数\n工业\t12\n总投资9亿元。"
    findings = find_figures(text)
    for figure in findings.figures:
        span = findings.sentences[findings.contexts[figure.id].sentence]
        assert span.start <= figure.span.start < figure.span.end <= span.end


def test_targets_are_told_apart_from_what_was_reached() -> None:
    findings = find_figures("完成投资5亿元，力争完成投资9亿元。")
    assert [findings.contexts[figure.id].is_announced for figure in findings.figures] == [False, True]
