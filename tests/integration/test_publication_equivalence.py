"""By many publications or by one: readers see the same in the end, and go on seeing each of the earlier ones."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import BuildError, publish
from tests.accepted import FEBRUARY, MARCH, accept, project, set_state
from tests.conftest import fresh_warehouse
from tests.evidence import BLOCK, WARN, Found, judge, refuse

pytestmark = pytest.mark.publishes

DAY = date(2024, 4, 12)
CODE = "2401-621122-04-01-100001"
VIEWS = ("fct_project_month", "bridge_project_list", "agg_unit_month", "agg_region_month", "dim_project")
VIEWS += ("xref_project_code", "rpt_project_match_review")
VIEWS += ("dim_check", "fct_finding", "fct_rule_run", "agg_quality_unit_month", "rpt_repeat_offenders")
NUMBERS = (
    "'{project_sk, submission_id, first_submission_id, last_submission_id, gate_run_id,"
    " earlier_project_sk, later_project_sk, parent_project_sk}'::text[]"
)
NEW_CODE = "2403-621122-04-01-100009"
OLD_CODE = "2018-621122-48-03-100009"
Rows = dict[str, Counter[str]]


def shown(engine: Engine, publication: int | None = None) -> Rows:
    """All that readers see of what is submitted, without the numbers that the warehouse gives."""
    with engine.begin() as connection:
        if publication is not None:
            connection.execute(text(f"set local taizhang.publication = '{publication}'"))
        return {
            view: Counter(connection.scalars(text(f"select (to_jsonb(v) - {NUMBERS})::text from marts.{view} as v")))
            for view in VIEWS
        }


def change(engine: Engine, step: int) -> None:
    """What arrives before each publication."""
    identities(engine, step)
    if step == 1:
        accept(engine, "621122", FEBRUARY, [project("甲", 10, project_code=CODE, project_lists=["city_key"])])
        accept(engine, "621122", MARCH, [project("甲新名", 11, project_code=CODE), project("乙", None, plan=None)])
        accept(engine, "621100B0", MARCH, [project("本级", 5)])
        accept(engine, "621121", MARCH, [project("独苗", 7, project_lists=["city_key", "city_listed"])])
        judge(engine, "621123", MARCH, [project("己")], filed_on=DAY, found=[Found(WARN, "warn", "己")])
    elif step == 2:
        # An older month again, a project that leaves, one that changes its lists; a unit takes back what it sent.
        accept(engine, "621122", FEBRUARY, [project("甲旧名", 9, project_code=CODE, project_lists=["city_listed"])])
        set_state(engine, "621121", MARCH, "withdrawn")
        # The first version of February, of which March's finding is a repetition; March is sent again in vain.
        judge(engine, "621123", FEBRUARY, [project("己")], filed_on=DAY, found=[Found(WARN, "warn", "己")])
        judge(
            engine,
            "621123",
            MARCH,
            [project("己", 9)],
            filed_on=DAY,
            found=[Found(BLOCK, "block", "己")],
            accepted=False,
        )
    elif step == 3:
        # Fails: two projects that cannot be told apart. Meanwhile the newest month of a project is gone.
        judge(engine, "621123", MARCH, [project("己", 9)], filed_on=DAY, passed=[BLOCK, WARN])
        refuse(engine, "621124", FEBRUARY, "临洮县2024年2月.xlsx")
        accept(engine, "621121", FEBRUARY, [project("同名", 1), project("同名", 2)])
        accept(engine, "621122", MARCH, [project("乙", 20, is_started=False, project_code="2401-621122-04-01-100002")])
    else:
        judge(engine, "411421", MARCH, [project("庚")], filed_on=DAY, found=[Found(WARN, "warn", "庚")])
        accept(engine, "621121", FEBRUARY, [])
        accept(engine, "621121", MARCH, [project("独苗", 8)])


def identities(engine: Engine, step: int) -> None:
    """A project whose code an older month explains that comes late; one that turns out to be two; one unsure."""
    unit = "621126"
    unsure = project("癸", 9000)
    if step == 1:
        accept(engine, unit, MARCH, [project("辛", 30, project_code=CODE), project("壬", 40), unsure])
    elif step == 2:
        february = [project("辛", 30), project("壬", 40, project_code=NEW_CODE)]
        accept(engine, unit, FEBRUARY, [*february, project("癸", 1, project_code=OLD_CODE)])
    elif step == 3:
        accept(engine, unit, date(2024, 4, 1), [project("辛", 30, project_code=CODE), project("壬", 40)])
    else:
        march = [project("辛", 30, project_code=CODE), project("壬", 40), unsure, project("辛", 31)]
        accept(engine, unit, MARCH, march)


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_many_publications_end_where_one_would(engine: Engine, server_url: str) -> None:
    seen: dict[int, Rows] = {}
    for step in (1, 2):
        change(engine, step)
        report = publish(engine)
        assert report is not None
        seen[report.publication_id] = shown(engine)
    change(engine, 3)
    with pytest.raises(BuildError):
        publish(engine)
    assert shown(engine) == seen[2]
    change(engine, 4)
    assert publish(engine) is not None
    for number, rows in seen.items():
        assert shown(engine, number) == rows

    with fresh_warehouse(server_url, built=True) as other:
        for step in (1, 2, 3, 4):
            change(other, step)
        assert publish(other) is not None
        at_once: dict[str, Any] = shown(other)
    assert shown(engine) == at_once
    assert all(at_once.values())
    names = [row for row in at_once["dim_project"] if "甲" in row]
    assert len(names) == 1
    assert "甲旧名" in names[0]
