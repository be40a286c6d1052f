"""Figures of reports against published figures, and audited reports in the mart."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import publish
from taizhang.publication.figures import NothingPublishedError, figures
from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.marts import KIND, compare
from taizhang.report_audit.model import Audit, Figure, Interval, Period, Relation, Span, Verdict
from taizhang.report_audit.published_figures import measures
from taizhang.report_audit.store import UnreadableReport, store
from tests import conftest
from tests.accepted import MARCH, accept, project
from tests.unit.report_audit.made import made_report

UNIT, CITY = "621122", "621100"
UNTIL_MARCH = Period(date(2024, 1, 1), date(2024, 4, 1), "1—3月")
IN_MARCH = Period(date(2024, 3, 1), date(2024, 4, 1), "3月")
YEAR = Period(date(2024, 1, 1), date(2025, 1, 1), "2024年")
WORDS = "全县共安排重点项目"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """March of 陇西县 published: two projects, one of them on the city's list; and two reports in the mart."""
    with conftest.own_warehouse(tmp_path_factory.mktemp("reports")) as engine:
        accept(
            engine,
            UNIT,
            MARCH,
            [
                project(
                    "渭河大桥", Decimal("1000.6"), Decimal("500.44"), Decimal("120.36"), project_lists=["city_listed"]
                ),
                project("供水管网", 300, 200, 80),
            ],
        )
        with engine.begin() as connection:
            store(connection, [made_report(), UnreadableReport("坏.pdf", "cd" * 32, 12, "pdf", "no text")])
        publish(engine)
        yield engine


def figure(value: str, indicator: str, period: Period | None = UNTIL_MARCH, **more: Any) -> Figure:
    """A figure in 万元 with the decimals printed, of all projects of 陇西县."""
    number = Decimal(value)
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    known: dict[str, Any] = {"unit": "万元", "region": "陇西县", "region_code": UNIT, "subject": ("重大项目",)} | more
    interval = known.pop("interval", None) or Interval(number - half, number + half)
    return Figure(
        "f1", value, Span(0, len(value)), number, known.pop("unit"), 1, interval, indicator, period=period, **known
    )


def report_with(found: Figure, words: str = WORDS) -> AuditedReport:
    found = replace(found, span=Span(len(words), len(words) + len(found.text)))
    return made_report(audit=Audit("x", words + found.text, (found,), ()), month=MARCH, region_code=UNIT)


def said(engine: Engine, found: Figure, words: str = WORDS) -> Relation | None:
    """The relation with the marts, None where there is none."""
    (compared,) = compare(engine, [report_with(found, words)])
    relations = compared.audit.relations
    assert {relation.kind for relation in relations} <= {KIND}
    return relations[0] if relations else None


def test_every_measure_is_one_of_the_mart() -> None:
    assert len(measures()) >= 5
    assert {measure.definition.unit for measure in measures()} == {"万元", "%", "个"}


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (figure("200.4", "completed"), Verdict.CONSISTENT),
        # Cut off, not rounded: 200.36.
        (figure("200.3", "completed"), Verdict.CONSISTENT),
        (figure("200.5", "completed"), Verdict.CONTRADICTION),
        (figure("200.2", "completed"), Verdict.CONTRADICTION),
        (figure("10", "completed", IN_MARCH), Verdict.CONSISTENT),
        (figure("700.4", "annual_plan", YEAR), Verdict.CONSISTENT),
        (figure("701", "annual_plan", YEAR), Verdict.CONTRADICTION),
        (figure("700.4", "annual_plan", UNTIL_MARCH), Verdict.CONSISTENT),
        # A month that is named alone may be how far the year has come.
        (figure("200.4", "completed", IN_MARCH), Verdict.CONSISTENT),
        (figure("10", "completed", UNTIL_MARCH), Verdict.CONTRADICTION),
        (figure("11", "completed", IN_MARCH), Verdict.CONTRADICTION),
        # Of which list it is the report does not say.
        (figure("200.4", "completed", subject=()), Verdict.CONSISTENT),
        (figure("205", "completed", subject=()), Verdict.IMPLIED),
        (figure("205", "completed", subject=("重点项目",)), Verdict.IMPLIED),
        (figure("1000.6", "total_investment", None, subject=("重点项目", "市列项目")), Verdict.CONSISTENT),
        (figure("1002", "total_investment", None, subject=("重点项目", "市列项目")), Verdict.CONTRADICTION),
        (figure("28.6", "completion_rate", unit="%"), Verdict.CONSISTENT),
        (figure("1300.6", "total_investment", None), Verdict.CONSISTENT),
        (figure("1000.6", "total_investment", None, subject=("市列",)), Verdict.CONSISTENT),
        (figure("1300.6", "total_investment", None, subject=("市列",)), Verdict.CONTRADICTION),
        (figure("2", "count", None, unit="个", interval=Interval.exactly(Decimal(2))), Verdict.CONSISTENT),
        (figure("3", "count", None, unit="个", interval=Interval.exactly(Decimal(3))), Verdict.CONTRADICTION),
        (figure("1000", "total_investment", interval=Interval(Decimal(1000), Decimal("Infinity"))), Verdict.CONSISTENT),
    ],
)
def test_figures_are_compared_by_their_intervals(warehouse: Engine, found: Figure, verdict: Verdict) -> None:
    relation = said(warehouse, found)
    assert relation is not None
    assert relation.verdict is verdict
    assert "第1期" in relation.reason_zh


@pytest.mark.parametrize(
    "found",
    [
        figure("9", "completed", region_code="621123"),
        figure("9", "completed", region_code="449999"),
        figure("9", "completed", replace(UNTIL_MARCH, end=date(2024, 3, 1))),
        figure("9", "completed", None),
        figure("9", "completed", subject=("渭河大桥",)),
        figure("9", "completed", subject=("市列", "渭河大桥")),
        figure("9", "annual_plan", replace(YEAR, start=date(2023, 1, 1), end=date(2024, 1, 1))),
        figure("9", "completed", unit="亩"),
        figure("9", "paid"),
        figure("9", "count", None, unit="个", region="别的县", region_code=None),
    ],
    ids=[
        "no_report",
        "foreign",
        "other_month",
        "no_period",
        "project",
        "narrower",
        "other_year",
        "unit",
        "other",
        "name",
    ],
)
def test_what_is_not_the_same_is_not_compared(warehouse: Engine, found: Figure) -> None:
    assert said(warehouse, found) is None


@pytest.mark.parametrize(
    ("words", "is_compared"),
    [
        ("渭河大桥项目完成投资", False),
        ("全县重大项目中，渭河大桥项目完成投资", False),
        ("全社会固定资产投资", False),
        ("渭河大桥项目已经开工。1—3月，重大项目完成投资", True),
        ("1—3月，市列投资清单项目完成投资", True),
    ],
)
def test_a_sentence_about_a_single_project_is_not_compared(warehouse: Engine, words: str, is_compared: bool) -> None:
    assert (said(warehouse, figure("9", "completed", subject=()), words) is not None) is is_compared


def test_the_value_of_the_mart_and_where_it_stands_are_told(warehouse: Engine) -> None:
    relation = said(warehouse, figure("210.0", "completed"))
    assert relation is not None
    assert relation.formula == "agg_region_month.ytd_completed_wan（621122，2024-03，all）"
    assert (relation.computed, relation.figure_ids) == (Interval.exactly(Decimal("200.36")), ("f1",))
    assert relation.reason_zh == "210.0与第1期发布的本年累计完成投资200.36万元不符。"


def test_units_that_have_not_reported_leave_it_open(warehouse: Engine) -> None:
    (city, *_) = figures(warehouse, CITY, MARCH)
    assert city["units_reported"] < city["units_expected"]
    of_city = {"region": "定西市", "region_code": CITY}
    more, less = (said(warehouse, figure(value, "completed", **of_city)) for value in ("900.0", "100.0"))
    assert more is not None
    assert more.verdict is Verdict.RESIDUAL
    assert "只发布了1个" in more.reason_zh
    # What the others add can only make the sum larger.
    assert less is not None
    assert less.verdict is Verdict.CONTRADICTION
    assert said(warehouse, figure("50.0", "completion_rate", unit="%", **of_city)) is None


def test_each_report_gets_its_own(warehouse: Engine) -> None:
    reports = [report_with(figure(value, "completed")) for value in ("200.4", "9.0")]
    clean = report_with(figure("9", "paid"))
    compared = compare(warehouse, [clean, *reports])
    assert [[relation.verdict for relation in report.audit.relations] for report in compared] == [
        [],
        [Verdict.CONSISTENT],
        [Verdict.CONTRADICTION],
    ]


def test_without_a_publication_it_is_said(engine: Engine) -> None:
    with pytest.raises(NothingPublishedError):
        compare(engine, [report_with(figure("200.4", "completed"))])


def test_audited_reports_are_in_the_mart(warehouse: Engine) -> None:
    with warehouse.connect() as connection:
        rows = connection.execute(text("select * from marts.rpt_report_audit order by report_id")).mappings().all()
    read, unreadable = rows
    assert (read["file_name"], read["region_code"], read["report_month"]) == (
        "青禾县2024年6月通报.txt",
        "621199",
        date(2024, 6, 1),
    )
    counts = ("relation", "contradiction", "style", "residual", "implied", "consistent")
    assert [read[f"{name}_count"] for name in counts] == [6, 2, 1, 1, 1, 1]
    assert round(read["related_share_pct"], 2) == Decimal("88.89")
    assert read["gravest_kind"] == "rate"
    assert (unreadable["unreadable_reason"], unreadable["relation_count"], unreadable["gravest_kind"]) == (
        "no text",
        0,
        None,
    )
