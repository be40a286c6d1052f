"""Who files: every county and, up to 3,000, functional zones; and the register of reporting units that has them."""

import csv
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

from benchmarks.scales import MONTH, Scale
from demo.chance import seeded
from taizhang import codelists
from taizhang.geography import region
from taizhang.publication import marts_build
from taizhang.settings import PROJECT_ROOT, settings

FIRST_DAY = "2010-01-01"
REGISTER = "reporting_unit.csv"
# Modules that keep what they have read from the register.
KNOW_UNITS = ("taizhang.codelists", "taizhang.geography", "taizhang.hierarchy", "taizhang.reading.")
HEADER = [
    *("unit_code", "unit_name", "unit_kind", "parent_region_code", "summarises_region_code"),
    *("valid_from", "valid_to", "aliases"),
]


@dataclass(frozen=True)
class Unit:
    """A reporting unit and how many projects it has; `region_code` is what stands in its projects' codes."""

    code: str
    name: str
    kind: str
    parent_code: str
    projects: int

    @property
    def region_code(self) -> str:
        """The county's own code; a zone has none, so that of its city."""
        return self.code if self.kind == "county" else self.parent_code


@cache
def _regions(level: str) -> tuple[tuple[str, str, str], ...]:
    """Code, name and code of the region above of each region of a level today; a county of a province comes last."""
    rows = [row for row in codelists.seed_rows("region") if row["region_level"] == level and not row["valid_to"]]
    return tuple((row["region_code"], row["region_name"], row["parent_code"]) for row in rows)


def _named() -> Iterator[tuple[str, str, str, str]]:
    """Code, name, kind and parent: the provinces one after the other, counties first and their cities' zones last."""
    counties = _regions("county")
    common = Counter(name for _, name, _ in counties)
    for code, name, parent in counties:
        above = region(parent, MONTH).region_name if common[name] > 1 else ""
        yield code, f"{above}{name}", "county", parent
    for code, name, _ in _regions("city"):
        yield f"{code}K1", f"{name}经济开发区", "zone", code


def units_of(scale: Scale) -> tuple[Unit, ...]:
    """Return the units of a scale, each with its number of projects between the scale's two.

    ValueError when there are not so many.
    """
    return first_units(scale.units, scale.projects)


@cache
def first_units(count: int, projects: tuple[int, int]) -> tuple[Unit, ...]:
    """Return so many units with this range of projects."""
    least, most = projects
    found = tuple(
        Unit(code, name, kind, parent, least + seeded(f"{code} size").randint(0, most - least))
        for code, name, kind, parent in islice(_named(), count)
    )
    if len(found) < count:
        raise ValueError(f"there are only {len(found)} units, not {count}")
    return found


@contextmanager
def registered(units: tuple[Unit, ...]) -> Iterator[Path]:
    """Let the program take these units for the register of reporting units while the context lasts.

    Yields a copy of the dbt project below the home folder that has them; another process joins with `use_project`.
    """
    folder = settings().home / "dbt_project"
    before = marts_build.DBT_PROJECT
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(
        PROJECT_ROOT / "dbt_project", folder, ignore=shutil.ignore_patterns("target", "logs"), symlinks=False
    )
    with (folder / "seeds" / REGISTER).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows([unit.code, unit.name, unit.kind, unit.parent_code, "", FIRST_DAY, "", ""] for unit in units)
    use_project(folder)
    try:
        yield folder
    finally:
        use_project(before)
        shutil.rmtree(folder)


def use_project(folder: Path) -> None:
    """Let this process read code lists from, and build, another copy of the dbt project."""
    codelists.SEEDS_DIR = folder / "seeds"
    marts_build.DBT_PROJECT = folder
    for name, module in list(sys.modules.items()):
        if name.startswith(KNOW_UNITS):
            for found in vars(module).values():
                if hasattr(found, "cache_clear"):
                    found.cache_clear()


def months_before(month: date, count: int) -> list[date]:
    """Return the `count` months before a month, the oldest first."""
    last = month.year * 12 + month.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - count, last)]
