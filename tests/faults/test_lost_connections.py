"""The database ends, or connections to it: the night ends in an error or goes on, and the next one completes it.

When it happens is told by how many commits the night has passed. The short form tries each way once, the full run 12
times.
"""

import random
import signal
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Engine, text

from taizhang.warehouse.connection import address, warehouse_url
from tests.conftest import shared_server
from tests.faults import own_server
from tests.faults.account import Account
from tests.faults.conftest import OpenCase
from tests.faults.proxy import Line
from tests.faults.scene import Case, Scene

ENDED = (0, 1)
TIMES_IN_FULL = 12


def moments(scene: Scene, chance: random.Random, is_full: bool) -> list[int]:
    """After how many commits of the night it happens."""
    return [chance.randrange(len(scene.points)) for _ in range(TIMES_IN_FULL if is_full else 1)]


def terminate(engine: Engine, which: str) -> None:
    """End connections of the program: all, one, or that on which it holds the night's lock."""
    chosen = {
        "all": "true",
        "one": "pid = (select min(pid) from pg_stat_activity where datname = current_database() and state <> 'idle'"
        " and application_name = 'taizhang')",
        "the lock's": "pid in (select pid from pg_locks where locktype = 'advisory')",
    }
    with engine.connect() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                f" and application_name = 'taizhang' and pid <> pg_backend_pid() and {chosen[which]}"
            )
        )


def after_the_loss(case: Case, code: int) -> None:
    """The night has ended one way or the other; whichever it was, nothing is half there and the next one completes."""
    assert code in ENDED, code
    case.assert_whole()
    if code == 0:
        case.assert_done()
    case.complete()


@pytest.mark.parametrize(
    "which",
    [
        "all",
        pytest.param("one", marks=pytest.mark.in_full),
        pytest.param("the lock's", marks=pytest.mark.in_full),
    ],
)
def test_connections_are_ended(
    cases: OpenCase, scene: Scene, chance: random.Random, account: Account, is_full: bool, which: str
) -> None:
    for count in moments(scene, chance, is_full):
        print(which, count)
        with cases() as case, case.watched() as reader:
            after_the_loss(case, case.run_until(count, partial(terminate, case.engine, which)))
        account.befell(f"connections ended: {which}", reader.polls)


@pytest.mark.parametrize(
    ("label", "query", "left"),
    [
        (
            "quality/gate._find_contradictions",
            "select distinct state from ops.submission where source_uri like 'second/%' order by 1",
            ["read", "refused"],
        ),
        ("dbt", "select state from ops.publication order by publication_id", ["published", "failed"]),
    ],
)
def test_a_step_that_has_lost_its_lock_decides_nothing(
    case: Case, scene: Scene, account: Account, label: str, query: str, left: list[str]
) -> None:
    """Another process might have begun the same step since, and changed what this one has read."""
    count = 1 + next(number for number, point in enumerate(scene.points) if point.startswith(label))
    with case.watched() as reader:
        assert case.run_until(count, partial(terminate, case.engine, "the lock's")) == 1
        assert "LockLostError" in case.error()
        with case.engine.connect() as connection:
            assert connection.scalars(text(query)).all() == left
        case.assert_whole()
        case.complete()
    account.befell("the lock of a step lost while it was done", reader.polls)


@pytest.mark.in_full
def test_the_line_is_cut(cases: OpenCase, scene: Scene, chance: random.Random, account: Account, is_full: bool) -> None:
    for count in moments(scene, chance, is_full):
        print(count)
        with cases() as case, Line(int(case.engine.url.port or 0)) as line, case.watched() as reader:
            job = replace(case.job, url=address(case.engine.url.set(port=line.port)))
            after_the_loss(case, case.run_until(count, line.cut, job))
        account.befell("the line to the database cut", reader.polls)


@pytest.mark.parametrize("number", [signal.SIGQUIT, pytest.param(signal.SIGKILL, marks=pytest.mark.in_full)])
def test_the_server_ends(
    cases: OpenCase,
    scene: Scene,
    chance: random.Random,
    account: Account,
    is_full: bool,
    number: signal.Signals,
) -> None:
    with cases() as copied:
        template = str(copied.engine.url.database)
        for count in moments(scene, chance, is_full):
            print(number, count)
            server = shared_server("embedded")
            with own_server.own_server(server, template, copied.home.with_name(f"own{count}")) as engine:
                case = copied.at(engine)
                with case.watched() as reader:
                    code = case.run_until(count, partial(own_server.end_hard, number))
                    assert code in ENDED
                    # What every night asks first starts it again, where it was.
                    assert warehouse_url().port == engine.url.port
                    case.complete()
                    case.assert_whole()
            account.befell(f"the database server ended by {number.name}", reader.polls)
