"""A publication that fails shows nothing, leaves nothing, and does not stand in the way of the next one."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import (
    BuildError,
    PublicationStateError,
    ReconciliationError,
    abandon,
    build,
    figures,
    flip,
    open_publication,
    publications,
    publish,
    reconcile,
)
from taizhang.publication.lifecycle import STEP
from taizhang.warehouse.connection import WarehouseBusyError, exclusive
from tests.accepted import FEBRUARY, MARCH, accept, project

# The steps are the same on every server; that the SQL runs on PostgreSQL 15 is shown by the tests of the versions.
pytestmark = [pytest.mark.publishes, pytest.mark.parametrize("server_url", ["embedded"], indirect=True)]

UNSEEN = text("select count(*) from history.agg_region_month where published_from > 1 or published_to > 1")


def shown(engine: Engine) -> list[Decimal]:
    with engine.connect() as connection:
        rows = connection.scalars(
            text("select total_investment_wan from marts.agg_region_month where region_code = '621100' order by 1")
        )
        return list(rows)


def states(engine: Engine) -> list[str]:
    return [row["state"] for row in reversed(publications(engine))]


def tamper(engine: Engine) -> None:
    """Change a fact and a province by the smallest amount that there is."""
    tampered = {
        "fct_project_month": "submission_id = 1 and row_number = 6",
        "agg_region_month": "region_code = '620000' and list_code = 'all'",
    }
    with engine.begin() as connection:
        for table, condition in tampered.items():
            changed = connection.execute(
                text(
                    f"update history.{table} set total_investment_wan = total_investment_wan + 0.000001 "
                    f"where {condition}"
                )
            )
            assert changed.rowcount == 1


def test_a_failed_build_leaves_nothing_and_the_next_one_succeeds(engine: Engine) -> None:
    accept(engine, "621122", MARCH, [project("甲", 10)])
    publish(engine)
    accept(engine, "621121", MARCH, [project("同名", 1), project("同名", 2)])
    with pytest.raises(BuildError, match="current_key_is_unique_fct_project_month"):
        publish(engine)
    assert states(engine) == ["published", "failed"]
    assert "current_key_is_unique" in publications(engine)[0]["failure"]
    assert shown(engine) == [10]
    with engine.connect() as connection:
        assert connection.scalar(UNSEEN) == 0

    accept(engine, "621121", MARCH, [project("同名", 1), project("不同名", 2)])
    report = publish(engine)
    assert report is not None
    assert report.publication_id == 3
    assert shown(engine) == [13]
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from history.fct_project_month where published_from = 2")) == 0


def test_a_publication_that_was_killed_is_continued_or_taken_back(engine: Engine) -> None:
    accept(engine, "621122", MARCH, [project("甲", 10)])
    publish(engine)
    accept(engine, "621122", MARCH, [project("甲", 11)])
    number = open_publication(engine)
    assert number == 2
    with pytest.raises(ReconciliationError, match="raw to fact: 621122"):
        flip(engine, number)
    build(number, engine)
    with engine.connect() as connection:
        written = connection.scalar(UNSEEN)
        # Not even those who ask for it by number see what is being built.
        connection.execute(text("set taizhang.publication = '2'"))
        assert connection.scalars(text("select region_code from marts.agg_region_month")).all() == []
    assert shown(engine) == [10]

    # A retry finds the same publication and builds the same rows again.
    assert open_publication(engine) == 2
    build(2, engine)
    with engine.connect() as connection:
        assert connection.scalar(UNSEEN) == written

    # What is to be published has changed since: the unfinished one is taken back, and there is a new number.
    accept(engine, "621121", FEBRUARY, [project("乙", 5)])
    assert open_publication(engine) == 3
    assert states(engine) == ["published", "failed", "building"]
    with engine.connect() as connection:
        assert connection.scalar(UNSEEN) == 0
    with pytest.raises(PublicationStateError, match="publication 2 is failed"):
        build(2, engine)
    build(3, engine)
    reconcile(engine, 3)
    certificate = flip(engine, 3)
    assert flip(engine, 3) == certificate
    assert shown(engine) == [5, 11]
    with pytest.raises(PublicationStateError, match="publication 3 is published"):
        abandon(engine, 3, "too late")


def test_totals_that_do_not_tie_stop_the_publication(engine: Engine) -> None:
    accept(engine, "621122", MARCH, [project("甲", 10, project_lists=["city_key"]), project("乙", 20)])
    accept(engine, "621100B0", MARCH, [project("丙", 30)])
    number = open_publication(engine)
    assert number == 1
    build(number, engine)
    reconcile(engine, number)
    tamper(engine)
    with pytest.raises(ReconciliationError) as caught:
        reconcile(engine, number)
    differences = [
        (found.step, found.region_code, found.list_code, found.column_name, found.value_before, found.value_after)
        for found in caught.value.differences
    ]
    assert differences == [
        ("raw to fact", "621122", "all", "total_investment_wan", 30, Decimal("30.000001")),
        ("fact to county", "621122", "all", "total_investment_wan", Decimal("30.000001"), 30),
        ("city to province", "620000", "all", "total_investment_wan", 60, Decimal("60.000001")),
        ("province to nation", "100000", "all", "total_investment_wan", Decimal("60.000001"), 60),
    ]
    assert "620000 2024-03 all total_investment_wan" in str(caught.value)
    with pytest.raises(ReconciliationError):
        flip(engine, number)
    assert states(engine) == ["building"]
    assert shown(engine) == []

    abandon(engine, number, "totals do not tie")
    assert publications(engine)[0]["failure"] == "totals do not tie"
    assert publish(engine) is not None
    (county,) = figures(engine, "621122", MARCH, "all")
    assert county["total_investment_wan"] == 30


def test_one_publication_at_a_time(engine: Engine) -> None:
    accept(engine, "621122", MARCH, [project("甲", 10)])
    with exclusive(engine, STEP), pytest.raises(WarehouseBusyError, match=STEP):
        publish(engine)
    assert states(engine) == []
