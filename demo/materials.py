"""The data files of the demonstration: published figures, portfolios, words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

MATERIALS_DIR = Path(__file__).parent
WAN_PER_YI = 10_000


@dataclass(frozen=True)
class PublishedFigure:
    """What a report publishes of one region, month and list; amounts as printed, in 亿元, None where not published."""

    region_code: str
    report_month: date
    list_name: str
    project_count: int
    started_count: int | None
    total_investment_yi: Decimal
    annual_plan_yi: Decimal | None
    source: str


@dataclass(frozen=True)
class NamedProject:
    """A project whose name and total investment (亿元) are published."""

    name: str
    total_yi: Decimal
    industry_class: str
    content: str


@dataclass(frozen=True)
class Group:
    """A group of projects that are on the same lists and at the same stage; amounts in 亿元."""

    lists: tuple[str, ...]
    stage: str
    count: int
    total_yi: Decimal
    plan_yi: Decimal
    classes: tuple[str, ...]
    named: tuple[NamedProject, ...] = ()


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((MATERIALS_DIR / name).read_text(encoding="utf-8"))
    return loaded


@cache
def published_figures() -> tuple[PublishedFigure, ...]:
    """Return every published figure, in the order of the file."""
    loaded = _load("published_figures.yml")
    return tuple(
        PublishedFigure(
            region_code=entry["region_code"],
            report_month=entry["report_month"],
            list_name=entry["list"],
            project_count=entry["project_count"],
            started_count=entry["started_count"],
            total_investment_yi=Decimal(entry["total_investment_yi"]),
            annual_plan_yi=None if entry["annual_plan_yi"] is None else Decimal(entry["annual_plan_yi"]),
            source=loaded["sources"][entry["source"]],
        )
        for entry in loaded["figures"]
    )


@cache
def published_portfolios() -> dict[str, tuple[Group, ...]]:
    """Return the groups of the units whose figures are published, by unit code."""
    return {
        unit_code: tuple(_group(entry) for entry in entries)
        for unit_code, entries in _load("portfolios.yml")["published"].items()
    }


def _group(entry: dict[str, Any]) -> Group:
    named = [
        NamedProject(project["name"], Decimal(project["total"]), project["class"], project["content"])
        for project in entry.get("projects", [])
    ]
    return Group(
        lists=tuple(entry["lists"]),
        stage=entry["stage"],
        count=entry["count"],
        total_yi=Decimal(entry["total"]),
        plan_yi=Decimal(entry["plan"]),
        classes=tuple(entry["classes"]),
        named=tuple(named),
    )


@cache
def prefectures() -> dict[str, dict[str, Any]]:
    """Return months and list combinations (`groups`) of each prefecture, by region code."""
    loaded: dict[str, dict[str, Any]] = _load("portfolios.yml")["prefectures"]
    return loaded


@cache
def vocabulary() -> dict[str, Any]:
    """Return the words from which names and texts are made."""
    return _load("vocabulary.yml")
