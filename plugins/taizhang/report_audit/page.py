"""The page of an audited report: its own text, its figures underlined by verdict, the relations beside it."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from taizhang.decimals import plain
from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.kinds import kind_label
from taizhang.report_audit.marked_text import anchors_of_quotes, blocks_of, gravest_first
from taizhang.report_audit.model import Figure, Relation
from taizhang.report_audit.wording_of_results import (
    bounds_texts,
    counts_text,
    interval_text,
    mend_text,
    verdict_label,
    verdict_meaning,
    verdicts,
)

TEMPLATES = Path(__file__).parent / "templates"


def page_of(report: AuditedReport) -> str:
    """Return the page as one HTML file that needs nothing else, and in which nothing of the report is live."""
    script = _file("page.js")
    relations = gravest_first(report.audit.relations)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            style=Markup(_file("page.css")),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            script_hash=b64encode(sha256(script.encode()).digest()).decode(),
            counts=counts_text(report),
            verdicts=verdicts(),
            blocks=blocks_of(report.audit),
            relations=relations,
            number={relation.id: position for position, relation in enumerate(relations, 1)},
            figures={figure.id: figure for figure in report.audit.figures},
            places=_places(report),
        )
    )


def _places(report: AuditedReport) -> dict[str, list[tuple[str, str]]]:
    """Of each relation what it rests on and is no figure: the text, and its name on the page."""
    anchors = anchors_of_quotes(report.audit)
    return {
        relation.id: [
            (report.audit.text[quote.start : quote.end], anchors[quote])
            for quote in relation.quotes
            if quote in anchors
        ]
        for relation in report.audit.relations
    }


def _file(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    """Templates; whatever comes from a report is escaped."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "kind": kind_label,
        "verdict": verdict_label,
        "meaning": verdict_meaning,
        "understood": understood,
        "of_what": of_what,
    }
    found.globals |= {"mend_of": _mend_of, "bounds_of": _bounds_of}
    return found


def _bounds_of(report: AuditedReport, relation: Relation) -> tuple[str, str]:
    return bounds_texts(report.audit, relation)


def _mend_of(report: AuditedReport, relation: Relation) -> str:
    return mend_text(report.audit, relation)


def understood(figure: Figure) -> str:
    """What a printed figure is taken to mean: value, unit and interval; with damage, what was read for it."""
    said = f"{plain(figure.value)}{figure.unit}，可为 {interval_text(figure.interval)}"
    if figure.damage is not None:
        said += f"；印作“{figure.damage.printed}”，读作“{figure.damage.read_as}”"
    return said


def of_what(figure: Figure) -> str:
    """Of what a figure is: region, subject and period, as far as they are known."""
    parts: list[Any] = [figure.region, *figure.subject, figure.period.label if figure.period else None]
    return " · ".join(filter(None, parts))
