"""Bringing the warehouse's schemas, roles and tables up to date with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from taizhang.access.reader_views import ensure_readers
from taizhang.warehouse.connection import warehouse_url

MIGRATIONS_DIR = Path(__file__).parent / "migrations"


def create_database(url: URL) -> None:
    """Create the database of the URL if the server does not have it yet."""
    name = url.database or ""
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            if connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": name}):
                return
            quoted = connection.dialect.identifier_preparer.quote(name)
            try:
                connection.execute(text(f"create database {quoted} template template0 encoding 'UTF8'"))
            except ProgrammingError:
                # Two processes may find it missing at once; whoever comes second finds it made.
                if not connection.scalar(text("select 1 from pg_database where datname = :name"), {"name": name}):
                    raise
    finally:
        server.dispose()


def alembic_config(url: URL) -> Config:
    """Return Alembic's configuration for the warehouse at this URL."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    config.attributes["url"] = url
    return config


def upgrade(url: URL | None = None) -> list[str]:
    """Create the warehouse's database if need be and bring it, roles, rights and readers' views to the newest version.

    Returns the statements that an administrator has to run because this user may not; readers have no rights till then.
    """
    url = url or warehouse_url()
    create_database(url)
    command.upgrade(alembic_config(url), "head")
    return ensure_readers(create_engine(url, poolclass=NullPool))


def missing_roles(statements: list[str]) -> list[str]:
    """Return what to tell people of the statements that `upgrade` returned; nothing when there are none."""
    if not statements:
        return []
    said = (
        "Readers have no rights yet: an administrator of the server has to run these, then `taizhang db migrate` again"
    )
    return [said, *(f"  {statement}" for statement in statements)]
