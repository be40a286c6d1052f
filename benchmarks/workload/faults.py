"""What is wrong with 2% of the workbooks: one to three planted faults each, or a file that cannot be read at all."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from benchmarks.workload.projects import Columns, day
from demo.broken_files import encrypt, truncate
from demo.chance import seeded

EVERY, FIRST = 50, 3
# Of the faulty ones every fifth is a file that cannot be opened.
UNREADABLE_EVERY = 5
Sheets = dict[str, Columns]


def is_faulty(number: int) -> bool:
    """True if the workbook of the unit with this number has a fault."""
    return number % EVERY == FIRST


def is_unreadable(number: int) -> bool:
    """True if it is a file that cannot be read."""
    return is_faulty(number) and number // EVERY % UNREADABLE_EVERY == 1


def plant(number: int, month: date, sheets: Sheets) -> list[str]:
    """Plant one to three faults into the sheets of a faulty workbook; returns their names."""
    random = seeded(f"{number} {month} faults")
    chosen = random.sample(list(FAULTS), random.randint(1, 3))
    for name in chosen:
        FAULTS[name](sheets, random)
    return chosen


def spoil(number: int, path: Path) -> None:
    """Make a file that cannot be read of a workbook: cut off, encrypted, or something else under its name."""
    kinds: list[Callable[[Path], object]] = [truncate, encrypt, lambda path: path.write_bytes(b"<html>404</html>\n")]
    kinds[number // EVERY // UNREADABLE_EVERY % len(kinds)](path)


def _row(sheets: Sheets, random: Random) -> tuple[Columns, int]:
    """A project that has completed something this month, from columns that are this workbook's own."""
    progress = sheets["project_progress"]
    for name in list(progress):
        progress[name] = list(progress[name])
    active = [place for place, amount in enumerate(progress["month_completed_wan"]) if amount > 0]
    return progress, random.choice(active)


def _add(name: str, amount: Decimal | int) -> Callable[[Sheets, Random], None]:
    def fault(sheets: Sheets, random: Random) -> None:
        progress, place = _row(sheets, random)
        progress[name][place] += amount

    return fault


def _put(name: str, value: object) -> Callable[[Sheets, Random], None]:
    def fault(sheets: Sheets, random: Random) -> None:
        progress, place = _row(sheets, random)
        progress[name][place] = value

    return fault


def _wrong_unit(sheets: Sheets, random: Random) -> None:
    """One total is in 元 in a column of 万元."""
    progress, place = _row(sheets, random)
    progress["total_investment_wan"][place] *= 10_000


def _twice(sheets: Sheets, random: Random) -> None:
    """One project stands in two rows."""
    progress, place = _row(sheets, random)
    for values in progress.values():
        values.append(values[place])


def _start_before_approval(sheets: Sheets, random: Random) -> None:
    progress, place = _row(sheets, random)
    progress["start_date"][place] = day(progress["approval_date"][place][0] - timedelta(days=70))


def _count_too_high(sheets: Sheets, random: Random) -> None:
    """In one class the projects not started and the started ones are more than its projects."""
    counts = sheets["summary"]["not_started_count"]
    counts[random.randrange(len(counts))] += 2


def _signed_by_one(sheets: Sheets, random: Random) -> None:
    """Whoever filled in has reviewed as well."""
    sheets["cover"]["reviewer_name"] = list(sheets["cover"]["filler_name"])


def _permit_without_date(sheets: Sheets, random: Random) -> None:
    dates = sheets["permits"].get("issued_date", [])
    if dates:
        dates[random.randrange(len(dates))] = None


FAULTS: dict[str, Callable[[Sheets, Random], None]] = {
    "ytd_too_high": _add("ytd_completed_wan", 700),
    "since_start_too_low": _add("since_start_wan", -3),
    "sources_do_not_add_up": _add("funds_own_wan", 110),
    "paid_more_than_received": _add("funds_paid_wan", 900_000),
    "rate_misprinted": _add("completion_rate_pct", Decimal("12.5")),
    "no_name": _put("project_name", None),
    "malformed_code": _put("project_code", "62112204"),
    "negative_source": _put("funds_bond_wan", -20),
    "wrong_unit": _wrong_unit,
    "project_twice": _twice,
    "start_before_approval": _start_before_approval,
    "count_too_high": _count_too_high,
    "signed_by_one": _signed_by_one,
    "permit_without_date": _permit_without_date,
}
