"""What a build of the dbt project leaves in the database."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from taizhang.dictionary.mart import load_marts
from taizhang.publication import BuildError, figures, publish
from tests.accepted import MARCH, accept, project

pytestmark = pytest.mark.publishes

JANUARY = date(2024, 1, 1)
ONE_SERVER = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)


def test_views_and_rates(engine: Engine) -> None:
    # 大理市 half done, its zone wholly done; a unit without any project has reported all the same.
    accept(engine, "532901", JANUARY, [project("甲", 10, plan=300, ytd=150)])
    accept(engine, "532900K1", JANUARY, [project("乙", 10, plan=100, ytd=100, is_started=None)])
    accept(engine, "532923", JANUARY, [])
    assert publish(engine) is not None

    (city,) = figures(engine, "532900", "2024-01", "all")
    assert city["completion_rate_pct"] == Decimal("62.5")
    assert city["start_rate_pct"] == 50
    assert city["schedule_pct"] == Decimal("8.333333")
    assert city["ahead_of_schedule_pp"] == Decimal("54.166667")
    assert (city["units_expected"], city["units_reported"]) == (13, 3)
    (empty,) = figures(engine, "532923", "2024-01")
    assert (empty["project_count"], empty["total_investment_wan"], empty["completion_rate_pct"]) == (0, None, None)

    statement = text(
        "select column_name from information_schema.columns where table_schema = :schema and table_name = :view "
        "order by ordinal_position"
    )
    marts = [mart for name, mart in load_marts().items() if not name.startswith("stg_")]
    with engine.connect() as connection:
        for mart in marts:
            names = connection.scalars(statement, {"schema": "marts", "view": mart.mart}).all()
            labels = connection.scalars(statement, {"schema": "bi", "view": mart.label}).all()
            shown = [column for column in mart.columns if not column.personal]
            assert list(names) == [column.name for column in shown]
            assert list(labels) == [column.labelled_unit for column in shown]
        connection.execute(text("set role taizhang_bi"))
        for view in ("marts.agg_region_month", 'bi."地区月度汇总"'):
            assert connection.scalar(text(f"select count(*) from {view}")) == 6


@ONE_SERVER
def test_a_changed_project_reaches_what_is_published(engine: Engine) -> None:
    accept(engine, "621122", JANUARY, [project("甲", 10)])
    accept(engine, "621122", MARCH, [project("甲", 10)])
    publish(engine)
    with engine.begin() as connection:
        # As if the seed had been loaded with one unit less.
        connection.execute(text("delete from staging.reporting_unit where unit_code = '621123'"))
        # Views that somebody dropped are made again, although the project is the same.
        connection.execute(text("drop view staging.stg_cell_correction cascade"))
    accept(engine, "621122", MARCH, [project("甲", 11)])
    publish(engine)
    assert_register_reaches_all_months(engine)

    with engine.begin() as connection:
        # As if the model had gained the column since.
        connection.execute(text("alter table history.dim_list drop column list_kind cascade"))
    accept(engine, "621122", MARCH, [project("甲", 12)])
    publish(engine)
    assert_column_was_gained(engine)

    with engine.begin() as connection:
        connection.execute(text("alter table history.dim_list add column forgotten text"))
    accept(engine, "621122", MARCH, [project("甲", 13)])
    with pytest.raises(BuildError, match="has a column forgotten that its model has not"):
        publish(engine)
    assert figures(engine, "621122", MARCH, "all")[0]["total_investment_wan"] == 12


def assert_register_reaches_all_months(engine: Engine) -> None:
    """A unit that is expected no more is missing in the months published before, from this publication on."""
    expected = {
        (month, number): figures(engine, "621100", month, "all", number)[0]["units_expected"]
        for month in ("2024-01", "2024-03")
        for number in (1, 2)
    }
    assert expected == {("2024-01", 1): 9, ("2024-01", 2): 8, ("2024-03", 1): 9, ("2024-03", 2): 8}


def assert_column_was_gained(engine: Engine) -> None:
    """The column is there, in Chinese too, and empty in what was published without it."""
    kinds = text("select list_kind from marts.dim_list where list_code = 'city_key'")
    with engine.begin() as connection:
        assert connection.scalar(kinds) == "key_list"
        chinese = text('select "清单类型" from bi."项目清单" where "清单代码" = \'city_key\'')
        assert connection.scalar(chinese) == "key_list"
        connection.execute(text("set local taizhang.publication = '1'"))
        assert connection.scalar(kinds) is None
