"""`python -m benchmarks.capacity [measure]`: the capacity plan of docs/scale.md, from what was measured.

`measure` lets a month of a sample of units be read, judged and published on top of a month before, and keeps what each
table has grown by in sizes.json. Without it only the tables of the document are written anew, from sizes.json and from
the nights in `measured/`.
"""

import json
import math
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import machine
from benchmarks.results import HERE
from benchmarks.scales import NATION, PROVINCE, Scale
from taizhang.settings import PROJECT_ROOT

SIZES = HERE / "sizes.json"
DOCUMENT = PROJECT_ROOT / "docs" / "scale.md"
SAMPLE = Scale("sample", 20, (50, 600), (1,), rounds=1)
GIB, MIB = 2**30, 2**20
# What a night may take, and what of a machine's disk is given to the data: the rest is for sorting, log and growth.
NIGHT_MINUTES, DISK_SHARE = 60, 0.6
DISK_BYTES = 2 * 2**40
LARGEST = 12
SEEDS = "staging"

_SIZES = text(
    """
    select
        space.nspname || '.' || coalesce(parent.relname, own.relname) as name,
        sum(pg_total_relation_size(own.oid))::bigint as bytes,
        sum(greatest(own.reltuples, 0))::bigint as rows
    from pg_class as own
    inner join pg_namespace as space on own.relnamespace = space.oid
    left join pg_inherits on own.oid = pg_inherits.inhrelid
    left join pg_class as parent on pg_inherits.inhparent = parent.oid
    where own.relkind = 'r' and space.nspname in ('ops', 'raw', 'audit', 'history', 'staging')
    group by 1
    """
)


@dataclass(frozen=True)
class Plan:
    """A scale over so many months: units that file, project rows a month."""

    title: str
    scale: Scale
    months: int

    @property
    def rows_a_month(self) -> int:
        """Project rows that all units send in a month."""
        return self.scale.rows


PLANS = (
    Plan("a province, 1 year", PROVINCE, 12),
    Plan("a province, 10 years", PROVINCE, 120),
    Plan("the nation, 1 year", NATION, 12),
    Plan("the nation, 10 years", NATION, 120),
)


def measure() -> dict[str, Any]:
    """Read, judge and publish a month of the sample; returns what each table had before and has grown by."""
    from benchmarks.night import _prepared
    from benchmarks.warehouse import own_home
    from benchmarks.workload.units import units_of

    units = units_of(SAMPLE)
    with own_home(), _prepared(units) as night:
        night.prepare()
        before = sizes(night.engine)
        night.run()
        after = sizes(night.engine)
        workbooks = sum(file.stat().st_size for file in night.files)
    none = {"bytes": 0, "rows": 0}
    return {
        "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine.description(),
        "units": len(units),
        "project_rows": after["raw.project_progress"]["rows"] - before["raw.project_progress"]["rows"],
        "workbook_bytes": workbooks,
        "before": before,
        "growth": {
            name: {kind: size[kind] - before.get(name, none)[kind] for kind in none} for name, size in after.items()
        },
    }


def sizes(engine: Engine) -> dict[str, dict[str, int]]:
    """Bytes (with indexes) and rows of each table; partitions count for their table."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        return {row.name: {"bytes": row.bytes, "rows": row.rows} for row in connection.execute(_SIZES)}


def database_bytes(measured: dict[str, Any], plan: Plan) -> float:
    """Bytes of the database after so many months: seeds as they are, all else by the project rows of a month.

    The first month is what stood before the measured one: it has made the dimensions too.
    """
    factor: float = plan.rows_a_month / measured["project_rows"]
    seeds: int = sum(size["bytes"] for name, size in measured["before"].items() if _is_fixed(name))
    first = sum(size["bytes"] for name, size in measured["before"].items() if not _is_fixed(name))
    month = sum(max(size["bytes"], 0) for name, size in measured["growth"].items() if not _is_fixed(name))
    return float(seeds + factor * (first + month * (plan.months - 1)))


def total_rows(measured: dict[str, Any], plan: Plan) -> float:
    """Rows of all tables but the seeds after so many months."""
    factor: float = plan.rows_a_month / measured["project_rows"]
    first = sum(size["rows"] for name, size in measured["before"].items() if not _is_fixed(name))
    month = sum(max(size["rows"], 0) for name, size in measured["growth"].items() if not _is_fixed(name))
    return float(factor * (first + month * (plan.months - 1)))


def landing_bytes(measured: dict[str, Any], plan: Plan) -> float:
    """Bytes of the workbooks that are kept."""
    return float(measured["workbook_bytes"] / measured["project_rows"] * plan.rows_a_month * plan.months)


def _is_fixed(name: str) -> bool:
    return name.startswith(f"{SEEDS}.")


def sizes_table(measured: dict[str, Any]) -> list[str]:
    """The tables that grow most: rows for each project row of a month, and bytes of a row with its indexes."""
    growing = {name: size for name, size in measured["growth"].items() if not _is_fixed(name) and size["rows"] > 0}
    largest = sorted(growing, key=lambda name: -growing[name]["bytes"])[:LARGEST]
    whole = sum(size["bytes"] for size in growing.values())
    rows = measured["project_rows"]
    lines = ["| table | rows per project row | bytes per row | share of the growth |", "|---|---:|---:|---:|"]
    for name in largest:
        size = growing[name]
        each = size["bytes"] / size["rows"]
        lines.append(f"| `{name}` | {size['rows'] / rows:.2f} | {each:,.0f} | {size['bytes'] / whole:.0%} |")
    rest = whole - sum(growing[name]["bytes"] for name in largest)
    lines.append(f"| the other {len(growing) - len(largest)} | | | {rest / whole:.0%} |")
    return [
        *lines,
        "",
        f"A project row of a month costs {whole / rows:,.0f} bytes in all tables together, and"
        f" {measured['workbook_bytes'] / rows:,.0f} bytes in the workbook that is kept. Measured on"
        f" {measured['measured_on']} with {measured['units']} units and {rows:,} project rows: what one month added to"
        " the month before.",
    ]


def plan_table(measured: dict[str, Any], nights: dict[str, float]) -> list[str]:
    """Rows, bytes, minutes of a night and machines for each plan."""
    lines = [
        "| | units | project rows a month | rows of all tables | database | workbooks kept | night | database servers"
        " by disk | machines that read |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for plan in PLANS:
        data, kept = database_bytes(measured, plan), landing_bytes(measured, plan)
        minutes = nights.get(plan.scale.name)
        servers = math.ceil(data / (DISK_BYTES * DISK_SHARE))
        readers = "not measured" if minutes is None else str(max(1, math.ceil(minutes / NIGHT_MINUTES)))
        night = "not measured" if minutes is None else f"{minutes:.1f} min"
        cells = [plan.title, f"{plan.scale.units:,}", f"{plan.rows_a_month:,}"]
        cells += [f"{total_rows(measured, plan) / 1e6:,.0f} million", _size(data), _size(kept)]
        lines.append(f"| {' | '.join([*cells, night, str(servers), readers])} |")
    return lines


def measured_nights(folder: Path = HERE) -> dict[str, float]:
    """Minutes of the night by scale, of the scales that it was measured at."""
    found = {}
    for path in sorted((folder / "measured").glob("night-*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        found[entry["scale"]] = median(entry["seconds"]["the night"]) / 60
    return found


def _size(number: float) -> str:
    return f"{number / GIB:,.1f} GiB" if number >= GIB else f"{number / MIB:,.0f} MiB"


def write(document: Path = DOCUMENT, folder: Path = HERE) -> None:
    """Write the tables between their marks in the document; LookupError when a mark is missing."""
    measured = json.loads(SIZES.read_text(encoding="utf-8"))
    page = document.read_text(encoding="utf-8")
    tables = {"sizes": sizes_table(measured), "plan": plan_table(measured, measured_nights(folder))}
    for name, lines in tables.items():
        begin, separator, rest = page.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition("<!-- end -->\n")
        if not (separator and end):
            raise LookupError(f"{document} has no place for {name}")
        page = "\n".join([begin + separator, *lines, "", end + after])
    document.write_text(page, encoding="utf-8")


def main() -> None:
    """Measure if asked to, then write the document."""
    if sys.argv[1:] == ["measure"]:
        SIZES.write_text(json.dumps(measure(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    write()


if __name__ == "__main__":
    main()
