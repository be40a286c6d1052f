"""Alembic's entry: compares with and applies to the schemas `ops`, `raw` and `audit`."""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from taizhang.warehouse import (
    access_tables,
    audit_tables,
    closing_tables,
    due_tables,
    keeping_tables,
    notice_tables,
    report_tables,
    source_tables,
)
from taizhang.warehouse.tables import metadata

del (
    access_tables,
    audit_tables,
    closing_tables,
    due_tables,
    keeping_tables,
    notice_tables,
    report_tables,
    source_tables,
)  # their import adds their tables to the metadata

SCHEMAS = {"ops", "raw", "audit"}
MIGRATION_LOCK = 7_215_021_104


def include_name(name: str | None, type_: str, parent_names: Any) -> bool:
    """Look at our schemas only, and not at partitions, which the loader makes month by month."""
    if type_ == "schema":
        return name in SCHEMAS
    if type_ == "table":
        return f"{parent_names['schema_name']}.{name}" in metadata.tables
    return True


engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.begin() as connection:
    # Two processes that start at once must not both migrate.
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.execute(text("create schema if not exists ops"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=include_name,
        version_table="schema_version",
        version_table_schema="ops",
        compare_type=True,
    )
    context.run_migrations()
