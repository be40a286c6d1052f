"""Figures of reports against the published marts: where region, month and list of a figure are in the warehouse."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, RowMapping, text

from taizhang.codelists import code_list
from taizhang.decimals import plain
from taizhang.dictionary.mart import MartColumn, load_marts
from taizhang.publication.figures import ALL_PROJECTS, show_publication
from taizhang.report_audit.audited import ONE_DAY, AuditedReport
from taizhang.report_audit.model import Figure, Interval, Relation, Verdict
from taizhang.report_audit.wording import load

MART = "agg_region_month"
KIND = "equals_mart"
MARTS_FILE = "marts.yml"
DECEMBER = 12

Reach = Literal["ytd", "month", "year", "at_end"]

# A printed figure may be rounded or cut off: the mart's value lies within half a printed place below the figure, or a
# whole one above it. Coverage decides what a difference means: figures of missing units may still come.
_COMPARE = text(
    """
    with asked as (
        select * from unnest(
            cast(:report_no as integer[]), cast(:figure_id as text[]), cast(:region_code as text[]),
            cast(:report_month as date[]), cast(:list_code as text[]), cast(:measure as text[]),
            cast(:low as numeric[]), cast(:high as numeric[]), cast(:has_high as boolean[]), cast(:cut_off as numeric[])
        ) as figure (
            report_no, figure_id, region_code, report_month, list_code, measure, low, high, has_high, cut_off
        )
    ),

    published as (
        select
            asked.*,
            cast(to_jsonb(mart) ->> asked.measure as numeric) as value,
            mart.units_expected,
            mart.units_reported
        from asked
        inner join marts.agg_region_month as mart
            on asked.region_code = mart.region_code and asked.report_month = mart.report_month
            and asked.list_code = mart.list_code
    )

    select
        published.*,
        ops.shown_publication() as publication_id,
        value >= low and (value < high + cut_off or (has_high and value = high)) as holds,
        units_reported < units_expected as is_partial
    from published
    where value is not null
    order by report_no, figure_id
    """
)


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
    """A figure that a published one can be compared with."""

    report_no: int
    figure: Figure
    region_code: str
    month: date
    list_code: str
    measure: Measure


@cache
def measures() -> tuple[Measure, ...]:
    """Which published columns figures are compared with; ValidationError when the file is malformed."""
    return tuple(Measure.model_validate(entry) for entry in load(MARTS_FILE)["measures"])


def compare(engine: Engine, reports: Sequence[AuditedReport]) -> list[AuditedReport]:
    """Return the reports with a relation more for each figure that the current publication has, too.

    NothingPublishedError when nothing has been published yet. Where units of the region are missing in the mart, only a
    sum that exceeds what the report says contradicts it.
    """
    asked = [entry for number, report in enumerate(reports) for entry in _asked_of(number, report)]
    if not asked:
        return list(reports)
    with engine.begin() as connection:
        show_publication(connection, None)
        rows = connection.execute(_COMPARE, _as_arrays(asked)).mappings().all()
    by_figure = {(entry.report_no, entry.figure.id): entry for entry in asked}
    compared = list(reports)
    for number, group in groupby(rows, key=lambda row: int(row["report_no"])):
        judged = [_relation(by_figure[number, row["figure_id"]], row) for row in group]
        compared[number] = reports[number].with_relations(filter(None, judged))
    return compared


def _as_arrays(asked: Sequence[Asked]) -> dict[str, list[Any]]:
    intervals = [entry.figure.interval for entry in asked]
    return {
        "report_no": [entry.report_no for entry in asked],
        "figure_id": [entry.figure.id for entry in asked],
        "region_code": [entry.region_code for entry in asked],
        "report_month": [entry.month for entry in asked],
        "list_code": [entry.list_code for entry in asked],
        "measure": [entry.measure.column for entry in asked],
        "low": [interval.low for interval in intervals],
        "high": [interval.high for interval in intervals],
        "has_high": [interval.has_high for interval in intervals],
        "cut_off": [_cut_off(interval) for interval in intervals],
    }


def _cut_off(interval: Interval) -> Decimal:
    """How far above the interval a value may lie that was cut off instead of rounded: half a printed place."""
    width = interval.high - interval.low
    return width / 2 if width.is_finite() else Decimal(0)


def _asked_of(number: int, report: AuditedReport) -> Iterator[Asked]:
    for figure in report.audit.figures:
        lists = _list_of(figure)
        region_code = figure.region_code or (report.region_code if figure.region is None else None)
        if lists is None or region_code is None or figure.damage is not None:
            continue
        for measure in measures():
            month = _month_for(figure, measure, report)
            if month is not None and _words_fit(figure, measure, report):
                yield Asked(number, figure, region_code, month, lists, measure)
                break


def _list_of(figure: Figure) -> str | None:
    """The list whose figures it is one of: all projects where nothing else is said, None for anything but a list."""
    if not figure.subject:
        return ALL_PROJECTS
    return code_list("project_list").code_of(figure.subject[0]) if len(figure.subject) == 1 else None


def _words_fit(figure: Figure, measure: Measure, report: AuditedReport) -> bool:
    """Whether the words before the figure are those that the measure asks for, where it asks for any."""
    if measure.before is None:
        return True
    return re.search(f"(?:{measure.before})$", report.audit.text[: figure.span.start]) is not None


def _month_for(figure: Figure, measure: Measure, report: AuditedReport) -> date | None:
    """The month whose published row the figure is compared with; None where indicator, unit or period do not fit."""
    if (figure.indicator, figure.unit) != (measure.indicator, measure.definition.unit):
        return None
    period = figure.period
    if measure.period in ("year", "at_end"):
        if report.month is None:
            return None
        own_year = (date(report.month.year, 1, 1), date(report.month.year + 1, 1, 1))
        until_now = (own_year[0], _next(report.month))
        spans = (None, own_year, until_now) if measure.period == "at_end" else (own_year,)
        return report.month if (period and (period.start, period.end)) in spans else None
    if period is None:
        return None
    last = (period.end - ONE_DAY).replace(day=1)
    first = date(last.year, 1, 1) if measure.period == "ytd" else last
    return last if (period.start, period.end) == (first, _next(last)) else None


def _next(month: date) -> date:
    return date(month.year + month.month // DECEMBER, month.month % DECEMBER + 1, 1)


def _relation(asked: Asked, row: RowMapping) -> Relation | None:
    """What the published value says of the figure; None where units are missing and a difference says nothing."""
    sentence = _verdict(asked, row)
    if sentence is None:
        return None
    figure, words = asked.figure, load(MARTS_FILE)["kinds"][KIND]
    value = Decimal(row["value"])
    return Relation(
        id=f"m-{figure.id}",
        kind=KIND,
        figure_ids=(figure.id,),
        formula=f"{MART}.{asked.measure.column}（{asked.region_code}，{asked.month:%Y-%m}，{asked.list_code}）",
        stated=figure.interval,
        computed=Interval.exactly(value),
        verdict={"holds": Verdict.CONSISTENT, "contradicts": Verdict.CONTRADICTION}.get(sentence, Verdict.RESIDUAL),
        confidence=Decimal(load(MARTS_FILE)["confidence"]),
        reason_zh=words[sentence].format(
            printed=figure.text,
            publication=row["publication_id"],
            measure=asked.measure.definition.label,
            value=f"{plain(value)}{asked.measure.definition.unit}",
            expected=row["units_expected"],
            reported=row["units_reported"],
        ),
        quotes=(figure.span,),
    )


def _verdict(asked: Asked, row: RowMapping) -> Literal["holds", "contradicts", "partial"] | None:
    if row["is_partial"] and asked.measure.definition.additivity == "non_additive":
        return None
    if row["holds"]:
        return "holds"
    is_less = Decimal(row["value"]) < asked.figure.interval.low
    return "partial" if row["is_partial"] and is_less else "contradicts"
