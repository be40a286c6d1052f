"""What was measured, as files: one JSON per section in `measured/`, and the page with charts that is made of all."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine
from benchmarks.measure import Goal, Limit, Section
from benchmarks.scales import Scale

HERE = Path(__file__).parent
REACHED = {True: "yes", False: "**no**"}


def keep(section: Section, scale: Scale, folder: Path = HERE) -> None:
    """Write what was measured at this scale in place of the last measurement of it."""
    entry = asdict(section) | {
        "scale": scale.name,
        "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine.description(),
    }
    path = folder / "measured" / f"{section.name}-{scale.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(entry, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_page(order: Iterable[str], folder: Path = HERE) -> Path:
    """Write RESULTS.md and its charts from all that was kept, in this order; LookupError when nothing was."""
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "measured").glob("*.json"))]
    if not kept:
        raise LookupError(f"nothing was measured: {folder / 'measured'} is empty")
    places = {name: place for place, name in enumerate(order)}
    kept.sort(key=lambda entry: (places.get(entry["name"], len(places)), entry["scale"]))
    page = folder / "RESULTS.md"
    lines = ["# What was measured", "", "Written by `python -m benchmarks`; do not edit.", "", *_summary(kept)]
    for entry in kept:
        lines += _section(entry, folder)
    page.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return page


def _summary(kept: list[dict[str, Any]]) -> list[str]:
    lines = ["| what | against | goal | measured | reached |", "|---|---|---:|---:|---|"]
    for entry in kept:
        where = f"{entry['title']} ({entry['scale']})"
        for goal in (Goal(**one) for one in entry["goals"]):
            kind = "at most" if goal.at_most is not None else "at least"
            limit = goal.at_most if goal.at_most is not None else goal.times_faster
            faster = "" if goal.at_most is not None else " times faster"
            lines.append(
                f"| {where}: {goal.ours} | {goal.peer} | {kind} {limit:g}{faster or ' times'}"
                f" | {goal.ratio(entry['seconds']):.2f} | {REACHED[goal.is_reached(entry['seconds'])]} |"
            )
        for limit in (Limit(**one) for one in entry["limits"]):
            unit = f" {limit.unit}" if limit.unit else ""
            lines.append(
                f"| {where}: {limit.what} | - | at most {limit.at_most:g}{unit}"
                f" | {limit.value:.4g}{unit} | {REACHED[limit.is_reached()]} |"
            )
    return [*lines, ""]


def _section(entry: dict[str, Any], folder: Path) -> list[str]:
    lines = [f"## {entry['title']} ({entry['scale']})", "", entry["workload"], ""]
    lines += [f"{entry['machine']} Measured on {entry['measured_on']}.", ""]
    if entry["seconds"]:
        lines += ["| way | median s | from | to | rounds |", "|---|---:|---:|---:|---:|"]
        for way, seconds in entry["seconds"].items():
            figures = " | ".join(f"{value:.3f}" for value in (median(seconds), min(seconds), max(seconds)))
            lines.append(f"| {way} | {figures} | {len(seconds)} |")
        lines += ["", f"![{entry['title']}]({_chart(entry, folder)})", ""]
    if entry["facts"]:
        lines += [*(f"- {name}: {value}" for name, value in entry["facts"].items()), ""]
    return [*lines, *(part for note in entry["notes"] for part in (note, ""))]


def _chart(entry: dict[str, Any], folder: Path) -> str:
    """Draw the medians as bars, with the range of the rounds; returns the path relative to the page."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib.figure import Figure

    ways = list(entry["seconds"])
    middle = [median(entry["seconds"][way]) for way in ways]
    spread = [
        [value - min(entry["seconds"][way]) for way, value in zip(ways, middle, strict=True)],
        [max(entry["seconds"][way]) - value for way, value in zip(ways, middle, strict=True)],
    ]
    figure = Figure(figsize=(8, 0.6 + 0.4 * len(ways)), layout="constrained")
    axes = figure.subplots()
    axes.barh(ways, middle, xerr=spread, color="#2f5d8c", ecolor="#9aa3ad")
    axes.invert_yaxis()
    axes.set_xlabel("seconds")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    path = folder / "charts" / f"{entry['name']}-{entry['scale']}.svg"
    path.parent.mkdir(exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": entry["name"]}):
        figure.savefig(path, format="svg", metadata={"Date": None})
    return f"charts/{path.name}"
