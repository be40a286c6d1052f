"""Files are pulled whole and once from folders, an SFTP server and an object store, whatever these do meanwhile."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import Engine, text
from tenacity import wait_none

from taizhang.ingest import discover, ingest_chunk
from taizhang.settings import settings
from taizhang.sources import patience, placing, pulling
from taizhang.sources.declared import FilesSource, Limits
from taizhang.sources.pulling import PullReport, pull
from taizhang.sources.remote_files import RemoteFiles
from taizhang.template import write_template
from tests.peers.s3 import BUCKET, object_store
from tests.peers.sftp import SftpPeer, sftp_server
from tests.pulls import inbox_contents, items, leftovers, pulls
from tests.waiting import month, rows_of

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "WAITING", wait_none())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "remote"
    made.mkdir()
    return made


@pytest.fixture
def sftp(folder: Path) -> Iterator[SftpPeer]:
    with sftp_server(folder) as peer:
        yield peer


def put(folder: Path, name: str, content: bytes, age_seconds: float = 3600) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    moment = time.time() - age_seconds
    os.utime(path, (moment, moment))
    return path


def pull_folder(engine: Engine, folder: Path, **values: object) -> PullReport:
    source = FilesSource(name="shared", kind="files", url=f"file://{folder}", **values)
    return pull(engine, source, RemoteFiles(source, LocalFileSystem))


def pull_sftp(engine: Engine, peer: SftpPeer, **values: object) -> PullReport:
    source = FilesSource(name="counties", kind="files", url="sftp://127.0.0.1/", **values)
    return pull(engine, source, RemoteFiles(source, peer.open_filesystem, hidden=("sftp-secret",)))


def test_a_pulled_workbook_goes_the_way_of_all_others(engine: Engine, folder: Path) -> None:
    write_template(folder / "陇西县2024年3月月报.xlsx", "621122", month(3))
    put(folder, "陇西县2024年3月月报.xlsx", (folder / "陇西县2024年3月月报.xlsx").read_bytes())
    pull_folder(engine, folder)
    for chunk in discover(engine):
        ingest_chunk(engine, chunk)
    (found,) = rows_of(
        engine,
        "select submission.unit_code, submission.state, item.remote_id from ops.source_item as item"
        " inner join ops.arrival as arrival on item.inbox_uri = arrival.source_uri"
        " inner join ops.submission as submission using (submission_id)",
    )
    remote_id = str(folder / "陇西县2024年3月月报.xlsx")
    assert found == {"unit_code": "621122", "state": "read", "remote_id": remote_id}


def test_the_second_pull_takes_nothing_and_a_new_version_is_taken(engine: Engine, folder: Path) -> None:
    put(folder, "a.xlsx", b"one")
    put(folder, "定西/安定/b.xlsx", b"two")
    first = pull_folder(engine, folder)
    assert sorted(first.taken) == ["a.xlsx", "b.xlsx"]
    again = pull_folder(engine, folder)
    assert (again.taken, again.known) == ([], 2)
    put(folder, "a.xlsx", b"one, mended", age_seconds=1800)
    assert pull_folder(engine, folder).taken == ["a.xlsx"]
    files = sorted(path.read_bytes() for path in settings().inbox_dir.rglob("*.xlsx"))
    assert files == [b"one", b"one, mended", b"two"]
    assert [(row["state"], row["taken_count"]) for row in pulls(engine)] == [("done", 2), ("done", 0), ("done", 1)]
    assert leftovers() == []


def test_where_a_file_came_from_is_kept(engine: Engine, folder: Path) -> None:
    path = put(folder, "a.xlsx", b"one")
    pull_folder(engine, folder)
    row = items(engine)["a.xlsx"]
    assert row["provenance"] == {"url": f"file://{folder}", "path": str(path)}
    assert row["modified_at"].timestamp() == pytest.approx(path.stat().st_mtime, abs=1)
    assert row["byte_size"] == 3
    assert (settings().inbox_dir / row["inbox_uri"]).read_bytes() == b"one"


def test_a_file_counts_as_filed_when_it_changed_but_not_before_the_last_complete_pull(
    engine: Engine, folder: Path
) -> None:
    put(folder, "first.xlsx", b"1", age_seconds=86_400 * 3)
    pull_folder(engine, folder)
    put(folder, "backdated.xlsx", b"2", age_seconds=86_400 * 9)
    pull_folder(engine, folder)
    found = items(engine)
    assert datetime.now(UTC) - found["first.xlsx"]["filed_at"] > timedelta(days=2)
    assert found["backdated.xlsx"]["filed_at"] == pulls(engine)[0]["started_at"]
    placed = settings().inbox_dir / found["backdated.xlsx"]["inbox_uri"]
    assert int(placed.stat().st_mtime) == int(pulls(engine)[0]["started_at"].timestamp())


def test_a_file_that_is_still_written_is_left_until_it_has_settled(engine: Engine, folder: Path) -> None:
    put(folder, "a.xlsx", b"half", age_seconds=5)
    assert pull_folder(engine, folder).waiting == ["a.xlsx"]
    put(folder, "a.xlsx", b"half and more", age_seconds=1)
    assert pull_folder(engine, folder).waiting == ["a.xlsx"]
    assert inbox_contents() == {}
    assert len(items(engine)) == 1
    with engine.begin() as connection:
        connection.execute(text("update ops.source_item set first_seen_at = now() - interval '1 hour'"))
    assert pull_folder(engine, folder).taken == ["a.xlsx"]
    assert inbox_contents() == {"a.xlsx": b"half and more"}


def test_a_clock_that_runs_ahead_holds_a_file_up_only_until_it_is_seen_twice(engine: Engine, folder: Path) -> None:
    put(folder, "a.xlsx", b"x", age_seconds=-86_400)
    assert pull_folder(engine, folder, settle_seconds=60).waiting == ["a.xlsx"]
    with engine.begin() as connection:
        connection.execute(text("update ops.source_item set first_seen_at = now() - interval '1 hour'"))
    assert pull_folder(engine, folder, settle_seconds=60).taken == ["a.xlsx"]
    assert items(engine)["a.xlsx"]["filed_at"] <= datetime.now(UTC)


def test_a_file_that_changes_while_it_is_copied_is_left_for_later(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(folder, "a.xlsx", b"first" * 1000)

    class Written(LocalFileSystem):  # type: ignore[misc]
        def open(self, *arguments: object, **values: object) -> object:
            opened = super().open(*arguments, **values)
            path.write_bytes(b"second" * 2000)
            return opened

    source = FilesSource(name="shared", kind="files", url=f"file://{folder}")
    report = pull(engine, source, RemoteFiles(source, lambda: Written(skip_instance_cache=True)))
    assert (report.taken, report.waiting, report.failures) == ([], ["a.xlsx"], [])
    assert inbox_contents() == {}
    assert leftovers() == []


def test_what_is_not_taken_is_a_row_with_a_reason_and_is_said(engine: Engine, folder: Path) -> None:
    put(folder, "大.xlsx", b"x" * 101)
    put(folder, "说明.docx", b"x")
    put(folder, "全部.zip", b"x")
    (folder / "密码.csv").symlink_to("/etc/hostname")
    os.mkfifo(folder / "管道.csv")
    put(folder, "半.xlsx.part", b"x")
    put(folder, ".隐.xlsx", b"x")
    report = pull_folder(engine, folder, limits=Limits(item_bytes=100))
    assert {name: row["reason_code"] for name, row in items(engine).items()} == {
        "大.xlsx": "too_large",
        "说明.docx": "unknown_kind",
        "全部.zip": "archive",
        "密码.csv": "no_file",
        "管道.csv": "no_file",
    }
    assert all(row["reason"] and row["state"] == "refused" for row in items(engine).values())
    assert len(report.refused) == 5
    assert "大.xlsx: 101 bytes, more than the 100 that an item may have" in report.refused
    assert inbox_contents() == {}
    assert pull_folder(engine, folder).known == 5


def test_hostile_names_stay_in_the_folder_of_their_source(engine: Engine, folder: Path) -> None:
    names = ["..\\..\\登录.xlsx", "a\nb.xlsx", "月\u202e报.xlsx", os.fsdecode("陇西.xlsx".encode("gb18030"))]
    for number, name in enumerate(names):
        put(folder, name, str(number).encode())
    assert len(pull_folder(engine, folder).taken) == 4
    assert inbox_contents() == {"登录.xlsx": b"0", "ab.xlsx": b"1", "月报.xlsx": b"2", "陇西.xlsx": b"3"}
    places = {path for path in settings().inbox_dir.rglob("*") if path.is_file()}
    assert {path.relative_to(settings().inbox_dir).parts[0] for path in places} == {"shared"}
    assert pull_folder(engine, folder).known == 4


def test_what_a_pull_leaves_behind_the_next_one_takes(engine: Engine, folder: Path) -> None:
    for number in range(5):
        put(folder, f"{number}.xlsx", b"x" * 60, age_seconds=9000 - number)
    limits = Limits(pull_bytes=100)
    first = pull_folder(engine, folder, limits=limits)
    assert (first.taken, first.remaining) == (["0.xlsx", "1.xlsx"], 3)
    assert pull_folder(engine, folder, limits=limits).taken == ["2.xlsx", "3.xlsx"]
    assert pull_folder(engine, folder, limits=limits).taken == ["4.xlsx"]


def test_an_interrupted_pull_goes_on_and_leaves_no_second_copy(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "a.xlsx", b"one", age_seconds=9000)
    put(folder, "b.xlsx", b"two")
    with monkeypatch.context() as patch:
        patch.setattr(pulling._Pull, "_store", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            pull_folder(engine, folder)
    assert inbox_contents() == {"a.xlsx": b"one"}
    assert items(engine) == {}
    assert sorted(pull_folder(engine, folder).taken) == ["a.xlsx", "b.xlsx"]
    assert len(list(settings().inbox_dir.rglob("*.xlsx"))) == 2


def _interrupt(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_killed_pull_is_marked_and_its_rest_removed(engine: Engine, folder: Path) -> None:
    partial = placing.new_partial("shared")
    with engine.begin() as connection:
        connection.execute(
            text("insert into ops.source_pull (source_name, source_kind, state) values ('shared', 'files', 'running')")
        )
    pull_folder(engine, folder)
    assert [row["state"] for row in pulls(engine)] == ["killed", "done"]
    assert not partial.exists()


def test_what_was_taken_is_moved_only_when_told(engine: Engine, folder: Path) -> None:
    put(folder, "in/a.xlsx", b"one")
    put(folder, "in/b.docx", b"two")
    pull_folder(engine, folder / "in")
    assert (folder / "in" / "a.xlsx").exists()
    report = pull_folder(engine, folder / "in", move_taken_to=f"file://{folder}/in/taken")
    assert (report.failures, report.known) == ([], 2)
    assert sorted(path.name for path in (folder / "in").iterdir()) == ["b.docx", "taken"]
    moved = [path for path in (folder / "in" / "taken").rglob("*") if path.is_file()]
    assert [(path.name, path.read_bytes()) for path in moved] == [("a.xlsx", b"one")]
    assert pull_folder(engine, folder / "in", move_taken_to=f"file://{folder}/in/taken").taken == []


def test_a_folder_that_is_not_there_is_a_failure(engine: Engine, folder: Path) -> None:
    report = pull_folder(engine, folder / "nowhere")
    assert report.failures == [f"listing: there is no folder file://{folder}/nowhere"]
    assert pulls(engine)[0]["state"] == "failed"


def test_sftp_goes_on_where_the_connection_was_cut(engine: Engine, sftp: SftpPeer) -> None:
    content = os.urandom(600_000)
    put(sftp.folder, "月报.xlsx", content)
    sftp.cuts, sftp.cut_after_bytes = 2, 300_000
    report = pull_sftp(engine, sftp)
    assert (report.taken, report.failures, sftp.cuts) == (["月报.xlsx"], [], 0)
    assert inbox_contents() == {"月报.xlsx": content}
    assert [offset for offset, _ in sftp.given].count(0) == 1
    assert pull_sftp(engine, sftp).taken == []


def test_sftp_that_cuts_each_time_leaves_nothing_half(engine: Engine, sftp: SftpPeer) -> None:
    put(sftp.folder, "a.xlsx", b"a" * 50_000, age_seconds=9000)
    put(sftp.folder, "b.xlsx", b"b" * 100)
    sftp.cuts, sftp.cut_after_bytes = 999, 4096
    report = pull_sftp(engine, sftp)
    assert report.taken == ["b.xlsx"]
    assert len(report.failures) == 1
    assert report.failures[0].startswith("a.xlsx: ")
    assert inbox_contents() == {"b.xlsx": b"b" * 100}
    assert leftovers() == []
    sftp.cuts = 0
    assert pull_sftp(engine, sftp).taken == ["a.xlsx"]


def test_sftp_lists_names_that_are_no_utf8(engine: Engine, sftp: SftpPeer) -> None:
    put(sftp.folder, os.fsdecode("陇西县.xlsx".encode("gb18030")), b"x")
    assert pull_sftp(engine, sftp).failures == []
    assert inbox_contents() == {"陇西县.xlsx": b"x"}


def test_sftp_with_a_wrong_password_is_a_failure_that_does_not_tell_it(engine: Engine, sftp: SftpPeer) -> None:
    source = FilesSource(name="counties", kind="files", url="sftp://127.0.0.1/")

    def refused() -> object:
        raise PermissionError("the password sftp-secret is wrong")

    report = pull(engine, source, RemoteFiles(source, refused, hidden=("sftp-secret",)))
    assert report.failures == ["listing: PermissionError: the password *** is wrong"]
    assert "sftp-secret" not in str(pulls(engine))


def test_objects_are_pulled_and_moved(engine: Engine, folder: Path) -> None:
    source = FilesSource(
        name="store", kind="files", url=f"s3://{BUCKET}/in", settle_seconds=0, move_taken_to=f"s3://{BUCKET}/taken"
    )
    with object_store() as open_filesystem:
        store = open_filesystem()
        assert pull(engine, source, RemoteFiles(source, open_filesystem)).failures == []
        store.pipe_file(f"{BUCKET}/in/定西/月报.xlsx", b"one" * 1000)
        store.pipe_file(f"{BUCKET}/in/odd name?.csv", b"two")
        store.pipe_file(f"{BUCKET}/in/../../hidden.csv", b"three")
        report = pull(engine, source, RemoteFiles(source, open_filesystem))
        assert (sorted(report.taken), report.failures) == (["odd name?.csv", "月报.xlsx"], [])
        store.invalidate_cache()
        left = store.find(BUCKET)
        moved = [path for path in left if path.startswith(f"{BUCKET}/taken/")]
        assert sorted(path.rsplit("/", 1)[1] for path in moved) == ["odd name_.csv", "月报.xlsx"]
        assert set(left) - set(moved) == {f"{BUCKET}/in/../../hidden.csv"}
        assert pull(engine, source, RemoteFiles(source, open_filesystem)).known == 0
        missing = FilesSource(name="store", kind="files", url="s3://no-such-bucket/in")
        assert pull(engine, missing, RemoteFiles(missing, open_filesystem)).failures
    assert inbox_contents() == {"月报.xlsx": b"one" * 1000, "odd name_.csv": b"two"}
    assert items(engine)["月报.xlsx"]["provenance"]["etag"]
