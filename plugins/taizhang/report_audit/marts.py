"""Figures of reports against the published marts: where region, month and list of a figure are in the warehouse."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Engine, RowMapping, text

from taizhang.decimals import plain
from taizhang.publication.figures import show_publication
from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.model import Interval, Relation, Verdict
from taizhang.report_audit.published_figures import MART, MARTS_FILE, Asked, asked_of
from taizhang.report_audit.wording import load

KIND = "equals_mart"
Sentence = Literal["holds", "contradicts", "differs", "partial"]
VERDICTS: dict[Sentence, Verdict] = {
    "holds": Verdict.CONSISTENT,
    "contradicts": Verdict.CONTRADICTION,
    "differs": Verdict.IMPLIED,
    "partial": Verdict.RESIDUAL,
}

# A printed figure may be rounded or cut off: the mart's value lies within half a printed place below the figure, or a
# whole one above it. Coverage decides what a difference means: figures of missing units may still come.
_COMPARE = text(
    """
    with asked as (
        select * from unnest(
            cast(:report_no as integer[]), cast(:figure_id as text[]), cast(:region_code as text[]),
            cast(:report_month as date[]), cast(:list_code as text[]), cast(:measure as text[]),
            cast(:low as numeric[]), cast(:high as numeric[]), cast(:has_high as boolean[]), cast(:cut_off as numeric[])
        ) with ordinality as figure (
            report_no, figure_id, region_code, report_month, list_code, measure, low, high, has_high, cut_off, asked_no
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
    order by report_no, figure_id, asked_no
    """
)


def compare(engine: Engine, reports: Sequence[AuditedReport]) -> list[AuditedReport]:
    """Return the reports with a relation more for each figure that the current publication has, too.

    NothingPublishedError when nothing has been published yet. Only of a list that the report names a difference is a
    contradiction; where units of the region are missing in the mart, only a sum that exceeds what the report says.
    """
    asked = [entry for number, report in enumerate(reports) for entry in asked_of(number, report)]
    if not asked:
        return list(reports)
    with engine.begin() as connection:
        show_publication(connection, None)
        rows = connection.execute(_COMPARE, _as_arrays(asked)).mappings().all()
    judged: dict[int, list[Relation]] = defaultdict(list)
    for _, group in groupby(rows, key=lambda row: (row["report_no"], row["figure_id"])):
        readings = list(group)
        # What holds by one of the readings is no contradiction; of those that do not hold the first is what is said.
        row = next((reading for reading in readings if reading["holds"]), readings[0])
        relation = _relation(asked[row["asked_no"] - 1], row)
        if relation is not None:
            judged[row["report_no"]].append(relation)
    return [report.with_relations(judged[number]) for number, report in enumerate(reports)]


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
        verdict=VERDICTS[sentence],
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


def _verdict(asked: Asked, row: RowMapping) -> Sentence | None:
    if row["is_partial"] and asked.measure.definition.additivity == "non_additive":
        return None
    if row["holds"]:
        return "holds"
    if row["is_partial"] and Decimal(row["value"]) < asked.figure.interval.low:
        return "partial"
    return "contradicts" if asked.is_stated else "differs"
