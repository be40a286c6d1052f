"""Where the outbox puts things: names that every system takes, and nothing overwritten."""

from datetime import date
from pathlib import Path

import pytest

from taizhang.feedback.outbox import note_place, put, safe_name, workbook_place
from taizhang.reading.identity import months_of_name

MARCH = date(2024, 3, 1)


def test_a_workbook_lies_by_month_and_unit_under_its_own_name():
    place = workbook_place("621122", "陇西县", MARCH, "陇西县2024年3月重大项目月报.xls", "12")
    assert place == "2024-03/621122_陇西县/陇西县2024年3月重大项目月报（核查反馈）_12.xlsx"


@pytest.mark.parametrize("version", ["12", "12-2"])
def test_the_name_of_one_that_came_back_does_not_grow(version: str):
    before = workbook_place("621122", "陇西县", MARCH, "月报.xlsx", version)
    assert workbook_place("621122", "陇西县", MARCH, Path(before).name, "15").endswith("/月报（核查反馈）_15.xlsx")
    assert workbook_place("621122", "陇西县", MARCH, f"{Path(before).stem} (2).xlsx", "15").endswith(
        "/月报（核查反馈）_15.xlsx"
    )


def test_the_name_tells_no_other_month():
    place = workbook_place("621122", "陇西县", MARCH, "陇西县2024年3月重大项目月报.xlsx", "202405")
    assert months_of_name(Path(place).name) == [MARCH]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", 'a/b\\c:d*?"<>|.xlsx', "\x00\n.xlsx", " . ", "月" * 300 + ".xlsx", "坏\ud800.xlsx"]
)
def test_no_name_leads_elsewhere_or_is_too_long(name: str):
    place = Path(workbook_place("621122", "陇西县/../..", MARCH, name, "12"))
    assert ".." not in place.parts
    assert len(place.parts) == 3
    assert 0 < len(place.name.encode()) <= 255
    assert len(Path(note_place(MARCH, name, 12)).parts) == 3


def test_an_empty_name_becomes_a_name():
    assert safe_name(" .. ") == "_"


def test_what_is_there_stays(home: Path):
    first = put("2024-03/a/b.xlsx", b"one")
    assert first == home / "outbox" / "2024-03" / "a" / "b.xlsx"
    assert put("2024-03/a/b.xlsx", b"one") == first
    second = put("2024-03/a/b.xlsx", b"two")
    assert second.name == "b (2).xlsx"
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert sorted(path.name for path in first.parent.iterdir()) == ["b (2).xlsx", "b.xlsx"]


def test_another_folder_takes_the_file_without_the_way(home: Path, tmp_path: Path):
    assert put("2024-03/a/b.xlsx", b"one", tmp_path / "out") == tmp_path / "out" / "b.xlsx"
