"""The logins of the nightly work: each does its own, and the server denies it everything else."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from taizhang import ingest
from taizhang.access.workers import LOADER, PUBLISHER, UnknownLoginError, grant_worker
from taizhang.deadlines.notices import find_notices
from taizhang.feedback.delivery import deliver, pending
from taizhang.publication import publish
from taizhang.quality.gate import judge_batch
from taizhang.reading import confined
from taizhang.report_audit import arriving, marts
from taizhang.settings import settings
from taizhang.sources import inbox
from taizhang.warehouse.connection import address
from tests.conftest import own_warehouse
from tests.unit.reading.books import NAME, save

PASSWORD = "workers-test"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A warehouse with a login for each kind of work; the settings point to its owner."""
    with own_warehouse(tmp_path_factory.mktemp("workers")) as engine:
        names = [f"{engine.url.database}_{kind}" for kind in ("loader", "publisher")]
        with engine.begin() as connection:
            for name in names:
                connection.execute(text(f"create role {name} login password '{PASSWORD}'"))
        for name, role in zip(names, (LOADER, PUBLISHER), strict=True):
            grant_worker(engine, name, role)
        yield engine
        confined.close()
        with engine.begin() as connection:
            for role in (LOADER, PUBLISHER):
                connection.execute(text(f"reassign owned by {role} to current_user"))
                connection.execute(text(f"drop owned by {role}"))
            for name in names:
                connection.execute(text(f"drop role {name}"))


def as_worker(warehouse: Engine, kind: str) -> Engine:
    url = warehouse.url.set(username=f"{warehouse.url.database}_{kind}", password=PASSWORD)
    return create_engine(url, poolclass=NullPool)


@pytest.mark.usefixtures("own_counts")
def test_a_night_by_the_loader_and_its_publication_by_the_publisher(
    warehouse: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.submit([save(tmp_path / NAME)])
    loader, publisher = as_worker(warehouse, "loader"), as_worker(warehouse, "publisher")
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(loader.url))
    settings.cache_clear()
    (chunk,) = ingest.discover(loader)
    assert ingest.ingest_chunk(loader, chunk).read == 1
    judged = judge_batch(loader)
    assert len(judged.accepted) + len(judged.quarantined) == 1
    assert deliver(loader, pending(loader)).failures == []

    monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(publisher.url))
    settings.cache_clear()
    published = publish(publisher)
    assert published is not None
    assert find_notices(publisher, date(2024, 4, 12))["filing_missing"] > 0
    with warehouse.connect() as connection:
        assert connection.scalar(text("select publication_id from ops.current_publication")) == published.publication_id
        assert connection.scalar(text("select count(*) from marts.agg_quality_unit_month")) > 0
    audit_a_report(loader)
    # A second night finds what the first one made, whoever was at work.
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(warehouse.url))
    settings.cache_clear()
    assert judge_batch(warehouse).accepted == []


def audit_a_report(loader: Engine) -> None:
    """The loader keeps what is found in a report, and compares nothing with marts that it does not see."""
    report = settings().reports_in_dir / "通报.txt"
    report.parent.mkdir()
    report.write_text("陇西县2024年3月，累计完成投资29.8亿元，占年度计划投资62.5亿元的47.7%。", encoding="utf-8")
    (chunk,) = arriving.discover(loader)
    assert arriving.audit_chunk(loader, chunk).audited == 1
    with loader.connect() as connection:
        kinds = set(connection.scalars(text("select kind from audit.report_relation")))
    assert "rate" in kinds
    assert marts.KIND not in kinds


DENIED = {
    "loader": (
        "select * from history.fct_project_month",
        "select * from marts.fct_project_month",
        "insert into ops.publication (publication_id, state) values (9, 'x')",
        "update ops.current_publication set publication_id = 1",
        "insert into ops.region_access (role_name, region_code) values ('x', '62')",
        "delete from ops.submission",
        "delete from raw.project_progress",
        "update raw.project_progress set project_name = 'x'",
        "delete from audit.finding",
        "update audit.gate_seal set sha256 = 'x'",
        "drop table raw.cover",
        "truncate raw.cover",
        "create table ops.own (a integer)",
        "create schema own",
        "alter table ops.submission disable trigger all",
        "create role other login",
        "set role taizhang_publisher",
        "select ops.create_partition('submission', date '2024-01-01')",
        "copy ops.submission to program 'true'",
        "select pg_read_file('/etc/passwd')",
    ),
    "publisher": (
        "insert into ops.submission (sha256) values ('x')",
        "update ops.submission set state = 'accepted'",
        "insert into raw.cover (submission_id) values (1)",
        "update raw.project_progress set project_name = 'x'",
        "delete from raw.project_progress",
        "update audit.finding set severity = 'info'",
        "delete from audit.judgement",
        "insert into ops.region_access (role_name, region_code) values ('x', '62')",
        "drop table ops.submission",
        "create table raw.own (a integer)",
        "create schema own",
        "set role taizhang_loader",
        "select ops.create_partition('cover', date '2024-01-01')",
        "copy ops.publication to program 'true'",
    ),
}


@pytest.mark.parametrize(("kind", "statement"), [(kind, one) for kind, every in DENIED.items() for one in every])
def test_everything_else_is_denied(warehouse: Engine, kind: str, statement: str) -> None:
    with psycopg.connect(address(as_worker(warehouse, kind).url), autocommit=True) as connection:
        refused = pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException))
        with refused, connection.transaction(force_rollback=True):
            connection.execute(statement.encode())


def test_a_login_that_does_not_exist_is_named(warehouse: Engine) -> None:
    with pytest.raises(UnknownLoginError, match="nobody_at_all"):
        grant_worker(warehouse, "nobody_at_all", LOADER)
