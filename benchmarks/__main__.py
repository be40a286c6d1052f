"""`python -m benchmarks SCALE [SECTION…]`: measure, keep what was measured, and write RESULTS.md anew.

Each section is a module of this folder with a function `measure(scale, rounds) -> Section`.
"""

import argparse
import importlib
from pathlib import Path

from benchmarks.measure import Section
from benchmarks.results import HERE, keep, write_page
from benchmarks.scales import SCALES, Scale
from benchmarks.warehouse import own_home

SECTIONS = ("reading", "loading", "gate", "marts", "night", "queries", "feedback", "trace", "airflow", "scale_out")


def main() -> None:
    """Measure the sections that are asked for, or all."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("scale", choices=SCALES)
    options.add_argument("sections", nargs="*", metavar="section", help=f"of {', '.join(SECTIONS)}; none: all")
    options.add_argument("--rounds", type=int, help="measured rounds of each way; else the scale's own number")
    given = options.parse_args()
    if unknown := set(given.sections) - set(SECTIONS):
        options.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    scale: Scale = SCALES[given.scale]
    for name in given.sections or SECTIONS:
        print(f"{name} ({scale.name}) …", flush=True)
        measure(name, scale, given.rounds or scale.rounds, HERE)
        print(write_page(SECTIONS), flush=True)


def measure(name: str, scale: Scale, rounds: int, folder: Path) -> Section:
    """Measure one section in the benchmarks' own home, and keep it in the folder."""
    with own_home():
        section: Section = importlib.import_module(f"benchmarks.{name}").measure(scale, rounds)
    keep(section, scale, folder)
    return section


if __name__ == "__main__":
    main()
