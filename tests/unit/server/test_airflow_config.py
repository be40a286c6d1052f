"""Airflow's environment: private, local, and the same after a restart."""

import json
from pathlib import Path

import pytest

from taizhang.server import airflow_config, components
from taizhang.settings import SettingsError, settings


@pytest.fixture
def configured(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose database is somewhere else, so that nothing has to be started."""
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql+psycopg://clerk:s%40cret@db.example:5433/warehouse")
    settings.cache_clear()
    return home


def test_metadata_lies_beside_the_warehouse(configured: Path) -> None:
    options = airflow_config.airflow_environment()
    expected = "clerk:s%40cret@db.example:5433/airflow"
    assert options["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == f"postgresql+psycopg2://{expected}"
    assert options["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == f"postgresql+asyncpg://{expected}"


def test_metadata_may_lie_elsewhere(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_AIRFLOW_DATABASE_URL", "postgresql://air@other.example/meta")
    settings.cache_clear()
    options = airflow_config.airflow_environment()
    assert options["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql+psycopg2://air@other.example/meta"


def test_web_ui_is_on_the_loopback_address_only(configured: Path) -> None:
    options = airflow_config.airflow_environment()
    assert options["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert options["AIRFLOW__API__PORT"] == str(airflow_config.web_port())
    assert options["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"


def test_foreign_airflow_settings_do_not_leak_in(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW__CORE__UNIT_TEST_MODE", "True")
    options = airflow_config.airflow_environment()
    assert options["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW__CORE__UNIT_TEST_MODE" not in options


def test_connections_of_the_caller_reach_airflow(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_PLATFORM", "http://:token@platform.example")
    assert airflow_config.airflow_environment()["AIRFLOW_CONN_PLATFORM"] == "http://:token@platform.example"


def test_metrics_of_airflow_are_for_the_caller_to_send(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert airflow_config.airflow_environment()["AIRFLOW__METRICS__OTEL_ON"] == "False"
    monkeypatch.setenv("AIRFLOW__METRICS__OTEL_ON", "True")
    assert airflow_config.airflow_environment()["AIRFLOW__METRICS__OTEL_ON"] == "True"


def test_lineage_goes_where_the_program_tells_its_own(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert airflow_config.airflow_environment()["AIRFLOW__OPENLINEAGE__DISABLED"] == "True"
    monkeypatch.setenv("TAIZHANG_LINEAGE_TRANSPORT", '{"type": "console"}')
    settings.cache_clear()
    environment = airflow_config.airflow_environment()
    assert environment["AIRFLOW__OPENLINEAGE__TRANSPORT"] == '{"type": "console"}'
    assert "AIRFLOW__OPENLINEAGE__DISABLED" not in environment


def test_celery_gets_its_broker_and_a_worker(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert components.wanted() == components.COMPONENTS
    monkeypatch.setenv("TAIZHANG_EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("TAIZHANG_BROKER_URL", "redis://:s%40cret@broker.example:6379/0")
    monkeypatch.setenv("TAIZHANG_PARALLELISM", "3")
    settings.cache_clear()
    options = airflow_config.airflow_environment()
    assert options["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert options["AIRFLOW__CELERY__BROKER_URL"] == "redis://:s%40cret@broker.example:6379/0"
    assert options["AIRFLOW__CELERY__RESULT_BACKEND"] == f"db+{options['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN']}"
    assert options["AIRFLOW__CELERY__WORKER_CONCURRENCY"] == "3"
    assert components.wanted() == (*components.COMPONENTS, components.WORKER)


def test_celery_without_a_broker_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_EXECUTOR", "CeleryExecutor")
    settings.cache_clear()
    with pytest.raises(SettingsError, match=r"TAIZHANG_EXECUTOR: CeleryExecutor needs TAIZHANG_BROKER_URL"):
        settings()


def test_secrets_are_made_once_and_private(configured: Path) -> None:
    first = airflow_config.airflow_environment()
    assert airflow_config.airflow_environment() == first
    assert len(airflow_config.admin_password()) >= 12
    assert json.loads(airflow_config.passwords_file().read_text()) == {"admin": airflow_config.admin_password()}
    for name in ("passwords.json", "secrets.json"):
        assert (airflow_config.airflow_home() / name).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in airflow_config.airflow_home().iterdir()) == [
        "passwords.json",
        "port",
        "secrets.json",
    ]


def test_loopback_is_never_reached_through_a_proxy(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet")
    assert airflow_config.airflow_environment()["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_configured_web_port_is_taken(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_WEB_PORT", "8099")
    settings.cache_clear()
    assert airflow_config.web_url() == "http://127.0.0.1:8099"
