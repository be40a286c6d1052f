"""Files of `config/` are read strictly, and what is wrong in them is named."""

from pathlib import Path

import pytest

from taizhang.configuration import ConfigurationError, Strict, read
from taizhang.settings import settings


class Door(Strict):
    """Something to configure."""

    name: str
    key: int


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(tmp_path))
    settings.cache_clear()
    return tmp_path


def test_a_valid_file_becomes_its_model(config: Path) -> None:
    (config / "door.yml").write_text("name: 前门\nkey: 7\n", encoding="utf-8")
    assert read("door.yml", Door) == Door(name="前门", key=7)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("name: 前门\nkey: geheim\n", "key: Input should be a valid integer", id="wrong type"),
        pytest.param("name: 前门\nkey: 7\nlock: 1\n", "lock: Extra inputs are not permitted", id="unknown key"),
        pytest.param("name: 前门\nkey: 7\nkey: 8\n", "key stands twice", id="doubled key"),
        pytest.param("name: [\n", "while parsing", id="no YAML"),
        pytest.param("", "valid dictionary", id="empty"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(config: Path, content: str, said: str) -> None:
    (config / "door.yml").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        read("door.yml", Door)
    assert said in str(raised.value)
    assert str(config / "door.yml") in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_missing_file_is_an_error(config: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.yml is missing"):
        read("nowhere.yml", Door)
