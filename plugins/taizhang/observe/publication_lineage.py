"""The lineage of a publication: a run per model of dbt, and the flip to the views of readers.

Columns: one of a model that its parents have by the same name is taken from there. The column dictionary gives a name
one meaning; what a model computes under a new name has no lineage by column, only that of its table.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from openlineage.client.event_v2 import RunEvent
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
from sqlalchemy import Connection, Engine, text

from taizhang.observe.lineage_events import PRODUCER, Dataset, Told, table
from taizhang.publication.marts_build import parsed_project

_PUBLICATION = text("select * from ops.publication where publication_id = :publication_id")
_COLUMNS = text(
    """
    select table_schema, table_name, column_name, data_type from information_schema.columns
    where table_schema in ('ops', 'raw', 'audit', 'staging', 'history')
    order by table_schema, table_name, ordinal_position
    """
)
_VIEWS = text("select viewname from pg_views where schemaname = 'marts' order by viewname")


def events_of_publication(engine: Engine, publication_id: int) -> list[RunEvent]:
    """Return the events of building and of showing a publication; LookupError when there is no such one."""
    nodes = _nodes(engine)
    with engine.connect() as connection:
        row = connection.execute(_PUBLICATION, {"publication_id": publication_id}).one_or_none()
        if row is None:
            raise LookupError(f"there is no publication {publication_id}")
        project = _Project(connection, nodes)
        ended = row.published_at or row.opened_at
        failure = (row.failure or "failed") if row.state == "failed" else None
        events = []
        if row.state == "published":
            for node in project.models():
                run = Told(f"build.{node.name}", str(publication_id), row.opened_at, ended)
                parents = project.parents(node)
                written = project.dataset(node, parents).written(_rows(connection, node, publication_id))
                events += run.events([project.dataset(parent).read() for parent in parents], [written])
        flip = Told("publish", str(publication_id), row.opened_at, ended, failure)
        shown = list(project.shown())
        return events + flip.events([history.read() for history, _ in shown], [view.written() for _, view in shown])


def _nodes(engine: Engine) -> dict[str, Any]:
    """Models, seeds and sources of the dbt project by their unique ids."""
    manifest = parsed_project(engine)
    nodes = {name: node for name, node in manifest.nodes.items() if node.resource_type in ("model", "seed")}
    return {**nodes, **manifest.sources}


class _Project:
    """The dbt project as it stands in the warehouse: its nodes, and the columns that their relations really have."""

    def __init__(self, connection: Connection, nodes: dict[str, Any]) -> None:
        self._url = connection.engine.url
        self._nodes = nodes
        self._views = set(connection.scalars(_VIEWS))
        self._types: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for row in connection.execute(_COLUMNS):
            self._types[row.table_schema, row.table_name][row.column_name] = row.data_type

    def models(self) -> Iterator[Any]:
        """Every model, in the order of their names."""
        return (node for _, node in sorted(self._nodes.items()) if node.resource_type == "model")

    def parents(self, node: Any) -> list[Any]:
        """What a model reads."""
        return [self._nodes[parent] for parent in node.depends_on.nodes if parent in self._nodes]

    def dataset(self, node: Any, parents: list[Any] | None = None) -> Dataset:
        """The relation of a node, with its columns and, where its parents are given, where they come from."""
        facets: dict[str, Any] = {}
        described = {name: column.description or None for name, column in node.columns.items()}
        fields = [
            schema_dataset.SchemaDatasetFacetFields(name, kind, described.get(name))
            for name, kind in self._columns(node).items()
        ]
        if fields:
            facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields, producer=PRODUCER)
        if lineage := self._lineage(node, parents or []):
            facets["columnLineage"] = column_lineage_dataset.ColumnLineageDatasetFacet(lineage, producer=PRODUCER)
        return table(self._url, node.schema, _relation(node), **facets)

    def shown(self) -> Iterator[tuple[Dataset, Dataset]]:
        """Each versioned table with the view in which readers see it."""
        for node in self._nodes.values():
            name = _relation(node)
            if node.schema == "history" and name in self._views:
                yield self.dataset(node), table(self._url, "marts", name)

    def _columns(self, node: Any) -> dict[str, str]:
        return self._types.get((node.schema, _relation(node)), {})

    def _lineage(self, node: Any, parents: list[Any]) -> dict[str, column_lineage_dataset.Fields]:
        found = {}
        for name in self._columns(node):
            inputs = [
                column_lineage_dataset.InputField(origin.namespace, origin.name, name)
                for parent in parents
                if name in self._columns(parent)
                for origin in [table(self._url, parent.schema, _relation(parent))]
            ]
            if inputs:
                found[name] = column_lineage_dataset.Fields(inputs)
        return found


def _relation(node: Any) -> str:
    return str(node.identifier if node.resource_type == "source" else node.alias)


def _rows(connection: Connection, node: Any, publication_id: int) -> int | None:
    """Rows that the publication wrote into a versioned table; None for views, which write none."""
    if node.config.materialized != "versioned":
        return None
    name = connection.dialect.identifier_preparer.quote(_relation(node))
    query = text(f"select count(*) from history.{name} where published_from = :publication_id")  # noqa: S608
    return int(connection.scalar(query, {"publication_id": publication_id}) or 0)
