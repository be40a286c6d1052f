"""The warehouse on somebody's server: its user owns two databases and is no superuser."""

import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from taizhang.access import roles
from taizhang.access.reader_views import ensure_readers
from taizhang.cli.app import main
from taizhang.server.airflow import create_metadata_database
from taizhang.settings import settings
from taizhang.warehouse.connection import DRIVER, address
from taizhang.warehouse.migrate import missing_roles, upgrade

pytestmark = pytest.mark.both_servers

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


@pytest.mark.usefixtures("home")
def test_roles_that_the_user_may_not_make_are_left_to_the_administrator(
    plain_user: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, plain_user)
    role = f"absent_{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(roles, "ROLES", (roles.AUDITOR, role))
    statements = upgrade()
    assert statements == [f"create role {role} nologin;"]
    said = missing_roles(statements)
    assert (said[0][:30], said[1]) == ("Readers have no rights yet: an", f"  create role {role} nologin;")
    with psycopg.connect(address(plain_user)) as connection:
        # All else is in place, and the rights of the role that is there are given.
        found = connection.execute("select has_table_privilege('taizhang_auditor', 'ops.submission', 'select')")
        assert found.fetchone() == (True,)
    assert missing_roles([]) == []


def test_several_warehouses_may_make_the_roles_at_once(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    role = f"race_{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(roles, "ROLES", (role,))
    server = create_engine(make_url(server_url).set(drivername=DRIVER), poolclass=NullPool)

    def make(_: int) -> list[str]:
        with server.begin() as connection:
            return roles.create_roles(connection)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(make, range(8))) == [[]] * 8
    with server.begin() as connection:
        assert roles.existing_roles(connection) == [role]
        connection.execute(text(f"drop role {role}"))


def test_a_former_role_keeps_no_right(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    former = f"former_{uuid.uuid4().hex[:12]}"
    monkeypatch.setattr(roles, "FORMER_ROLE", former)
    with engine.begin() as connection:
        connection.execute(text(f"create role {former} nologin"))
        connection.execute(text(f"grant usage on schema marts, bi, ops to {former}"))
        connection.execute(text(f"grant select on ops.publication, marts.publication to {former}"))
        connection.execute(text(f"alter default privileges in schema marts grant select on tables to {former}"))
    assert ensure_readers(engine) == []
    with engine.begin() as connection:
        # The server refuses to drop a role that has a right left.
        connection.execute(text(f"drop role {former}"))
