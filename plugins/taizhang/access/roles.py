"""The roles that readers are given, and their rights. All of it may be done again at any time.

`taizhang_bi` reads the published marts without the names of persons; `taizhang_region` the same, of the regions that
its logins are bound to; `taizhang_auditor` reads everything. Roles belong to the server and not to one database, so
another warehouse may have made them already, or be making them right now.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

BI, AUDITOR, REGION = "taizhang_bi", "taizhang_auditor", "taizhang_region"
ROLES = (BI, AUDITOR, REGION)
# What analysts had before; it saw the names of persons.
FORMER_ROLE = "taizhang_reader"

READER_SCHEMAS = ("marts", "bi")
PERSONAL_SCHEMA = "personal"
AUDITED_SCHEMAS = ("ops", "raw", "audit", "staging", "history", *READER_SCHEMAS, PERSONAL_SCHEMA)

READERS_SQL = Path(__file__).parent / "readers.sql"
RESTATED_SQL = Path(__file__).parent / "restated.sql"
# What stands in the database is told by a comment that goes when the function goes.
_MARK = "function ops.reads_all_regions()"


def creation(role: str) -> str:
    """Return the statement that makes a role."""
    return f"create role {role} nologin;"


def create_roles(connection: Connection) -> list[str]:
    """Make the readers' roles that the server does not have; return those that this user has not the right to make."""
    return create_missing(connection, ROLES)


def create_missing(connection: Connection, wanted: Sequence[str]) -> list[str]:
    """Make those of the roles that the server does not have; return those that this user has not the right to make."""
    refused = []
    for role in sorted(set(wanted) - set(existing_roles(connection, *wanted))):
        try:
            with connection.begin_nested():
                connection.execute(text(creation(role)))
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
                refused.append(role)
            elif not isinstance(error.orig, (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation)):
                raise
    return refused


def existing_roles(connection: Connection, *roles: str) -> list[str]:
    """Return which of the roles, by default of all that readers are given, the server has, in order of their names."""
    statement = text("select rolname from pg_roles where rolname = any(:roles) order by rolname")
    return list(connection.scalars(statement, {"roles": list(roles or ROLES)}))


def ensure_rights(connection: Connection) -> None:
    """Bring the readers' functions and the rights on schemas and the auditors' tables up to date."""
    functions = "".join(path.read_text(encoding="utf-8") for path in (READERS_SQL, RESTATED_SQL))
    statements = functions + "\n".join(_rights(connection))
    wanted = "readers sha256:" + hashlib.sha256(statements.encode()).hexdigest()
    found = connection.scalar(
        text("select obj_description(to_regprocedure(:name), 'pg_proc')"), {"name": _MARK.partition(" ")[2]}
    )
    if found == wanted:
        return
    run(connection, statements)
    run(connection, f"comment on {_MARK} is '{wanted}'")


def run(connection: Connection, statements: str | sql.Composed) -> None:
    """Run statements as they stand: nothing in them is taken for a parameter."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.execute(statements.encode() if isinstance(statements, str) else statements)


def grants_on(view: sql.Identifier, schema: str, roles: list[str]) -> list[sql.Composed]:
    """Return the statements that let those of these roles read a view who may."""
    readers = [role for role in roles if role == AUDITOR or schema != PERSONAL_SCHEMA]
    return [sql.SQL("grant select on {} to {};").format(view, sql.Identifier(role)) for role in readers]


def _rights(connection: Connection) -> list[str]:
    """The statements that give the roles their rights, and take away what a former role had."""
    lines = []
    for role in existing_roles(connection):
        # Functions in ops tell what a session sees; of its tables readers see none.
        schemas = AUDITED_SCHEMAS if role == AUDITOR else (*READER_SCHEMAS, "ops")
        lines += [f"grant usage on schema {schema} to {role};" for schema in schemas]
        lines += [f"grant select on marts.publication, bi.发布期 to {role};"]
    if existing_roles(connection, AUDITOR):
        # Partitions and the views of staging are made anew all the time.
        for schema in AUDITED_SCHEMAS:
            lines.append(f"grant select on all tables in schema {schema} to {AUDITOR};")
            lines.append(f"alter default privileges in schema {schema} grant select on tables to {AUDITOR};")
    if existing_roles(connection, FORMER_ROLE):
        for schema in (*READER_SCHEMAS, "ops"):
            lines.append(f"revoke all on all tables in schema {schema} from {FORMER_ROLE};")
            lines.append(f"revoke all on schema {schema} from {FORMER_ROLE};")
            lines.append(f"alter default privileges in schema {schema} revoke select on tables from {FORMER_ROLE};")
    return lines
