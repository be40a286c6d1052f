from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.report_audit.figures import find_figures
from taizhang.report_audit.model import Figure, Interval
from taizhang.report_audit.wording import units


def only(text: str) -> Figure:
    figures = find_figures(text).figures
    assert [figure.text for figure in figures] == [figures[0].text]
    return figures[0]


def interval(low: str, high: str, has_high: bool = False) -> Interval:
    return Interval(Decimal(low), Decimal(high), has_high)


CASES = {
    "decimals": ("总投资561.7亿元", "561.7亿元", "5617000", "万元", interval("5616500", "5617500")),
    "thousands": ("总投资1,850万元", "1,850万元", "1850", "万元", interval("1849.5", "1850.5")),
    "line before": ("总投资\n86.5亿元", "86.5亿元", "865000", "万元", interval("864500", "865500")),
    "traditional": ("總投資86.5億元", "86.5億元", "865000", "万元", interval("864500", "865500")),
    "myriad alone": ("总投资5亿", "5亿", "50000", "万元", interval("45000", "55000")),
    "mixed": ("完成投资3亿2000万元", "3亿2000万元", "32000", "万元", interval("31999.5", "32000.5")),
    "mixed places": ("投资45亿7千万元", "45亿7千万元", "457000", "万元", interval("456500", "457500")),
    "letters before": ("某县XX10万千瓦风电项目", "10万千瓦", "10", "万千瓦", interval("9.5", "10.5")),
    "yuan": ("支出52.7元", "52.7元", "0.00527", "万元", interval("0.005265", "0.005275")),
    "numeral": ("项目三十六个", "三十六个", "36", "个", interval("36", "36", True)),
    "pieces are one unit": ("项目126项", "126项", "126", "个", interval("126", "126", True)),
    "percent": ("开工率79.4%", "79.4%", "79.4", "%", interval("79.35", "79.45")),
    "percent in words": ("完成百分之四十一", "百分之四十一", "41", "%", interval("40.5", "41.5")),
    "tenths": ("占总投资的三成", "三成", "30", "%", interval("25", "35")),
    "times more": ("增长3.3倍", "3.3倍", "330", "%", interval("325", "335")),
    "points in numerals": ("提前两个百分点", "两个百分点", "2", "个百分点", interval("1.5", "2.5")),
    "people": ("带动就业1.2万人", "1.2万人", "1.2", "万人", interval("1.15", "1.25")),
    "area": ("整治农田100亩", "100亩", "100", "亩", interval("99.5", "100.5")),
    "range": ("投资3—5亿元", "3—5亿元", "40000", "万元", interval("25000", "55000")),
    "and above": ("项目100个以上", "100个", "100", "个", interval("100", "Infinity", True)),
    "under": ("不足30个项目", "30个", "30", "个", interval("0", "30", True)),
    "and some": ("项目70余个", "70余个", "70", "个", interval("70", "80")),
    "about": ("实施项目约420个", "420个", "420", "个", interval("399", "441", True)),
}


@pytest.mark.parametrize(("text", "printed", "value", "unit", "between"), CASES.values(), ids=CASES.keys())
def test_value_unit_and_interval(text: str, printed: str, value: str, unit: str, between: Interval) -> None:
    figure = only(text)
    assert (figure.text, figure.value, figure.unit, figure.interval) == (printed, Decimal(value), unit, between)
    assert text[figure.span.start : figure.span.end] == printed


@pytest.mark.parametrize(
    "text",
    [
        "国发〔2024〕12号",
        "沿G30线和S206线",
        "2024年6月18日至20日开会",
        "截至8月底",
        "二〇二四年四月",
        "第3页 共10页",
        "联系电话：0871-65123456",
        "手机13800138000",
        '坚持"1234"工作法',
        "落实“三个一批”要求",
        "落实三个清单",
        "一个项目一个专班",
        "县委十七届十一次全会",
        "千名干部进百家企业",
        "“十四五”规划",
        "第一产业和第三产业",
        "详见www.example.cn/2024/12个.html",
        "邮编：748100",
        "经过十余项程序",
        "用三分之一的时间",
        "利用外资3500万美元",
    ],
)
def test_numbers_that_are_no_figures(text: str) -> None:
    assert find_figures(text).figures == ()


@pytest.mark.parametrize(
    ("text", "value", "indicator"),
    [
        ("慢于序时进度1.5个百分点", "-1.5", "schedule_gap"),
        ("比序时进度低1.4个百分点", "-1.4", "schedule_gap"),
        ("超序时7.7个百分点", "7.7", "schedule_gap"),
        ("超时序进度3.8%", "3.8", "schedule_gap"),
        ("与序时进度持平", "0", "schedule_gap"),
        ("同比下降22%", "-22", "growth"),
        ("与上年同期持平", "0", "growth"),
        ("比去年同期翻一番", "100", "growth"),
        ("较上年提高2.1个百分点", "2.1", "change"),
        ("较上年回落2.1个百分点", "-2.1", "change"),
        ("是上年同期的3.3倍", "330", "multiple"),
        ("比上月增加12个", "12", "difference"),
    ],
)
def test_gaps_and_growth_have_the_sign_of_their_words(text: str, value: str, indicator: str) -> None:
    figure = only(text)
    assert (figure.value, figure.indicator) == (Decimal(value), indicator)
    assert figure.interval.low <= figure.value <= figure.interval.high


@pytest.mark.parametrize(
    ("text", "indicators"),
    [
        ("总投资5亿元，年度计划投资2亿元，完成投资1亿元", ["total_investment", "annual_plan", "completed"]),
        ("计划总投资5亿元，当年计划完成投资2亿元", ["total_investment", "annual_plan"]),
        ("完成投资1亿元，占年度计划2亿元的50%", ["completed", "annual_plan", "completion_rate"]),
        ("累计完成投资1亿元，占总投资的20%", ["completed", "total_completion_rate"]),
        ("产业项目5个，占项目总数的50%", ["count", "share"]),
        ("债券需求5亿元，已发行3亿元，到位2亿元，支付1亿元", ["demand", "issued", "in_place", "paid"]),
        ("开工率50%，入库率40%，签约开工率30%", ["start_rate", "storage_rate", "conversion_rate"]),
        ("资金到位率由61.2%提高到72.5%", ["rate", "in_place_rate"]),
        ("固定资产投资完成8亿元，上年同期为7亿元", ["fai", "last_year"]),
        ("确保完成投资55亿元", ["target"]),
        ("5000万元以上项目12个", ["size_threshold", "count"]),
        ("完成投资12.1亿元、8.2亿元", ["completed", "completed"]),
        ("完成年度目标任务(60亿元)的65.8%", ["annual_plan", "completion_rate"]),
        ("申请额度26.7亿元，已发行9个、8.6亿元", ["demand", "count", "issued"]),
        ("目前形象进度35%，履约率103%", ["physical_progress", "fulfilment_rate"]),
    ],
)
def test_what_a_figure_is_of(text: str, indicators: list[str]) -> None:
    assert [figure.indicator for figure in find_figures(text).figures] == indicators


@pytest.mark.parametrize(
    ("text", "printed", "read_as", "value"),
    [
        ("共有项目126H，其中", "126H", "126个", "126"),
        ("投产项目H个", "H个", "11个", "11"),
        ("完成投资5O.6亿元", "5O.6亿元", "50.6亿元", "506000"),
        ("投资完成率9l.3%", "9l.3%", "91.3%", "91.3"),
        ("投产率100%o第二期", "100%o", "100%", "100"),
    ],
)
def test_letters_that_stand_for_digits_and_units(text: str, printed: str, read_as: str, value: str) -> None:
    figure = only(text)
    assert figure.damage is not None
    assert (figure.damage.printed, figure.damage.read_as, figure.value) == (printed, read_as, Decimal(value))


def test_an_undamaged_figure_has_no_damage() -> None:
    assert only("完成投资50.6亿元").damage is None


def test_page_furniture_between_lines_is_read_around() -> None:
    text = "全县共有项目126个，总投资\n— 4 —\n214.6亿元。\n第5页\n其中工业58个"
    assert [figure.text for figure in find_figures(text).figures] == ["126个", "214.6亿元", "58个"]


def test_pinyin_put_into_the_text_is_read_around() -> None:
    figure = only("房地產(chǎn)開發(fā)投資增長3.3倍")
    assert (figure.subject, figure.indicator) == (("房地产开发投资",), "growth")


AMOUNTS = ["元", "万元", "亿元", "%", "个百分点"]


@given(
    st.decimals(min_value=0, max_value=10**6, places=2).flatmap(
        lambda value: st.integers(0, 4).map(lambda places: value.quantize(Decimal(1).scaleb(-places)))
    ),
    st.sampled_from(AMOUNTS),
    st.sampled_from(["总投资{}", "（一）产业项目。总投资{}，完成{}。", "截至8月底，\n完成 {} ，占{}。"]),
)
def test_a_printed_figure_means_what_rounds_to_it(value: Decimal, unit: str, sentence: str) -> None:
    factor = units()[unit].factor
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    half = factor * Decimal(10) ** exponent / 2
    text = sentence.replace("{}", f"{value:f}{unit}")
    figures = find_figures(text).figures
    assert len(figures) == sentence.count("{}")
    for figure in figures:
        assert figure.value == value * factor
        assert (figure.interval.low, figure.interval.high) == (value * factor - half, value * factor + half)
        assert not figure.interval.has_high
        assert text[figure.span.start : figure.span.end] == figure.text


WORDS = (
    "总投资 项目 12 3.5 亿元 个 % 其中 ， 。 、 第三期 一 十二 约 （ ） 年 2024年 1—6月 占 的 完成 同比增长 倍 l O H "
    "分别为 翻番 (chǎn) “ ”"
)
PIECES = st.sampled_from([*WORDS.split(), "\n", "\t", " "])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_whatever_stands_in_a_text_spans_cut_out_exactly_the_figures(text: str) -> None:
    found = find_figures(text)
    ends = 0
    for figure in found.figures:
        assert text[figure.span.start : figure.span.end] == figure.text != ""
        assert figure.span.start >= ends
        assert figure.interval.low <= figure.value <= figure.interval.high
        ends = figure.span.end
    assert found.contexts.keys() == {figure.id for figure in found.figures}


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for figure in find_figures(text).figures:
        assert text[figure.span.start : figure.span.end] == figure.text
