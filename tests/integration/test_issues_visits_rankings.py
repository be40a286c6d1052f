"""Issues, visits, warnings, the platform's register, timeliness and frozen rankings, in one warehouse over months."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import marts_build, publish
from taizhang.publication.marts_build import BuildError
from taizhang.warehouse.tables import SHEET_TABLES
from tests import conftest
from tests.accepted import FEBRUARY, MARCH, project
from tests.evidence import judge
from tests.waiting import rows_of

MINQUAN, SUIXIAN, SHANGQIU = "411421", "411422", "411400C0"
CITY, PROVINCE, NATION = "411400", "410000", "100000"
BOOKED, REGISTERED = 150, 132
Row = dict[str, Any]


def day(text_of_day: str) -> str:
    """A daterange of one day."""
    return f"[{text_of_day},{text_of_day}]"


def issue(number: str, raised: str, due: str, **more: Any) -> Row:
    plain = {"issue_text": f"问题{number}", "issue_class": "land", "responsible_org": "自然资源局", "is_closed": False}
    return plain | {"issue_no": number, "raised_date": day(raised), "due_date": day(due), **more}


def visit(kind: str, on: str, leader: str | None, **more: Any) -> Row:
    return {"event_kind": kind, "event_date": day(on), "leader_name": leader, **more}


def report(
    engine: Engine,
    unit: str,
    month: date,
    projects: Sequence[Row],
    filed_on: date,
    **sheets: Sequence[Mapping[str, Any]],
) -> None:
    """A judged and accepted submission with rows in other sheets too."""
    number = judge(engine, unit, month, projects, filed_on=filed_on)
    with engine.begin() as connection:
        for sheet, rows in sheets.items():
            for row_number, row in enumerate(rows, start=4):
                connection.execute(
                    SHEET_TABLES[sheet]
                    .insert()
                    .values(submission_id=number, unit_code=unit, report_month=month, row_number=row_number, **row)
                )


def minquan_projects(ytd: object = 20) -> list[Row]:
    """150 projects, the first with a code, the first two led by 张三, the first by 李四 as well."""
    leaders = {1: "张三、李四", 2: "张 三"}
    codes = {1: "2401-411421-04-01-100001"}
    return [
        project(f"民权项目{number}", ytd=ytd, lead_official=leaders.get(number), project_code=codes.get(number))
        for number in range(1, BOOKED + 1)
    ]


def suixian_projects() -> list[Row]:
    """One in time, one 25 points behind schedule, one not started though due, one started and not in the statistics."""
    return [
        project("在序时", lead_official="王五"),
        project("落后", plan=100, ytd=0),
        project("应开未开", is_started=False, ytd=0, planned_start_date="[2023-12-01,2024-01-01)"),
        project("未入库", 1000, start_date=day("2024-01-10"), is_in_statistics=False),
    ]


def register() -> list[Row]:
    """132 of the 150, one of them with another total, and one that no book has, one of a county that nobody knows."""
    rows = [
        {"project_name": f"民权项目{number}", "region_name": "民权县", "total_investment_wan": 100}
        for number in range(1, REGISTERED + 1)
    ]
    rows[0] |= {"project_name": "改了名", "project_code": "2401-411421-04-01-100001"}
    rows[1]["total_investment_wan"] = 120
    rows += [{"project_name": name, "region_name": "睢 县"} for name in ("在序时", "落后", "应开未开", "平台独有")]
    return [*rows, {"project_name": "别处", "region_name": "无名县"}]


def first_months(engine: Engine) -> None:
    february = [
        issue("A-1", "2024-01-05", "2024-02-20", escalation_level="city"),
        issue("A-2", "2024-02-10", "2024-03-31", is_closed=True, closed_date=day("2024-02-25"), result_text="已批"),
        issue("A-3", "2024-02-01", "2024-03-31", issue_class="funds"),
    ]
    report(
        engine, MINQUAN, FEBRUARY, minquan_projects(), date(2024, 3, 10), issues=february,
        dispatch=[visit("visit", "2024-02-05", "张三", visit_count=2, project_name="民权项目2")],
    )  # fmt: skip
    march = [
        issue("A-1", "2024-01-05", "2024-02-20", is_closed=True, closed_date=day("2024-03-15"), result_text="已供地"),
        issue("A-2", "2024-02-10", "2024-03-31"),
    ]
    events = [visit("on_site", "2024-03-06", "张 三"), visit("weekly_meeting", "2024-03-07", "李四、张三")]
    report(engine, MINQUAN, MARCH, minquan_projects(), date(2024, 4, 10), issues=march, dispatch=events)
    late = [issue("B-1", "2024-02-15", "2024-03-10", escalation_level="province", project_name="落后")]
    report(engine, SUIXIAN, MARCH, suixian_projects(), date(2024, 4, 13), issues=late)
    report(engine, SHANGQIU, MARCH, [], date(2024, 4, 20), platform_register=register())


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Three publications: two months, the frozen ranking of the first quarter, and a county-month restated after it."""
    version = marts_build.seed_version()
    with conftest.own_warehouse(tmp_path_factory.mktemp("issues")) as warehouse, pytest.MonkeyPatch.context() as patch:
        # What is put into the seeds' tables stays there, whatever becomes of their files.
        patch.setattr(marts_build, "seed_version", lambda: version)
        first_months(warehouse)
        publish(warehouse)
        with warehouse.begin() as connection:
            # As if the seed had been loaded with these rankings, of the first quarter as it was published first.
            connection.execute(
                text(
                    "insert into staging.ranking_cutoff values"
                    " ('q1-county', '一季度县级', '2024-03-01', 'county', 'county', null, 1, 'shared'),"
                    " ('q1-city', '一季度市级', '2024-03-01', 'city', null, null, 1, 'by_progress')"
                )
            )
        report(warehouse, MINQUAN, MARCH, minquan_projects(ytd=0), date(2024, 4, 25))
        publish(warehouse)
        report(warehouse, SUIXIAN, FEBRUARY, suixian_projects(), date(2024, 4, 26))
        publish(warehouse)
        yield warehouse


def as_of(engine: Engine, publication: int, query: str) -> list[Row]:
    with engine.begin() as connection:
        connection.execute(text(f"set local taizhang.publication = '{publication}'"))
        return [dict(row) for row in connection.execute(text(query)).mappings()]


def one(engine: Engine, publication: int, query: str) -> tuple[Any, ...]:
    (row,) = as_of(engine, publication, query)
    return tuple(row.values())


def test_an_issue_has_its_age_and_is_overdue_after_its_deadline(engine: Engine) -> None:
    query = (
        "select report_month, issue_key, age_days, is_overdue, overdue_days, is_opened_in_month, is_closed_in_month"
        " from marts.fct_issue_month order by 1, 2"
    )
    assert [tuple(row.values()) for row in as_of(engine, 1, query)] == [
        (FEBRUARY, "A-1", 55, True, 9, False, False),
        (FEBRUARY, "A-2", 15, False, None, True, True),
        (FEBRUARY, "A-3", 28, False, 0, True, False),
        (MARCH, "A-1", 70, False, None, False, True),
        (MARCH, "A-2", 50, False, 0, False, False),
        (MARCH, "B-1", 45, True, 21, False, False),
    ]


def test_the_life_of_an_issue_tells_what_it_went_through(engine: Engine) -> None:
    names = "issue_key, is_closed, highest_escalation_level, times_reopened, last_month"
    query = f"select {names} from marts.fct_issue order by 1"
    assert [tuple(row.values()) for row in as_of(engine, 1, query)] == [
        ("A-1", True, "city", 0, MARCH),
        ("A-2", False, None, 1, MARCH),
        ("A-3", False, None, 0, FEBRUARY),
        ("B-1", False, "province", 0, MARCH),
    ]


@pytest.mark.parametrize("region", [CITY, PROVINCE, NATION])
def test_issues_add_up_from_county_to_nation(engine: Engine, region: str) -> None:
    counts = (
        "issue_count, opened_count, closed_count, open_count, overdue_count, escalated_province_count, closing_days"
    )
    of = f"from marts.agg_issue_region_month where issue_class = 'all' and report_month = '{MARCH}'"
    assert one(engine, 1, f"select {counts} {of} and region_code = '{region}'") == (3, 0, 1, 2, 1, 1, 70)
    assert one(engine, 1, f"select {counts} {of} and region_code = '{SUIXIAN}'") == (1, 0, 0, 1, 1, 1, 0)
    assert one(engine, 1, f"select units_expected, units_reported {of} and region_code = '{CITY}'") == (10, 2)


def test_visits_count_for_each_leader_and_names_stand_in_one_place(engine: Engine) -> None:
    query = (
        "select leader_name, projects_led, projects_visited, event_count, visit_count, visits_required, is_met"
        " from marts.agg_responsibility_leader_year as a inner join history.dim_leader as l using (leader_sk)"
        f" where a.unit_code = '{MINQUAN}' and l.published_to is null order by 1"
    )
    assert [tuple(row.values()) for row in as_of(engine, 1, query)] == [
        ("张三", 2, 1, 4, 3, 2, True),
        ("李四", 1, 0, 1, 0, 2, False),
    ]
    shown = as_of(engine, 1, "select * from marts.dim_leader limit 1")[0]
    assert set(shown) == {"leader_sk", "unit_code", "leader_role"}
    # 王五's unit tells of no events: nothing is due.
    other = f"select visits_required, is_met from marts.agg_responsibility_leader_year where unit_code = '{SUIXIAN}'"
    assert one(engine, 1, other) == (0, None)
    assert one(engine, 1, "select sum(visit_count) from marts.fct_visit where is_first_leader") == (4,)


def test_a_project_has_the_lights_that_the_thresholds_give(engine: Engine) -> None:
    query = (
        "select project_name, warning_kind, light, measured_value, threshold from marts.fct_warning as w"
        " inner join marts.dim_project as p using (project_sk)"
        f" where w.report_month = '{MARCH}' and w.unit_code = '{SUIXIAN}' order by project_name, warning_kind"
    )
    assert {tuple(row.values()) for row in as_of(engine, 1, query)} == {
        ("应开未开", "start", "red", 3, 3),
        ("落后", "schedule", "yellow", 25, 10),
        ("未入库", "statistics", "red", 81, 60),
    }
    counts = "select project_count, red_count, yellow_count, green_count from marts.agg_warning_region_month"
    at = f"where warning_kind = 'all' and report_month = '{MARCH}' and region_code"
    assert one(engine, 1, f"{counts} {at} = '{SUIXIAN}'") == (4, 2, 1, 1)
    assert one(engine, 1, f"{counts} {at} = '{NATION}'") == (BOOKED + 4, 2, 1, BOOKED + 1)
    assert one(engine, 2, f"{counts} {at} = '{NATION}'") == (BOOKED + 4, 2, BOOKED + 1, 1)


def test_the_book_of_150_and_the_platform_of_132_differ_by_18(engine: Engine) -> None:
    query = "select difference_kind, count(*) from marts.rpt_platform_difference where book_unit_code = '{}' group by 1"
    found = {row["difference_kind"]: row["count"] for row in as_of(engine, 1, query.format(MINQUAN))}
    assert found == {"missing": BOOKED - REGISTERED, "total_differs": 1}
    found = {row["difference_kind"]: row["count"] for row in as_of(engine, 1, query.format(SUIXIAN))}
    assert found == {"missing": 1, "extra": 1}
    (unknown,) = as_of(
        engine, 1, "select * from marts.rpt_platform_difference where difference_kind = 'region_unknown'"
    )
    assert (unknown["project_name"], unknown["book_unit_code"]) == ("别处", None)
    counts = "count(*) as rows, count(project_sk) as projects"
    matched = f"select matched_by, {counts} from marts.fct_platform_project group by 1 order by 1"
    assert [tuple(row.values()) for row in as_of(engine, 1, matched)] == [
        ("code", 1, 1),
        ("name", 134, 134),
        (None, 2, 0),
    ]
    ((difference,),) = [
        tuple(row.values())
        for row in as_of(
            engine,
            1,
            "select difference_wan from marts.rpt_platform_difference where difference_kind = 'total_differs'",
        )
    ]
    assert difference == 20


def test_the_register_is_held_against_the_book_as_restated(engine: Engine) -> None:
    # The book came again with the same projects: nothing is written anew.
    assert rows_of(engine, "select * from history.rpt_platform_difference where published_from > 1") == []
    assert rows_of(engine, "select * from history.fct_platform_project where published_from > 1") == []


def test_reports_are_counted_in_time_late_and_missing(engine: Engine) -> None:
    query = (
        "select expected_count, filed_count, in_time_count, late_count, missing_count, accepted_count, days_late"
        f" from marts.agg_timeliness_region_month where report_month = '{MARCH}' and region_code = '{{}}'"
    )
    assert one(engine, 1, query.format(CITY)) == (10, 2, 1, 1, 8, 2, 3)
    assert one(engine, 1, query.format(MINQUAN)) == (1, 1, 1, 0, 0, 1, 0)
    assert one(engine, 1, query.format("411423")) == (1, 0, 0, 0, 1, 0, 0)


def ranking(engine: Engine, publication: int, name: str = "q1-county") -> dict[str, tuple[Any, ...]]:
    query = f"select region_code, rank_number, score, peer_code from marts.rpt_ranking where ranking_id = '{name}'"
    return {row["region_code"]: tuple(row.values())[1:] for row in as_of(engine, publication, query)}


def test_a_ranking_is_frozen_at_its_cutoff_whatever_is_published_later(engine: Engine) -> None:
    frozen = ranking(engine, 2)
    score = (
        f"select score from marts.agg_score_region_month where report_month = '{MARCH}' and region_code = '{MINQUAN}'"
    )
    before, after = one(engine, 1, score)[0], one(engine, 2, score)[0]
    assert frozen[MINQUAN] == (1, before, CITY)
    assert after < before
    assert frozen[SUIXIAN][0] == 2
    # Nobody else has filed: they score nothing and share the third rank. 本级 is not ranked.
    assert {code for code, row in frozen.items() if row[:2] == (3, Decimal(0))} == {
        "411402", "411403", "411423", "411424", "411425", "411426", "411481",
    }  # fmt: skip
    assert len(frozen) == 9
    assert ranking(engine, 3) == frozen
    assert (
        rows_of(engine, "select * from history.rpt_ranking where published_from <> 2 or published_to is not null") == []
    )
    assert ranking(engine, 3, "q1-city")[CITY][0] == 1
    assert ranking(engine, 1) == {}


def test_what_is_published_again_touches_its_unit_and_regions_only(engine: Engine) -> None:
    for table in ("fct_issue_month", "fct_visit", "fct_warning", "bridge_project_leader"):
        written = rows_of(
            engine,
            f"select distinct unit_code, report_month from history.{table}"
            " where published_from = 2 or published_to = 2",
        )
        assert {(row["unit_code"], row["report_month"]) for row in written} <= {(MINQUAN, MARCH)}
    regions = {
        row["region_code"]
        for row in rows_of(engine, "select * from history.agg_issue_region_month where published_from = 2")
    }
    assert regions == {MINQUAN, CITY, PROVINCE, NATION}


def test_a_ranking_that_cannot_be_replayed_stops_the_publication(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update staging.score_component set weight = 400 where component = 'in_time_rate_pct'"))
    try:
        report(engine, SUIXIAN, FEBRUARY, suixian_projects(), date(2024, 4, 28))
        with pytest.raises(BuildError, match="assert_rankings_can_be_replayed"):
            publish(engine)
    finally:
        with engine.begin() as connection:
            connection.execute(
                text("update staging.score_component set weight = 5 where component = 'in_time_rate_pct'")
            )
    assert publish(engine) is not None
    assert ranking(engine, 5) == ranking(engine, 2)
