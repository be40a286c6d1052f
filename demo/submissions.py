"""The demonstration submissions as files: what each unit sends, in two waves, and what must become of it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml

from demo.book import Book, open_book
from demo.broken_files import vba_project
from demo.chance import seeded
from demo.faults import BOOK_FAULTS, FILE_FAULTS, MACROS, PROGRESS_FAULTS, SUMMARY_FAULTS, month_13, rename
from demo.files import write_csv, write_xls, write_xlsx
from demo.materials import MATERIALS_DIR, prefectures
from demo.mess import roughen
from demo.months import INVENTED, Row, cover_values, print_gaps, progress_rows, summary_rows
from demo.other_sheets import other_sheets
from demo.projects import is_published
from demo.styles import Style, format_of, style_of
from demo.summaries import rows_of_parts
from taizhang.codelists import ReportingUnit, reporting_units
from taizhang.deadlines.calendar import due_on
from taizhang.reading.identity import CHINA
from taizhang.template import write_workbook
from taizhang.template.cells import month_text

Outcome = Literal["accepted", "accepted_with_warnings", "quarantined", "refused", "duplicate"]


@dataclass(frozen=True)
class DemoFile:
    """A file of the demonstration: whose it is, what must become of it, and why; `rule_id` is what holds it back.

    `unit_code` and `month` are None where the file states none that exists.
    """

    path: Path
    unit_code: str | None
    month: date | None
    outcome: Outcome
    why: str
    rule_id: str | None = None


@dataclass(frozen=True)
class _Plan:
    """One submission to be made: the fault is None or one of `demo.faults`."""

    unit: ReportingUnit
    month: date
    file_stem: str
    outcome: Outcome = "accepted"
    why: str = "与项目数据一致"
    rule_id: str | None = None
    fault: str | None = None
    other_name: str | None = None


def generate(target: Path, wave: int) -> list[DemoFile]:
    """Write the files of a wave into the folder `target`: 1 is every unit's three months, 2 the resubmissions.

    The same wave always gives the same files, byte for byte. ValueError for a wave that does not exist.
    """
    if wave not in (1, 2):
        raise ValueError(f"there is no wave {wave}")
    target.mkdir(parents=True, exist_ok=True)
    plans = _first_wave() if wave == 1 else _second_wave()
    with tempfile.TemporaryDirectory() as scratch:
        files = [_make(plan, target, Path(scratch)) for plan in plans]
        for plan, file in zip(plans, files, strict=True):
            filed_at = filing_time(plan.unit, plan.month, wave)
            os.utime(file.path, (filed_at.timestamp(),) * 2)
    return files + (_duplicates(files) if wave == 1 else [])


def corrected_month() -> tuple[ReportingUnit, date]:
    """Return the unit and the month that the second wave corrects."""
    unit = reporting_units().units[_special()["corrected"]["unit_code"]]
    return unit, prefectures()[unit.parent_region_code]["months"][-1]


def days_late(unit: ReportingUnit, month: date) -> int:
    """How many days after the due day a unit files a month: 0 for nearly all."""
    late = {(entry["unit_code"], entry["month"]): int(entry["days"]) for entry in _special()["late"]}
    return late.get((unit.unit_code, month), 0)


def filing_time(unit: ReportingUnit, month: date, wave: int) -> datetime:
    """When a unit files a month, in its office hours; what it sends anew comes on the last day that is in time."""
    due = due_on(unit.unit_kind, month)
    if due is None:
        raise ValueError(f"{month} lies before the calendar of filing days")
    random = seeded(f"{unit.unit_code} {month} filed")
    late = days_late(unit, month)
    day = due + timedelta(days=late) if late else due - timedelta(days=random.randint(1, 6))
    if wave == 2:
        day = due
    return datetime.combine(day, time(random.randint(9, 17), random.randrange(60)), CHINA)


@cache
def _special() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((MATERIALS_DIR / "submissions.yml").read_text(encoding="utf-8"))
    return loaded


def _first_wave() -> list[_Plan]:
    special = _special()
    faulty = {entry["unit_code"]: entry for entry in special["faulty"]}
    corrected = special["corrected"]
    plans = []
    for unit in reporting_units().units.values():
        if not unit.has_details:
            continue
        months = prefectures()[unit.parent_region_code]["months"]
        plans += [_Plan(unit, month, _stem(unit.unit_name, month)) for month in months]
        if unit.unit_code in faulty:
            plans[-1] = _spoilt(plans[-1], faulty[unit.unit_code])
        if unit.unit_code == corrected["unit_code"]:
            plans[-1] = replace(plans[-1], fault=corrected["fault"], why="一个项目的数字填错，第二批更正")
    return [*plans, *map(_summary, special["summaries"]), _stranger(special["stranger"])]


def _summary(entry: dict[str, Any]) -> _Plan:
    unit, month = reporting_units().units[entry["unit_code"]], entry["month"]
    return _Plan(
        unit,
        month,
        _stem(unit.unit_name, month),
        outcome=entry["outcome"],
        why=entry["why"],
        rule_id=entry["rule"],
        fault=entry["fault"],
    )


def _spoilt(plan: _Plan, entry: dict[str, Any]) -> _Plan:
    fault = entry["fault"]
    stem = plan.file_stem.replace(f"{plan.month.month}月", "13月") if fault == month_13.__name__ else plan.file_stem
    return replace(plan, file_stem=stem, fault=fault, outcome=entry["outcome"], why=entry["why"], rule_id=entry["rule"])


def _stranger(entry: dict[str, Any]) -> _Plan:
    unit = reporting_units().units[entry["unit_code"]]
    month = prefectures()[unit.parent_region_code]["months"][-1]
    name = entry["unit_name"]
    return _Plan(unit, month, _stem(name, month), outcome=entry["outcome"], why=entry["why"], other_name=name)


def _second_wave() -> list[_Plan]:
    plans = []
    for kind in ("corrected", "healed"):
        entry = _special()[kind]
        unit = reporting_units().units[entry["unit_code"]]
        month = prefectures()[unit.parent_region_code]["months"][-1]
        stem = _stem(unit.unit_name, month) + entry["suffix"]
        plans.append(_Plan(unit, month, stem, outcome=entry["outcome"], why=entry["why"]))
    return plans


def _stem(unit_name: str, month: date) -> str:
    return f"{unit_name}{month_text(month)}重大项目月报"


def _duplicates(files: list[DemoFile]) -> list[DemoFile]:
    """Send one file once more under another name."""
    entry = _special()["duplicate"]
    original = [file for file in files if file.unit_code == entry["unit_code"]][-1]
    path = original.path.with_stem(original.path.stem + f"（{entry['suffix']}）")
    shutil.copy2(original.path, path)
    why = f"与{original.path.name}内容相同"
    return [DemoFile(path, original.unit_code, original.month, "duplicate", why)]


def _make(plan: _Plan, target: Path, scratch: Path) -> DemoFile:
    """Write one submission: clean through the template, then as the unit writes it, then spoilt."""
    style = style_of(plan.unit.unit_code)
    path = target / f"{plan.file_stem}.xlsx"
    clean = path if style.is_clean and plan.fault in {None, *PROGRESS_FAULTS, *SUMMARY_FAULTS, *FILE_FAULTS} else None
    if plan.other_name is not None:
        clean = None
    _write_clean(plan, style, clean or scratch / "clean.xlsx")
    if clean is None:
        book = open_book(scratch / "clean.xlsx", plan.unit, plan.month)
        roughen(book, style)
        if plan.fault in BOOK_FAULTS:
            BOOK_FAULTS[plan.fault](book)
        if plan.other_name is not None:
            rename(book, plan.unit.unit_name, plan.other_name)
        path = _write_rough(plan, book, path)
    if plan.fault in FILE_FAULTS:
        FILE_FAULTS[plan.fault](path)
    states_both = plan.other_name is None and plan.outcome != "refused"
    unit_code, month = (plan.unit.unit_code, plan.month) if states_both else (None, None)
    warns = plan.outcome == "accepted" and (style.draws_warnings or days_late(plan.unit, plan.month) > 0)
    return DemoFile(path, unit_code, month, "accepted_with_warnings" if warns else plan.outcome, plan.why, plan.rule_id)


def _write_summary(plan: _Plan, path: Path) -> None:
    """The workbook of a city or province."""
    classes = rows_of_parts(plan.unit, plan.month)
    if plan.fault is not None:
        SUMMARY_FAULTS[plan.fault](classes)
        print_gaps(classes, plan.month)
    cover = cover_values(plan.unit, plan.month)
    write_workbook(path, plan.unit.unit_code, plan.month, cover, _frames(plan, {"summary": classes}))


def _write_clean(plan: _Plan, style: Style, path: Path) -> None:
    if not plan.unit.has_details:
        _write_summary(plan, path)
        return
    months = prefectures()[plan.unit.parent_region_code]["months"]
    # Who writes — or / for nothing leaves sources of funds that gave nothing empty; the others write 0.
    zero_source = None if style.none_marks else Decimal(0)
    projects = progress_rows(plan.unit, months, plan.month, zero_source=zero_source)
    if plan.fault in PROGRESS_FAULTS:
        PROGRESS_FAULTS[plan.fault](projects)
        print_gaps(projects, plan.month)
    classes = summary_rows(projects, plan.month, None if is_published(plan.unit) else INVENTED)
    if plan.fault in SUMMARY_FAULTS:
        SUMMARY_FAULTS[plan.fault](classes)
    cover = cover_values(plan.unit, plan.month)
    tables = {"project_progress": projects, "summary": classes}
    write_workbook(path, plan.unit.unit_code, plan.month, cover, _frames(plan, tables))


def _frames(plan: _Plan, tables: dict[str, list[Row]]) -> dict[str, pd.DataFrame]:
    """The sheets of a workbook, those that are filled the same way by everybody included."""
    filled = tables | other_sheets(plan.unit, plan.month)
    return {name: pd.DataFrame(rows, dtype=object) for name, rows in filled.items() if rows}


def _write_rough(plan: _Plan, book: Book, path: Path) -> Path:
    if plan.fault == MACROS:
        path = path.with_suffix(".xlsm")
        write_xlsx(book, path, vba_project())
        return path
    kind = format_of(plan.unit.unit_code)
    path = path.with_suffix(f".{kind}")
    writers: dict[str, Callable[[Book, Path], None]] = {"xlsx": write_xlsx, "xls": write_xls, "csv": write_csv}
    writers[kind](book, path)
    return path
