"""The lineage of a publication: a run per model of dbt, and the flip to the views of readers.

Columns: one of a model that its parents have by the same name is taken from there. The column dictionary gives a name
one meaning; what a model computes under a new name has no lineage by column, only that of its table.
"""

from collections.abc import Iterator
from typing import Any

from openlineage.client.event_v2 import RunEvent
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
from sqlalchemy import Connection, Engine, text

from taizhang.observe.lineage_events import PRODUCER, Dataset, Told, table
from taizhang.publication.marts_build import parsed_project

_PUBLICATION = text("select * from ops.publication where publication_id = :publication_id")
_VIEWS = text("select viewname from pg_views where schemaname = 'marts' order by viewname")


def events_of_publication(engine: Engine, publication_id: int) -> list[RunEvent]:
    """Return the events of building and of showing a publication; LookupError when there is no such one."""
    nodes = _nodes(engine)
    with engine.connect() as connection:
        row = connection.execute(_PUBLICATION, {"publication_id": publication_id}).one_or_none()
        if row is None:
            raise LookupError(f"there is no publication {publication_id}")
        ended = row.published_at or row.opened_at
        events = []
        if row.state == "published":
            for _, node in sorted(nodes.items()):
                if node.resource_type == "model":
                    run = Told(f"build.{node.name}", str(publication_id), row.opened_at, ended)
                    parents = [nodes[parent] for parent in node.depends_on.nodes if parent in nodes]
                    written = _dataset(engine, node, parents).written(_rows(connection, node, publication_id))
                    events += run.events([_dataset(engine, parent).read() for parent in parents], [written])
        failure = (row.failure or "failed") if row.state == "failed" else None
        flip = Told("publish", str(publication_id), row.opened_at, ended, failure)
        shown = list(_shown(connection, engine, nodes))
        return events + flip.events([table.read() for table, _ in shown], [view.written() for _, view in shown])


def _nodes(engine: Engine) -> dict[str, Any]:
    """Models, seeds and sources of the dbt project by their unique ids."""
    manifest = parsed_project(engine)
    nodes = {name: node for name, node in manifest.nodes.items() if node.resource_type in ("model", "seed")}
    return {**nodes, **manifest.sources}


def _dataset(engine: Engine, node: Any, parents: list[Any] | None = None) -> Dataset:
    """The relation of a node, with its columns and, where its parents are given, where they come from."""
    facets: dict[str, Any] = {}
    if node.columns:
        fields = [
            schema_dataset.SchemaDatasetFacetFields(column.name, column.data_type, column.description or None)
            for column in node.columns.values()
        ]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)
    if lineage := _columns(engine, node, parents or []):
        facets["columnLineage"] = column_lineage_dataset.ColumnLineageDatasetFacet(lineage, producer=PRODUCER)
    return table(engine.url, node.schema, _relation(node), **facets)


def _relation(node: Any) -> str:
    return str(node.identifier if node.resource_type == "source" else node.alias)


def _columns(engine: Engine, node: Any, parents: list[Any]) -> dict[str, column_lineage_dataset.Fields]:
    found = {}
    for name in node.columns:
        inputs = [
            column_lineage_dataset.InputField(dataset.namespace, dataset.name, name)
            for parent in parents
            if name in parent.columns
            for dataset in [table(engine.url, parent.schema, _relation(parent))]
        ]
        if inputs:
            found[name] = column_lineage_dataset.Fields(inputs)
    return found


def _rows(connection: Connection, node: Any, publication_id: int) -> int | None:
    """Rows that the publication wrote into a versioned table; None for views, which write none."""
    if node.config.materialized != "versioned":
        return None
    name = connection.dialect.identifier_preparer.quote(_relation(node))
    query = text(f"select count(*) from history.{name} where published_from = :publication_id")  # noqa: S608
    return int(connection.scalar(query, {"publication_id": publication_id}) or 0)


def _shown(connection: Connection, engine: Engine, nodes: dict[str, Any]) -> Iterator[tuple[Dataset, Dataset]]:
    """Each versioned table with the view in which readers see it."""
    views = set(connection.scalars(_VIEWS))
    for node in nodes.values():
        name = _relation(node)
        if node.schema == "history" and name in views:
            yield _dataset(engine, node), table(engine.url, "marts", name)
