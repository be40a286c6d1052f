"""What was measured, as a page: with the machine, the versions and the ratios."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.gate import Measured

GX, OWN, FINDINGS = "gate: Great Expectations", "gate: own counts by submission", "gate: failing rows into findings"
NEEDED = (GX, OWN, FINDINGS)
RESULTS = Path(__file__).parent / "RESULTS.md"

EXPLAINED = """\
All ways evaluate the same predicates of the whole active catalogue on the same judged tables, one after the other in
each round, and must find the same number of failing rows for every check. Seconds are medians. The gate needs Great
Expectations' counts, its own counts by submission and the failing rows; the last line is their sum.

Great Expectations as it comes has its own types for what they can say and a query of failing rows for every other
rule, result format SUMMARY. soda-core has a check on failed rows per rule. Neither counts by submission nor keeps the
failing rows.
"""


def write_results(path: Path, measured: "Measured") -> None:
    """Write the page."""
    facts = measured.facts
    lines = [
        "# What the gate costs",
        "",
        "Written by `python -m benchmarks.gate`; do not edit.",
        "",
        f"{facts['rows']:,} project rows of one month in {facts['submissions']:,} submissions, as many rows of the"
        f" month before; {facts['checks']} checks; {facts['failing']:,} failures; {facts['accepted']:,} submissions"
        f" accepted, {facts['quarantined']:,} held back. {facts['rounds']} rounds, {datetime.now(UTC):%Y-%m-%d}.",
        "",
        _machine(),
        "",
        EXPLAINED,
        *_table(measured),
        "",
        "Started once a night and not part of the above (seconds to import):",
        "",
        *(f"- {way}: {seconds:.1f}" for way, seconds in measured.imports.items()),
        "",
        "## The steps of the gate",
        "",
        "One run from waiting submissions to decisions; the import of Great Expectations is apart.",
        "",
        "| step | s |",
        "|---|---:|",
        *(f"| {step} | {seconds:.2f} |" for step, seconds in measured.steps.items()),
        "",
        *measured.remarks,
    ]
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _table(measured: "Measured") -> list[str]:
    reference = measured.median(measured.cheapest)
    rows = ["| way | median s | from | to | ratio to the cheapest |", "|---|---:|---:|---:|---:|"]
    for way, seconds in measured.seconds.items():
        middle = measured.median(way)
        rows.append(f"| {way} | {middle:.2f} | {min(seconds):.2f} | {max(seconds):.2f} | {middle / reference:.2f} |")
    whole = sum(measured.median(way) for way in NEEDED)
    return [*rows, f"| gate: all of the three | {whole:.2f} | | | {whole / reference:.2f} |"]


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("great-expectations", "sqlalchemy", "psycopg"))
    return (
        f"{_processor()}, {os.cpu_count()} processors, {memory:.0f} GiB of memory; {platform.system()};"
        f" Python {platform.python_version()}; {packages}; embedded PostgreSQL with its default settings."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
