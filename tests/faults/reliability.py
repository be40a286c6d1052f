"""Writes the figures of a full run into docs/reliability.md: `python -m tests.faults.reliability JOURNAL`."""

import json
import sys
from pathlib import Path
from typing import Any

from taizhang.settings import PROJECT_ROOT
from tests.faults.account import summary

RESULTS = Path(__file__).with_name("results.json")
PAGE = PROJECT_ROOT / "docs" / "reliability.md"
FULL = 200
BEGIN, END = "<!-- figures: written by make faults -->", "<!-- end of figures -->"
STAGES = {
    "landing": "a file is put into the landing store",
    "raw": "partitions; a submission is recorded and its rows are loaded",
    "gate": "a run of the gate is opened, judges, decides and seals",
    "feedback": "an answer is put into the outbox and noted",
    "opening": "a publication is opened",
    "building": "dbt builds, a commit per model",
    "flip": "the publication is certified and shown",
    "reports": "a report is put in its place",
    "at any moment": "by chance, between the start and the end of a night",
}


def figures(results: dict[str, Any]) -> str:
    """The tables of a full run, as Markdown."""
    counts: dict[str, dict[str, int]] = {}
    for kill in results["kills"]:
        counts.setdefault(kill["stage"], {})[kill["side"]] = kill["count"]
    seeds = ", ".join(map(str, results["seeds"]))
    lines = [
        f"{_how_much(results['kill_points'])} {results['day']}, `--fault-seed {seeds}`:"
        f" **{results['kill_points']} nights killed**,"
        f" {sum(results['mishaps'].values())} other faults; readers looked {results['reads']:,} times;"
        f" {results['failed_tests']} tests failed.",
        "",
        "| killed at | before the commit | after it | at any moment |",
        "|---|---:|---:|---:|",
    ]
    for stage, meaning in STAGES.items():
        sides = counts.get(stage, {})
        cells = " | ".join(str(sides.get(side, "")) for side in ("before", "after", "-"))
        lines.append(f"| {stage}: {meaning} | {cells} |")
    lines += ["", "| submissions of the night were then | its publication was | kills |", "|---|---|---:|"]
    lines += [f"| {left['submissions']} | {left['publication']} | {left['count']} |" for left in results["left"]]
    lines += ["", "| other fault | times |", "|---|---:|"]
    lines += [f"| {name} | {count} |" for name, count in results["mishaps"].items()]
    return "\n".join(lines)


def _how_much(kills: int) -> str:
    """A run that was ended early says so."""
    return "Full run of" if kills >= FULL else f"Part of a run, ended before its {FULL} kills were done, of"


def page(text: str, results: dict[str, Any]) -> str:
    """The page with the figures in their place; ValueError when it has none for them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{figures(results)}\n\n{END}{after}"


def main() -> None:
    """Keep the figures of a journal and write the page anew."""
    lines = map(json.loads, Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    results = summary(lines)
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), results), encoding="utf-8")


if __name__ == "__main__":
    main()
