"""Errors at the command line: one line that says what is wrong, no traceback, and exit code 3."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import taizhang
from taizhang.cli.app import main
from taizhang.errors import TaizhangError
from taizhang.server.embedded import free_port
from taizhang.settings import PROJECT_ROOT, settings

# Errors that the reader turns into findings, or takes as the sign of a sheet for another parser; no person meets them.
OF_THE_READER = {
    *("UnreadableFigureError", "UnreadableDateError", "UnfitValueError", "_UnusualError"),
    *("ReaderFailedError", "_DiedError"),
}
# What becomes of one item of a source: a row, or a line of the report.
OF_A_PULL = {"ItemRefusedError", "ItemChangedError", "PassingError"}


@pytest.fixture
def said(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command that must fail; returns what it prints after `taizhang: `."""
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", f"postgresql://clerk:geheim@127.0.0.1:{free_port()}/taizhang")

    def run(*arguments: str, code: int = 3) -> str:
        settings.cache_clear()
        monkeypatch.setattr(sys, "argv", ["taizhang", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        assert ended.value.code == code
        assert printed.out == ""
        assert printed.err.startswith("taizhang: ")
        assert printed.err.count("\n") == 1
        assert "Traceback" not in printed.err
        assert "geheim" not in printed.err
        return printed.err.removeprefix("taizhang: ").rstrip("\n")

    return run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command 'nonsense'. (taizhang --help)"),
        (["db", "nonsense"], "No such command 'nonsense'. (taizhang db --help)"),
        (["figures", "--nonsense"], "No such option: --nonsense (taizhang figures --help)"),
        (["figures", "--region", "621122"], "Missing option '--month'. (taizhang figures --help)"),
        (
            ["figures", "--region", "621122", "--month", "2024-13"],
            "Invalid value: 2024-13 is no month; write it like 2024-03 (taizhang figures --help)",
        ),
        (
            ["template", "--unit", "621122", "--month", "三月"],
            "Invalid value: 三月 is no month; write it like 2024-03 (taizhang template --help)",
        ),
        (["template", "--unit", "无名县", "--month", "2024-03"], "no reporting unit 无名县 (taizhang template --help)"),
        (
            ["template", "--unit", "621122", "--month", "2024-03", "-o", "/missing/x.xlsx"],
            "there is no folder /missing",
        ),
        (["submit", "/missing.xlsx"], "there is no file /missing.xlsx"),
        (["rules", "R99"], "the catalogue has no rule R99; `taizhang rules` lists them"),
    ],
)
def test_what_was_asked_wrongly_is_named(said, arguments: list[str], message: str) -> None:
    assert said(*arguments).endswith(message)


@pytest.mark.parametrize("command", ["check", "read"])
def test_a_file_that_is_not_there_cannot_be_read(said, command: str, tmp_path: Path) -> None:
    assert said(command, "/missing.xlsx", code=2) == "there is no file /missing.xlsx"
    assert said(command, str(tmp_path), code=2).endswith("is a folder, not a workbook")


@pytest.mark.parametrize(
    "arguments", [["publications"], ["run"], ["db", "migrate"], ["figures", "--region", "621122", "--month", "2024-03"]]
)
def test_a_database_that_does_not_answer(said, arguments: list[str]) -> None:
    message = said(*arguments)
    assert message.startswith("the database does not answer: ")
    assert "Connection refused" in message


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("TAIZHANG_DATABASE_URL", "clerk:geheim", "TAIZHANG_DATABASE_URL: is no URL like postgresql://"),
        ("TAIZHANG_DATABASE_URL", "mysql://clerk:geheim@db/x", "TAIZHANG_DATABASE_URL: must name a"),
        ("TAIZHANG_DATABASE_URL", "postgresql://clerk:geheim@db", "TAIZHANG_DATABASE_URL: must name a"),
        ("TAIZHANG_WEB_PORT", "80000", "TAIZHANG_WEB_PORT: Input should be less than or equal to 65535"),
    ],
)
def test_a_setting_that_cannot_be(
    said, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert said("publications").startswith(message)


def test_an_error_that_nobody_thought_of_goes_to_the_log(said, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr("taizhang.warehouse.connection.engine", broken)
    log = home / "logs" / "errors.log"
    assert said("publications") == f"ZeroDivisionError: first line second line (details: {log})"
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_a_warehouse_without_tables_is_not_set_up(said, server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", server_url)
    assert said("publications").startswith('the warehouse is not set up: relation "ops.publication" does not exist')
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", server_url.removesuffix("/postgres") + "/missing")
    message = said("publications")
    assert message.startswith("the warehouse is not set up: ")
    assert 'database "missing" does not exist; `taizhang db migrate` does it' in message


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_a_wrong_password_is_said_and_not_shown(said, server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    address = server_url.partition("@")[2]
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", f"postgresql://postgres:geheim@{address}")
    assert "password authentication failed" in said("publications")


def test_the_installed_command_fails_the_same_way(home: Path) -> None:
    command = [sys.executable, "-c", "from taizhang.cli import main; main()", "check", "/missing.xlsx"]
    environment = os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "plugins")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "taizhang: there is no file /missing.xlsx\n")


def test_every_error_for_a_person_has_the_common_base() -> None:
    for module in walk_packages(taizhang.__path__, "taizhang."):
        if "airflow_tasks" not in module.name and ".migrations" not in module.name:
            import_module(module.name)
    strangers = {
        kind.__name__
        for kind in _all_below(Exception)
        if kind.__module__.startswith("taizhang.") and not issubclass(kind, TaizhangError)
    }
    assert strangers - OF_THE_READER - OF_A_PULL == {"Refusal"}


def _all_below(kind: type[BaseException]) -> set[type[BaseException]]:
    return {one for child in kind.__subclasses__() for one in {child, *_all_below(child)}}
