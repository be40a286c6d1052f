"""What came of the demonstration, asked of the warehouse."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Engine, text

from demo.materials import WAN_PER_YI, PublishedFigure, published_figures
from demo.submissions import DemoFile
from taizhang.landing import file_sha256
from taizhang.publication.figures import FiguresError, figures

_HELD_BACK = text(
    """
    with blocking as (
        select
            submission_id,
            sheet_title,
            cell,
            rule_id,
            message_zh,
            message_en,
            row_number() over (partition by submission_id order by finding_id) as place,
            count(*) over (partition by submission_id) as findings
        from audit.finding
        where severity = 'block'
    )

    select
        submission.file_name,
        submission.state,
        blocking.sheet_title as sheet,
        blocking.cell,
        blocking.rule_id,
        coalesce(blocking.message_zh, submission.reason_zh, '') as reason_zh,
        coalesce(blocking.message_en, submission.reason_en, '') as reason_en,
        coalesce(blocking.findings, 0) as findings,
        in_force.submission_id is not null as is_replaced
    from ops.submission as submission
    left join blocking
        on submission.submission_id = blocking.submission_id and blocking.place = 1
    left join ops.submission as in_force
        on
            submission.unit_code = in_force.unit_code
            and submission.report_month = in_force.report_month
            and in_force.state = 'accepted'
    where submission.state in ('quarantined', 'refused')
    order by submission.file_name
    """
)


@dataclass(frozen=True)
class Marks:
    """How far the warehouse was before: what is newer belongs to this demonstration."""

    arrival_id: int
    publication_id: int


@dataclass(frozen=True)
class Arrivals:
    """What arrived since the marks, in files."""

    files: int
    duplicates: int


@dataclass(frozen=True)
class HeldBack:
    """A submission that does not count, and the first reason: the cell to mend, or why the file cannot be read.

    `findings` is how many blocking findings there are; `is_replaced` says that another one now counts for the month.
    """

    file_name: str
    state: str
    sheet: str | None
    cell: str | None
    rule_id: str | None
    reason_zh: str
    reason_en: str
    findings: int
    is_replaced: bool


@dataclass(frozen=True)
class Comparison:
    """A published figure beside the mart's; None where the report says nothing, or the mart has no such row."""

    figure: PublishedFigure
    project_count: int | None
    started_count: int | None
    total_investment_wan: Decimal | None
    annual_plan_wan: Decimal | None

    @property
    def agrees(self) -> bool:
        """True if every number that the report prints is the mart's, exactly."""
        figure = self.figure
        published = (
            (figure.project_count, self.project_count),
            (figure.started_count, self.started_count),
            (figure.total_investment_yi * WAN_PER_YI, self.total_investment_wan),
            (None if figure.annual_plan_yi is None else figure.annual_plan_yi * WAN_PER_YI, self.annual_plan_wan),
        )
        return all(printed is None or printed == found for printed, found in published)


def marks(engine: Engine) -> Marks:
    """Return how far the warehouse is now."""
    statement = text(
        """
        select
            (select coalesce(max(arrival_id), 0) from ops.arrival) as arrival_id,
            (select coalesce(max(publication_id), 0) from ops.publication) as publication_id
        """
    )
    with engine.connect() as connection:
        return Marks(**connection.execute(statement).mappings().one())


def arrivals_since(engine: Engine, before: Marks) -> Arrivals:
    """Count the files that arrived since the marks, and those whose content was known."""
    statement = text(
        """
        select count(*) as files, count(*) filter (where is_duplicate) as duplicates
        from ops.arrival
        where arrival_id > :arrival_id
        """
    )
    with engine.connect() as connection:
        return Arrivals(**connection.execute(statement, {"arrival_id": before.arrival_id}).mappings().one())


def publications_since(engine: Engine, before: Marks) -> list[tuple[int, int]]:
    """Return the publications since the marks, each with the number of (unit, month) pairs that it covers."""
    statement = text(
        """
        select publication.publication_id, count(scope.unit_code) as pairs
        from ops.publication as publication
        left join ops.publication_scope as scope on publication.publication_id = scope.publication_id
        where publication.state = 'published' and publication.publication_id > :publication_id
        group by publication.publication_id
        order by publication.publication_id
        """
    )
    with engine.connect() as connection:
        rows = connection.execute(statement, {"publication_id": before.publication_id}).mappings()
        return [(row["publication_id"], row["pairs"]) for row in rows]


def accepted_counts(engine: Engine) -> tuple[int, int]:
    """Return how many submissions are in force, and how many of these with warnings."""
    statement = text(
        """
        select
            count(*) as accepted,
            count(*) filter (
                where exists (
                    select from audit.finding as finding
                    where finding.submission_id = submission.submission_id and finding.severity = 'warn'
                )
            ) as with_warnings
        from ops.submission as submission
        where submission.state = 'accepted'
        """
    )
    with engine.connect() as connection:
        row = connection.execute(statement).mappings().one()
        return row["accepted"], row["with_warnings"]


def held_back(engine: Engine) -> list[HeldBack]:
    """Return every submission that does not count because of a fault, in order of file name."""
    with engine.connect() as connection:
        return [HeldBack(**row) for row in connection.execute(_HELD_BACK).mappings()]


def unexpected(engine: Engine, files: list[DemoFile]) -> list[tuple[DemoFile, str]]:
    """Return the files of which something else became than must, with what it was."""
    outcomes = _outcomes(engine)
    wrong = []
    for file in files:
        found = outcomes.get((file_sha256(file.path), file.path.name), "not taken")
        must = file.outcome if file.rule_id is None else f"{file.outcome} {file.rule_id}"
        if found != must:
            wrong.append((file, found))
    return wrong


def _outcomes(engine: Engine) -> dict[tuple[str, str], str]:
    """What became of each file that arrived, by content and name: as in `DemoFile`, with the rules that held it back.

    What was accepted and has been superseded by a correction was accepted all the same. A file is a duplicate when
    its content was known under another name.
    """
    statement = text(
        """
        with judged as (
            select
                submission_id,
                bool_or(severity = 'warn') as has_warnings,
                string_agg(distinct rule_id, ' ' order by rule_id) filter (where severity = 'block') as rules
            from audit.finding
            group by submission_id
        )

        select
            submission.sha256,
            arrival.source_uri,
            case
                when split_part(reverse(arrival.source_uri), '/', 1) <> reverse(submission.file_name) then 'duplicate'
                when submission.state not in ('accepted', 'superseded')
                    then concat_ws(' ', submission.state, judged.rules)
                when judged.has_warnings then 'accepted_with_warnings'
                else 'accepted'
            end as outcome
        from ops.arrival as arrival
        inner join ops.submission as submission on arrival.submission_id = submission.submission_id
        left join judged on submission.submission_id = judged.submission_id
        """
    )
    with engine.connect() as connection:
        rows = connection.execute(statement).mappings()
        return {(row["sha256"], PurePosixPath(row["source_uri"]).name): row["outcome"] for row in rows}


def versions(engine: Engine, unit_code: str, month: date) -> list[tuple[int, Decimal]]:
    """Return the investment completed this year by a unit, in 万元, as each publication that computed it shows it."""
    statement = text(
        """
        select scope.publication_id
        from ops.publication_scope as scope
        inner join ops.publication as publication on scope.publication_id = publication.publication_id
        where
            scope.unit_code = :unit_code
            and scope.report_month = :month
            and publication.state = 'published'
            and scope.submission_id is not null
        order by scope.publication_id
        """
    )
    with engine.connect() as connection:
        publications = list(connection.scalars(statement, {"unit_code": unit_code, "month": month}))
    return [
        (publication, figures(engine, unit_code, month, "all", publication)[0]["ytd_completed_wan"])
        for publication in publications
    ]


def comparisons(engine: Engine) -> list[Comparison]:
    """Put every published figure beside the current publication's."""
    compared = []
    for figure in published_figures():
        row = _mart_row(engine, figure)
        compared.append(
            Comparison(
                figure,
                row.get("project_count"),
                row.get("started_count"),
                row.get("total_investment_wan"),
                row.get("annual_plan_wan"),
            )
        )
    return compared


def _mart_row(engine: Engine, figure: PublishedFigure) -> dict[str, Any]:
    """The mart's row for a published figure; empty when the current publication has none."""
    try:
        rows = figures(engine, figure.region_code, figure.report_month, figure.list_name)
    except FiguresError:
        return {}
    return rows[0] if rows else {}


def coverage(engine: Engine) -> list[dict[str, object]]:
    """Return the cities' figures of their last month: units reported and expected, projects, total investment."""
    statement = text(
        """
        select
            figures.region_code,
            region.region_name,
            figures.report_month,
            figures.units_reported,
            figures.units_expected,
            figures.project_count,
            figures.total_investment_wan
        from marts.agg_region_month as figures
        inner join marts.dim_region as region on figures.region_code = region.region_code and region.is_latest
        where
            figures.region_level = 'city'
            and figures.list_code = 'all'
            and figures.report_month = (
                select max(latest.report_month)
                from marts.agg_region_month as latest
                where latest.region_code = figures.region_code and latest.units_reported > 0
            )
        order by figures.report_month desc, figures.region_code
        """
    )
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]
