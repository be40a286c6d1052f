from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.reading.units import UNKNOWN_KIND, header_unit, read_unit_line
from taizhang.reading.vocabulary import vocabulary

LINES = [
    ("单位：万元、个、%", {"amount": "万元", "count": "个", "rate": "%"}),
    ("单位:亿元", {"amount": "亿元"}),
    ("单 位：万 元", {"amount": "万元"}),
    ("填报单位：陇西县   单位：万元", {"amount": "万元"}),
    ("填报单位：陇西县发改局，单位：万元 、 % 时间：2024年3月", {"amount": "万元", "rate": "%"}),
    ("金额单位：人民币万元", {"amount": "万元"}),
    ("单位：万元/个", {"amount": "万元", "count": "个"}),
    ("（单位：万元）", {"amount": "万元"}),
    ("陇西县项目进展表（单位：亿元）", {"amount": "亿元"}),
    ("项目进展(万元)", {"amount": "万元"}),
    ("万元", {"amount": "万元"}),
    ("注：金额单位均为万元", {"amount": "万元"}),
    ("填报单位：陇西县", {}),
    ("单位：陇西县", {}),
    ("陇西县万元大项目", {}),
    ("报送口径：县级", {}),
]


@pytest.mark.parametrize(("text", "units"), LINES, ids=[case[0] for case in LINES])
def test_unit_line(text: str, units: dict[str, str]) -> None:
    assert {kind: unit.unit for kind, unit in read_unit_line([text]).by_kind.items()} == units


def test_two_units_of_money_are_none() -> None:
    line = read_unit_line(["单位：亿元、万元"])
    assert line.unit("amount") is None
    assert line.states_unknown_money()


def test_the_same_unit_twice_is_one() -> None:
    line = read_unit_line(["单位：万元", "（万元）"])
    assert line.unit("amount") == vocabulary().units["万元"]
    assert not line.states_unknown_money()


def test_a_foreign_currency_is_unknown() -> None:
    line = read_unit_line(["单位：万美元"])
    assert line.unit("amount") is None
    assert line.states_unknown_money()


HEADERS = [
    ("总投资（亿元）", "亿元", "总投资"),
    ("总投资\n(万元)", "万元", "总投资"),
    ("总投资/亿元", "亿元", "总投资"),
    ("总投资：亿元", "亿元", "总投资"),
    ("总投资(单位:亿元)", "亿元", "总投资"),
    ("总投资 亿元", "亿元", "总投资"),
    ("总投资万元", "万元", "总投资"),
    ("总投资【元】", "元", "总投资"),
    ("占年度计划%", "%", "占年度计划"),
    ("占年度计划（％）", "%", "占年度计划"),
    ("项目个数(个)", "个", "项目个数"),
    ("万元", "万元", ""),
    ("项目个数", None, "项目个数"),
    ("所属单元", None, "所属单元"),
    ("县（市、区）", None, "县(市、区)"),
]


@pytest.mark.parametrize(("text", "unit", "label"), HEADERS, ids=[repr(case[0]) for case in HEADERS])
def test_header_unit(text: str, unit: str | None, label: str) -> None:
    found, rest = header_unit(text)
    assert (found.unit if found else None, rest) == (unit, label)


def test_a_unit_of_money_that_we_do_not_know_is_no_other() -> None:
    unit, label = header_unit("总投资（万美元）")
    assert unit is not None
    assert (unit.kind, unit.unit, label) == (UNKNOWN_KIND, "万美元", "总投资")


@given(
    st.sampled_from(sorted(vocabulary().units)),
    st.sampled_from(["总投资({})", "总投资（{}）", "总投资/{}", "总投资：{}"]),
)
def test_any_unit_in_any_header_style(name: str, style: str) -> None:
    assert header_unit(style.format(name)) == (vocabulary().units[name], "总投资")


@given(
    st.lists(st.sampled_from(["万元", "个", "%"]), min_size=1, max_size=3, unique=True),
    st.sampled_from(["、", "，", "/", " ", "；"]),
    st.sampled_from(["单位：", "单位:", "计量单位：", "填报单位：陇西县  单位："]),
)
def test_any_list_of_units_reads_back(names: list[str], separator: str, label: str) -> None:
    line = read_unit_line([label + separator.join(names)])
    assert {unit.unit for unit in line.by_kind.values()} == set(names)
    assert not line.unknown


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("元", "0.0001"), ("千元", "0.1"), ("万元", "1"), ("百万元", "100"), ("亿元", "10000"), ("万亿元", "100000000")],
)
def test_factor_to_the_stored_unit(unit: str, factor: str) -> None:
    assert vocabulary().units[unit].factor == Decimal(factor)
