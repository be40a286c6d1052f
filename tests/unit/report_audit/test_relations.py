from datetime import date
from decimal import Decimal

import pytest

from taizhang.report_audit import audit
from taizhang.report_audit.model import Audit, Relation, Verdict


def relations(text: str, kind: str, *, month: date | None = None) -> list[Relation]:
    return [one for one in audited(text, month).relations if one.kind == kind]


def audited(text: str, month: date | None = None) -> Audit:
    return audit("report", text, month=month)


def verdicts(text: str, kind: str, *, month: date | None = None) -> list[Verdict]:
    return [one.verdict for one in relations(text, kind, month=month)]


HEAD = "北岭县2024年1—8月重点项目推进情况\n"
LIST = HEAD + "全县实施重点项目{n}个，总投资{t}亿元，其中产业类项目48个、基础设施类项目30个、民生类项目22个。"


@pytest.mark.parametrize(
    ("n", "verdict"),
    [(100, Verdict.CONSISTENT), (104, Verdict.RESIDUAL), (96, Verdict.CONTRADICTION)],
)
def test_parts_behind_of_which_need_not_be_all_but_cannot_be_more(n: int, verdict: Verdict) -> None:
    assert verdicts(LIST.format(n=n, t="86.5"), "part_whole_count") == [verdict]


def test_a_list_that_ties_in_counts_must_tie_in_amounts() -> None:
    text = HEAD + (
        "全县实施重点项目60个，总投资90.0亿元。\n1.工业项目25个，总投资41.2亿元；\n2.农业项目15个，总投资18.3亿元；\n"
        "3.服务业项目20个，总投资35.5亿元。"
    )
    assert verdicts(text, "part_whole_count") == [Verdict.CONSISTENT]
    (amount,) = relations(text, "part_whole_amount")
    assert amount.verdict is Verdict.CONTRADICTION
    assert "95.0亿元" in amount.reason_zh
    assert amount.stated is not None
    assert amount.computed is not None
    assert (amount.stated.low, amount.stated.high) == (Decimal(899500), Decimal(900500))
    assert amount.computed.low == 948500


def test_two_grains_are_not_added() -> None:
    text = HEAD + "全县谋划项目90个，其中打包项目40个，拆分后为子项目130个。"
    assert relations(text, "part_whole_count") == []


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [("84.0", Verdict.CONSISTENT), ("83.9", Verdict.CONSISTENT), ("86.0", Verdict.CONTRADICTION)],
)
def test_a_rate_is_what_its_figures_make_it(rate: str, verdict: Verdict) -> None:
    text = HEAD + f"1—8月完成投资42.5亿元，占年度计划50.6亿元的{rate}%。"
    assert verdicts(text, "rate") == [verdict]


def test_a_rate_above_one_hundred_is_none() -> None:
    text = HEAD + "1—8月完成投资55.2亿元，占年度计划50.6亿元的109.1%。"
    assert verdicts(text, "rate") == [Verdict.CONSISTENT]


def test_the_rate_is_what_a_wrong_rate_is_mended_by() -> None:
    text = HEAD + "截至8月底，新建项目40个，已开工33个，开工率72.5%。"
    (rate,) = relations(text, "rate")
    assert rate.verdict is Verdict.CONTRADICTION
    assert rate.mend is not None
    assert rate.mend.printed == "82.5%"
    assert rate.formula == "33个 ÷ 40个 × 100% = 72.5%"


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [("超序时进度5.3个百分点", Verdict.CONSISTENT), ("超序时进度8.3个百分点", Verdict.CONTRADICTION),
     ("低于序时进度5.3个百分点", Verdict.CONTRADICTION)],
)  # fmt: skip
def test_a_gap_is_the_rate_less_the_month_and_has_a_sign(gap: str, verdict: Verdict) -> None:
    text = HEAD + f"1—8月完成投资36.0亿元，占年度计划50.0亿元的72.0%，{gap}。"
    assert verdicts(text, "schedule_gap") == [verdict]


def test_the_month_of_the_caller_tells_where_the_report_does_not() -> None:
    text = "重点项目推进情况\n全区重点项目完成投资36.0亿元，占年度计划50.0亿元的72.0%，超序时进度13.7个百分点。"
    assert verdicts(text, "schedule_gap", month=date(2024, 7, 1)) == [Verdict.CONSISTENT]
    assert verdicts(text, "schedule_gap", month=date(2024, 8, 1)) == [Verdict.CONTRADICTION]


def test_points_called_percent_are_bad_style_and_no_contradiction() -> None:
    text = HEAD + "1—8月完成投资36.0亿元，占年度计划50.0亿元的72.0%，超序时进度5.3%。"
    assert verdicts(text, "points_as_percent") == [Verdict.STYLE]
    assert verdicts(text, "schedule_gap") == [Verdict.CONSISTENT]


@pytest.mark.parametrize(("growth", "verdict"), [("20%", Verdict.CONSISTENT), ("25%", Verdict.CONTRADICTION)])
def test_growth_is_over_last_year(growth: str, verdict: Verdict) -> None:
    text = HEAD + f"1—8月完成投资36.0亿元，上年同期为30.0亿元，同比增长{growth}。"
    assert verdicts(text, "growth") == [verdict]


def test_times_and_doubling_are_growth() -> None:
    text = HEAD + "新能源项目完成投资8.6亿元，上年同期2.0亿元，增长3.3倍。"
    assert verdicts(text, "growth") == [Verdict.CONSISTENT]


@pytest.mark.parametrize(("whole", "verdict"), [("60.1", Verdict.CONSISTENT), ("72.0", Verdict.CONTRADICTION)])
def test_a_whole_lies_between_its_parts(whole: str, verdict: Verdict) -> None:
    text = HEAD + f"全县重点项目完成年度投资计划的{whole}%，其中续建项目完成65.2%，新建项目完成51.8%。"
    assert verdicts(text, "mixture") == [verdict]


def test_a_funnel_does_not_widen() -> None:
    text = HEAD + "上报专项债券项目64项，债券需求46.5亿元；通过省级审核41项，债券需求48.2亿元；国家反馈通过30项。"
    found = relations(text, "funnel")
    assert [one.verdict for one in found].count(Verdict.CONTRADICTION) == 1
    (broken,) = (one for one in found if one.verdict is Verdict.CONTRADICTION)
    assert broken.formula == "48.2亿元 ≤ 46.5亿元"


def test_no_more_is_paid_than_came() -> None:
    text = HEAD + "到位债券资金8.35亿元，已支付8.92亿元。"
    assert verdicts(text, "paid_received") == [Verdict.CONTRADICTION]


def test_the_year_to_date_goes_on_from_the_month_before() -> None:
    text = HEAD + "1—7月累计完成投资30.4亿元，8月当月完成投资5.1亿元，1—8月累计完成投资{}亿元。"
    assert verdicts(text.format("35.5"), "year_to_date") == [Verdict.CONSISTENT]
    assert verdicts(text.format("36.9"), "year_to_date") == [Verdict.CONTRADICTION]


def test_a_unit_that_sets_an_amount_apart_is_a_slip() -> None:
    text = HEAD + (
        "县级项目30个，总投资80.2亿元，年度计划投资20.5亿元；市级项目12个，总投资50.3亿元，年度计划投资12.8元；"
        "省级项目3个，总投资20.1亿元，年度计划投资6.4亿元。"
    )
    (slip,) = relations(text, "unit_slip")
    assert slip.mend is not None
    assert slip.mend.printed == "12.8亿元"


def test_a_copied_sentence_with_another_figure_is_seen() -> None:
    sentence = "截至8月底全县纳入市级清单的重点项目共有52个，总投资86.4亿元，累计完成投资{}亿元，已竣工投产项目11个。\n"
    same = relations(HEAD + sentence.format("41.2") + sentence.format("41.2"), "repeated_text")
    assert {one.verdict for one in same} == {Verdict.CONSISTENT}
    other = relations(HEAD + sentence.format("41.2") + sentence.format("44.2"), "repeated_text")
    assert [one.verdict for one in other] == [Verdict.CONTRADICTION]


def test_shares_of_one_breakdown_fill_no_more_than_the_whole() -> None:
    text = HEAD + "从资金来源看，财政资金占35.2%，银行贷款占40.6%，企业自筹占31.4%。"
    assert verdicts(text, "shares_over_100") == [Verdict.CONTRADICTION]


def test_dates_are_compared_with_the_report_and_with_each_other() -> None:
    text = (
        "河口区2024年上半年项目情况\n"
        "城北学校项目2024年3月开工建设，2024年5月取得施工许可证，2024年9月主体工程已完工。\n"
    )
    assert verdicts(text, "permit_after_start") == [Verdict.CONTRADICTION]
    assert verdicts(text, "date_outside_period") == [Verdict.CONTRADICTION]


def test_what_is_to_come_is_not_too_late() -> None:
    text = "河口区2024年上半年项目情况\n城北学校项目计划2024年9月开工建设，预计2024年12月完成主体工程。\n"
    assert relations(text, "date_outside_period") == []


def test_a_deadline_lies_behind_the_day_of_issue() -> None:
    text = "关于报送项目计划的通知\n各乡镇于{}前将项目计划报县发展改革局汇总。\n2024年3月20日"
    assert verdicts(text.format("3月10日"), "deadline_before_issue") == [Verdict.CONTRADICTION]
    assert relations(text.format("3月30日"), "deadline_before_issue") == []


def test_rows_of_a_table_add_up_to_its_total() -> None:
    text = "附表\n\n行业\t项目数\t总投资（亿元）\n工业\t18\t62.4\n农业\t25\t88.7\n旅游\t9\t31.6\n合计\t52\t{}\n"
    assert verdicts(text.format("182.7"), "part_whole_amount") == [Verdict.CONSISTENT]
    (broken,) = relations(text.format("128.7"), "part_whole_amount")
    assert broken.verdict is Verdict.CONTRADICTION
    # Two digits exchanged explain it, and no other figure would by one slip.
    assert broken.mend is not None
    assert broken.mend.printed == "182.7"


def test_a_figure_that_cannot_be_read_is_what_the_others_leave() -> None:
    text = HEAD + "第八期项目共29个，总投资374.5亿元，其中产业项目3个、农业项目15个、民生项目H个。"
    (relation,) = relations(text, "part_whole_count")
    assert relation.verdict is Verdict.CONSISTENT
    (relation,) = relations(text.replace("29", "32"), "part_whole_count")
    assert relation.verdict is Verdict.IMPLIED
    assert relation.mend is not None
    assert relation.mend.printed == "14个"
    assert "H个" in relation.reason_zh


def test_a_denominator_that_nobody_prints_is_implied() -> None:
    text = HEAD + "城北水厂扩建工程累计完成投资3102万元，占总投资的54.1%。"
    (relation,) = relations(text, "implied_denominator")
    assert relation.verdict is Verdict.IMPLIED
    assert "5734万元" in relation.reason_zh
    assert relation.computed is not None
    assert relation.computed.low < Decimal("5733.8") < relation.computed.high


def test_about_and_over_contradict_nothing() -> None:
    text = HEAD + "全县实施重点项目约100个，其中产业类项目48个、基础设施类项目30个、民生类项目27个。"
    assert Verdict.CONTRADICTION not in verdicts(text, "part_whole_count")


def test_every_relation_tells_its_figures_and_a_sentence() -> None:
    found = audited(LIST.format(n=96, t="86.5"))
    ids = {figure.id for figure in found.figures}
    assert found.relations
    for number, relation in enumerate(found.relations, 1):
        assert relation.id == f"r{number}"
        assert set(relation.figure_ids) <= ids
        assert relation.reason_zh.endswith("。")
        assert relation.quotes
        assert 0 < relation.confidence <= 1
