"""What is old goes by policy and stays provable; what is in force or held stays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from taizhang.evidence.trace import trace
from taizhang.evidence.verify import Kind, verify
from taizhang.keeping import old_files
from taizhang.keeping.holds import Hold, HoldError, held, holds, place, release
from taizhang.keeping.housekeeping import HousekeepingReport, housekeep
from taizhang.keeping.policy import Retention
from taizhang.landing import landed_path
from taizhang.night import run_night
from taizhang.settings import settings
from taizhang.sources import inbox
from tests.conftest import copy_of, own_warehouse
from tests.integration.test_publication_equivalence import shown
from tests.integration.test_verify import change
from tests.months_filed import month_file
from tests.sql_gate import skip_great_expectations
from tests.waiting import rows_of

JANUARY = date(2024, 1, 1)
ROWS = Retention(
    superseded_rows=1000, feedback_copies=None, data_docs=None, quality_reports=None, gate_tables=None,
    airflow_logs=None, airflow_history=None, log_bytes=100_000, partitions_ahead=2,
)  # fmt: skip
FILES = ROWS.model_copy(update={"feedback_copies": 1000, "data_docs": 1000, "quality_reports": 1000})
LATER = datetime.now(UTC) + timedelta(days=1100)
RAW = """
    select submission_id, count(*) as rows from (
        select submission_id from raw.project_progress union all select submission_id from raw.summary
        union all select submission_id from raw.reported_total union all select submission_id from raw.cell_precision
    ) as raw group by submission_id order by submission_id
"""


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A county that was held back first, then accepted twice, and another one with a month that was replaced."""
    folder = tmp_path_factory.mktemp("years")
    nights = [
        [month_file(folder / "1", 1, excess=100), month_file(folder / "1", 1, unit="通渭县")],
        [month_file(folder / "2", 1), month_file(folder / "2", 1, unit="通渭县", plan=3050)],
        [month_file(folder / "3", 1, plan=3100)],
    ]
    with own_warehouse(folder) as warehouse, pytest.MonkeyPatch.context() as patch:
        skip_great_expectations(patch)
        for number, files in enumerate(nights, start=1):
            inbox.submit(files)
            assert run_night(warehouse).publication_id == number
        docs = settings().data_docs_dir / "1"
        docs.mkdir(parents=True)
        (docs / "index.html").write_text("<p>1</p>")
        yield warehouse


@pytest.fixture
def warehouse(years: Engine) -> Iterator[Engine]:
    """A copy of these years."""
    years.dispose()
    with copy_of(years) as copied:
        yield copied


def keep(engine: Engine, *, apply: bool = True, policy: Retention = ROWS) -> HousekeepingReport:
    return housekeep(engine, apply=apply, policy=policy, now=LATER)


def removed(report: HousekeepingReport, kind: str) -> int:
    return sum(one.kind == kind for one in report.ledger.removed)


def numbers(engine: Engine, state: str) -> list[int]:
    rows = rows_of(engine, "select submission_id from ops.submission where state = :state order by 1", state=state)
    return [row["submission_id"] for row in rows]


def versions(engine: Engine, unit: str) -> list[int]:
    """The submissions of a unit, the oldest first."""
    rows = rows_of(engine, "select submission_id from ops.submission where unit_code = :unit order by 1", unit=unit)
    return [row["submission_id"] for row in rows]


def test_a_dry_run_says_what_would_go_and_changes_nothing(warehouse: Engine) -> None:
    before = rows_of(warehouse, RAW)
    report = keep(warehouse, apply=False)
    assert removed(report, "raw_rows") == 3
    assert rows_of(warehouse, RAW) == before
    assert rows_of(warehouse, "select * from ops.housekeeping_run") == []
    assert rows_of(warehouse, "select * from audit.removal") == []


def test_old_rows_go_and_everything_stays_provable(warehouse: Engine) -> None:
    life = "select * from audit.finding_life order by finding_key"
    before, told = shown(warehouse), rows_of(warehouse, life)
    assert told
    replaced = [*numbers(warehouse, "quarantined"), *numbers(warehouse, "superseded")]
    report = keep(warehouse)
    assert removed(report, "raw_rows") == len(replaced) == 3
    left = {row["submission_id"] for row in rows_of(warehouse, RAW)}
    assert left == set(numbers(warehouse, "accepted"))

    assert verify(warehouse).problems == []
    assert shown(warehouse) == before
    assert rows_of(warehouse, life) == told
    # A figure of the publication before leads to the cells of what has been replaced.
    assert all(one.is_proven for one in trace(warehouse, "621121", JANUARY, "annual_plan_wan", publication=1))
    kept = rows_of(warehouse, "select policy, reason, submission_id from audit.removal where kind = 'raw_rows'")
    assert {row["policy"] for row in kept} == {"superseded_rows: 1000"}
    assert sorted(row["submission_id"] for row in kept) == sorted(replaced)

    again = keep(warehouse)
    assert removed(again, "raw_rows") == 0
    assert verify(warehouse).problems == []


def test_nothing_of_what_is_held_goes(warehouse: Engine) -> None:
    number = place(warehouse, Hold("case 7", "auditor", unit_code="621121"))
    report = keep(warehouse)
    held_back = [one for one in report.ledger.kept if one.kind == "raw_rows"]
    assert [one.why for one in held_back] == ["legal hold"]
    assert "621121" in held_back[0].subject
    assert removed(report, "raw_rows") == 2

    with pytest.raises(HoldError, match="needs a reason"):
        release(warehouse, number, "auditor", " ")
    release(warehouse, number, "auditor", "case closed")
    with pytest.raises(HoldError, match="could be released"):
        release(warehouse, number, "auditor", "again")
    assert removed(keep(warehouse), "raw_rows") == 1
    assert [row["is_active"] for row in holds(warehouse)] == [False]
    with pytest.raises(DBAPIError, match="keeps every row"), warehouse.begin() as connection:
        connection.execute(text("delete from ops.legal_hold"))


HELD = {
    "month": (Hold("r", "a", report_month=JANUARY), True),
    "other month": (Hold("r", "a", report_month=date(2024, 2, 1)), False),
    "unit and month": (Hold("r", "a", unit_code="621122", report_month=JANUARY), True),
    "other unit": (Hold("r", "a", unit_code="621121", report_month=JANUARY), False),
    "until then": (Hold("r", "a", unit_code="621122", until=date(2999, 1, 1)), True),
}


def test_what_a_hold_covers(warehouse: Engine) -> None:
    first, other = versions(warehouse, "621122")[0], versions(warehouse, "621121")[0]
    holds_placed = HELD | {
        "submission": (Hold("r", "a", submission_id=first), True),
        "other submission": (Hold("r", "a", submission_id=other), False),
    }
    for name, (hold, is_held) in holds_placed.items():
        number = place(warehouse, hold)
        with warehouse.connect() as connection:
            assert (held(connection, [first]) == {first}) is is_held, name
        release(warehouse, number, "a", "tested")
        with warehouse.connect() as connection:
            assert held(connection, [first, other]) == set(), name
    with pytest.raises(HoldError, match="over already"):
        place(warehouse, Hold("r", "a", unit_code="621122", until=date(2020, 1, 1)))
    with pytest.raises(HoldError, match="no submission 99"):
        place(warehouse, Hold("r", "a", submission_id=99))


def test_what_was_removed_cannot_be_changed_or_come_back(warehouse: Engine) -> None:
    keep(warehouse)
    with pytest.raises(DBAPIError, match="cannot be in force"):
        change(warehouse, "update ops.submission set state = 'read' where state = 'superseded'")
    row = "select * from raw.summary where submission_id = (select max(submission_id) from ops.submission)"
    change(
        warehouse,
        "insert into raw.summary (submission_id, report_month, unit_code, row_number, breakdown_name)"
        " select submission_id, report_month, unit_code, 9, 'x' from ops.submission where state = 'quarantined'",
    )
    assert {problem.kind for problem in verify(warehouse).problems} == {Kind.RAW}
    assert rows_of(warehouse, row)
    change(warehouse, "delete from raw.summary where breakdown_name = 'x'")
    assert verify(warehouse).problems == []
    change(warehouse, "update audit.removal set reason = 'other' where kind = 'raw_rows'", "audit.removal")
    assert {problem.kind for problem in verify(warehouse).problems} == {Kind.REMOVAL}


def why_kept(report: HousekeepingReport) -> dict[int, str]:
    """Why the rows of submissions stay."""
    return {int(one.subject.split()[1]): one.why for one in report.ledger.kept if one.kind == "raw_rows"}


def test_rows_that_are_not_what_was_sealed_stay(warehouse: Engine) -> None:
    other = versions(warehouse, "621121")[0]
    change(warehouse, f"update raw.project_progress set total_investment_wan = 1 where submission_id = {other}")
    report = keep(warehouse)
    assert why_kept(report) == {other: "its rows are not what was sealed; taizhang verify tells more"}
    assert removed(report, "raw_rows") == 2
    assert {problem.kind for problem in verify(warehouse).problems} == {Kind.RAW}


def test_rows_that_tell_what_became_of_a_finding_stay(warehouse: Engine) -> None:
    first, second, _ = versions(warehouse, "621122")
    told = "select status from audit.finding_life where check_id like 'R10%'"
    assert [row["status"] for row in rows_of(warehouse, told)] == ["fixed"]
    # As if the project with the finding had left the list: only the rows of both versions tell that.
    with warehouse.begin() as connection:
        moved = f"update raw.project_progress set project_name = 'x' where submission_id = {second}"
        assert connection.execute(text(moved)).rowcount == 2
    assert [row["status"] for row in rows_of(warehouse, told)] == ["gone"]
    assert why_kept(keep(warehouse)) == {
        first: "its rows tell what became of a finding",
        second: "its rows are not what was sealed; taizhang verify tells more",
    }


def test_old_files_go_and_changed_ones_stay(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox, reports, docs = settings().outbox_dir, settings().reports_dir, settings().data_docs_dir
    given = sorted(path for path in outbox.rglob("*") if path.is_file())
    assert given
    with warehouse.connect() as connection:
        assert connection.scalar(text("select count(*) from audit.feedback")) == len(given)
    older = sorted(reports.glob("2024-01/*/第1期_*"))
    newest = sorted(reports.glob("2024-01/620000_*/第3期_*"))
    assert older
    assert newest

    class KilledError(BaseException):
        """Stands for kill -9."""

    def killed(_: Path) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(old_files.Path, "unlink", killed)
        with pytest.raises(KilledError):
            keep(warehouse, policy=FILES)
    assert all(path.exists() for path in given)
    keep(warehouse, policy=FILES)
    runs = rows_of(warehouse, "select state, failure from ops.housekeeping_run order by housekeeping_run_id")
    assert runs == [{"state": "error", "failure": "killed before it ended"}, {"state": "done", "failure": None}]
    assert not any(path.exists() for path in (*given, *older, docs / "1"))
    assert all(path.exists() for path in newest)
    assert all(landed_path(row["sha256"]).exists() for row in rows_of(warehouse, "select sha256 from ops.submission"))
    assert verify(warehouse).problems == []


def test_partitions_are_there_ahead_of_time(warehouse: Engine) -> None:
    keep(warehouse)
    month = (LATER + timedelta(days=45)).strftime("%Y_%m")
    assert rows_of(warehouse, "select to_regclass(:name) is not null as made", name=f"raw.summary_{month}") == [
        {"made": True}
    ]
