"""An audit made by hand: a short report of 青禾县 with one relation of each verdict, and words that mean harm."""

from datetime import date
from decimal import Decimal

from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.model import (
    Audit,
    Damage,
    Figure,
    Interval,
    Mend,
    Period,
    Relation,
    Span,
    Verdict,
)

HARM = "<script>alert('甲')</script>"
TEXT = f"""青禾县2024年6月重点项目{HARM}通报
一、总体情况
全县安排重点项目86个，年度计划投资62.5亿元。1—6月累计完成投资29.8亿元，占年度计划的51.3%。
其中新建项目3H个，续建项目41个；新建项目完成率40.0%，比续建项目低7.7%。
二、问题
截至2024年8月2日，超560万元的项目均已开工。
"""
HALF_YEAR = Period(date(2024, 1, 1), date(2024, 7, 1), "1—6月")
YEAR = Period(date(2024, 1, 1), date(2025, 1, 1), "2024年")


def place(text: str) -> Span:
    """Where a text stands that the report has once."""
    assert TEXT.count(text) == 1, text
    return Span(TEXT.index(text), TEXT.index(text) + len(text))


def figure(
    number: int, text: str, value: str, unit: str, bounds: tuple[str, str], indicator: str, **more: object
) -> Figure:
    low, high = map(Decimal, bounds)
    interval = Interval(low, high, has_high=low == high)
    decimals = len(value.partition(".")[2])
    known = {"region": "青禾县", "region_code": "621199", "period": HALF_YEAR} | more
    return Figure(f"f{number}", text, place(text), Decimal(value), unit, decimals, interval, indicator, **known)  # type: ignore[arg-type]


FIGURES = (
    figure(1, "86个", "86", "个", ("86", "86"), "count"),
    figure(2, "62.5亿元", "625000", "万元", ("624500", "625500"), "annual_plan", period=YEAR),
    figure(3, "29.8亿元", "298000", "万元", ("297500", "298500"), "completed"),
    figure(4, "51.3%", "51.3", "%", ("51.25", "51.35"), "completion_rate"),
    figure(5, "3H个", "31", "个", ("31", "31"), "count", subject=("新建项目",), damage=Damage("3H个", "31个")),
    figure(6, "41个", "41", "个", ("41", "41"), "count", subject=("续建项目",)),
    figure(7, "40.0%", "40.0", "%", ("39.95", "40.05"), "completion_rate", subject=("新建项目",)),
    figure(8, "7.7%", "7.7", "%", ("7.65", "7.75"), "change"),
    figure(9, "超560万元", "560", "万元", ("560", "Infinity"), "size_threshold", period=None),
)


def relation(number: int, kind: str, ids: str, verdict: Verdict, reason: str, **more: object) -> Relation:
    known: dict[str, object] = {"stated": None, "computed": None, "formula": "", "confidence": Decimal("0.9")} | more
    return Relation(
        id=f"r{number}", kind=kind, figure_ids=tuple(ids.split()), verdict=verdict, reason_zh=reason, **known
    )  # type: ignore[arg-type]


RELATIONS = (
    relation(1, "mixture", "f4 f7", Verdict.CONSISTENT, "总体的比率51.3%在各分项的比率之间。"),
    relation(
        2,
        "rate",
        "f4 f3 f2",
        Verdict.CONTRADICTION,
        "29.8亿元÷62.5亿元得47.68%，报告写的是51.3%。",
        formula="完成率 = 完成投资 ÷ 年度计划投资 × 100%",
        stated=Interval(Decimal("51.25"), Decimal("51.35")),
        computed=Interval(Decimal("47.56"), Decimal("47.80")),
        mend=Mend("f4", "47.7%"),
        quotes=(place("累计完成投资29.8亿元"), place("占年度计划的51.3%")),
    ),
    relation(
        3,
        "part_whole_count",
        "f1 f5 f6",
        Verdict.RESIDUAL,
        "31个、41个合计72个，比86个少14个，其余未列出。",
        formula="总数 = 各分项之和",
        stated=Interval.exactly(Decimal(86)),
        computed=Interval.exactly(Decimal(72)),
    ),
    relation(4, "points_as_percent", "f8", Verdict.STYLE, "7.7%是两个百分数之差，应写作“个百分点”。"),
    relation(5, "implied_denominator", "f7", Verdict.IMPLIED, "报告没有写出分母，由40.0%推算。"),
    relation(
        6,
        "date_outside_period",
        "",
        Verdict.CONTRADICTION,
        "2024年8月2日晚于报告期末，却写作已经发生。",
        quotes=(place("2024年8月2日"),),
    ),
)


def made_report(**more: object) -> AuditedReport:
    """The report as a file would give it."""
    known: dict[str, object] = {
        "file_name": "青禾县2024年6月通报.txt",
        "sha256": "ab" * 32,
        "byte_size": 600,
        "document_kind": "txt",
        "audit": Audit("青禾县2024年6月通报.txt", TEXT, FIGURES, RELATIONS),
        "month": date(2024, 6, 1),
        "region": "青禾县",
        "region_code": "621199",
    }
    return AuditedReport(**(known | more))  # type: ignore[arg-type]
