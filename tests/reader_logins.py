"""Readers with logins of their own, and marts with rows of several regions, for tests of who sees what."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, text

from taizhang.access.reader_views import ensure_readers
from taizhang.access.region_access import bind
from taizhang.dictionary.mart import Mart, published_marts
from taizhang.warehouse.connection import address

CITY, COUNTY, OTHER_CITYS, ZONE = "532900", "532901", "621122", "532900K1"
LOGINS = {
    "auditor": "taizhang_auditor",
    "bi": "taizhang_bi",
    "city": "taizhang_region",
    "county": "taizhang_region",
    "province": "taizhang_region",
    "nobody": "taizhang_region",
    "stranger": None,
}
REGIONS = {"city": CITY, "county": COUNTY, "province": "530000"}
PASSWORD = "readers-test"


@contextmanager
def with_readers(shared_engine: Engine) -> Iterator[None]:
    """Two publications and a third one under way, with rows of several regions in every mart, and a login of each kind.

    The tables are those of the dictionary; that dbt makes the same is tested where it builds them.
    """
    with shared_engine.begin() as connection:
        connection.execute(text(PUBLICATIONS))
        connection.execute(text("insert into ops.current_publication (publication_id) values (2)"))
        for mart in published_marts().values():
            _make_table(connection, mart)
    assert ensure_readers(shared_engine) == []
    with _logins(shared_engine):
        for name, region in REGIONS.items():
            bind(shared_engine, login(shared_engine, name), [region])
        yield


PUBLICATIONS = """
    insert into ops.publication (publication_id, state, code_version, catalogue_version)
    values (1, 'published', 'x', 'x'), (2, 'published', 'x', 'x'), (3, 'building', 'x', 'x')
"""
# Code, level, city, province; of counties and zones there are units too.
PLACES = (
    ("100000", "nation", None, None),
    ("530000", "province", None, "530000"),
    ("532900", "city", "532900", "530000"),
    (COUNTY, "county", "532900", "530000"),
    (ZONE, "county", "532900", "530000"),
    ("620000", "province", None, "620000"),
    ("621100", "city", "621100", "620000"),
    (OTHER_CITYS, "county", "621100", "620000"),
)
UNITS = {COUNTY: (1, "甲", "张三"), ZONE: (2, "乙", "李四"), OTHER_CITYS: (3, "丙", None)}


def _make_table(connection: Connection, mart: Mart) -> None:
    """A versioned table as the dictionary has it, with rows of each place, unit or project, or one of nobody."""
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in mart.columns)
    connection.execute(
        text(f"create table history.{mart.mart} ({columns}, published_from integer, published_to integer)")
    )
    for row in _rows(mart):
        named = {name: value for name, value in row.items() if name in {*columns_of(mart), *VERSION}}
        values = ", ".join(f":{name}" for name in named)
        connection.execute(text(f"insert into history.{mart.mart} ({', '.join(named)}) values ({values})"), named)


VERSION = ("published_from", "published_to")


def columns_of(mart: Mart) -> list[str]:
    return [column.name for column in mart.columns]


def _rows(mart: Mart) -> Iterator[dict[str, object]]:
    shown = {"published_from": 1, "published_to": None}
    if "region_code" in columns_of(mart) and "unit_code" not in columns_of(mart):
        for code, level, city, province in PLACES:
            place = {"region_code": code, "region_level": level, "city_code": city, "province_code": province}
            yield {**shown, **place, "is_latest": True, "list_code": "all", "region_name": code}
        return
    for unit, (project_sk, name, leader) in UNITS.items():
        row = {"unit_code": unit, "region_code": unit, "project_sk": project_sk, "project_name": name}
        row |= {"lead_official": leader, "list_name": name, "list_code": "all", "region_level": "county", "share": 1}
        row |= {"report_month": date(2024, 2, 1), "valid_from": date(2000, 1, 1), "total_investment_wan": 5}
        if unit != COUNTY or mart.mart != "fct_project_month":
            yield {**shown, **row}
            continue
        for first, last, total in ((1, 2, 10), (2, 3, 11), (3, None, 99)):
            yield {**row, "published_from": first, "published_to": last, "total_investment_wan": total}


@contextmanager
def _logins(engine: Engine) -> Iterator[None]:
    with engine.begin() as connection:
        for name, role in LOGINS.items():
            connection.execute(text(f"create role {login(engine, name)} login password '{PASSWORD}'"))
            if role:
                connection.execute(text(f"grant {role} to {login(engine, name)}"))
    yield
    with engine.begin() as connection:
        for name in LOGINS:
            connection.execute(text(f"drop owned by {login(engine, name)}"))
            connection.execute(text(f"drop role {login(engine, name)}"))


def login(engine: Engine, name: str) -> str:
    """Roles are the server's, so that each test run has its own."""
    return f"{engine.url.database}_{name}"


@contextmanager
def session(engine: Engine, name: str) -> Iterator[psycopg.Connection]:
    url = address(engine.url.set(username=login(engine, name), password=PASSWORD))
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def column(connection: psycopg.Connection, statement: str) -> list[Any]:
    return [row[0] for row in connection.execute(statement.encode())]
