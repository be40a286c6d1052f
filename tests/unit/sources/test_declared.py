"""`config/sources.yml` says what it means, or is refused with what is wrong; the committed one has no source."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from taizhang.configuration import ConfigurationError
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.sources.declared import declared_source, declared_sources

COMMITTED = PROJECT_ROOT / "config" / "sources.yml"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(tmp_path))
    settings.cache_clear()
    return tmp_path / "sources.yml"


def write(file: Path, *sources: dict[str, Any]) -> None:
    file.write_text(yaml.safe_dump({"sources": list(sources)}), encoding="utf-8")


def test_the_committed_file_has_no_outside_source(home: Path) -> None:
    assert declared_sources() == []


def test_the_examples_of_the_committed_file_are_valid(config: Path) -> None:
    comments = [line[2:] for line in COMMITTED.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
    examples = "\n".join(comments[comments.index("sources:") :])
    config.write_text(examples, encoding="utf-8")
    assert {source.kind for source in declared_sources()} == {"files", "api", "mailbox"}
    assert len(declared_sources()) == 5


FOLDER = {"name": "shared", "kind": "files", "url": "file:///srv/in"}
API = {"name": "api", "kind": "api", "url": "https://p.cn/items", "connection": "p", "signing": "token"}
MAIL = {"name": "mail", "kind": "mailbox", "connection": "m", "senders": ["a@b.cn"]}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param(FOLDER | {"url": "/srv/in"}, "must be like", id="no URL"),
        pytest.param(FOLDER | {"url": "sftp://u:geheim@h/in"}, "name an Airflow connection", id="password in URL"),
        pytest.param(FOLDER | {"move_taken_to": "s3://srv/done"}, "on the same server", id="moved elsewhere"),
        pytest.param(FOLDER | {"move_taken_to": "file:///srv"}, "not be the folder itself", id="moved above"),
        pytest.param(FOLDER | {"move_taken_to": "file:///srv/in/"}, "not be the folder itself", id="moved in place"),
        pytest.param(FOLDER | {"name": "../x"}, "name", id="name with folders"),
        pytest.param(FOLDER | {"password": "geheim"}, "Extra inputs", id="secret in the file"),
        pytest.param(FOLDER | {"limits": {"item_bytes": 0}}, "greater than 0", id="no bytes"),
        pytest.param(FOLDER | {"kind": "ftp"}, "does not match any of the expected tags", id="unknown kind"),
        pytest.param(API | {"url": "http://p.cn/items"}, "must begin with https", id="unencrypted"),
        pytest.param(API | {"signing": "none"}, "signing", id="unsigned"),
        pytest.param(MAIL | {"senders": []}, "senders", id="no senders"),
        pytest.param(MAIL | {"senders": ["@cn"]}, "a sender is an address", id="whole country"),
        pytest.param(MAIL | {"senders": ["a@b.cn, c@d.cn"]}, "a sender is an address", id="two in one"),
        pytest.param(MAIL | {"move_taken_to": "INBOX"}, "another folder", id="moved in place by mail"),
    ],
)
def test_what_is_wrong_is_named(config: Path, source: dict[str, Any], said: str) -> None:
    write(config, source)
    with pytest.raises(ConfigurationError) as raised:
        declared_sources()
    assert said in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_two_sources_cannot_have_one_name(config: Path) -> None:
    write(config, FOLDER, MAIL | {"name": "shared"})
    with pytest.raises(ConfigurationError, match="several sources have the name shared"):
        declared_sources()


def test_an_unknown_source_is_named_with_those_there_are(config: Path) -> None:
    write(config, FOLDER, MAIL)
    assert declared_source("mail").connection == "m"
    with pytest.raises(ConfigurationError, match="no source post, but shared, mail"):
        declared_source("post")


def test_an_api_on_this_machine_needs_no_encryption(config: Path) -> None:
    write(config, API | {"url": "http://127.0.0.1:8000/items"})
    assert [source.name for source in declared_sources()] == ["api"]
