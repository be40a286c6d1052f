"""A backup restored into an empty place is the same warehouse; what is not whole or not empty is refused."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from demo.drill import drill
from taizhang.keeping import backup as backing_up
from taizhang.keeping.backup import backup
from taizhang.keeping.manifest import BackupError, backups
from taizhang.keeping.programs import ProgramError
from taizhang.keeping.restore import NotEmptyError, restore
from taizhang.landing import landed_path
from taizhang.night import run_night
from taizhang.settings import settings
from taizhang.sources import inbox
from taizhang.warehouse.connection import address
from tests.conftest import copy_of, own_warehouse
from tests.months_filed import month_file
from tests.sql_gate import skip_great_expectations
from tests.waiting import rows_of

pytestmark = pytest.mark.usefixtures("own_counts")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A warehouse with two publications, of which the second replaces a month; the settings point to its home."""
    folder = tmp_path_factory.mktemp("published")
    nights = [
        [month_file(folder / "one", 1)],
        [month_file(folder / "two", 1, plan=3100), month_file(folder / "two", 2)],
    ]
    with own_warehouse(folder) as warehouse, pytest.MonkeyPatch.context() as patch:
        skip_great_expectations(patch)
        for number, files in enumerate(nights, start=1):
            inbox.submit(files)
            assert run_night(warehouse).publication_id == number
        yield warehouse


@pytest.fixture
def loaded(published: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A copy of it and of its home, which the settings point to."""
    published.dispose()
    shutil.copytree(settings().home, tmp_path / "home", symlinks=True)
    with copy_of(published) as copied:
        monkeypatch.setenv("TAIZHANG_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(copied.url))
        settings.cache_clear()
        yield copied
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def elsewhere(loaded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Elsewhere"]:
    """Another home, and a database of the same server that does not exist yet."""
    place = Elsewhere(loaded, tmp_path, monkeypatch)
    yield place
    place.drop()


class Elsewhere:
    """An empty place: called, it points the settings there and returns the engine."""

    def __init__(self, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = engine.url.set(database="postgres")
        self.engine = create_engine(engine.url.set(database=f"{engine.url.database}_restored"), poolclass=NullPool)
        self.home = folder / "elsewhere"
        self.monkeypatch = monkeypatch

    def __call__(self) -> Engine:
        self.monkeypatch.setenv("TAIZHANG_HOME", str(self.home))
        self.monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(self.engine.url))
        settings.cache_clear()
        return self.engine

    def drop(self) -> None:
        server = create_engine(self.server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with server.connect() as connection:
            for name in (self.engine.url.database, f"{self.engine.url.database}_restoring"):
                connection.execute(text(f"drop database if exists {name} with (force)"))


def test_the_drill_passes_and_the_next_night_completes(loaded: Engine, elsewhere: Elsewhere, tmp_path: Path) -> None:
    # What no night has taken yet waits in the restored inbox, as filed then.
    inbox.submit([month_file(tmp_path / "three", 3)], keep_times=True)
    outcome = drill(loaded, tmp_path / "backups", elsewhere)
    assert outcome.disagreements == []
    assert outcome.seconds.keys() == {"backup", "restore", "verify"}

    report = run_night(elsewhere.engine)
    assert (report.ingested.read, report.accepted, report.publication_id) == (1, 1, 3)
    assert rows_of(
        elsewhere.engine, "select filed_on::text from ops.submission order by submission_id desc limit 1"
    ) == [{"filed_on": "2024-04-05"}]


def test_a_second_backup_copies_what_is_new_only(loaded: Engine, tmp_path: Path) -> None:
    root = tmp_path / "backups"
    first = backup(loaded, root)
    inbox.submit([month_file(tmp_path / "three", 3)])
    run_night(loaded)
    # Two backups of the same second would have the same name.
    earlier = first.folder.rename(first.folder.with_name("20200101T000000Z"))
    second = backup(loaded, root)
    assert (first.landed_new, second.landed_new, len(second.manifest.landed)) == (3, 1, 4)
    assert backups(root) == [earlier, second.folder]
    assert (root.stat().st_mode & 0o777) == 0o700


def test_a_place_that_holds_something_is_left_alone(
    loaded: Engine, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "backups"
    backup(loaded, root)
    with pytest.raises(NotEmptyError, match="restore into an empty home"):
        restore(root)
    with monkeypatch.context() as patch:
        patch.setenv("TAIZHANG_HOME", str(tmp_path / "empty"))
        settings.cache_clear()
        with pytest.raises(NotEmptyError, match="holds something already"):
            restore(root)
    elsewhere()
    other = settings().landing_dir / "ab" / ("ab" * 32)
    other.parent.mkdir(parents=True)
    other.write_bytes(b"of somebody else")
    with pytest.raises(NotEmptyError, match="holds other files"):
        restore(root)
    assert other.read_bytes() == b"of somebody else"


@pytest.mark.parametrize("what", ["dump", "landed", "manifest"])
def test_a_damaged_backup_is_refused(loaded: Engine, elsewhere: Elsewhere, tmp_path: Path, what: str) -> None:
    root = tmp_path / "backups"
    report = backup(loaded, root)
    elsewhere()
    if what == "dump":
        part = next(path for path in (report.folder / "warehouse").iterdir() if path.name != "toc.dat")
        part.write_bytes(part.read_bytes()[:-1])
        said = "damaged"
    elif what == "landed":
        sha256 = report.manifest.landed[0]
        part = root / "landing" / sha256[:2] / sha256
        part.chmod(0o644)
        part.write_bytes(b"x")
        said = "not what its name says"
    else:
        (report.folder / "manifest.json").write_text("{}")
        said = "damaged"
    with pytest.raises(BackupError, match=said):
        restore(root)
    with pytest.raises(BackupError, match="no finished backup"):
        restore(tmp_path / "nothing")


def test_an_interrupted_restore_is_started_again(
    loaded: Engine, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "backups"
    backup(loaded, root)
    elsewhere()
    with monkeypatch.context() as patch:
        patch.setattr("taizhang.keeping.restore._require_counts", interrupted)
        with pytest.raises(KeyboardInterrupt):
            restore(root)
    assert restore(root).manifest.publication_id == 2


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_dump_that_a_night_disturbs_is_made_by_one_job(
    loaded: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, calls = backing_up.run, []

    def disturbed(command: Path, *arguments: object) -> None:
        calls.append([str(argument) for argument in arguments])
        if any("--jobs" in argument for argument in calls[-1]):
            (tmp_path / "touched").touch()
            folder = next(argument for argument in calls[-1] if argument.startswith("--file="))
            Path(folder.removeprefix("--file=")).mkdir()
            raise ProgramError("could not obtain lock: someone requested an ACCESS EXCLUSIVE lock")
        run(command, *arguments)

    monkeypatch.setattr(backing_up, "run", disturbed)
    report = backup(loaded, tmp_path / "backups")
    assert len(calls) == 2
    assert report.manifest.row_counts["ops.submission"] == 3


def test_a_landed_file_that_is_gone_stops_the_backup(loaded: Engine, tmp_path: Path) -> None:
    sha256 = rows_of(loaded, "select sha256 from ops.submission limit 1")[0]["sha256"]
    os.rename(landed_path(sha256), tmp_path / "gone")
    with pytest.raises(BackupError, match="is missing"):
        backup(loaded, tmp_path / "backups")
    assert backups(tmp_path / "backups") == []


def test_a_backup_below_the_home_is_none(published: Engine) -> None:
    with pytest.raises(BackupError, match="would be lost"):
        backup(published, settings().home / "backups")
