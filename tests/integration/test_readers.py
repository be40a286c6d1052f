"""What readers see with logins of their own: their columns, their regions, published publications only."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from taizhang.access.reader_views import ensure_readers
from taizhang.access.region_access import UnknownRegionError, UnknownRoleError, bind, bound, release
from taizhang.cli.app import app
from taizhang.dictionary.mart import VISIBILITY_COLUMNS, Mart, MartColumn, published_marts
from taizhang.settings import settings
from taizhang.warehouse.connection import address
from tests.reader_logins import (
    CITY,
    COUNTY,
    OTHER_CITYS,
    PASSWORD,
    REGIONS,
    ZONE,
    column,
    login,
    session,
    with_readers,
)


@pytest.fixture(scope="module")
def warehouse(shared_engine: Engine) -> Iterator[Engine]:
    """Marts with rows of several regions, and readers."""
    with with_readers(shared_engine):
        yield shared_engine


REGIONS_SEEN = "select region_code from marts.agg_region_month where list_code = 'all' order by 1"


@pytest.mark.parametrize(
    ("name", "regions"),
    [
        ("bi", ["100000", "530000", "532900", "532900K1", "532901", "620000", "621100", "621122"]),
        ("auditor", ["100000", "530000", "532900", "532900K1", "532901", "620000", "621100", "621122"]),
        ("province", ["530000", "532900", "532900K1", "532901"]),
        ("city", ["532900", "532900K1", "532901"]),
        ("county", ["532901"]),
        ("nobody", []),
    ],
)
def test_each_reader_sees_its_regions(warehouse: Engine, name: str, regions: list[str]) -> None:
    with session(warehouse, name) as connection:
        assert column(connection, REGIONS_SEEN) == regions
        by_label = 'select "地区代码" from bi."地区月度汇总" where "清单代码" = \'all\' order by 1'
        assert column(connection, by_label) == regions


def test_a_login_without_a_role_reads_nothing(warehouse: Engine) -> None:
    with session(warehouse, "stranger") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select * from marts.agg_region_month")


def test_rights_given_by_hand_show_no_row_to_who_is_in_no_role(warehouse: Engine) -> None:
    stranger = login(warehouse, "stranger")
    with warehouse.begin() as connection:
        connection.execute(text(f"grant usage on schema marts to {stranger}"))
        connection.execute(text(f"grant select on marts.agg_region_month to {stranger}"))
    with session(warehouse, "stranger") as reader:
        assert column(reader, "select region_code from marts.agg_region_month") == []


def test_every_mart_shows_a_county_nothing_of_others(warehouse: Engine) -> None:
    seen = {}
    with session(warehouse, "county") as county, session(warehouse, "nobody") as nobody, session(warehouse, "bi") as bi:
        for name, mart in published_marts().items():
            everything = f"select count(*) from marts.{name}"
            rows = column(bi, everything)[0]
            assert rows > 1
            if mart.visibility == "everyone":
                assert column(county, everything) == column(nobody, everything) == [rows]
                continue
            key = VISIBILITY_COLUMNS[mart.visibility or "unit"]
            seen[name] = (set(column(county, f"select {key} from marts.{name}")), column(nobody, everything))
    assert len(seen) > 10
    assert [
        name for name, (rows, of_nobody) in seen.items() if rows - {COUNTY, 1} or not rows or of_nobody != [0]
    ] == []


@pytest.mark.parametrize(
    ("name", "regions"),
    [("bi", [ZONE, COUNTY, OTHER_CITYS]), ("city", [ZONE, COUNTY]), ("county", [COUNTY]), ("nobody", [])],
)
def test_the_geography_of_another_year_shows_no_other_regions(warehouse: Engine, name: str, regions: list[str]) -> None:
    with session(warehouse, name) as connection:
        statement = "select region_code from marts.region_month_restated(2024)"
        assert sorted(column(connection, statement)) == sorted(regions)
        chinese = 'select "地区代码" from bi."地区月度汇总_按区划年份"(2024)'
        assert sorted(column(connection, chinese)) == sorted(regions)


def test_a_county_sees_its_projects_only(warehouse: Engine) -> None:
    with session(warehouse, "county") as connection:
        assert column(connection, "select project_name from marts.dim_project") == ["甲"]
        assert column(connection, "select total_investment_wan from marts.fct_project_month") == [11]


@pytest.mark.parametrize("name", ["bi", "auditor", "city", "county"])
def test_an_earlier_publication_is_shown_and_an_unpublished_one_never(warehouse: Engine, name: str) -> None:
    statement = f"select total_investment_wan from marts.fct_project_month where unit_code = '{COUNTY}'"
    with session(warehouse, name) as connection:
        seen = []
        for publication in ("1", "2", "3", "9", ""):
            connection.execute(f"set taizhang.publication = '{publication}'".encode())
            seen.append(column(connection, statement))
        assert seen == [[10], [11], [], [], [11]]
        connection.execute("set taizhang.publication = '1'")
        assert column(connection, "select publication_id from marts.publication where is_shown") == [1]
        for way in ("reset all", "discard all"):
            connection.execute("set taizhang.publication = '1'")
            connection.execute(way.encode())
            assert column(connection, statement) == [11]


def test_a_publication_may_be_asked_for_when_connecting(warehouse: Engine) -> None:
    url = address(warehouse.url.set(username=login(warehouse, "county"), password=PASSWORD))
    statement = "select total_investment_wan from marts.fct_project_month"
    with psycopg.connect(url, options="-c taizhang.publication=1") as connection:
        assert column(connection, statement) == [10]


def test_an_earlier_publication_shows_a_city_no_other_region(warehouse: Engine) -> None:
    with session(warehouse, "city") as connection:
        connection.execute("set taizhang.publication = '1'")
        assert column(connection, REGIONS_SEEN) == ["532900", "532900K1", "532901"]


@pytest.mark.parametrize(
    "attempt",
    [
        "set taizhang.regions = '100000'",
        "set search_path = pg_temp; create function pg_temp.visible_units() returns text[] language sql"
        " as $$select array['621122']$$; set search_path = pg_temp, ops",
        "set row_security = off",
        "discard all",
    ],
)
def test_no_setting_widens_what_a_login_sees(warehouse: Engine, attempt: str) -> None:
    with session(warehouse, "county") as connection:
        for statement in attempt.split("; "):
            connection.execute(statement.encode())
        assert column(connection, REGIONS_SEEN) == [COUNTY]


CLOSED = (
    "set role taizhang_auditor",
    "set session authorization postgres",
    "insert into ops.region_access (role_name, region_code) values (session_user, '100000')",
    "select * from ops.region_access",
    "select * from ops.publication",
    "select * from history.fct_project_month",
    "select * from staging.made_later",
    "select * from raw.project_progress",
    "select * from audit.finding",
    "select * from personal.dim_project",
    "create or replace view marts.mine as select 1",
    "alter view marts.dim_project reset (security_barrier)",
)


@pytest.mark.parametrize("name", ["county", "bi"])
def test_what_is_closed_to_analysts_is_refused(warehouse: Engine, name: str) -> None:
    for attempt in CLOSED:
        with session(warehouse, name) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(attempt.encode())


def test_a_function_of_the_reader_meets_no_row_of_others(warehouse: Engine) -> None:
    leak = (
        "create function pg_temp.leak(text) returns boolean language plpgsql cost 0.0000001"
        " as $$begin raise notice 'saw %', $1; return true; end$$"
    )
    heard: list[str] = []
    with session(warehouse, "county") as connection:
        connection.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
        connection.execute(leak.encode())
        connection.execute("select * from marts.agg_unit_month where pg_temp.leak(unit_code)")
        # An error that only a row of somebody else would raise.
        connection.execute("select 1 / (case when unit_code = '621122' then 0 else 1 end) from marts.agg_unit_month")
    assert set(heard) == {f"saw {COUNTY}"}


def personal() -> list[tuple[Mart, MartColumn]]:
    return [(mart, column) for mart in published_marts().values() for column in mart.columns if column.personal]


def test_names_of_persons_are_in_no_column_that_analysts_can_read(warehouse: Engine) -> None:
    assert ("dim_project", "lead_official") in {(mart.mart, column.name) for mart, column in personal()}
    readable = text(
        "select nspname || '.' || relname || '.' || attname from pg_attribute"
        " inner join pg_class on attrelid = pg_class.oid inner join pg_namespace on relnamespace = pg_namespace.oid"
        " where relkind in ('r', 'v', 'm', 'p') and attnum > 0"
        " and has_schema_privilege(:role, pg_namespace.oid, 'usage')"
        " and has_column_privilege(:role, pg_class.oid, attnum, 'select')"
        " and nspname !~ '^pg_' and nspname <> 'information_schema'"
    )
    names = {name for mart, column in personal() for name in (column.name, column.labelled_unit)}
    with warehouse.connect() as connection:
        for role in ("taizhang_bi", "taizhang_region"):
            found = list(connection.scalars(readable, {"role": role}))
            assert "marts.dim_project.project_name" in found
            assert [name for name in found if name.rpartition(".")[2] in names] == []
            assert {name.partition(".")[0] for name in found} == {"marts", "bi"}


def test_auditors_read_the_names_and_change_nothing(warehouse: Engine) -> None:
    with session(warehouse, "auditor") as connection:
        assert column(connection, "select lead_official from personal.dim_project order by 1") == ["张三", "李四", None]
        assert column(connection, 'select "包抓领导" from personal."项目" order by 1') == ["张三", "李四", None]
        for table in ("history.dim_project", "raw.project_progress", "ops.publication", "audit.finding"):
            assert len(column(connection, f"select count(*) from {table}")) == 1
        with warehouse.begin() as owner:
            owner.execute(text("create table staging.made_later as select 1 as one"))
        assert column(connection, "select one from staging.made_later") == [1]
        for attempt in ("delete from history.dim_project", "update ops.publication set state = 'failed'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt.encode())


DESCRIBED = text(
    "select relname, attname, col_description(attrelid, attnum) as said from pg_attribute"
    " inner join pg_class on attrelid = pg_class.oid"
    " where relnamespace = to_regnamespace(:schema) and relkind = 'v' and attnum > 0"
    " union all"
    " select relname, null, obj_description(oid, 'pg_class') from pg_class"
    " where relnamespace = to_regnamespace(:schema) and relkind = 'v'"
)


def test_every_view_and_column_is_described(warehouse: Engine) -> None:
    with warehouse.connect() as connection:
        for schema in ("marts", "bi", "personal"):
            rows = connection.execute(DESCRIBED, {"schema": schema}).all()
            assert len(rows) > 10
            assert [row for row in rows if not (row.said or "").strip()] == []
            if schema == "bi":
                assert [row for row in rows if row.attname and row.attname.partition("(")[0] not in row.said[:40]] == []


def test_views_made_again_keep_their_rights_and_descriptions(warehouse: Engine) -> None:
    with warehouse.begin() as connection:
        connection.execute(text('drop view marts.dim_project, personal."项目", bi."地区月度汇总"'))
        # As an earlier version of the program may have left it.
        connection.execute(text("drop view marts.dim_list"))
        connection.execute(text("create view marts.dim_list as select list_name as list_code from history.dim_list"))
    assert ensure_readers(warehouse) == []
    with session(warehouse, "county") as connection:
        assert column(connection, "select project_name from marts.dim_project") == ["甲"]
        assert column(connection, 'select "地区代码" from bi."地区月度汇总" where "清单代码" = \'all\'') == [COUNTY]
        assert len(column(connection, "select list_name from marts.dim_list")) > 1
    test_every_view_and_column_is_described(warehouse)
    test_names_of_persons_are_in_no_column_that_analysts_can_read(warehouse)


def test_regions_are_bound_by_name_and_released(warehouse: Engine) -> None:
    nobody = login(warehouse, "nobody")
    with pytest.raises(UnknownRegionError, match="999999"):
        bind(warehouse, nobody, ["999999"])
    with pytest.raises(UnknownRoleError, match="no_such_login"):
        bind(warehouse, "no_such_login", [CITY])
    bind(warehouse, nobody, [ZONE, CITY])
    bind(warehouse, nobody, [CITY])
    with session(warehouse, "nobody") as connection:
        assert column(connection, REGIONS_SEEN) == ["532900", "532900K1", "532901"]
        release(warehouse, nobody, [CITY])
        assert column(connection, REGIONS_SEEN) == [ZONE]
        release(warehouse, nobody)
        assert column(connection, REGIONS_SEEN) == []
    assert {row["role_name"] for row in bound(warehouse)} == {login(warehouse, name) for name in REGIONS}


@pytest.fixture
def command(
    warehouse: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[int, str]]]:
    """Run `taizhang access …` on the warehouse; its exit code and what it printed."""
    monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path))
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(warehouse.url))
    settings.cache_clear()

    def invoke(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["access", *arguments])
        return done.exit_code, done.output if done.exception is None else str(done.exception)

    yield invoke
    settings.cache_clear()


def test_the_commands_of_the_data_team(warehouse: Engine, command: Callable[..., tuple[int, str]]) -> None:
    nobody = login(warehouse, "nobody")
    assert command("bind", nobody, CITY, ZONE) == (0, f"{nobody} 可查看：{CITY}、{ZONE}\n")
    listed = {
        (row["role_name"], row["region_code"], row["region_name"]) for row in json.loads(command("list", "--json")[1])
    }
    assert {(nobody, CITY, CITY), (nobody, ZONE, ZONE)} <= listed
    assert nobody in command("list")[1]
    assert command("release", nobody) == (0, f"已取消 {nobody} 的 2 项地区权限\n")
    assert command("bind", nobody, "999999") == (1, "unknown region 999999; give codes, like 621122")


def test_the_way_to_a_region_is_an_index(warehouse: Engine) -> None:
    with warehouse.connect() as connection:
        for mart in published_marts().values():
            if mart.visibility == "everyone":
                continue
            name = {"unit": "unit_code", "region": "region_code", "project": "project_sk"}[mart.visibility or ""]
            leads = connection.scalars(
                text(
                    "select attname from pg_index inner join pg_attribute on attrelid = indrelid and attnum = indkey[0]"
                    " where indrelid = to_regclass(:table)"
                ),
                {"table": f"history.{mart.mart}"},
            )
            assert name in set(leads)
