"""The embedded PostgreSQL starts, survives being killed on either side, and stops without a rest."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from taizhang.server import embedded, processes
from taizhang.server.account import AccountError
from taizhang.server.embedded import EmbeddedServerError
from taizhang.settings import PROJECT_ROOT, settings
from tests import conftest

START = "from taizhang.server import embedded; print(embedded.ensure_running(), flush=True)"
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def _python(code: str, home: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"TAIZHANG_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT / "plugins")}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)


def _postmaster(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def _rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from kept").fetchone()
    assert row is not None
    return int(row[0])


def _kill_postmaster(home: Path) -> None:
    pid = _postmaster(home)
    os.kill(pid, signal.SIGKILL)
    assert processes.wait_until(lambda: processes.find(pid) is None, 10)


@pytest.fixture(scope="module")
def stopped_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a server that was stopped, with a table `kept` of 1000 rows."""
    folder = tmp_path_factory.mktemp("stopped") / "home"
    with conftest._home(folder):
        with psycopg.connect(embedded.ensure_running()) as connection:
            connection.execute("create table kept as select generate_series(1, 1000) as number")
        embedded.stop()
    return folder


@pytest.fixture
def server(stopped_home: Path, home: Path) -> Iterator[str]:
    """URL of a server of this test's own, a copy of the stopped one: copying is faster than initdb."""
    subprocess.run(["cp", "-a", stopped_home, home], check=True)
    yield embedded.ensure_running()
    embedded.stop()


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home that other users can reach; the folders that pytest makes are closed to them."""
    with tempfile.TemporaryDirectory(prefix="taizhang-open-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_server_is_utf8_sorts_by_code_point_and_listens_on_loopback_only(server: str) -> None:
    with psycopg.connect(server) as connection:
        encoding = connection.execute("show server_encoding").fetchone()
        order = connection.execute("select string_agg(c, '' order by c) from unnest(array['重', '上', '北']) c")
        assert encoding == ("UTF8",)
        assert order.fetchone() == ("上北重",)
        assert connection.execute("show listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("show unix_socket_directories").fetchone() == ("",)


def test_nobody_comes_in_without_the_password(server: str, home: Path) -> None:
    password_file = home / "postgres-password"
    assert password_file.stat().st_mode & 0o777 == 0o600
    assert password_file.stat().st_uid == os.geteuid()
    password = password_file.read_text()
    assert len(password) >= 32
    for wrong in ("", "postgres", password[:-1]):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.replace(password, wrong))
    with psycopg.connect(server) as connection:
        rules = connection.execute("select distinct auth_method from pg_hba_file_rules").fetchall()
    assert rules == [("scram-sha-256",)]


def test_the_password_stands_in_no_log_and_no_command_line(server: str, home: Path) -> None:
    password = (home / "postgres-password").read_text()
    with psycopg.connect(server) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("select * from missing")
    assert password not in embedded.server_log().read_text()
    assert list(processes.running(lambda pid: password in processes.command_line(pid))) == []
    holders = [path for path in home.rglob("*") if path.is_file() and password.encode() in path.read_bytes()]
    assert holders == [home / "postgres-password"]


def test_data_without_their_password_are_an_error_that_names_the_file(server: str, home: Path) -> None:
    kept = (home / "postgres-password").rename(home / "moved")
    with pytest.raises(EmbeddedServerError, match="postgres-password is missing"):
        embedded.ensure_running()
    kept.rename(home / "postgres-password")
    assert embedded.ensure_running() == server


def test_a_second_call_finds_the_same_server(server: str, home: Path) -> None:
    pid = _postmaster(home)
    assert embedded.is_running()
    assert embedded.ensure_running() == server
    assert _postmaster(home) == pid


def test_stop_leaves_no_process_and_the_port_is_kept(server: str) -> None:
    name = embedded._cluster_name()
    embedded.stop()
    assert not embedded.is_running()
    assert list(processes.running(lambda pid: name in processes.command_line(pid))) == []
    assert embedded.ensure_running() == server
    assert _rows(server) == 1000


def test_stop_without_a_server_is_no_error(home: Path) -> None:
    embedded.stop()
    assert not embedded.is_running()


def test_rows_survive_the_kill_of_the_postmaster(server: str, home: Path) -> None:
    _kill_postmaster(home)
    assert not embedded.is_running()
    assert embedded.ensure_running() == server
    assert _rows(server) == 1000


def test_a_pid_file_that_names_another_living_process_is_no_obstacle(server: str, home: Path) -> None:
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    _kill_postmaster(home)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert not embedded.is_running()
    assert _rows(embedded.ensure_running()) == 1000


def test_stop_after_the_kill_of_the_postmaster(server: str, home: Path) -> None:
    name = embedded._cluster_name()
    _kill_postmaster(home)
    embedded.stop()
    assert list(processes.running(lambda pid: name in processes.command_line(pid))) == []


def test_server_outlives_the_program_that_started_it(home: Path) -> None:
    with _python(f"{START}; import time; time.sleep(60)", home) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        program.kill()
    try:
        assert embedded.is_running()
        assert embedded.ensure_running() == url
    finally:
        embedded.stop()
    assert not embedded.is_running()


def test_two_programs_at_once_start_one_server(home: Path) -> None:
    programs = [_python(START, home) for _ in range(2)]
    urls = {program.communicate()[0].strip() for program in programs}
    try:
        assert [program.returncode for program in programs] == [0, 0]
        assert urls == {embedded.ensure_running()}
        data = str(home.resolve() / "postgres" / "data")
        started = processes.running(lambda pid: f"postgres -D {data}" in processes.command_line(pid))
        assert [process.pid for process in started] == [_postmaster(home)]
    finally:
        embedded.stop()


def test_an_unfinished_initdb_is_begun_anew(home: Path) -> None:
    unfinished = home / "postgres" / "data.new-dead"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    try:
        embedded.ensure_running()
        assert sorted(path.name for path in (home / "postgres").glob("data*")) == ["data"]
    finally:
        embedded.stop()


def test_a_remembered_port_that_is_taken_is_replaced(server: str) -> None:
    port = int(server.rpartition(":")[2].partition("/")[0])
    embedded.stop()
    with socket.create_server(("127.0.0.1", port)):
        url = embedded.ensure_running()
    assert url != server
    assert _rows(url) == 1000


def test_a_configured_port_that_is_taken_is_an_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("TAIZHANG_POSTGRES_PORT", str(taken.getsockname()[1]))
        settings.cache_clear()
        with pytest.raises(EmbeddedServerError, match="in use"):
            embedded.ensure_running()


@only_root
def test_root_runs_it_in_a_folder_that_is_closed_to_others(home: Path) -> None:
    home.mkdir()
    home.chmod(0o700)
    try:
        url = embedded.ensure_running()
        with psycopg.connect(url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert home.stat().st_mode & 0o777 == 0o700
        assert (home / "postgres").stat().st_uid != 0
        status = Path(f"/proc/{_postmaster(home)}/status").read_text()
        assert "Uid:\t0\t" not in status
        _kill_postmaster(home)
        assert embedded.ensure_running() == url
    finally:
        embedded.stop()


@only_root
def test_an_ordinary_user_runs_it(open_home: Path) -> None:
    nobody, home = 65534, open_home
    as_nobody = ["setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups"]
    os.chown(home, nobody, nobody)
    reachable = [
        subprocess.run([*as_nobody, "test", "-x", path], check=False).returncode == 0
        for path in (sys.executable, home, embedded.programs_dir())
    ]
    if not all(reachable):
        pytest.skip("the project or the interpreter lies in a folder that is closed to ordinary users")
    environment = os.environ | {"TAIZHANG_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT / "plugins")}
    code = f"{START}; embedded.stop(); print(embedded.is_running())"
    done = subprocess.run(
        [*as_nobody, sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "False"
    assert (home / "postgres" / "data").stat().st_uid == nobody


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use everybody's data")
def test_an_ordinary_user_does_not_touch_the_data_of_others(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "postgres").mkdir(parents=True)
    stranger = os.geteuid() + 1
    monkeypatch.setattr("taizhang.server.account.os.geteuid", lambda: stranger)
    with pytest.raises(AccountError, match="belongs to user id"):
        embedded.ensure_running()
