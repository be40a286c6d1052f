"""Users of Airflow's pages: generated passwords in a file of their owner's only."""

import json
from pathlib import Path

import pytest

from taizhang.cli import server
from taizhang.server import airflow, airflow_config
from taizhang.server.web_users import WebUserError, WebUsers
from taizhang.settings import settings


@pytest.fixture
def users(tmp_path: Path) -> WebUsers:
    return WebUsers(tmp_path / "airflow")


def test_admin_has_a_password_from_the_first_moment_and_keeps_it(users: WebUsers) -> None:
    first = users.password()
    assert len(first) >= 16
    assert users.password() == first
    assert users.roles() == {"admin": "admin"}
    assert users.passwords_file.stat().st_mode & 0o777 == 0o600


def test_users_are_added_changed_and_removed(users: WebUsers) -> None:
    admin, first = users.password(), users.add("li", "viewer")
    second = users.add("li", "op")
    assert first != second
    assert json.loads(users.passwords_file.read_text()) == {"admin": admin, "li": second}
    assert users.roles() == {"admin": "admin", "li": "op"}
    assert users.passwords_file.stat().st_mode & 0o777 == 0o600
    users.remove("li")
    assert users.roles() == {"admin": "admin"}
    assert json.loads(users.passwords_file.read_text()) == {"admin": admin}


@pytest.mark.parametrize(("name", "role"), [("admin", "viewer"), ("a:admin,b", "viewer"), ("li", "root"), ("", "op")])
def test_what_would_be_another_user_is_refused(users: WebUsers, name: str, role: str) -> None:
    with pytest.raises(WebUserError):
        users.add(name, role)
    assert users.roles() == {"admin": "admin"}


def test_only_a_user_that_is_there_is_removed(users: WebUsers) -> None:
    for name in ("admin", "nobody"):
        with pytest.raises(WebUserError):
            users.remove(name)


def test_airflow_knows_the_users(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql://clerk@db.example/warehouse")
    settings.cache_clear()
    airflow_config.web_users().add("li", "viewer")
    found = airflow_config.airflow_environment()
    assert found["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "admin:admin,li:viewer"


def test_the_password_is_shown_at_the_first_start_only(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(airflow, "up", lambda say: airflow_config.admin_password() and "http://127.0.0.1:1")
    server.up()
    password = airflow_config.admin_password()
    assert password in capsys.readouterr().out
    server.up()
    assert password not in capsys.readouterr().out
