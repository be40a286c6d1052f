"""Whatever units make of their workbooks, the reader finds the same values in every accepted file."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from demo import DemoFile
from demo.materials import prefectures
from demo.months import Row, progress_rows, summary_rows
from demo.styles import style_of
from demo.summaries import rows_of_parts
from taizhang.codelists import reporting_units
from taizhang.dictionary import Column, ColumnType, sheet
from taizhang.reading.result import Refusal, WorkbookReading
from taizhang.reading.workbook import read_workbook

ACCEPTED = ("accepted", "accepted_with_warnings")
CORRECTED = ("621102", date(2024, 3, 1))


@pytest.fixture(scope="module")
def files(first_wave: list[DemoFile], second_wave: list[DemoFile]) -> list[DemoFile]:
    return [*first_wave, *second_wave]


@pytest.fixture(scope="module")
def readings(files: list[DemoFile]) -> list[tuple[DemoFile, WorkbookReading]]:
    return [(file, read_workbook(file.path)) for file in files if file.outcome in ACCEPTED]


def _has_details(reading: WorkbookReading) -> bool:
    return reporting_units().units[reading.unit_code].has_details


def _truth(reading: WorkbookReading) -> list[Row]:
    unit = reporting_units().units[reading.unit_code]
    months = prefectures()[unit.parent_region_code]["months"]
    zero_source = None if style_of(unit.unit_code).none_marks else Decimal(0)
    return progress_rows(unit, months, reading.report_month, zero_source)


def _is_first_version(file: DemoFile) -> bool:
    return (file.unit_code, file.month) == CORRECTED and "更正" not in file.path.name


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _same(column: Column, true: Any, read: Any) -> bool:
    if column.type is ColumnType.CHOICES:
        return (true or []) == ([] if _missing(read) else read)
    if _missing(true) or _missing(read):
        return _missing(true) and _missing(read)
    if column.type is ColumnType.DATE:
        first, after = read
        # Who writes only the month means any day of it.
        return first <= true < after and (after - first == timedelta(days=1) or first.day == after.day == 1)
    return bool(true == read)


def _differences(sheet_name: str, key: str, true: list[Row], read: pd.DataFrame) -> Iterator[str]:
    by_key = {row[key]: row for row in true}
    assert len(by_key) == len(true)
    if list(read[key]) != list(dict.fromkeys(read[key])) or set(read[key]) != set(by_key):
        yield f"other rows: {set(read[key]) ^ set(by_key)}"
        return
    for row in read.astype(object).to_dict("records"):
        for column in sheet(sheet_name).columns:
            expected = by_key[row[key]].get(column.name)
            if not _same(column, expected, row[column.name]):
                yield f"{row[key]} {column.name}: {expected!r} was read as {row[column.name]!r}"


def test_accepted_files_read_back_to_the_same_projects(readings: list[tuple[DemoFile, WorkbookReading]]) -> None:
    differences = [
        f"{file.path.name}: {difference}"
        for file, reading in readings
        if not _is_first_version(file) and _has_details(reading)
        for difference in _differences(
            "project_progress", "project_name", _truth(reading), reading.sheets["project_progress"].rows
        )
    ]
    assert differences[:20] == []
    assert len(readings) > 80


def test_accepted_files_read_back_to_the_same_summary(readings: list[tuple[DemoFile, WorkbookReading]]) -> None:
    differences = []
    for file, reading in readings:
        if _is_first_version(file) or file.path.suffix == ".csv":
            continue
        read = reading.sheets["summary"].rows
        remark = read["remark"].iloc[0]
        if _has_details(reading):
            true = summary_rows(_truth(reading), reading.report_month, None if _missing(remark) else remark)
        else:
            true = rows_of_parts(reporting_units().units[reading.unit_code], reading.report_month)
        found = _differences("summary", "item_name", true, read)
        differences += [f"{file.path.name}: {difference}" for difference in found]
    assert differences[:20] == []


def test_accepted_files_name_their_unit_and_month(readings: list[tuple[DemoFile, WorkbookReading]]) -> None:
    wrong = [
        file for file, reading in readings if (reading.unit_code, reading.report_month) != (file.unit_code, file.month)
    ]
    assert wrong == []


def test_figures_are_printed_with_few_decimals(readings: list[tuple[DemoFile, WorkbookReading]]) -> None:
    decimals = [
        column.decimals
        for _, reading in readings
        for found in reading.sheets.values()
        for column in found.columns
        if column.decimals is not None
    ]
    assert max(decimals) <= 6


def test_no_figure_of_an_accepted_file_is_unreadable(readings: list[tuple[DemoFile, WorkbookReading]]) -> None:
    harmless = {"hidden_sheet", "hidden_row", "extra_column", "number_approximate"}
    issues = [(file.path.name, issue) for file, reading in readings for issue in reading.issues]
    assert [(name, issue) for name, issue in issues if issue.kind.value not in harmless] == []
    assert {issue.kind.value for _, issue in issues} == harmless


def test_refused_files_are_refused(files: list[DemoFile]) -> None:
    codes = []
    for file in [file for file in files if file.outcome == "refused"]:
        with pytest.raises(Refusal) as refusal:
            read_workbook(file.path)
        codes.append(refusal.value.code)
    assert sorted(codes) == ["encrypted", "macros", "month_invalid", "truncated", "unit_unknown"]


def test_quarantined_files_can_be_read(files: list[DemoFile]) -> None:
    for file in [file for file in files if file.outcome == "quarantined"]:
        reading = read_workbook(file.path)
        assert (reading.unit_code, reading.report_month) == (file.unit_code, file.month)


def test_the_copy_is_the_same_file(files: list[DemoFile]) -> None:
    (copy,) = [file for file in files if file.outcome == "duplicate"]
    assert copy.path.read_bytes() in {file.path.read_bytes() for file in files if file.outcome in ACCEPTED}
