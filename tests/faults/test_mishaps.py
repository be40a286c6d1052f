"""Full disks, wrong clocks, rules and models that fail, two nights at once: each is survived and leaves no trace."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.faults.account import Account
from tests.faults.commit_points import Place
from tests.faults.night_process import start
from tests.faults.scene import SECONDS, Case
from tests.faults.small_disk import disk_at

FAILED, KILLED = 1, -9


def state_of(case: Case, query: str) -> list[object]:
    with case.engine.connect() as connection:
        return list(connection.scalars(text(query)))


@pytest.mark.parametrize(
    "folder",
    [
        "landing",
        "reports",
        pytest.param("outbox", marks=pytest.mark.in_full),
        pytest.param("data_docs", marks=pytest.mark.in_full),
    ],
)
def test_a_full_disk(case: Case, account: Account, folder: str) -> None:
    with disk_at(case.home / folder) as disk, case.watched() as reader:
        disk.fill()
        assert case.run() == FAILED
        assert "No space left" in case.error()
        case.assert_whole()
        disk.make_room()
        case.complete()
    account.befell(f"a full disk at {folder}/", reader.polls)


@pytest.mark.in_full
def test_a_landing_store_that_may_not_be_written(case: Case, account: Account) -> None:
    with disk_at(case.home / "landing") as disk, case.watched() as reader:
        disk.let_write(False)
        assert case.run() == FAILED
        assert "Read-only file system" in case.error()
        assert state_of(case, "select source_uri from ops.arrival where source_uri like 'second/%'") == []
        case.assert_whole()
        disk.let_write(True)
        case.complete()
    account.befell("a read-only landing store", reader.polls)


def test_two_nights_at_once(case: Case, account: Account) -> None:
    with case.watched() as reader:
        nights = [start(case.job), start(case.job)]
        for night in nights:
            night.join(SECONDS)
        codes = sorted(night.exitcode or 0 for night in nights)
        # The second one is told that the first is at work, or came when it was done.
        assert codes in ([0, 1], [0, 0])
        assert codes == [0, 0] or "WarehouseBusyError" in case.error()
        case.assert_done()
        case.complete()
    account.befell("two nights at once", reader.polls)


@pytest.mark.in_full
def test_the_same_files_are_taken_by_two_at_once(case: Case, account: Account) -> None:
    """A task that is thought dead is tried again while it still works."""
    takers = [start(replace(case.job, step="take")) for _ in range(3)]
    for taker in takers:
        taker.join(SECONDS)
    assert [taker.exitcode for taker in takers] == [0, 0, 0]
    case.assert_whole()
    case.complete()
    account.befell("the same files taken by three tasks at once")


@pytest.mark.parametrize(
    "next_night",
    [
        "the month after",
        pytest.param("the day before", marks=pytest.mark.in_full),
        pytest.param("years later", marks=pytest.mark.in_full),
    ],
)
def test_clocks_that_jump(case: Case, account: Account, next_night: str) -> None:
    """A night that is killed just before the month ends, and one whose clock says something else."""
    with case.watched() as reader:
        midnight = "one second before midnight, at the end of a month"
        place = Place("ingest._ingest_batch", 3, "after")
        assert case.run(replace(case.job, mishap=midnight, kill_at=place)) == KILLED
        assert case.run(replace(case.job, mishap=next_night)) == 0, case.error()
        case.assert_done()
        case.complete()
    account.befell("a clock that jumps across midnight and the end of a month", reader.polls)


def test_a_rule_that_raises(case: Case, account: Account) -> None:
    with case.watched() as reader:
        assert case.run(replace(case.job, mishap="a rule raises")) == FAILED
        assert "division by zero" in case.error()
        assert state_of(case, "select state from audit.gate_run order by gate_run_id desc limit 1") == ["error"]
        waiting = "select distinct state from ops.submission where source_uri like 'second/%' order by 1"
        assert state_of(case, waiting) == ["read", "refused"]
        case.assert_whole()
        case.complete()
    account.befell("a rule that raises", reader.polls)


def test_a_model_that_fails(case: Case, account: Account) -> None:
    with case.engine.begin() as connection:
        connection.execute(
            text(
                "create function public.fail() returns trigger language plpgsql as"
                " $$ begin raise exception 'no such luck'; end $$;"
                " create trigger fail before insert on history.agg_unit_month execute function public.fail()"
            )
        )
    with case.watched() as reader:
        assert case.run() == FAILED
        assert "no such luck" in case.error()
        assert state_of(case, "select state from ops.publication order by publication_id") == ["published", "failed"]
        case.assert_whole()
        with case.engine.begin() as connection:
            connection.execute(text("drop trigger fail on history.agg_unit_month"))
        case.complete()
    account.befell("a dbt model that fails", reader.polls)
