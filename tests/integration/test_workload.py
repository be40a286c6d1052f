"""The benchmarks' counties: what they send is read as meant and obeys the rules, and their history is what it says."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from benchmarks.scales import MONTH
from benchmarks.workload.faults import FAULTS
from benchmarks.workload.history import fill, require_equal_to_reading
from benchmarks.workload.messy_books import HABITS, write_messy
from benchmarks.workload.projects import UnitYear
from benchmarks.workload.sheets import sheets_of
from benchmarks.workload.units import first_units, months_before, registered
from benchmarks.workload.waiting import load
from benchmarks.workload.workbooks import write_official, write_workbooks
from demo.chance import seeded
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import Refusal
from taizhang.reading.workbook import read_workbook

UNITS = first_units(4, (20, 30))
FOUND_BY = {
    "ytd_too_high": "R10.ytd_carries_forward",
    "since_start_too_low": "R12.since_start",
    "sources_do_not_add_up": "R13.sources_add_up",
    "paid_more_than_received": "R14.paid_within_received",
    "rate_misprinted": "R23.printed_rate",
    "no_name": "R00.project_name_filled",
    "malformed_code": "R01.code_form",
    "negative_source": "R13.funds_bond_not_negative",
    "wrong_unit": "R07.total_against_last_month",
    "project_twice": "R02.code_twice",
    "start_before_approval": "R31.approval_before_start",
    "count_too_high": "R33.counted_twice",
    "signed_by_one": "R04.reviewer_is_not_filler",
    "permit_without_date": "R37.done_has_date",
}


@pytest.fixture
def register(home):
    with registered(UNITS):
        yield


def _rows(path):
    return {
        name: [
            {column: _plain(value) for column, value in row.items() if column not in ("row_number", "extras")}
            for row in sheet.rows.to_dict("records")
        ]
        for name, sheet in read_workbook(path).sheets.items()
        if sheet.row_numbers
    }


def _plain(value):
    return value.normalize() if isinstance(value, Decimal) else value


def test_every_fault_has_its_rule():
    assert FOUND_BY.keys() == FAULTS.keys()


@pytest.mark.parametrize("habit", HABITS)
def test_a_unit_s_own_way_of_writing_changes_no_value(register, tmp_path, habit):
    sheets = sheets_of(UnitYear(UNITS[0], MONTH.year), MONTH)
    official, own = tmp_path / "official.xlsx", tmp_path / "own.xlsx"
    write_official(official, UNITS[0], MONTH, sheets)
    write_messy(own, UNITS[0], MONTH, sheets, habit)

    found = _rows(own)

    assert len(found["project_progress"]) == UNITS[0].projects
    assert found == _rows(official)


def test_workbooks_are_the_same_every_time_and_bear_the_day_of_filing(register, tmp_path):
    first, again = (write_workbooks(UNITS, MONTH, tmp_path / name) for name in ("first", "again"))

    assert [path.name for path in first] == [path.name for path in again]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert {path.stat().st_mtime for path in first} == {path.stat().st_mtime for path in again}


def test_an_unreadable_workbook_is_refused(register, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.workload.faults.is_unreadable", lambda number: number == 3)

    path = write_workbooks(UNITS, MONTH, tmp_path)[3]

    with pytest.raises(Refusal):
        read_workbook(path)


def test_clean_months_obey_every_rule_that_asks_for_something(engine, register, own_counts):
    load(engine, UNITS[:3], accepted_months=2)  # the fourth would be the faulty one

    report = judge_batch(engine)

    with engine.connect() as connection:
        asked = connection.scalars(text("select distinct check_id from audit.finding where severity <> 'info'")).all()
    assert len(report.accepted) == 3
    assert asked == []


def test_each_fault_is_found_by_its_rule(engine, home, own_counts, monkeypatch):
    names = list(FOUND_BY)
    monkeypatch.setattr("benchmarks.workload.history.is_faulty", lambda number: number < len(names))
    monkeypatch.setattr(
        "benchmarks.workload.history.plant",
        lambda number, month, sheets: FAULTS[names[number]](sheets, seeded(f"{month} {names[number]}")),
    )
    units = first_units(len(names) + 1, (20, 30))
    with registered(units):
        load(engine, units)
        judge_batch(engine)

    with engine.connect() as connection:
        rows = connection.execute(
            text("select unit_code, check_id from audit.finding inner join ops.submission using (submission_id)")
        ).all()
    missed = {
        name: [check for code, check in rows if code == unit.code]
        for name, unit in zip(names, units, strict=False)
        if (unit.code, FOUND_BY[name]) not in rows
    }
    assert missed == {}


def test_history_that_is_not_what_its_workbook_gives_is_an_error(engine, register):
    filed = fill(engine, UNITS[:2], months_before(MONTH, 2))
    with engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        connection.execute(
            text("update raw.project_progress set funds_paid_wan = funds_paid_wan + 1 where submission_id = :id"),
            {"id": filed[1].submission_id},
        )

    require_equal_to_reading(engine, filed[0])
    with pytest.raises(RuntimeError, match="not what its workbook gives"):
        require_equal_to_reading(engine, filed[1])
