"""The tables beside this package, and CSV in general."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

DATA = Path(__file__).parent / "data"
SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file with a header; a byte order mark is no part of the first name."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows in their order."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
