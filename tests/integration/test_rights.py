"""The warehouse on somebody's server: its user owns two databases and is no superuser."""

import sys
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import URL, make_url

from taizhang.cli.app import main
from taizhang.server.airflow import create_metadata_database
from taizhang.settings import settings
from taizhang.warehouse.connection import address
from taizhang.warehouse.migrate import upgrade

PASSWORD = "p@ss/w%rd $x"


@pytest.fixture
def plain_user(server_url: str) -> Iterator[URL]:
    """URL of a database that a user without any right of its own owns."""
    name = f"plain_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"create role {name} login password '{PASSWORD}'")
        for database in (name, f"{name}_airflow"):
            connection.execute(f"create database {database} owner {name} template template0")
        yield make_url(server_url).set(username=name, password=PASSWORD, database=name)
        for database in (name, f"{name}_airflow"):
            connection.execute(f"drop database {database} with (force)")
        connection.execute(f"drop role {name}")


def _use(monkeypatch: pytest.MonkeyPatch, url: URL) -> None:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(url))
    airflow = url.set(database=f"{url.username}_airflow")
    monkeypatch.setenv("TAIZHANG_AIRFLOW_DATABASE_URL", address(airflow))
    settings.cache_clear()


@pytest.mark.usefixtures("home")
def test_the_owner_of_two_databases_needs_no_other_right(plain_user: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    _use(monkeypatch, plain_user)
    upgrade()
    create_metadata_database()
    with psycopg.connect(address(plain_user)) as connection:
        found = connection.execute(
            "select rolsuper, pg_get_userbyid(relowner) from pg_roles, pg_class "
            "where rolname = current_user and pg_class.oid = 'ops.submission'::regclass"
        )
        assert found.fetchone() == (False, plain_user.username)


@pytest.mark.usefixtures("home")
def test_a_missing_right_is_said_in_one_line(
    plain_user: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _use(monkeypatch, plain_user.set(database="not_there"))
    monkeypatch.setattr(sys, "argv", ["taizhang", "db", "migrate"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert capsys.readouterr().err == (
        "taizhang: the database refuses: permission denied to create database; "
        "docs/data-team.md names the rights that its user needs\n"
    )
