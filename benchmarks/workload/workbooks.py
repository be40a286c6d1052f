"""The workbooks of a month as files, written by all processors: a quarter official, others in the units' own ways."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from benchmarks.workload import faults
from benchmarks.workload.messy_books import HABITS, write_messy
from benchmarks.workload.projects import Columns, UnitYear
from benchmarks.workload.sheets import sheets_of
from benchmarks.workload.spread import spread
from benchmarks.workload.units import Unit
from taizhang.template import write_workbook
from taizhang.template.cells import month_text
from taizhang.warehouse.partitions import next_month

FILING_DAY = 8


@dataclass(frozen=True)
class Job:
    """A workbook to be written: of the unit with this number, in that order faults fall on it."""

    number: int
    unit: Unit
    month: date
    folder: Path


def write_workbooks(units: tuple[Unit, ...], month: date, folder: Path) -> list[Path]:
    """Write the workbook of each unit of a month into a folder, 2% of them faulty, as if filed in time.

    The units must be in the register (`units.registered`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    return spread(write_one, [Job(number, unit, month, folder) for number, unit in enumerate(units)])


def write_one(job: Job) -> Path:
    """Write one workbook."""
    sheets = sheets_of(UnitYear(job.unit, job.month.year), job.month)
    path = job.folder / f"{job.unit.name}{month_text(job.month)}重大项目月报.xlsx"
    if faults.is_faulty(job.number) and not faults.is_unreadable(job.number):
        faults.plant(job.number, job.month, sheets)
    form = job.number % (1 + len(HABITS))
    if form == 0:
        write_official(path, job.unit, job.month, sheets)
    else:
        write_messy(path, job.unit, job.month, sheets, HABITS[form - 1])
    if faults.is_unreadable(job.number):
        faults.spoil(job.number, path)
    filed = datetime.combine(next_month(job.month), datetime.min.time(), UTC).replace(day=FILING_DAY).timestamp()
    os.utime(path, (filed, filed))
    return path


def write_official(path: Path, unit: Unit, month: date, sheets: dict[str, Columns]) -> None:
    """Write the official workbook."""
    cover = {name: values[0] for name, values in sheets["cover"].items()}
    tables = {
        name: pd.DataFrame({column: pd.Series(values, dtype=object) for column, values in columns.items()})
        for name, columns in sheets.items()
        if name != "cover"
    }
    write_workbook(path, unit.code, month, cover, tables)
