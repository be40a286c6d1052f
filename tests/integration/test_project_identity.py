"""Which codes and names are one project, over publications that bring months late, restate them and apply decisions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import publish
from tests import conftest
from tests.accepted import FEBRUARY, MARCH, accept, project

JANUARY = date(2024, 1, 1)
APRIL = date(2024, 4, 1)
UNIT = "621122"
CODES = [
    f"24{month:02d}-621122-04-01-{number}" for month, number in ((1, 100001), (2, 100002), (3, 100003), (4, 100004))
]
OTHER_UNIT = "621123"
RENAMED = "2402-621123-01-01-100007"
PLACE = {"project_location": "渭河沿线", "responsible_org": "水务局"}
OLD_CODE = "2018-621122-48-03-100009"


def rows(engine: Engine, statement: str, publication: int | None = None) -> list[tuple[Any, ...]]:
    with engine.begin() as connection:
        if publication:
            connection.execute(text(f"set local taizhang.publication = '{publication}'"))
        return [tuple(row) for row in connection.execute(text(statement))]


def numbers(engine: Engine, publication: int | None = None) -> dict[tuple[str, str], int]:
    """The project of each month and row, by month and name or code."""
    statement = """
        select to_char(f.report_month, 'MM'), coalesce(p.project_code, p.project_name), f.project_sk
        from marts.fct_project_month as f
        inner join marts.dim_project as p
            on p.project_sk = f.project_sk and p.valid_from <= f.report_month
            and coalesce(p.valid_to > f.report_month, true)"""
    found = rows(engine, statement, publication)
    assert len({(month, key) for month, key, _ in found}) == len(found)
    return {(month, key): number for month, key, number in found}


def continued(name: str, before: int, since: int, **more: Any) -> dict[str, Any]:
    return project(name, 900, completed_before_year_wan=before, since_start_wan=since, **more)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Six publications; what each has to show is told by the tests."""
    with conftest.own_warehouse(tmp_path_factory.mktemp("identity")) as warehouse:
        january = [project("赋码", 100), continued("重赋", 200, 210, project_code=CODES[0]), project("独有", 50)]
        january += [project("同名", 60, project_code=CODES[3]), project("旧码", 70, project_code=OLD_CODE)]
        accept(warehouse, UNIT, JANUARY, january)
        accept(warehouse, OTHER_UNIT, JANUARY, [continued("河道治理", 30, 40, **PLACE)])
        publish(warehouse)
        march = [project("赋码", 100, project_code=CODES[1]), continued("重赋", 200, 240, project_code=CODES[2])]
        march += [project("同名", 7000), project("旧码", 70, project_code="2403-621122-04-01-100009")]
        accept(warehouse, UNIT, MARCH, march)
        renamed = continued("咸河综合治理工程", 30, 55, project_code=RENAMED, **PLACE)
        accept(warehouse, OTHER_UNIT, MARCH, [renamed, continued("同额项目", 0, 5)])
        publish(warehouse)
        # An older month comes late, and a figure of the month before is mended so that it agrees now.
        accept(warehouse, UNIT, FEBRUARY, [project("赋码", 100), project("独有", 50)])
        publish(warehouse)
        accept(warehouse, UNIT, JANUARY, [*january[:3], project("同名", 7000, project_code=CODES[3]), january[4]])
        publish(warehouse)
        # The name and the code stand side by side: they were two projects all the time.
        accept(warehouse, UNIT, APRIL, [project("赋码", 100), project("赋码", 100, project_code=CODES[1])])
        publish(warehouse)
        with warehouse.begin() as connection:
            # As if the seed had been loaded with the decisions.
            connection.execute(
                text(
                    "insert into staging.project_identity values"
                    f" ('P-1', '{UNIT}', 'same', 'name', '独有', 'code', '{CODES[1]}', '更名', '李某', '2024-05-01'),"
                    f" ('P-2', '{UNIT}', 'same', 'name', '没有', 'code', '{CODES[1]}', '笔误', '李某', '2024-05-01'),"
                    f" ('P-3', '{UNIT}', 'different', 'code', '{CODES[0]}', 'code', '{CODES[2]}', '二期', '李某',"
                    " '2024-05-01')"
                )
            )
        accept(warehouse, "621121", APRIL, [project("别的单位", 1)])
        publish(warehouse)
        yield warehouse


def test_a_code_received_or_reissued_keeps_the_project(engine: Engine) -> None:
    found = numbers(engine, 2)
    assert found["03", CODES[1]] == found["01", "赋码"]
    assert found["03", CODES[2]] == found["01", CODES[0]]
    assert found["03", "2403-621122-04-01-100009"] == found["01", OLD_CODE]
    assert found["03", "同名"] != found["01", CODES[3]]
    statement = "select key_value, first_month, rule_id, confidence, agreeing from marts.xref_project_code"
    xref = {row[0]: row[1:] for row in rows(engine, statement, 2)}
    assert xref[CODES[1]][:2] == (MARCH, "code_received")
    assert xref[CODES[2]] == (MARCH, "code_reissued", 95, "累计投资接续、总投资")
    assert xref["独有"] == (JANUARY, None, None, None)


def test_another_name_is_told_by_figures_place_and_owner(engine: Engine) -> None:
    found = numbers(engine, 2)
    assert found["03", RENAMED] == found["01", "河道治理"] != found["03", "同额项目"]
    statement = "select project_name, valid_from, valid_to, is_latest from marts.dim_project where project_sk = "
    versions = rows(engine, f"{statement}{found['03', RENAMED]} order by valid_from", 2)
    assert versions == [("河道治理", JANUARY, MARCH, False), ("咸河综合治理工程", MARCH, None, True)]


def test_what_is_not_sure_waits_on_the_list(engine: Engine) -> None:
    statement = "select earlier_value, later_value, reason, contradicting, advice from marts.rpt_project_match_review"
    ((earlier, later, reason, contradicting, advice),) = rows(engine, statement, 2)
    assert (earlier, later, reason, contradicting) == (CODES[3], "同名", "not_enough", "总投资")
    assert "project_identity.csv" in advice


def test_a_late_month_and_a_mended_figure_are_told_like_early_ones(engine: Engine) -> None:
    third, fourth = numbers(engine, 3), numbers(engine, 4)
    assert third["02", "赋码"] == third["03", CODES[1]]
    assert third["03", "同名"] != third["01", CODES[3]]
    assert fourth["03", "同名"] == fourth["01", CODES[3]]
    assert rows(engine, "select * from marts.rpt_project_match_review", 4) == []


def test_what_stands_side_by_side_is_taken_apart_in_all_months(engine: Engine) -> None:
    fourth, fifth = numbers(engine, 4), numbers(engine, 5)
    assert len({fifth["01", "赋码"], fifth["02", "赋码"], fifth["04", "赋码"]}) == 1
    assert fifth["03", CODES[1]] == fifth["04", CODES[1]] != fifth["01", "赋码"]
    changed = {key for key in fourth if fifth[key] != fourth[key]}
    assert changed == {("03", CODES[1])}


def test_decisions_hold_from_the_next_publication_on(engine: Engine) -> None:
    fifth, sixth = numbers(engine, 5), numbers(engine, 6)
    assert fifth["03", CODES[2]] == fifth["01", CODES[0]]
    assert sixth["03", CODES[2]] != sixth["01", CODES[0]]
    assert sixth["04", CODES[1]] == sixth["01", "独有"] != fifth["04", CODES[1]]
    review = rows(engine, "select earlier_value, later_value, reason from marts.rpt_project_match_review", 6)
    assert review == [("没有", CODES[1], "unknown_key")]
    assert numbers(engine, 4) != sixth


def test_restating_a_month_writes_the_rows_of_projects_that_moved_only(engine: Engine) -> None:
    statement = "select to_char(report_month, 'MM') from history.fct_project_month where unit_code = :unit and {}"
    with engine.connect() as connection:
        for condition, months in (("published_from = 5", ["03", "04", "04"]), ("published_to = 5", ["03"])):
            found = connection.scalars(text(statement.format(condition)), {"unit": UNIT})
            assert sorted(found) == months


def test_versions_of_projects_cover_their_months_without_overlap(engine: Engine) -> None:
    statement = """
        select count(*), count(*) filter (where is_latest), count(distinct project_sk),
            count(*) filter (where valid_to is not null and valid_to <= valid_from)
        from marts.dim_project where unit_code = :unit"""
    with engine.begin() as connection:
        versions, latest, projects, turned = connection.execute(text(statement), {"unit": UNIT}).one()
    assert latest == projects
    assert turned == 0
    assert versions > projects
