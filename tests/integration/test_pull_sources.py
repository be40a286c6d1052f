"""Several sources: one that is down holds up neither the others nor the night, and two pulls do not meet."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from fsspec.implementations.local import LocalFileSystem
from sqlalchemy import Engine

from taizhang.night import run_night
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.sources.all_sources import pull_all
from taizhang.sources.declared import FilesSource, declared_source
from taizhang.sources.items import Item
from taizhang.sources.opening import open_peer
from taizhang.sources.pulling import PullFailedError, PullReport, pull
from taizhang.sources.remote_files import RemoteFiles
from taizhang.template import write_template
from taizhang.warehouse.connection import WarehouseBusyError
from tests.peers.platform import KEY_ID, SECRET, platform
from tests.peers.sftp import PASSWORD, USER, sftp_server
from tests.pulls import inbox_contents, pulls
from tests.waiting import month


@pytest.fixture
def config(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed folder, whose sources a test may write."""
    folder = tmp_path / "config"
    folder.mkdir()
    for file in (PROJECT_ROOT / "config").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(folder))
    settings.cache_clear()
    return folder


def declare(config: Path, *sources: dict[str, Any]) -> None:
    (config / "sources.yml").write_text(yaml.safe_dump({"sources": list(sources)}), encoding="utf-8")


def a_folder(tmp_path: Path, name: str, *files: str) -> dict[str, Any]:
    (tmp_path / name).mkdir()
    for file in files:
        (tmp_path / name / file).write_text(file)
    return {"name": name, "kind": "files", "url": f"file://{tmp_path}/{name}", "settle_seconds": 0}


def down(name: str) -> dict[str, Any]:
    return {"name": name, "kind": "files", "url": f"file:///nowhere/{name}"}


def test_without_sources_nothing_is_pulled(engine: Engine, config: Path) -> None:
    assert pull_all(engine, open_peer) == []
    assert pulls(engine) == []


def test_a_source_that_is_down_holds_up_no_other(engine: Engine, config: Path, tmp_path: Path) -> None:
    declare(config, down("first"), a_folder(tmp_path, "second", "a.xlsx"), down("third"))
    reports = pull_all(engine, open_peer)
    assert [(report.source, len(report.taken), len(report.failures)) for report in reports] == [
        ("first", 0, 1),
        ("second", 1, 0),
        ("third", 0, 1),
    ]
    assert inbox_contents() == {"a.xlsx": b"a.xlsx"}
    with pytest.raises(PullFailedError, match="source first: listing: there is no folder"):
        reports[0].require_success()


def test_a_file_of_sources_that_is_wrong_is_a_failure_like_any_other(engine: Engine, config: Path) -> None:
    (config / "sources.yml").write_text("sources: 7\n", encoding="utf-8")
    (report,) = pull_all(engine, open_peer)
    assert report.source == "sources.yml"
    assert "valid list" in report.failures[0]


@pytest.mark.usefixtures("own_counts")
def test_a_night_takes_what_the_sources_have_and_goes_on_without_one(
    engine: Engine, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taizhang.publication.publish", lambda engine: None)  # takes long, and comes after all this
    there = a_folder(tmp_path, "there")
    write_template(tmp_path / "there" / "陇西县2024年3月月报.xlsx", "621122", month(3))
    declare(config, down("away"), there)
    report = run_night(engine)
    assert report.ingested.read == 1
    assert [len(one.failures) for one in report.pulled] == [1, 0]
    with pytest.raises(PullFailedError, match="source away"):
        report.require_all()


def test_two_pulls_of_a_source_do_not_meet(engine: Engine, config: Path, tmp_path: Path) -> None:
    declare(config, a_folder(tmp_path, "shared", "a.xlsx"))
    source = declared_source("shared")
    assert isinstance(source, FilesSource)
    fetching, go_on = threading.Event(), threading.Event()

    class Slow(RemoteFiles):
        def fetch(self, item: Item, target: Path) -> None:
            fetching.set()
            assert go_on.wait(60)
            super().fetch(item, target)

    done: list[PullReport] = []
    first = threading.Thread(target=lambda: done.append(pull(engine, source, Slow(source, LocalFileSystem))))
    first.start()
    assert fetching.wait(60)
    with pytest.raises(WarehouseBusyError, match="pull shared"):
        pull(engine, source, RemoteFiles(source, LocalFileSystem))
    (report,) = pull_all(engine, open_peer)
    assert "another process is already" in report.failures[0]
    go_on.set()
    first.join(60)
    assert done[0].taken == ["a.xlsx"]
    assert [row["state"] for row in pulls(engine)] == ["done"]
    assert inbox_contents() == {"a.xlsx": b"a.xlsx"}


def test_the_command_opens_sources_by_their_airflow_connections(engine: Engine, config: Path, tmp_path: Path) -> None:
    (tmp_path / "sftp").mkdir()
    (tmp_path / "sftp" / "a.xlsx").write_text("a")
    with sftp_server(tmp_path / "sftp") as files, platform() as api:
        api.signed = True
        api.offer("b", submission={"v": 1})
        sftp = {"conn_type": "sftp", "host": "127.0.0.1", "port": files.port, "login": USER, "password": PASSWORD}
        trusted = sftp | {"extra": {"host_key": files.host_key}}
        connections = {
            "AIRFLOW_CONN_COUNTIES": json.dumps(trusted),
            "AIRFLOW_CONN_UNTRUSTED": json.dumps(sftp),
            "AIRFLOW_CONN_API": json.dumps({"conn_type": "http", "login": KEY_ID, "password": SECRET}),
        }
        folder = {"kind": "files", "url": "sftp://127.0.0.1/", "settle_seconds": 0}
        declare(
            config,
            {"name": "missing", "connection": "no_such"} | folder,
            {"name": "untrusted", "connection": "untrusted"} | folder,
            {"name": "counties", "connection": "counties"} | folder,
            {"name": "api", "kind": "api", "url": api.url, "connection": "api", "signing": "hmac"},
        )
        done = subprocess.run(
            [sys.executable, "-c", "from taizhang.cli import main; main()", "pull", "--json"],
            env={**os.environ, **connections, "PYTHONPATH": str(PROJECT_ROOT / "plugins"), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    reports = {report["source"]: report for report in json.loads(done.stdout)}
    assert "no Airflow connection no_such" in reports["missing"]["failures"][0]
    assert "Host key is not trusted" in reports["untrusted"]["failures"][0]
    assert (reports["counties"]["taken"], reports["counties"]["failures"]) == (["a.xlsx"], [])
    assert (reports["api"]["taken"], reports["api"]["failures"]) == (["b.json"], [])
    assert inbox_contents() == {"a.xlsx": b"a", "b.json": b'{"v": 1}'}
    assert PASSWORD not in done.stdout + done.stderr
    assert SECRET not in done.stdout + done.stderr
