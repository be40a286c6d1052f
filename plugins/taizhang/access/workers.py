"""The roles of the logins that do the nightly work, none of which may do all of it.

`taizhang_loader` lands, reads and judges: it writes `ops`, `raw`, `audit` and the gate's own tables, and neither sees
nor writes a mart. `taizhang_publisher` builds and shows the marts: it owns what dbt makes, and changes nothing of what
was submitted or judged. Everything else belongs to the owner of the warehouse, who migrates.
"""

from dataclasses import dataclass, field

from psycopg import sql
from sqlalchemy import Connection, Engine, text

from taizhang.access.roles import PERSONAL_SCHEMA, READER_SCHEMAS, create_missing, run
from taizhang.errors import TaizhangError

LOADER, PUBLISHER = "taizhang_loader", "taizhang_publisher"
BUILT_SCHEMAS = ("staging", "history", *READER_SCHEMAS, PERSONAL_SCHEMA)
GATE = "gate"


class UnknownLoginError(TaizhangError):
    """The server has no such login."""


class WorkerRightsError(TaizhangError):
    """This user may not make the role; the message has the statement for an administrator."""


@dataclass(frozen=True)
class Worker:
    """What a role may do: schemas whose tables it reads, tables that it changes; `raw.*` is every table of `raw`."""

    reads: tuple[str, ...]
    changes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    owns: tuple[str, ...] = ()
    makes_tables_in: tuple[str, ...] = ()


WORKERS = {
    LOADER: Worker(
        reads=("ops", "raw", "audit"),
        changes={
            "insert": (
                *("raw.*", "ops.submission", "ops.submission_event", "ops.arrival"),
                *("ops.source_pull", "ops.source_cursor", "ops.source_item"),
                *("audit.amendment", "audit.explanation", "audit.feedback", "audit.finding", "audit.gate_run"),
                *("audit.gate_seal", "audit.judgement", "audit.rule_pack", "audit.rule_run"),
                *("audit.submission_rule_run", "audit.report", "audit.report_figure", "audit.report_relation"),
            ),
            "update": (
                *("ops.submission", "ops.source_pull", "ops.source_cursor", "ops.source_item"),
                *("audit.gate_run", "audit.feedback"),
            ),
            "delete": ("raw.cell_correction", "ops.source_item"),
        },
        calls=("ops.create_partition(text, date)",),
        makes_tables_in=(GATE,),
    ),
    PUBLISHER: Worker(
        reads=("ops", "raw", "audit"),
        changes={
            "insert": (
                *("ops.publication", "ops.publication_scope", "ops.current_publication", "ops.due_date"),
                *("ops.notice", "ops.notice_delivery"),
            ),
            "update": ("ops.publication", "ops.current_publication", "ops.notice_delivery"),
            # What the calendar says is written anew where a publication finds it changed.
            "delete": ("ops.due_date",),
        },
        owns=BUILT_SCHEMAS,
    ),
}


def grant_worker(engine: Engine, login: str, role: str) -> None:
    """Let a login do the work of a role; all that it makes belongs to the role, so that another login can go on.

    May be repeated, and has to be after an upgrade that brings new tables. UnknownLoginError when the server has no
    such login, WorkerRightsError when this user may not make the role.
    """
    with engine.begin() as connection:
        if not connection.scalar(text("select rolcanlogin from pg_roles where rolname = :login"), {"login": login}):
            raise UnknownLoginError(
                f"the server has no login {login}; create it: create role {login} login password '…'"
            )
        if refused := create_missing(connection, (role,)):
            raise WorkerRightsError(f"an administrator of the server has to run: create role {refused[0]} nologin")
        run(connection, sql.SQL("\n").join(_statements(connection, role, login)))


def _statements(connection: Connection, role: str, login: str) -> list[sql.Composable]:
    worker, named, name = WORKERS[role], sql.Identifier(role), sql.Identifier(login)
    database = sql.Identifier(connection.engine.url.database or "")
    lines: list[sql.Composable] = [
        sql.SQL("grant {} to current_user;").format(named),
        sql.SQL("revoke all on all tables in schema ops, raw, audit from {};").format(named),
    ]
    for schema in map(sql.Identifier, worker.reads):
        lines.append(sql.SQL("grant usage on schema {} to {};").format(schema, named))
        lines.append(sql.SQL("grant select on all tables in schema {} to {};").format(schema, named))
        lines.append(
            sql.SQL("alter default privileges in schema {} grant select on tables to {};").format(schema, named)
        )
    for right, tables in worker.changes.items():
        lines += [_grant(right, table, named) for table in tables]
    for function in worker.calls:
        lines.append(sql.SQL("grant execute on function {} to {};").format(sql.SQL(function), named))
    for made in worker.makes_tables_in:
        # What others made there is made anew by each night.
        lines.append(sql.SQL("drop schema if exists {} cascade;").format(sql.Identifier(made)))
        lines.append(sql.SQL("create schema {};").format(sql.Identifier(made)))
        lines.append(sql.SQL("grant usage, create on schema {} to {};").format(sql.Identifier(made), named))
    lines += _ownership(connection, worker.owns, named)
    lines.append(sql.SQL("grant {} to {};").format(named, name))
    # Every connection of the login works as the role, that of dbt too.
    lines.append(sql.SQL("alter role {} in database {} set role to {};").format(name, database, sql.Literal(role)))
    return lines


def _grant(right: str, table: str, named: sql.Identifier) -> sql.Composed:
    schema, _, relation = table.partition(".")
    if relation == "*":
        statement = sql.SQL(
            "grant {right} on all tables in schema {schema} to {role};"
            "alter default privileges in schema {schema} grant {right} on tables to {role};"
        )
        return statement.format(right=sql.SQL(right), schema=sql.Identifier(schema), role=named)
    return sql.SQL("grant {} on {} to {};").format(sql.SQL(right), sql.Identifier(schema, relation), named)


_RELATIONS = text(
    """
    select nspname, relname, relkind = 'v' as is_view
    from pg_class inner join pg_namespace on relnamespace = pg_namespace.oid
    where nspname = any(:schemas) and relkind in ('r', 'p', 'v')
    """
)


def _ownership(connection: Connection, schemas: tuple[str, ...], named: sql.Identifier) -> list[sql.Composable]:
    """Give schemas and all in them to the role; readers keep their rights."""
    lines: list[sql.Composable] = [
        sql.SQL("alter schema {} owner to {};").format(sql.Identifier(schema), named) for schema in schemas
    ]
    for row in connection.execute(_RELATIONS, {"schemas": list(schemas)}):
        statement = sql.SQL("alter view {} owner to {};" if row.is_view else "alter table {} owner to {};")
        lines.append(statement.format(sql.Identifier(row.nspname, row.relname), named))
    return lines
