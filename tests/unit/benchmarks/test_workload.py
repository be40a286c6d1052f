"""The figures of the benchmarks' counties: the same every time, and continuous from month to month."""

from datetime import date

import pytest

from benchmarks.peers import PeersMissingError, interpreter, interpreter_or_note
from benchmarks.scales import MONTH, NATION
from benchmarks.workload import faults
from benchmarks.workload.projects import UnitYear
from benchmarks.workload.sheets import sheets_of
from benchmarks.workload.units import first_units, months_before, units_of

UNIT = first_units(1, (60, 60))[0]


def test_the_nation_has_3000_units_with_names_and_codes_of_their_own():
    units = units_of(NATION)

    assert len({unit.code for unit in units}) == len({unit.name for unit in units}) == 3000
    assert 1_100_000 < sum(unit.projects for unit in units) < 1_300_000
    assert {unit.kind for unit in units} == {"county", "zone"}


def test_more_units_than_there_are_is_an_error():
    with pytest.raises(ValueError, match="there are only"):
        first_units(10_000, (1, 1))


def test_the_same_month_is_always_the_same():
    assert sheets_of(UnitYear(UNIT, 2026), MONTH) == sheets_of(UnitYear(UNIT, 2026), MONTH)


def test_amounts_carry_on_from_month_to_month_and_into_the_next_year():
    for year in (2025, 2026):
        before = [0] * 60
        for month in range(1, 13):
            rows = UnitYear(UNIT, year).progress(date(year, month, 1))
            done = [old + new for old, new in zip(before, rows["month_completed_wan"], strict=True)]
            assert rows["ytd_completed_wan"] == done
            assert all(new >= 0 for new in rows["month_completed_wan"])
            before = done
    december, january = (UnitYear(UNIT, day.year).progress(day) for day in (date(2025, 12, 1), date(2026, 1, 1)))
    followed = {
        code: amount
        for code, amount in zip(december["project_code"], december["since_start_wan"], strict=True)
        if code in january["project_code"]
    }
    assert 40 < len(followed) < 60
    carried = dict(zip(january["project_code"], january["completed_before_year_wan"], strict=True))
    assert {code: carried[code] for code in followed} == followed


def test_permits_are_those_of_projects_that_begin_in_the_year():
    sheets = sheets_of(UnitYear(UNIT, 2026), MONTH)

    assert all("（2026年第" in name for name in sheets["permits"]["project_name"])
    assert 0 < len(set(sheets["permits"]["project_code"])) < 20


def test_two_per_cent_of_the_workbooks_are_faulty_and_some_cannot_be_read():
    faulty = [number for number in range(3000) if faults.is_faulty(number)]

    assert len(faulty) == 60
    assert sum(faults.is_unreadable(number) for number in faulty) == 12


@pytest.mark.parametrize("name", faults.FAULTS)
def test_a_fault_changes_its_own_workbook_only(name):
    year = UnitYear(UNIT, 2026)
    clean, spoilt = sheets_of(year, MONTH), sheets_of(year, MONTH)

    faults.FAULTS[name](spoilt, faults.seeded(name))

    assert spoilt != clean
    assert clean == sheets_of(UnitYear(UNIT, 2026), MONTH)


def test_the_months_before_a_month_cross_the_year():
    assert months_before(date(2026, 2, 1), 3) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


def test_without_their_environment_the_peers_are_named_as_not_measured(tmp_path):
    with pytest.raises(PeersMissingError, match="make bench"):
        interpreter(tmp_path / "missing")


def test_a_section_without_peers_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("benchmarks.peers.FOLDER", tmp_path / "missing")
    notes = []

    assert interpreter_or_note(notes, "dlt") is None
    assert notes == ["Not measured: dlt. missing with the tools to compare with is not there: `make bench` makes it"]
