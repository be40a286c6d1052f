"""The demonstration's submissions as JSON: the same typed rows as their workbooks, on all sheets."""

from pathlib import Path

import pytest

from demo import DemoFile
from taizhang.contract.as_json import submission_text
from taizhang.dictionary import load_dictionary
from taizhang.reading.result import IssueKind, WorkbookReading
from taizhang.reading.workbook import read_workbook

ACCEPTED = ("accepted", "accepted_with_warnings")


@pytest.fixture(scope="module")
def readings(first_wave: list[DemoFile]) -> list[WorkbookReading]:
    return [read_workbook(file.path) for file in first_wave if file.outcome in ACCEPTED]


def _of_csv(reading: WorkbookReading) -> IssueKind | None:
    """A CSV file is 项目进展 alone, which is excused; JSON says itself which sheets it has."""
    return IssueKind.SHEET_MISSING if reading.file_name.endswith(".csv") else None


def test_a_converted_submission_has_the_rows_of_its_workbook(readings: list[WorkbookReading], tmp_path: Path) -> None:
    differences, compared = [], set()
    for number, before in enumerate(readings):
        path = tmp_path / f"{number}.json"
        path.write_text(submission_text(before), encoding="utf-8")
        after = read_workbook(path)
        differences += [f"{before.file_name}: {issue}" for issue in after.issues if issue.kind is not _of_csv(before)]
        assert (after.unit_code, after.report_month) == (before.unit_code, before.report_month)
        for name, sheet in before.sheets.items():
            count = len(sheet.row_numbers)
            converted = after.sheets[name].values if name in after.sheets else {}
            for column in load_dictionary()[name].columns:
                true, read = (list(own.get(column.name, [None] * count)) for own in (sheet.values, converted))
                compared.add((name, column.name))
                differences += [
                    f"{before.file_name} {name} {column.name}: {one!r} became {other!r}"
                    for one, other in zip(true, read, strict=True)
                    if one != other
                ]
    assert differences[:10] == []
    assert {name for name, _ in compared} == set(load_dictionary())
