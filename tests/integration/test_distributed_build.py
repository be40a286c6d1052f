"""What dbt emits for a Citus cluster, run on one server whose functions for spreading tables only note their calls.

That shows that the statements are valid and lead to the same figures, and which tables are spread how; not that Citus
accepts them: it is no package of Debian or PyPI, so that it is not at hand where the tests run (docs/scale.md).
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, text

from taizhang.publication import BuildError, marts_build, publish
from taizhang.publication.history import versioned_tables
from taizhang.settings import settings
from taizhang.warehouse.connection import address
from tests.accepted import MARCH, accept, project
from tests.citus_rules import RULES, findings
from tests.conftest import built_home, fresh_warehouse
from tests.dbt_manifest import manifest, models

pytestmark = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)

JANUARY = date(2024, 1, 1)
EXCEPTIONS = Path(__file__).parents[1] / "contracts" / "citus_exceptions.yml"
NOTING = (
    "create table public.spread (relation text not null, how text not null)",
    """
    create function public.create_distributed_table(relation regclass, by_column text, colocate_with text)
    returns void language sql as $$ insert into public.spread values (relation::text, by_column) $$
    """,
    """
    create function public.create_reference_table(relation regclass)
    returns void language sql as $$ insert into public.spread values (relation::text, 'reference') $$
    """,
)


@pytest.fixture
def spread(engine: Engine, plain: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A warehouse in which dbt finds what it needs to spread tables, and takes the server for a cluster.

    The plain one is made before: from a template that is built, for all tests, as everybody builds it.
    """
    with engine.begin() as connection:
        for statement in NOTING:
            connection.execute(text(statement))
    places = marts_build._places
    monkeypatch.setattr(marts_build, "_places", lambda: [*places(), "--vars", "{citus: true}"])
    monkeypatch.setattr(marts_build, "_parsed", {})
    return engine


@pytest.fixture
def plain(server_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A warehouse as everybody has it; the settings do not point to it."""
    with fresh_warehouse(server_url, built=True) as warehouse:
        yield warehouse


def months(engine: Engine) -> None:
    """Two publications: two units, then one of them corrected and a third."""
    accept(engine, "532901", JANUARY, [project("甲", 10, plan=300, ytd=150), project("乙", 5, plan=20, ytd=1)])
    accept(engine, "621122", JANUARY, [project("甲", 10, plan=100, ytd=100, is_started=None)])
    assert publish(engine) is not None
    accept(engine, "532901", JANUARY, [project("甲", 11, plan=300, ytd=160)])
    accept(engine, "621122", MARCH, [project("丙", 7)])
    assert publish(engine) is not None


def stored(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all versioned tables."""
    with engine.connect() as connection:
        return {
            name: sorted(connection.scalars(text(f"select to_jsonb(stored)::text from history.{name} as stored")))
            for name in versioned_tables(connection)
        }


def test_what_is_spread_gives_the_same_figures(
    spread: Engine, plain: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    months(spread)
    found = stored(spread)
    with pytest.MonkeyPatch.context() as patch:
        monkeypatch.undo()
        patch.setenv("TAIZHANG_HOME", str(tmp_path / "plain"))
        patch.setenv("TAIZHANG_DATABASE_URL", address(plain.url))
        settings.cache_clear()
        months(plain)
        wanted = stored(plain)
    assert wanted["fct_project_month"]
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in wanted.items()}
    assert found == wanted
    assert_spread_as_declared(spread)


def assert_spread_as_declared(engine: Engine) -> None:
    """Every table, and nothing else, was spread as its yml says; what a table was computed in, like the table."""
    seeds = {node.name: node for node in manifest().nodes.values() if node.resource_type == "seed"}
    said = {name: node.config.meta.get("distribution", "view") for name, node in (models() | seeds).items()}
    with engine.connect() as connection:
        rows = connection.execute(text("select relation, how from public.spread")).all()
    done = {row.relation.split(".")[1].strip('"').removesuffix("__computed"): row.how for row in rows}
    assert done == {name: how for name, how in said.items() if how in ("unit_code", "reference")}
    left = {row.relation for row in rows if row.relation.endswith("__computed")}
    assert left
    forgotten = text(
        "select count(*) from pg_class where relnamespace = 'history'::regnamespace and relname like '%computed'"
    )
    with engine.connect() as connection:
        assert connection.scalar(forgotten) == 0


def test_a_server_that_is_no_cluster_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_DBT_TARGET", "citus")
    settings.cache_clear()
    accept(engine, "532901", JANUARY, [project("甲", 10)])
    with pytest.raises(BuildError, match="has not the extension citus"):
        publish(engine)


def emitted(folder: Path, model: str) -> str:
    """The statements that dbt ran for a model, its own query cut out, in one line."""
    (ran,) = folder.glob(f"dbt/target/run/*/models/*/{model}.sql")
    (query,) = folder.glob(f"dbt/target/compiled/*/models/*/{model}.sql")
    squeezed, own = (re.sub(r"\s+", " ", path.read_text(encoding="utf-8")).strip() for path in (ran, query))
    assert own in squeezed
    short = re.sub(r'"\w+"\."(history|staging)"', r"\1", squeezed.replace(own, "QUERY"))
    return re.sub(r'"\w+"\."ops"\."publication"', "ops.publication", re.sub(r"__dbt_tmp\d+", "__dbt_tmp", short))


def test_on_one_server_nothing_of_it_is_emitted(server_url: str) -> None:
    home = built_home(server_url)
    assert emitted(home, "int_score__scored") == PLAIN_RENEWED
    assert emitted(home, "int_project__identified") == PLAIN_VERSIONED


@pytest.fixture
def compiled(plain: Engine, server_url: str) -> dict[str, str]:
    """Each model's query as it is sent."""
    folder = built_home(server_url) / "dbt" / "target" / "compiled"
    found = {path.stem: path.read_text(encoding="utf-8") for path in folder.rglob("models/**/*.sql")}
    assert set(models()) <= set(found)
    return {name: found[name] for name in models()}


def test_no_model_writes_what_citus_cannot_do(compiled: dict[str, str]) -> None:
    broken: dict[str, set[str]] = {rule: set() for rule in RULES}
    for name, sql in compiled.items():
        for rule in findings(sql):
            broken[rule].add(name)
    exceptions = yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8"))
    assert {rule: names for rule, names in broken.items() if names} == {
        rule: set(models_) for rule, models_ in exceptions.items()
    }
    for entries in exceptions.values():
        assert all(set(entry) <= {"fits", "not_yet"} and len(entry) == 1 for entry in entries.values())


def test_tables_by_unit_have_the_unit(plain: Engine) -> None:
    of_units = {name for name, node in models().items() if node.config.meta.get("distribution") == "unit_code"}
    query = text(
        "select table_name from information_schema.columns where table_schema in ('history', 'staging')"
        " and column_name = 'unit_code' and data_type = 'text'"
    )
    with plain.connect() as connection:
        have = set(connection.scalars(query))
    assert of_units - have == set()


PLAIN_RENEWED = (
    'set local synchronous_commit = off; create unlogged table staging."int_score__scored" as QUERY;'
    ' analyze staging."int_score__scored";'
)
NUMBER = "(select building.publication_id from ops.publication as building where building.state = 'building')"
STORED, COMPUTED = 'history."int_project__identified"', '"int_project__identified__dbt_tmp"'
SAME = (
    "computed.project_key_sk = stored.project_key_sk and computed.unit_code is not distinct from stored.unit_code"
    " and computed.project_sk is not distinct from stored.project_sk"
)
PLAIN_VERSIONED = (
    f"set local synchronous_commit = off; create temporary table {COMPUTED} on commit drop as select"
    " cast(computed.project_key_sk as bigint) as project_key_sk, cast(computed.unit_code as text) as unit_code,"
    f" cast(computed.project_sk as bigint) as project_sk from ( QUERY) as computed; analyze {COMPUTED};"
    " set local enable_mergejoin = off;"
    f" delete from {STORED} where published_from = {NUMBER};"
    f" update {STORED} set published_to = null where published_to = {NUMBER};"
    f" update {STORED} as stored set published_to = {NUMBER} where stored.published_to is null"
    ' and exists ( select 1 from staging."int_project_unit__in_question" as in_question'
    " where in_question.unit_code = stored.unit_code )"
    f" and not exists (select 1 from {COMPUTED} as computed where {SAME} );"
    f" insert into {STORED} (project_key_sk, unit_code, project_sk, published_from) with standing as materialized"
    f" ( select project_key_sk, unit_code, project_sk from {STORED} as stored where published_to is null"
    f" and exists ( select 1 from {COMPUTED} as computed where computed.project_key_sk = stored.project_key_sk ) )"
    f" select project_key_sk, unit_code, project_sk, {NUMBER} from {COMPUTED} as computed"
    f" where not exists (select 1 from standing as stored where {SAME} );"
    f" do $text$ begin if pg_relation_size('{STORED}') > ( select 2 * 8192 * relpages::bigint from pg_class"
    f" where oid = '{STORED}'::regclass ) then analyze {STORED}; end if; end $text$;"
)
