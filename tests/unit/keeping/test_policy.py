"""The policy of retention is read strictly: what it does not say in full removes nothing."""

from pathlib import Path

import pytest

from taizhang.configuration import ConfigurationError
from taizhang.keeping.policy import retention
from taizhang.settings import PROJECT_ROOT, settings

SHIPPED = (PROJECT_ROOT / "config" / "retention.yml").read_text(encoding="utf-8")


@pytest.fixture
def policy_file(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(tmp_path))
    settings.cache_clear()
    return tmp_path / "retention.yml"


def test_the_shipped_policy_is_valid(policy_file: Path) -> None:
    policy_file.write_text(SHIPPED, encoding="utf-8")
    assert retention().named("superseded_rows") == "superseded_rows: 1095"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("superseded_rows: 1095", "superseded_rows: 3", "superseded_rows", id="too short"),
        pytest.param("superseded_rows: 1095", "", "superseded_rows: Field required", id="left out"),
        pytest.param("data_docs: 400", "data_dogs: 400", "data_dogs: Extra inputs", id="unknown"),
        pytest.param("data_docs: 400", "data_docs: soon", "data_docs", id="no number"),
    ],
)
def test_a_wrong_policy_is_an_error(policy_file: Path, old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    policy_file.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        retention()


def test_without_a_policy_nothing_is_removed(policy_file: Path) -> None:
    assert not policy_file.exists()
    with pytest.raises(ConfigurationError, match="is missing"):
        retention()
