"""Each table says where its rows lie on a Citus cluster, and what it is identified by goes with that."""

import re
from typing import Any

import pytest

from tests.citus_rules import RULES, findings
from tests.dbt_manifest import manifest, models

DISTRIBUTIONS = {"unit_code", "reference", "local"}
VIEWS = {"view", "ephemeral"}


def tables() -> dict[str, Any]:
    """The models that become tables."""
    return {name: node for name, node in models().items() if node.config.materialized not in VIEWS}


def of_units() -> dict[str, Any]:
    return {name: node for name, node in tables().items() if node.config.meta["distribution"] == "unit_code"}


def test_every_table_says_where_its_rows_lie() -> None:
    assert len(tables()) > 100
    said = {name: node.config.meta.get("distribution") for name, node in tables().items()}
    assert {name: value for name, value in said.items() if value not in DISTRIBUTIONS} == {}
    assert set(said.values()) == DISTRIBUTIONS
    seeds = [node for node in manifest().nodes.values() if node.resource_type == "seed"]
    assert {node.config.meta["distribution"] for node in seeds} == {"reference"}


def test_views_say_nothing() -> None:
    views = [node for node in models().values() if node.config.materialized in VIEWS]
    assert [node.name for node in views if "distribution" in node.config.meta] == []


def test_keys_of_tables_by_unit_hold_the_unit() -> None:
    versioned = {name: node for name, node in of_units().items() if node.config.materialized == "versioned"}
    assert {"fct_project_month", "agg_unit_month"} <= set(versioned)
    assert [name for name, node in versioned.items() if "unit_code" not in node.config.get("keys")] == []


def test_unique_indexes_of_tables_by_unit_hold_the_unit() -> None:
    indexes = {name: node.config.get("indexes") or [] for name, node in of_units().items()}
    unique = [(name, index["columns"]) for name, found in indexes.items() for index in found if index.get("unique")]
    assert unique
    assert [(name, columns) for name, columns in unique if "unit_code" not in columns] == []


def test_what_joins_everything_is_on_every_node_and_rollups_are_on_one() -> None:
    said = {name: node.config.meta["distribution"] for name, node in tables().items()}
    assert {value for name, value in said.items() if name.startswith("dim_")} == {"reference"}
    assert {value for name, value in said.items() if re.match(r"agg_.*_region_month$", name)} == {"local"}


BROKEN = {
    "merge": "merge into history.fct as t using s on t.unit_code = s.unit_code when matched then delete",
    "trigger": "create trigger noted after insert on raw.project_progress execute function noted()",
    "two_level_partition": "create table p partition of t for values in ('a') partition by range (day)",
    "grouping_sets": "select region_code, sum(x) from facts group by rollup (region_code)",
    "recursive": "with recursive a as (select 1) select * from a",
    "lateral_limit": "select 1 from a cross join lateral (select (b.x) from b where b.a = a.a limit 1) as c",
    "full_join": "select 1 from a full outer join b on a.k = b.k",
    "lock_rows": "select 1 from queue for update skip locked",
    "exists_beyond_the_unit": "select 1 from a where not exists (select 1 from b where b.k = a.k)",
    "owner_rights_view": "create view v with (security_barrier = true) as select 1",
    "row_level_security": "create policy p on t using (unit_code in (select unit_code from mine))",
    "set_config": "select set_config('app.region', '44', true)",
}
SOUND = {
    "merge": "select 'merge into' as text -- merge into t",
    "trigger": "select triggers.created from triggers",
    "two_level_partition": "select row_number() over (partition by unit_code order by day)",
    "grouping_sets": "select cube_number, rollup from facts group by cube_number, rollup",
    "recursive": "with a as (select 1) select * from a",
    "lateral_limit": "select 1 from a cross join lateral (select b.x from b) as c limit 1",
    "full_join": "select 1 from a left join b on a.k = b.k",
    "lock_rows": "select 'for update' as text",
    "exists_beyond_the_unit": "select 1 from a where exists (select 1 from b where b.unit_code = a.unit_code)",
    "owner_rights_view": "create view v with (security_barrier = true, security_invoker = true) as select 1",
    "row_level_security": "create policy p on t using (unit_code like nullif(current_setting('app.region', true), ''))",
    "set_config": "set local app.region = '44'",
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_it_is_for_and_nothing_else(rule: str) -> None:
    assert list(findings(BROKEN[rule])) == [rule]
    assert list(findings(SOUND[rule])) == []
