"""Which of PostgreSQL's programs are used: never an older one than the server."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from taizhang.keeping import programs
from taizhang.keeping.programs import ProgramError, program, run
from taizhang.server.embedded import programs_dir
from taizhang.settings import settings


def fake(folder: Path, major: int) -> Path:
    """A pg_dump that says its version, and fails with its arguments, and whether it was given a password."""
    folder.mkdir()
    path = folder / "pg_dump"
    path.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) {major}.4" && exit 0\n'
        'echo "$@" "${PGPASSWORD:+[given]}" >&2\nexit 3\n'
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def own_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql://clerk@db.example/warehouse")
    monkeypatch.setattr(programs.Path, "glob", lambda *_: [])
    settings.cache_clear()


def test_the_embedded_server_has_its_own(home: Path) -> None:
    assert program("pg_dump", 15) == programs_dir() / "pg_dump"
    assert program("pg_dump", 15).exists()


@pytest.mark.usefixtures("own_server")
def test_the_oldest_that_is_new_enough_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sixteen = fake(tmp_path / "16", 16)
    monkeypatch.setenv("PATH", f"{sixteen.parent}:/bin:/usr/bin")
    assert program("pg_dump", 15) == sixteen
    assert program("pg_dump", 17) == programs_dir() / "pg_dump"
    with pytest.raises(ProgramError, match=r"no pg_dump of PostgreSQL 99 or newer \(found: .*postgresql-client-99"):
        program("pg_dump", 99)


def test_a_program_that_fails_shows_what_it_said_but_no_password_of_ours(tmp_path: Path) -> None:
    command = fake(tmp_path / "16", 16)
    with pytest.raises(ProgramError, match="pg_dump failed with 3") as raised:
        run(command, make_url("postgresql+psycopg://li:geheim@db.example:5432/warehouse?sslmode=require"), "--jobs=2")
    said = str(raised.value)
    assert "postgresql://li@db.example:5432/warehouse?sslmode=require" in said
    assert "geheim" not in said
    assert "[given]" in said
    assert "--jobs=2" in said
