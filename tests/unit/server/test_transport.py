"""What the address of a database says of TLS reaches every driver: a way that is not taken would be open."""

import asyncio
from pathlib import Path

import asyncpg
import psycopg2.extensions
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from taizhang.publication.marts_build import connection_variables
from taizhang.server import airflow_config
from taizhang.settings import settings
from taizhang.warehouse.connection import address, warehouse_url

ASKED = {"sslmode": "verify-full", "sslrootcert": "/certificates/ca.pem"}
QUERY = "sslmode=verify-full&sslrootcert=/certificates/ca.pem"


@pytest.fixture
def environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Airflow's environment where both databases ask for a server that proves who it is."""
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", f"postgresql://clerk@db.example/warehouse?{QUERY}")
    monkeypatch.setenv("TAIZHANG_BROKER_URL", "rediss://:word@redis.example:6379/0?ssl_cert_reqs=required")
    monkeypatch.setenv("TAIZHANG_EXECUTOR", "CeleryExecutor")
    settings.cache_clear()
    return airflow_config.airflow_environment()


def test_psycopg(environment: dict[str, str]) -> None:
    assert ASKED.items() <= conninfo_to_dict(address(warehouse_url())).items()
    _, arguments = create_engine(warehouse_url()).dialect.create_connect_args(warehouse_url())
    assert ASKED.items() <= arguments.items()


def test_dbt(environment: dict[str, str]) -> None:
    variables = connection_variables(create_engine(warehouse_url(), poolclass=NullPool))
    assert variables["TAIZHANG_DBT_SSLMODE"] == "verify-full"
    # dbt's psycopg2 is libpq, which takes the file from here.
    assert variables["PGSSLROOTCERT"] == "/certificates/ca.pem"


def test_airflow_s_psycopg2(environment: dict[str, str]) -> None:
    for name in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CELERY__RESULT_BACKEND"):
        url = make_url(environment[name].removeprefix("db+"))
        _, arguments = url.get_dialect()().create_connect_args(url)
        assert ASKED.items() <= psycopg2.extensions.parse_dsn(psycopg2.extensions.make_dsn(**arguments)).items()


def test_airflow_s_asyncpg(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = make_url(environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"])
    _, arguments = url.get_dialect()().create_connect_args(url)
    assert arguments["ssl"] == "verify-full"
    assert not arguments.keys() & ASKED.keys()
    assert environment["PGSSLROOTCERT"] == "/certificates/ca.pem"
    # That asyncpg takes the file from there: it looks for the one that is named.
    monkeypatch.setenv("PGSSLROOTCERT", str(tmp_path / "none.pem"))
    with pytest.raises(FileNotFoundError):
        asyncio.run(asyncpg.connect(host="127.0.0.1", port=9, user="clerk", database="warehouse", ssl="verify-full"))


def test_redis(environment: dict[str, str]) -> None:
    assert environment["AIRFLOW__CELERY__BROKER_URL"].startswith("rediss://")
    assert environment["AIRFLOW__CELERY__BROKER_URL"].endswith("ssl_cert_reqs=required")


def test_without_tls_nothing_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql://clerk@db.example/warehouse")
    settings.cache_clear()
    found = airflow_config.airflow_environment()
    assert "PGSSLROOTCERT" not in found
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] == "postgresql+asyncpg://clerk@db.example/airflow"
