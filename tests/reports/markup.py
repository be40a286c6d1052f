"""Reads the marked reports of this folder: what is expected of the audit, and the text without the marks."""

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_MARK = re.compile(r"⟦(?:(?P<name>\w+):)?(?P<printed>[^|⟧]+)(?:\|(?P<given>[^⟧]*))?⟧")
_SEPARATOR = "\n---\n"


@dataclass(frozen=True)
class Marked:
    """A marked figure: its name (None when nothing refers to it), its place in the plain text, what is given of it."""

    name: str | None
    printed: str
    start: int
    end: int
    given: dict[str, str]


@dataclass(frozen=True)
class Expected:
    """A contradiction that is there: its kind, the names of the figures of the broken relation, and what mends it."""

    kind: str
    figures: tuple[str, ...]
    mend: str | None


@dataclass(frozen=True)
class MarkedReport:
    """A report with what is true of it."""

    name: str
    text: str
    figures: tuple[Marked, ...]
    contradictions: tuple[Expected, ...]
    style: tuple[str, ...]
    is_damaged: bool


def read(path: Path) -> MarkedReport:
    """Read a marked report; ValueError when a name is used that no mark has."""
    head, text = path.read_text("utf-8").split(_SEPARATOR, 1)
    told: dict[str, Any] = yaml.safe_load(head)
    plain, figures = _unmarked(text)
    names = {figure.name for figure in figures}
    contradictions = tuple(
        Expected(entry["kind"], tuple(entry["figures"]), entry.get("mend")) for entry in told["contradictions"]
    )
    style = tuple(told.get("style", ()))
    unknown = {name for entry in contradictions for name in (*entry.figures, entry.mend) if name} - names
    unknown |= set(style) - names
    if unknown:
        raise ValueError(f"{path.name}: no figure is marked {', '.join(sorted(unknown))}")
    return MarkedReport(path.stem, plain, figures, contradictions, style, bool(told.get("damage", False)))


def _unmarked(text: str) -> tuple[str, tuple[Marked, ...]]:
    pieces: list[str] = []
    figures: list[Marked] = []
    length = position = 0
    for mark in _MARK.finditer(text):
        pieces += [text[position : mark.start()], mark["printed"]]
        length += mark.start() - position
        given = dict(pair.split("=", 1) for pair in (mark["given"] or "").split(",") if pair)
        figures.append(Marked(mark["name"], mark["printed"], length, length + len(mark["printed"]), given))
        length += len(mark["printed"])
        position = mark.end()
    return "".join([*pieces, text[position:]]), tuple(figures)


def decimal_given(marked: Marked, key: str) -> Decimal | None:
    """A number given for a marked figure, None when it follows from the printed digits."""
    return Decimal(marked.given[key]) if key in marked.given else None
