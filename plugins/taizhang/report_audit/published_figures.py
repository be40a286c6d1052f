"""Which figures of a report the published marts have, too: by indicator, unit, region, month and list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from taizhang.codelists import code_list
from taizhang.dictionary.mart import MartColumn, load_marts
from taizhang.publication.figures import ALL_PROJECTS
from taizhang.report_audit.audited import ONE_DAY, AuditedReport
from taizhang.report_audit.model import Figure
from taizhang.report_audit.wording import any_of, load

MART = "agg_region_month"
MARTS_FILE = "marts.yml"
DECEMBER = 12
_SENTENCE_END = re.compile(r"[。；;！\n]")

Reach = Literal["ytd", "month", "at_end"]


class Measure(BaseModel):
    """A published column, and which figures of reports say the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: str
    period: Reach
    column: str
    before: str | None = None

    @property
    def definition(self) -> MartColumn:
        """What the dictionary says of the column; KeyError when the mart has none of the name."""
        return {column.name: column for column in load_marts()[MART].columns}[self.column]


@dataclass(frozen=True)
class Asked:
    """A figure and a published one that it may be; the first of a figure is what it says, further ones may be meant.

    `is_stated`: the report says of which list it is, so that a difference is a contradiction.
    """

    report_no: int
    figure: Figure
    region_code: str
    month: date
    list_code: str
    is_stated: bool
    measure: Measure


@cache
def measures() -> tuple[Measure, ...]:
    """Which published columns figures are compared with; ValidationError when the file is malformed."""
    return tuple(Measure.model_validate(entry) for entry in load(MARTS_FILE)["measures"])


def asked_of(number: int, report: AuditedReport) -> Iterator[Asked]:
    """Return what can be asked of the marts for a report, figure by figure; `number` is the report's own."""
    for figure in report.audit.figures:
        found = _list_of(figure)
        region_code = figure.region_code or (report.region_code if figure.region is None else None)
        if found is None or region_code is None or figure.damage is not None or _is_of_a_project(figure, report):
            continue
        for measure in measures():
            month = _month_for(figure, measure, report)
            if month is not None and _words_fit(figure, measure, report):
                yield Asked(number, figure, region_code, month, *found, measure)


def _list_of(figure: Figure) -> tuple[str, bool] | None:
    """The list that a figure is of, and whether the report says so; None for anything but a list."""
    *wider, last = figure.subject or ("",)
    words = load(MARTS_FILE)
    if not {"", *words["everything"], *words["unstated"]}.issuperset(wider):
        return None
    if last in words["everything"]:
        return ALL_PROJECTS, True
    if last == "" or last in words["unstated"]:
        return ALL_PROJECTS, False
    code = code_list("project_list").code_of(last.removesuffix(words["projects"]))
    return (code, True) if code is not None else None


def _is_of_a_project(figure: Figure, report: AuditedReport) -> bool:
    """Whether the sentence up to the figure names what may be a single project or another group of projects."""
    sentence = _SENTENCE_END.split(report.audit.text[: figure.span.start])[-1]
    return re.search(load(MARTS_FILE)["one_project"], re.sub(_general_words(), "", sentence)) is not None


@cache
def _general_words() -> str:
    """A pattern for the words that stand for all projects or for a list."""
    words, lists = load(MARTS_FILE), code_list("project_list")
    named = [name + words["projects"] for name in (*lists.labels, *lists.aliases)]
    return any_of([*words["everything"], *words["unstated"], *lists.aliases, *named])


def _words_fit(figure: Figure, measure: Measure, report: AuditedReport) -> bool:
    """Whether the words before the figure are those that the measure asks for, where it asks for any."""
    if measure.before is None:
        return True
    return re.search(f"(?:{measure.before})$", report.audit.text[: figure.span.start]) is not None


def _month_for(figure: Figure, measure: Measure, report: AuditedReport) -> date | None:
    """The month whose published row the figure is compared with; None where indicator, unit or period do not fit."""
    if (figure.indicator, figure.unit) != (measure.indicator, measure.definition.unit):
        return None
    span = (figure.period.start, figure.period.end) if figure.period else None
    if measure.period == "at_end":
        month = report.month
        if month is None:
            return None
        year = (date(month.year, 1, 1), date(month.year + 1, 1, 1))
        fitting = (None, year, (year[0], _next(month)), (month, _next(month)))
        return month if span in fitting else None
    if span is None:
        return None
    last = (span[1] - ONE_DAY).replace(day=1)
    until_now, alone = (date(last.year, 1, 1), _next(last)), (last, _next(last))
    # A month that is named alone may also be how far the year has come.
    return last if span in ((alone,) if measure.period == "month" else (until_now, alone)) else None


def _next(month: date) -> date:
    return date(month.year + month.month // DECEMBER, month.month % DECEMBER + 1, 1)
