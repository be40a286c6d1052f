"""The migrated database is what the tables of the package, and so the column dictionary, say: in both directions."""

import pytest
from alembic import command
from sqlalchemy import Engine, text

from taizhang.dictionary import load_dictionary
from taizhang.warehouse.migrate import alembic_config, upgrade

pytestmark = pytest.mark.both_servers


def test_migrations_and_tables_agree(engine: Engine) -> None:
    command.check(alembic_config(engine.url))


def test_each_sheet_column_exists_with_its_type(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            (row.relname, row.attname): row.type
            for row in connection.execute(
                text(
                    "select relname, attname, format_type(atttypid, atttypmod) as type from pg_attribute"
                    " join pg_class on attrelid = pg_class.oid"
                    " where relnamespace = 'raw'::regnamespace and attnum > 0"
                )
            )
        }
    declared = {
        (name, column.name): column.sql_type for name, sheet in load_dictionary().items() for column in sheet.columns
    }
    assert len(declared) > 50
    assert {key: found.get(key) for key in declared} == declared


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade(engine.url)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from ops.schema_version")) == 1
