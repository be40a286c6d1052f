"""Turns yearly code lists into versions of regions: code, name and parents, with the days between which they hold."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from tools.regions.files import DATA, read_rows
from tools.regions.packages import CITY_ENDING, PROVINCE_ENDING, CodeNames, checked, level_of, read_snapshot

FIRST_DAY = date(2000, 1, 1)
NATION = "100000"
OVERLAY = "overlay"
# A city without counties stands on county level too, under its code with this ending, so that every level adds up.
UNDIVIDED_ENDING = "A0"


@dataclass(frozen=True)
class State:
    """What is said of a code at the end of one year."""

    name: str
    level: str
    kind: str
    parent: str
    city: str
    province: str


@dataclass(frozen=True)
class Version:
    """A state with its days: valid_from belongs to it, valid_to no longer; None while it holds."""

    code: str
    state: State
    valid_from: date
    valid_to: date | None
    is_exact_from: bool
    source: str


class HistoryError(ValueError):
    """The lists and the tables beside this package do not fit together."""


@dataclass(frozen=True)
class Years:
    """The state of every code at the end of each year, and the source of each year."""

    states: dict[int, dict[str, State]]
    sources: dict[int, str]

    @property
    def changing(self) -> Iterator[tuple[int, dict[str, State], dict[str, State]]]:
        """Each year with the states before and after it."""
        for before, year in pairwise(sorted(self.states)):
            yield year, self.states[before], self.states[year]


def load_years(packages: Path) -> Years:
    """Read all snapshots from a folder of packages, and correct what they have wrong."""
    listed = {row["source_id"]: row for row in read_rows(DATA / "sources.csv")}
    names: dict[int, CodeNames] = {}
    sources: dict[int, str] = {}
    for row in read_rows(DATA / "snapshots.csv"):
        path = checked(packages, listed[row["source_id"]])
        for year in range(int(row["first_year"]), int(row["last_year"]) + 1):
            names[year] = read_snapshot(path, row["layout"], row["member"], year)
            sources[year] = row["source_id"]
    statistical = [year for year in names if listed[sources[year]]["authority"] == "National Bureau of Statistics"]
    for year in statistical:
        known = names[year - 1].keys() | names[year + 1].keys()
        names[year] = {code: name for code, name in names[year].items() if code in known}
    corrections = read_rows(DATA / "corrections.csv")
    # A year without a list yet is the one before, corrected.
    for year in range(max(names) + 1, max(int(row["last_year"]) for row in corrections) + 1):
        names[year], sources[year] = dict(names[year - 1]), OVERLAY
    for row in corrections:
        _correct(names, row)
    return Years({year: states_of(of_year) for year, of_year in names.items()}, sources)


def _correct(names: dict[int, CodeNames], row: dict[str, str]) -> None:
    code, name = row["region_code"], row["region_name"]
    years = range(int(row["first_year"]), int(row["last_year"]) + 1)
    if all(names[year].get(code, "") == name for year in years):
        raise HistoryError(f"corrections.csv: {code} {name} is what the lists say")
    for year in years:
        names[year].pop(code, None)
        if name:
            names[year][code] = name


def states_of(names: CodeNames) -> dict[str, State]:
    """Give each code of one year its level and parents, and cities without counties their stand-in on county level."""
    divided = {code[:4] for code in names if level_of(code) == "county"}
    states = {NATION: State("全国", "nation", "administrative", "", "", "")}
    for code, name in sorted(names.items()):
        level, province = level_of(code), code[:2] + PROVINCE_ENDING
        city = code[:4] + CITY_ENDING if level != "province" and code[:4] + CITY_ENDING in names else ""
        if province not in names:
            raise HistoryError(f"{code} {name} is in no province")
        parent = {"province": NATION, "city": province, "county": city or province}[level]
        states[code] = State(name, level, "administrative", parent, city, province)
        if level == "city" and code[:4] not in divided:
            states[code + UNDIVIDED_ENDING] = State(name, "county", "undivided", code, code, province)
    return states


@dataclass(frozen=True)
class ChangeDays:
    """The day of a change: the exact one where it is listed, else the last of its year, of which the lists tell."""

    exact: dict[tuple[int, str], date]

    @classmethod
    def load(cls) -> "ChangeDays":
        """Read dates.csv; each row dates the changes of several codes."""
        return cls(
            {
                (day.year, code): day
                for row in read_rows(DATA / "dates.csv")
                for day in [date.fromisoformat(row["changed_on"])]
                for code in re.split(r"\|", row["region_codes"])
            }
        )

    def of(self, year: int, code: str) -> tuple[date, bool]:
        """Return the day on which the code changed in the year, and whether it is exact."""
        day = self.exact.get((year, code))
        return (day, True) if day else (date(year, 12, 31), False)

    def of_any(self, year: int, codes: Iterable[str]) -> date:
        """Return the exact day listed for one of the codes, else the last of the year."""
        return max((self.exact[year, code] for code in codes if (year, code) in self.exact), default=date(year, 12, 31))


def versions(years: Years, days: ChangeDays) -> list[Version]:
    """Return the versions of all codes, by code and first day."""
    first = min(years.states)
    is_open = {
        code: Version(code, state, FIRST_DAY, None, False, years.sources[first])
        for code, state in years.states[first].items()
    }
    closed: list[Version] = []
    for year, before, after in years.changing:
        for code in before.keys() | after.keys():
            if before.get(code) == after.get(code):
                continue
            day, is_exact = days.of(year, code)
            if code in before:
                closed.append(replace(is_open.pop(code), valid_to=day))
            if code in after:
                is_open[code] = Version(code, after[code], day, None, is_exact, years.sources[year])
    return sorted([*closed, *is_open.values()], key=lambda version: (version.code, version.valid_from))
