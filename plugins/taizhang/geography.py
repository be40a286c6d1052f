"""Regions as they were: names, parents and codes of any month, and which codes replaced which.

The same as `int_unit__placed` and `dim_region` of the dbt project say, for what is read and judged before anything is
published. Sources: the seeds region and region_change, which tools/regions builds.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from taizhang.codelists import CodeListError, ReportingUnit, seed_rows

ONE_DAY = timedelta(days=1)
UNDIVIDED = "undivided"


@dataclass(frozen=True)
class Region:
    """One version of a region; it holds from `valid_from` until the day before `valid_to` (None: still)."""

    region_code: str
    region_name: str
    parent_code: str
    valid_from: date
    valid_to: date | None
    is_day_known: bool
    is_undivided: bool

    def days_from(self, day: date) -> int:
        """How many days lie between a day and the nearest on which the version holds; 0 if it holds on the day."""
        late = (day - self.valid_to).days + 1 if self.valid_to else 0
        return max((self.valid_from - day).days, late, 0)


@dataclass(frozen=True)
class Change:
    """One successor of a code; `share` and `share_of_new` as in the seed region_change."""

    old_code: str
    new_code: str
    changed_on: date
    share: Decimal
    share_of_new: Decimal


@dataclass(frozen=True)
class Stretch:
    """Days on which a code is in force (`replaced_by` is None), or was replaced by other codes."""

    region_code: str
    valid_from: date
    valid_to: date | None
    replaced_by: str | None


@cache
def _versions() -> dict[str, tuple[Region, ...]]:
    versions: dict[str, list[Region]] = defaultdict(list)
    for row in seed_rows("region"):
        versions[row["region_code"]].append(
            Region(
                row["region_code"],
                row["region_name"],
                row["parent_code"],
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["is_day_known"] == "true",
                row["region_kind"] == UNDIVIDED,
            )
        )
    return {code: tuple(group) for code, group in versions.items()}


@cache
def _changes() -> tuple[dict[str, list[Change]], dict[str, list[Change]]]:
    """All changes by old code and by new code, each in the order of days."""
    by_old: dict[str, list[Change]] = defaultdict(list)
    by_new: dict[str, list[Change]] = defaultdict(list)
    for row in sorted(seed_rows("region_change"), key=lambda row: row["changed_on"]):
        change = Change(
            row["old_code"],
            row["new_code"],
            date.fromisoformat(row["changed_on"]),
            Decimal(row["share"]),
            Decimal(row["share_of_new"]),
        )
        by_old[change.old_code].append(change)
        by_new[change.new_code].append(change)
    return dict(by_old), dict(by_new)


def is_region(code: str) -> bool:
    """True if the code is or was that of a region since 2000."""
    return code in _versions()


def region(code: str, day: date) -> Region:
    """Return a region as it was on a day, or on the nearest on which its code was in force.

    CodeListError when no region ever had the code.
    """
    if code not in _versions():
        raise CodeListError(f"{code} is the code of no region")
    return min(_versions()[code], key=lambda version: (version.days_from(day), version.valid_from))


@cache
def children(code: str, day: date) -> frozenset[str]:
    """Return the codes of the regions one step below a region on a day."""
    return frozenset(
        version.region_code
        for versions in _versions().values()
        for version in versions
        if version.parent_code == code and version.days_from(day) == 0
    )


def is_below(code: str, upper: str, day: date) -> bool:
    """True if a region is another one, or belongs to it, on a day."""
    while code and code != upper:
        code = region(code, day).parent_code
    return bool(code)


@cache
def codes_on(code: str, known_on: date, day: date) -> tuple[tuple[str, Decimal], ...]:
    """Return the codes that stand on a day for a code that was in force on another, with their shares of it.

    The code with the largest share is first, of equal ones the lowest. CodeListError when no region ever had the code.
    """
    version = region(code, known_on)
    anchor = max(version.valid_from, min(known_on, (version.valid_to or date.max) - ONE_DAY))
    shares: dict[str, Decimal] = defaultdict(Decimal)
    for reached, share in _later(code, anchor, day) if day >= anchor else _earlier(code, anchor, day):
        shares[reached] += share
    return tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def _later(code: str, since: date, day: date, share: Decimal = Decimal(1)) -> Iterator[tuple[str, Decimal]]:
    """Follow the changes after `since` up to a day."""
    coming = [change for change in _changes()[0].get(code, []) if since < change.changed_on <= day]
    if not coming:
        yield code, share
    for change in coming:
        if change.changed_on == coming[0].changed_on and change.share:
            yield from _later(change.new_code, change.changed_on, day, share * change.share)


def _earlier(code: str, since: date, day: date, share: Decimal = Decimal(1)) -> Iterator[tuple[str, Decimal]]:
    """Follow the changes after a day up to `since` backwards."""
    past = [change for change in _changes()[1].get(code, []) if day < change.changed_on <= since]
    if not past:
        yield code, share
    for change in past:
        if change.changed_on == past[-1].changed_on and change.share_of_new:
            yield from _earlier(change.old_code, change.changed_on - ONE_DAY, day, share * change.share_of_new)


def known_by(unit: ReportingUnit) -> str:
    """The code by which the place of a unit is known: its own, or that of the region to which it belongs or adds up.

    A county with the code of a city without counties is known by the city's stand-in on county level.
    """
    if unit.summarises_region_code:
        return unit.summarises_region_code
    if not is_region(unit.unit_code):
        return unit.parent_region_code
    standing_in = [code for code in children(unit.unit_code, unit.valid_from) if _versions()[code][0].is_undivided]
    return standing_in[0] if standing_in else unit.unit_code


def place_of(unit: ReportingUnit, month: date) -> str:
    """Return the code that stands in a month for the one by which a unit is known."""
    return codes_on(known_by(unit), unit.valid_from, month)[0][0]


def parent_of(unit: ReportingUnit, month: date) -> str:
    """Return the city or province into which a unit is counted in a month."""
    place = place_of(unit, month)
    if not unit.summarises_region_code and not is_region(unit.unit_code):
        return place
    parent = region(place, month).parent_code
    # The stand-in of a city without counties belongs to that city.
    return parent


@cache
def stretches() -> tuple[Stretch, ...]:
    """Return of each code when it is in force, and what replaced it afterwards.

    Where only the year of a change is known, both codes are in force for the whole of it.
    """
    return tuple(stretch for versions in _versions().values() for stretch in _stretches_of(versions))


def _stretches_of(versions: tuple[Region, ...]) -> Iterator[Stretch]:
    runs: list[tuple[Region, Region]] = []
    for version in versions:
        if runs and runs[-1][1].valid_to == version.valid_from:
            runs[-1] = runs[-1][0], version
        else:
            runs.append((version, version))
    for number, (first, last) in enumerate(runs):
        code = first.region_code
        starts = first.valid_from if first.is_day_known else first.valid_from.replace(month=1, day=1)
        if last.valid_to is None:
            yield Stretch(code, starts, None, None)
            continue
        ends = last.valid_to if not _is_last_of_year(last.valid_to) else last.valid_to + ONE_DAY
        yield Stretch(code, starts, ends, None)
        until = runs[number + 1][0].valid_from.replace(month=1, day=1) if number + 1 < len(runs) else None
        yield from _replacements(code, last.valid_to, ends, until)


def _is_last_of_year(day: date) -> bool:
    return (day.month, day.day) == (12, 31)


def _replacements(code: str, closed_on: date, starts: date, until: date | None) -> Iterator[Stretch]:
    """What stands for a code that was closed, from one change of that to the next."""
    while until is None or starts < until:
        codes = [reached for reached, _ in codes_on(code, closed_on - ONE_DAY, starts)]
        changing = [
            change.changed_on + (ONE_DAY if _is_last_of_year(change.changed_on) else timedelta())
            for reached in codes
            for change in _changes()[0].get(reached, [])
            if change.changed_on > starts
        ]
        ends = min([*changing, *([until] if until else [])], default=None)
        yield Stretch(code, starts, ends, "、".join(code[:6] for code in codes))
        if ends is None:
            return
        starts = ends
