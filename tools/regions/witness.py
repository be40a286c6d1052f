"""Ask the second witness: which codes the lists of the statistics bureau have that the history has not, or lack.

    python -m tools.regions.witness FOLDER

FOLDER holds the packages, as for tools.regions.build. A list of a year may be older or younger than a change of that
year, so what the year before or the year itself says is right. Prints one line per code with the years of the lists.
"""

import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tools.regions.files import DATA, read_rows
from tools.regions.history import Years, load_years
from tools.regions.packages import CodeNames, checked, read_snapshot


def contradictions(years: Years, lists: Mapping[int, CodeNames]) -> dict[tuple[str, str], list[int]]:
    """Return the years of the lists that contradict, by code and `unknown` (only the list has it) or `missing`."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for year, names in sorted(lists.items()):
        known = {
            code
            for code, state in (years.states[year] | years.states[year - 1]).items()
            if _is_official(code, state.kind)
        }
        lasting = {code for code in known if code in years.states[year] and code in years.states[year - 1]}
        for code in names.keys() - known:
            found[code, "unknown"].append(year)
        for code in lasting - names.keys():
            found[code, "missing"].append(year)
    return dict(found)


def _is_official(code: str, kind: str) -> bool:
    """The nation and stand-ins are in no list."""
    return kind == "administrative" and code != "100000"


def main(packages: Path) -> None:
    """Print what the witness says otherwise."""
    sources = {row["source_id"]: row for row in read_rows(DATA / "sources.csv")}
    lists = {
        int(row["year"]): read_snapshot(
            checked(packages, sources[row["source_id"]]), row["layout"], row["member"], int(row["year"])
        )
        for row in read_rows(DATA / "witnesses.csv")
    }
    for (code, what), found in sorted(contradictions(load_years(packages), lists).items()):
        print(f"{code} {what} {', '.join(map(str, found))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
