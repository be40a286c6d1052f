"""The readers' views of each mart: `marts.<mart>` with English names, `bi.<中文>` with Chinese ones.

Both show the current publication, or in a session that runs `SET taizhang.publication = 'N'` publication N; never one
that is not published. A login of `taizhang_region` sees the rows of its regions only. Columns that name a person are in
the views of the schema `personal` and nowhere else. A view is made once, and again when what it should be changes.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, text

from taizhang.access.comments import column_comment_en, column_comment_zh, table_comment_en, table_comment_zh
from taizhang.access.roles import (
    PERSONAL_SCHEMA,
    READER_SCHEMAS,
    create_roles,
    creation,
    ensure_rights,
    existing_roles,
    grants_on,
    run,
)
from taizhang.dictionary.mart import VISIBILITY_COLUMNS, Mart, MartColumn, published_marts
from taizhang.errors import TaizhangError

LOCK = 7_215_021_106

# Whose rows a reader bound to regions sees. The functions are asked once for a query, not for each row.
_SEEN = {
    "everyone": "true",
    "unit": "stored.unit_code = any((select ops.visible_units())::text[])",
    "region": "stored.region_code = any((select ops.visible_regions())::text[])",
    "project": (
        "exists (select from history.dim_project as project where project.project_sk = stored.project_sk"
        " and project.unit_code = any((select ops.visible_units())::text[]))"
    ),
    None: "false",
}
# Two branches, of which a query runs one: so that of either sort of readers the plan is the best for their rows.
_DEFINITION = sql.SQL(
    """create or replace view {view} with (security_barrier = true) as
with shown as materialized (
    select publication_id from ops.publication
    where publication_id = (select ops.shown_publication()) and state = 'published'
)
select {columns} from history.{table} as stored
where
    (select ops.reads_all_regions())
    and stored.published_from <= (select publication_id from shown)
    and (stored.published_to is null or stored.published_to > (select publication_id from shown))
union all
select {columns} from history.{table} as stored
where
    not (select ops.reads_all_regions())
    and {seen}
    and stored.published_from <= (select publication_id from shown)
    and (stored.published_to is null or stored.published_to > (select publication_id from shown));
"""
)


class ReaderViewError(TaizhangError):
    """A view has to be made anew and cannot; the message names what depends on it."""


@dataclass(frozen=True)
class ReaderView:
    """One view: where it is, of which mart, and the columns with the names and comments that they have there."""

    schema: str
    name: str
    comment: str
    mart: Mart
    columns: tuple[tuple[MartColumn, str, str], ...]

    @property
    def identifier(self) -> sql.Identifier:
        """The view's quoted name."""
        return sql.Identifier(self.schema, self.name)

    @cached_property
    def definition(self) -> sql.Composed:
        """The statement that makes it, or replaces one with the same first columns."""
        listed = [
            sql.SQL("stored.{} as {}").format(sql.Identifier(column.name), sql.Identifier(label))
            for column, label, _ in self.columns
        ]
        return _DEFINITION.format(
            view=self.identifier,
            columns=sql.SQL(", ").join(listed),
            table=sql.Identifier(self.mart.mart),
            seen=sql.SQL(_SEEN[self.mart.visibility]),
        )

    @cached_property
    def comments(self) -> list[sql.Composed]:
        """The statements that describe it."""
        said = [sql.SQL("comment on view {} is {};").format(self.identifier, self.comment)]
        for _, label, comment in self.columns:
            column = sql.Identifier(self.schema, self.name, label)
            said.append(sql.SQL("comment on column {} is {};").format(column, comment))
        return list(said)

    def statements(self, roles: list[str]) -> sql.Composed:
        """All that makes it: definition, comments, rights of the roles that there are."""
        return sql.SQL("\n").join([self.definition, *self.comments, *grants_on(self.identifier, self.schema, roles)])


def views_of(mart: Mart, stored_columns: set[str]) -> Iterator[ReaderView]:
    """Yield the views of a mart, with those of its columns that the table has by now."""
    columns = tuple(column for column in mart.columns if column.name in stored_columns)
    impersonal = tuple(column for column in columns if not column.personal)
    for english, chinese, shown in (("marts", "bi", impersonal), (PERSONAL_SCHEMA, PERSONAL_SCHEMA, columns)):
        if english == PERSONAL_SCHEMA and columns == impersonal:
            continue
        named = tuple((column, column.name, column_comment_en(mart, column)) for column in shown)
        yield ReaderView(english, mart.mart, table_comment_en(mart), mart, named)
        labelled = tuple((column, column.labelled_unit, column_comment_zh(mart, column)) for column in shown)
        yield ReaderView(chinese, mart.label, table_comment_zh(mart), mart, labelled)


def ensure_readers(engine: Engine) -> list[str]:
    """Bring roles, rights and readers' views up to date; return the statements that an administrator has to run.

    Costs a few queries when there is nothing to do. ReaderViewError when somebody else's view stands in the way.
    """
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
        refused = create_roles(connection)
        ensure_rights(connection)
        roles = existing_roles(connection)
        standing = _standing(connection)
        for view in _wanted(connection):
            _ensure_view(connection, view, roles, standing)
    return [creation(role) for role in refused]


def _wanted(connection: Connection) -> Iterator[ReaderView]:
    """The views of all marts that have been built."""
    rows = connection.execute(
        text(
            "select relname, array_agg(attname::text) from pg_attribute inner join pg_class on attrelid = pg_class.oid"
            " where relnamespace = 'history'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped"
            " group by relname"
        )
    )
    stored: dict[str, list[str]] = {row[0]: row[1] for row in rows}
    for name, mart in published_marts().items():
        if name in stored:
            yield from views_of(mart, set(stored[name]))


def _standing(connection: Connection) -> dict[tuple[str, str], str | None]:
    """What each view of the readers' schemas was made from, by schema and name; None where nobody says."""
    rows = connection.execute(
        text(
            "select nspname, relname, obj_description(pg_rewrite.oid, 'pg_rewrite')"
            " from pg_rewrite inner join pg_class on ev_class = pg_class.oid"
            " inner join pg_namespace on relnamespace = pg_namespace.oid"
            " where nspname = any(:schemas) and rulename = '_RETURN'"
        ),
        {"schemas": [*READER_SCHEMAS, PERSONAL_SCHEMA]},
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _ensure_view(
    connection: Connection, view: ReaderView, roles: list[str], standing: dict[tuple[str, str], str | None]
) -> None:
    statements = view.statements(roles)
    wanted = "sha256:" + hashlib.sha256(statements.as_string().encode()).hexdigest()
    if standing.get((view.schema, view.name)) == wanted:
        return
    _ensure_index(connection, view.mart)
    try:
        with connection.begin_nested():
            run(connection, statements)
    except psycopg.errors.InvalidTableDefinition:
        # Its columns are others, not only more.
        _drop(connection, view)
        run(connection, statements)
    # Goes with the view, whoever drops it.
    run(
        connection, sql.SQL("comment on rule {} on {} is {}").format(sql.Identifier("_RETURN"), view.identifier, wanted)
    )


def _drop(connection: Connection, view: ReaderView) -> None:
    try:
        run(connection, sql.SQL("drop view {}").format(view.identifier))
    except psycopg.errors.DependentObjectsStillExist as error:
        dependants = " ".join((error.diag.message_detail or "").split())
        raise ReaderViewError(
            f"the view {view.schema}.{view.name} has other columns now and cannot be made anew: {dependants}; "
            "drop what depends on it, and make it again afterwards"
        ) from error


def _ensure_index(connection: Connection, mart: Mart) -> None:
    """An index that leads to the rows of a unit, region or project, month by month where the mart has months.

    A key or lookup that begins with the same column serves as well.
    """
    column = VISIBILITY_COLUMNS.get(mart.visibility or "everyone")
    if column is None:
        return
    leads = connection.scalar(
        text(
            "select exists (select from pg_index inner join pg_attribute on attrelid = indrelid and attnum = indkey[0]"
            " where indrelid = to_regclass(:table) and attname = :column and indpred is null)"
        ),
        {"table": f"history.{mart.mart}", "column": column},
    )
    if not leads:
        index, table = sql.Identifier(f"{mart.mart}__seen"), sql.Identifier("history", mart.mart)
        # Without the month a year of a province reads all years of it: 110 ms against 10 ms with 120 months.
        names = [column, *("report_month" for other in mart.columns if other.name == "report_month")]
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in names)
        run(connection, sql.SQL("create index {} on {} ({})").format(index, table, columns))
