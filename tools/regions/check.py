"""Compare the region seeds with a list of region history, which is no part of the project.

    python -m tools.regions.check LIST

LIST is a CSV with the columns 代码, 名称, 状态, 启用时间, 变更/弃用时间 (years) and 新代码 (successors separated by ;,
boundary transfers as code[year]). Each difference has to be explained by a row of tools/regions/data/differences.csv,
and each row there has to explain one. Prints the groups and exits with 1 otherwise.
"""

import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from tools.regions.files import DATA, SEEDS, read_rows

FIRST_YEAR = 2000
_SUCCESSOR = re.compile(r"^(\d{6})$")


@dataclass(frozen=True)
class Difference:
    """What only one of the two says of a code; `said` is a name with its years, or a successor with its year."""

    subject: str
    code: str
    only_in: str
    said: str


def differences(listed: list[dict[str, str]], seeds: Path = SEEDS) -> list[Difference]:
    """Compare names with their first and last year, and successors of codes that ended since 2000."""
    ours, theirs = versions_of_seed(seeds), versions_of_list(listed)
    found = [Difference("version", code, "seeds", said) for code, said in sorted(ours - theirs)]
    found += [Difference("version", code, "list", said) for code, said in sorted(theirs - ours)]
    ours, theirs = successors_of_seed(seeds), successors_of_list(listed)
    found += [Difference("successor", code, "seeds", said) for code, said in sorted(ours - theirs)]
    found += [Difference("successor", code, "list", said) for code, said in sorted(theirs - ours)]
    return found


def versions_of_seed(seeds: Path) -> set[tuple[str, str]]:
    """Code, and name with years, of what is no invention of ours; a change of the parent alone is no new version."""
    spans: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in read_rows(seeds / "region.csv"):
        if row["region_kind"] != "administrative" or row["region_level"] == "nation":
            continue
        first, last = int(row["valid_from"][:4]), int(row["valid_to"][:4] or 0)
        of_code = spans[row["region_code"]]
        if of_code and of_code[-1][0] == row["region_name"] and of_code[-1][2] == first:
            first = of_code.pop()[1]
        of_code.append((row["region_name"], first, last))
    return {(code, f"{name} {first}-{last or ''}") for code, group in spans.items() for name, first, last in group}


def versions_of_list(listed: list[dict[str, str]]) -> set[tuple[str, str]]:
    """The same of the list, for what was in force in 2000 or later."""
    return {
        (row["代码"], f"{row['名称']} {max(int(row['启用时间']), FIRST_YEAR)}-{row['变更/弃用时间']}")
        for row in listed
        if not row["变更/弃用时间"] or int(row["变更/弃用时间"]) >= max(FIRST_YEAR, int(row["启用时间"]) + 1)
    }


def successors_of_seed(seeds: Path) -> set[tuple[str, str]]:
    """Old code, and new one with its year, for codes that ended; stand-ins count as their city."""
    return {
        (row["old_code"], f"{row['new_code'][:6]} {row['changed_on'][:4]}")
        for row in read_rows(seeds / "region_change.csv")
        if row["kind"] in ("recoded", "merged", "split") and len(row["old_code"]) == len("000000")
    }


def successors_of_list(listed: list[dict[str, str]]) -> set[tuple[str, str]]:
    """The same of the list; boundary transfers between codes that stay are another matter."""
    return {
        (row["代码"], f"{successor} {row['变更/弃用时间']}")
        for row in listed
        if row["状态"] == "弃用" and int(row["变更/弃用时间"]) >= FIRST_YEAR
        for successor in row["新代码"].split(";")
        if _SUCCESSOR.match(successor) and successor != row["代码"]
    }


def main(path: Path) -> int:
    """Print each group of differences with its cause; 1 if one is not explained or an explanation has none."""
    causes = read_rows(DATA / "differences.csv")
    counted: Counter[str] = Counter()
    open_ones = []
    for difference in differences(read_rows(path)):
        cause = next((row for row in causes if explains(row, difference)), None)
        if cause is None:
            open_ones.append(difference)
        else:
            counted[cause["group"]] += 1
    idle = [row["group"] for row in causes if not counted[row["group"]]]
    for row in {row["group"]: row for row in causes}.values():
        print(f"{counted[row['group']]:4} {row['group']}: {row['cause']}")
    for difference in open_ones:
        print(f"not explained: {difference}", file=sys.stderr)
    for group in idle:
        print(f"explains nothing: {group}", file=sys.stderr)
    return 1 if open_ones or idle else 0


def explains(row: dict[str, str], difference: Difference) -> bool:
    """True if a row of differences.csv is about the difference; its codes are a regular expression."""
    return row["subject"] == difference.subject and re.fullmatch(row["codes"], difference.code) is not None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
