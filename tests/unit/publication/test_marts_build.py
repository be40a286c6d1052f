"""dbt is given the same server as everything else."""

import os
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine

from taizhang.publication.marts_build import _point_at, connection_settings


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        pytest.param("postgresql+psycopg://li:p%40ss@db.example:6432/ledger", "db.example", "6432", id="TCP"),
        pytest.param(
            "postgresql+psycopg://li:p%40ss@/ledger?host=/run/postgresql&port=6432",
            "/run/postgresql",
            "6432",
            id="socket",
        ),
        pytest.param("postgresql+psycopg://li:p%40ss@localhost/ledger", "localhost", "5432", id="usual port"),
    ],
)
def test_profile_names_the_server_of_the_engine(
    address: str, host: str, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_DBT_HOST", "as before")
    with connection_settings(create_engine(address)):
        found = {name: os.environ[f"TAIZHANG_DBT_{name}"] for name in ("HOST", "PORT", "USER", "PASSWORD", "DBNAME")}
    assert found == {"HOST": host, "PORT": port, "USER": "li", "PASSWORD": "p@ss", "DBNAME": "ledger"}
    assert os.environ["TAIZHANG_DBT_HOST"] == "as before"


def test_a_parsed_project_serves_every_database() -> None:
    flat = []
    model = SimpleNamespace(database="one", relation_name='"one"."history"."fct_one"')
    test = SimpleNamespace(database="one", relation_name=None)
    source = SimpleNamespace(database="one", relation_name='"one"."raw"."one"')
    manifest: Any = SimpleNamespace(
        nodes={"model": model, "test": test}, sources={"source": source}, build_flat_graph=lambda: flat.append(True)
    )

    _point_at(manifest, "one")
    assert not flat
    _point_at(manifest, "two")

    assert [model.relation_name, test.relation_name, source.relation_name] == [
        '"two"."history"."fct_one"', None, '"two"."raw"."one"',
    ]  # fmt: skip
    assert {model.database, test.database, source.database} == {"two"}
    assert flat == [True]
