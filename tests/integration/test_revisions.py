"""Each change from one publication to the next has its cause, and the causes add up to the whole change."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from taizhang.dictionary.mart import load_marts
from taizhang.publication import publish
from taizhang.publication.marts_build import DBT_PROJECT
from taizhang.publication.revisions import (
    Change,
    UnexplainedError,
    UnknownMeasureError,
    changes,
    details,
    measure_labels,
    measure_of,
)
from tests.accepted import FEBRUARY, MARCH, accept, project, set_state

pytestmark = pytest.mark.publishes

CODE = "2401-621122-04-01-100001"
CITY, PROVINCE = "621100", "620000"
TOTAL = "total_investment_wan"


@pytest.fixture
def published(engine: Engine) -> Iterator[Engine]:
    """Three publications: two units; a resubmission of all kinds of changes with a late unit; a withdrawal."""
    accept(
        engine,
        "621122",
        MARCH,
        [
            project("甲", 100, project_code=CODE, project_lists=["city_listed", "city_key"]),
            project("乙", 20),
            project("丙", 5),
        ],
    )
    accept(engine, "621121", MARCH, [project("丁", 7)])
    publish(engine)
    accept(
        engine,
        "621122",
        MARCH,
        [
            project("甲", 130, project_code=CODE, project_lists=["city_listed"]),
            project("乙", 20),
            project("戊", 11),
        ],
    )
    accept(engine, "621124", MARCH, [project("己", 3)])
    accept(engine, "411421", FEBRUARY, [project("庚", 3)])
    publish(engine)
    set_state(engine, "621121", MARCH, "withdrawn")
    publish(engine)
    return engine


def of(found: list[Change], measure: str, list_code: str = "all") -> Change:
    (change,) = [one for one in found if (one.measure, one.list_code) == (measure, list_code)]
    return change


def test_each_change_has_its_cause_and_all_add_up(published: Engine) -> None:
    found = changes(published, 1, 2, CITY, list_name=None)
    total = of(found, TOTAL)
    assert (total.before, total.after) == (132, 171)
    assert dict(total.causes) == {"revision": 30, "new_project": 11, "project_gone": -5, "late_filing": 3}
    assert dict(of(found, TOTAL, "city_key").causes) == {"list_change": -100}
    assert dict(of(found, TOTAL, "city_listed").causes) == {"revision": 30}
    assert dict(of(found, "project_count").causes) == {"new_project": 1, "project_gone": -1, "late_filing": 1}
    assert all(sum(one.causes.values()) == one.whole for one in found)
    # The first filing of a month in a province is no late one, and what did not change is not there.
    assert dict(of(changes(published, 1, 2, "410000"), TOTAL).causes) == {"first_filing": 3}
    assert changes(published, 1, 2, "621121") == []
    _over_several_publications(published)
    _not_explained(published)


def _over_several_publications(published: Engine) -> None:
    total = of(changes(published, 1, 3, PROVINCE, TOTAL), TOTAL)
    assert (total.before, total.after, total.causes["withdrawn"]) == (132, 164, -7)
    assert sum(total.causes.values()) == Decimal(32)
    rows = details(published, 1, 3, PROVINCE, TOTAL, "all", MARCH)
    assert [(row["unit_name"], row["project_name"], row["cause_code"], row["changed_by"]) for row in rows] == [
        ("陇西县", "甲", "revision", 30),
        ("陇西县", "戊", "new_project", 11),
        ("通渭县", None, "withdrawn", -7),
        ("陇西县", "丙", "project_gone", -5),
        ("临洮县", None, "late_filing", 3),
    ]
    assert all(row["submission_after"] for row in rows if row["cause_code"] != "withdrawn" and row["changed_by"] > 0)


def _not_explained(published: Engine) -> None:
    with published.begin() as connection:
        connection.execute(text("delete from history.agg_revision_region_month where cause_code = 'late_filing'"))
    with pytest.raises(UnexplainedError, match="changed by 39, yet the causes that are kept add up to 36"):
        changes(published, 1, 2, CITY, TOTAL)


def test_the_figures_explained_are_those_that_add_up() -> None:
    macro = (DBT_PROJECT / "macros" / "revised_measures.sql").read_text(encoding="utf-8")
    assert [name for name in measure_labels() if f"'{name}'" not in macro] == []
    summed = {column.name for column in load_marts()["agg_region_month"].columns}
    assert set(measure_labels()) <= summed
    assert measure_of("总投资") == TOTAL
    with pytest.raises(UnknownMeasureError, match="天气"):
        measure_of("天气")
