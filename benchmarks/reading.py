"""Reading: workbook bytes to typed, normalised columns with cell addresses, against parsers that normalise nothing."""

import resource
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineWorkbook

from benchmarks.measure import Goal, Limit, Section, Way, in_turn
from benchmarks.scales import MONTH, SHORT, Scale
from benchmarks.workload.messy_books import Habit, write_messy
from benchmarks.workload.projects import UnitYear
from benchmarks.workload.sheets import sheets_of
from benchmarks.workload.spread import spread
from benchmarks.workload.units import first_units, registered
from benchmarks.workload.workbooks import write_workbooks
from taizhang.reading.result import Refusal
from taizhang.reading.workbook import read_workbook
from taizhang.settings import settings

# More files than this would take longer without telling more; pandas is measured on a few of them.
FILES, FILES_FOR_PANDAS = 120, 6
ONE_SHEET = (400, 400)
# A single small workbook is read often enough that a clock can tell its time.
REPEATED = 20
OURS, CALAMINE, PANDAS = "read and normalise", "python-calamine to Python lists", "pandas.read_excel with openpyxl"

NOTES = (
    "The peers turn cells into Python values and stop there: they find no header, no unit, no total, tell no project"
    " from a band, and read neither 1.2亿元 nor 2024年3月. Ours ends with exact decimals, codes, spans of days, printed"
    " places and the address of every cell, and with what could not be taken.",
    "Profile of whole workbooks of about 300 projects: opening them, with values and styles of every cell, takes"
    " 28%, which is somewhat less than python-calamine alone needs. The rest is spread evenly: figures and rates 17%,"
    " telling rows apart 12%, finding headers 11%, dates and texts 8%, taking cells by column 4%; no line takes more"
    " than 4%. Much of it is paid per sheet, of which a workbook has thirteen, most of them with few rows.",
    "Tried: python-calamine for the values and a search of the XML for styles and hidden rows (4 times its time, for"
    " each sheet was unpacked and read twice); one regular expression over all cells (its matches alone took 60% of"
    " python-calamine's time, before any value was made); scanning the bytes of all sheets at once with numpy,"
    " which is what is done where a sheet is plainly written, down to the digits of numbers; building no frame before"
    " one is asked for; pausing the garbage collector (1%, left out); each different date of a column once more"
    " cached (no clear difference, left out). python-calamine still opens each file, 2% of the time, so that what it"
    " refuses stays refused. The limit is the exact decimal that every figure becomes, and Python's cost of every text"
    " that has to be looked at.",
)


@dataclass
class _Files:
    """Workbooks that can be read, and how many of the month cannot."""

    paths: list[Path] = field(default_factory=list)
    refused: int = 0


def measure(scale: Scale, rounds: int) -> Section:
    """Read one sheet of 400 projects, and whole workbooks of a month with all their sheets."""
    units = first_units(min(scale.units, FILES), scale.projects)
    section = Section(
        "reading",
        "Reading workbooks",
        f"The workbooks of {len(units)} units with all their sheets, a quarter official, the others in the units' own"
        f" ways, 2% of them faulty; and one of a cover and {ONE_SHEET[0]} projects.",
        notes=[*NOTES],
    )
    with registered(units):
        folder = settings().home / "workbooks"
        files = _readable(write_workbooks(units, MONTH, folder / "month"))
        size = (scale.projects[0],) * 2 if scale is SHORT else ONE_SHEET
        one = folder / f"{units[0].name}2026年3月.xlsx"
        unit = replace(first_units(1, size)[0], code=units[0].code)
        sheets = sheets_of(UnitYear(unit, MONTH.year), MONTH)
        write_messy(one, unit, MONTH, {name: sheets[name] for name in ("cover", "project_progress")}, Habit())
        _compare(section, [one] * (1 if scale is SHORT else REPEATED), "one sheet of projects", rounds)
        _compare(section, files.paths, f"{len(files.paths)} whole workbooks", rounds)
        _compare_with_pandas(section, files.paths[:FILES_FOR_PANDAS], rounds)
        _tell(section, files)
    return section


def _readable(paths: Sequence[Path]) -> _Files:
    files = _Files()
    for path in paths:
        try:
            read_workbook(path)
            files.paths.append(path)
        except Refusal:
            files.refused += 1
    return files


def _compare(section: Section, paths: Sequence[Path], what: str, rounds: int) -> None:
    ours, calamine = f"{OURS}: {what}", f"{CALAMINE}: {what}"
    section.seconds |= in_turn([Way(ours, lambda: _ours(paths)), Way(calamine, lambda: _calamine(paths))], rounds)
    section.goals.append(Goal(ours, calamine, at_most=1.5))


def _compare_with_pandas(section: Section, paths: Sequence[Path], rounds: int) -> None:
    what = f"the first {len(paths)} whole workbooks"
    ours, pandas = f"{OURS}: {what}", f"{PANDAS}: {what}"
    section.seconds |= in_turn([Way(ours, lambda: _ours(paths)), Way(pandas, lambda: _pandas(paths))], rounds)
    section.goals.append(Goal(ours, pandas, times_faster=6))


def _ours(paths: Sequence[Path]) -> None:
    if not all(read_workbook(path).sheets for path in paths):
        raise RuntimeError("a workbook without sheets")


def _calamine(paths: Sequence[Path]) -> None:
    if not all(_lists(path) for path in paths):
        raise RuntimeError("a workbook without sheets")


def _lists(path: Path) -> list[list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
    return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


def _pandas(paths: Sequence[Path]) -> None:
    if not all(pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl") for path in paths):
        raise RuntimeError("a workbook without sheets")


def _tell(section: Section, files: _Files) -> None:
    """Tell how much was read, and what memory a process takes that does nothing else."""
    lists = [sheet for path in files.paths for sheet in _lists(path)]
    readings = [read_workbook(path) for path in files.paths]
    rows = sum(len(sheet.row_numbers) for reading in readings for sheet in reading.sheets.values())
    section.facts |= {
        "workbooks": f"{len(files.paths):,} read, {files.refused} refused",
        "bytes": f"{sum(path.stat().st_size for path in files.paths):,}",
        "rows that count": f"{rows:,}",
        "filled cells": f"{sum(cell != '' for sheet in lists for row in sheet for cell in row):,}",
    }
    del lists, readings
    (peak,) = spread(_peak, [files.paths], processes=2)
    section.limits.append(Limit("peak memory of a process that reads one after another", peak / 2**30, 2, "GiB"))


def _peak(paths: Sequence[Path]) -> int:
    """Read workbooks and return the most bytes of memory that this process had at any time."""
    for path in paths:
        read_workbook(path)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
