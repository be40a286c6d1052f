"""The same marts by plain SQL: each model's own select, and its scope's rows deleted and inserted, in one transaction.

No dbt, no tests, no former states, no comparison of what is there with what should be. What a publication is made from
and the statements of the models are the program's own, so that both do the same work on the same rows.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from taizhang.deadlines import due_dates
from taizhang.publication import open_publication
from taizhang.publication.marts_build import parsed_project, run_dbt

PREFIX = "model.taizhang."


@dataclass(frozen=True)
class Statement:
    """One model in plain SQL."""

    model: str
    sql: str


def statements(engine: Engine) -> list[Statement]:
    """Return the models in the order in which dbt makes them; a publication must be open."""
    compiled = run_dbt(engine, "compile", "--selector", "what_changes")
    nodes = parsed_project(engine).nodes
    found = [nodes[f"{PREFIX}{name}"] for name in compiled if f"{PREFIX}{name}" in nodes]
    return [Statement(str(node.name), _plain(node, nodes)) for node in found]


def _plain(node: Any, nodes: Any) -> str:
    """The statements that replace a model's rows."""
    kind, table, select = node.config.materialized, node.relation_name, node.compiled_code
    if kind == "renewed":
        return f"truncate {table}; insert into {table} {select}; analyze {table}"
    names = ", ".join(node.columns)
    if kind == "incremental":
        return f"insert into {table} ({names}) select {names} from ({select}) as computed"
    if kind != "versioned":
        raise ValueError(f"{node.name} is {kind}: no plain statement is known for that")
    scope, within = node.config.extra.get("scope"), ""
    if scope:
        same = " and ".join(f"asked.{column} = stored.{column}" for column in scope["columns"])
        asked = nodes[f"{PREFIX}{scope['relation']}"].relation_name
        within = f" and exists (select from {asked} as asked where {same})"
    number = "(select publication_id from ops.publication where state = 'building')"
    return (
        f"create temporary table computed on commit drop as {select};"
        f" delete from {table} as stored where stored.published_to is null{within};"
        f" insert into {table} ({names}, published_from) select {names}, {number} from computed; drop table computed"
    )


def replace(engine: Engine, plain: list[Statement]) -> None:
    """Replace the rows of the open publication's scope in all marts and show them."""
    publication_id = open_publication(engine)
    with engine.begin() as connection:
        due_dates.refresh(connection)
        cursor = connection.connection.cursor()
        for statement in plain:
            cursor.execute(statement.sql)
        connection.execute(
            text("update ops.publication set state = 'published', published_at = now() where publication_id = :id"),
            {"id": publication_id},
        )
        connection.execute(text("update ops.current_publication set publication_id = :id"), {"id": publication_id})
