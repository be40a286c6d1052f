"""Secrets of the settings that stand in files."""

from pathlib import Path

import pytest

from taizhang.settings import SettingsError, settings

URL = "postgresql://clerk:s3cret-word@db.example/warehouse"

pytestmark = pytest.mark.usefixtures("home")


def named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, variable: str = "TAIZHANG_DATABASE_URL"
) -> Path:
    """Write a file, let the variable's `_FILE` name it, and forget the settings."""
    path = tmp_path / "secret"
    path.write_text(content)
    monkeypatch.setenv(f"{variable}_FILE", str(path))
    settings.cache_clear()
    return path


@pytest.mark.parametrize("variable", ["TAIZHANG_DATABASE_URL", "TAIZHANG_AIRFLOW_DATABASE_URL", "TAIZHANG_BROKER_URL"])
def test_every_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    named(tmp_path, monkeypatch, f"{URL}\n", variable)
    value = getattr(settings(), variable.removeprefix("TAIZHANG_").lower())
    assert value.get_secret_value() == URL
    assert "s3cret-word" not in repr(settings())


def test_what_is_no_secret_is_not_taken_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named(tmp_path, monkeypatch, "7", "TAIZHANG_PARALLELISM")
    assert settings().parallelism == 4


def test_a_secret_given_twice_is_refused_without_being_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named(tmp_path, monkeypatch, URL)
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", URL)
    with pytest.raises(SettingsError, match="both set") as caught:
        settings()
    assert "s3cret-word" not in str(caught.value)


def test_a_file_that_is_missing_or_empty_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = named(tmp_path, monkeypatch, " \n")
    with pytest.raises(SettingsError, match=f"TAIZHANG_DATABASE_URL_FILE: {path} is empty"):
        settings()
    path.unlink()
    with pytest.raises(SettingsError, match=f"{path} cannot be read: No such file"):
        settings()


def test_what_a_file_holds_is_checked_like_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named(tmp_path, monkeypatch, "mysql://clerk:s3cret-word@db.example/warehouse")
    with pytest.raises(SettingsError, match="TAIZHANG_DATABASE_URL: must name a database of PostgreSQL") as caught:
        settings()
    assert "s3cret-word" not in str(caught.value)
