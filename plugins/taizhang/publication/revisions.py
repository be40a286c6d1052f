"""What changed between two publications, and why: read from the revisions that each publication keeps."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.codelists import code_list
from taizhang.decimals import plain
from taizhang.dictionary.mart import load_marts
from taizhang.errors import TaizhangError
from taizhang.publication.figures import ALL_PROJECTS, FiguresError, list_code_of, require_region, show_publication

AGGREGATE = "agg_region_month"
MOST_DETAILS = 200


class UnexplainedError(TaizhangError):
    """The kept changes do not add up to the whole change: some publication between the two kept none."""


class UnknownMeasureError(FiguresError):
    """No change is kept of such a figure."""


@dataclass(frozen=True)
class Change:
    """By how much one figure changed, from `before` to `after`, and by cause; amounts in 万元, exact."""

    report_month: date
    list_code: str
    measure: str
    before: Decimal
    after: Decimal
    causes: Mapping[str, Decimal]

    @property
    def whole(self) -> Decimal:
        """The whole change."""
        return self.after - self.before


def changes(
    engine: Engine,
    before: int,
    after: int,
    region: str,
    measure: str | None = None,
    list_name: str | None = ALL_PROJECTS,
    month: date | None = None,
) -> list[Change]:
    """Return the figures of a region that differ between two publications, each with its causes, by month and measure.

    `measure` is a column of agg_region_month or its Chinese label (None: all), `list_name` a list (None: all lists).
    Raises a FiguresError for what does not exist, UnexplainedError when the causes do not add up.
    """
    list_code = list_code_of(list_name)
    wanted = measure_of(measure)
    with engine.begin() as connection:
        old = _figures(connection, before, region)
        new = _figures(connection, after, region)
        causes = _causes(connection, before, after, region)
    found = []
    for key in sorted(old.keys() | new.keys() | causes.keys()):
        change = Change(*key, old.get(key, Decimal(0)), new.get(key, Decimal(0)), causes.get(key, {}))
        if list_code not in (None, change.list_code) or wanted not in (None, change.measure):
            continue
        if month not in (None, change.report_month) or not (change.whole or any(change.causes.values())):
            continue
        _require_explained(change, before, after)
        found.append(change)
    return found


def details(
    engine: Engine, before: int, after: int, region: str, measure: str, list_name: str, month: date
) -> list[dict[str, Any]]:
    """Return the changes of single projects and units behind one figure's change, the largest first.

    At most MOST_DETAILS rows: publication, unit, project, cause, the figure before and after, both submissions, and of
    a closed month who restated it, with their reasons.
    """
    statement = text(
        """
        select
            revision.publication_id,
            unit.unit_name,
            project.project_name,
            revision.cause_code,
            revision.value_before,
            revision.value_after,
            revision.changed_by,
            revision.submission_before,
            revision.submission_after,
            restated.by_whom as restated_by
        from history.fct_revision as revision
        inner join marts.bridge_unit_region as bridge
            on
                revision.unit_code = bridge.unit_code
                and bridge.is_main
                and bridge.region_code = :region
                and bridge.valid_from <= revision.report_month
                and (bridge.valid_to is null or bridge.valid_to > revision.report_month)
        inner join marts.dim_reporting_unit as unit on revision.unit_code = unit.unit_code
        -- Also of a project that the later publication knows no more.
        left join lateral (
            select known.project_name
            from history.dim_project as known
            where known.project_sk = revision.project_sk and known.valid_from <= revision.report_month
            order by known.published_from desc, known.valid_from desc
            limit 1
        ) as project on true
        -- Who restated the closed month, and why.
        left join lateral (
            select string_agg(approval.actor || '：' || approval.reason, '；' order by approval.approval_id) as by_whom
            from ops.approval as approval
            where
                revision.cause_code = 'restatement'
                and approval.unit_code = revision.unit_code
                and approval.report_month = revision.report_month
                and approval.decision in ('restatement_requested', 'restatement_approved')
                and (
                    approval.submission_id = revision.submission_after
                    or approval.amendment_id in (
                        select corrected.correction_id from raw.cell_correction as corrected
                        where corrected.submission_id = revision.submission_after
                    )
                )
        ) as restated on true
        where
            revision.publication_id > :before
            and revision.publication_id <= :after
            and revision.report_month = :month
            and revision.list_code = :list_code
            and revision.measure = :measure
        order by abs(revision.changed_by) desc, unit.unit_name, project.project_name
        limit :most
        """
    )
    values = {"before": before, "after": after, "region": region, "month": month, "most": MOST_DETAILS}
    values |= {"list_code": list_code_of(list_name), "measure": measure_of(measure)}
    with engine.begin() as connection:
        show_publication(connection, after)
        return [dict(row) for row in connection.execute(statement, values).mappings()]


def measure_labels() -> dict[str, str]:
    """The figures whose changes are kept: column and Chinese label with its unit."""
    return {
        column.name: column.labelled_unit
        for column in load_marts()["agg_unit_month"].columns
        if column.additivity != "none"
    }


def measure_of(name: str | None) -> str | None:
    """Return the column that a column's name or Chinese label means; UnknownMeasureError when there is none."""
    labels = {column.name: column.label for column in load_marts()["agg_unit_month"].columns}
    known = measure_labels()
    if name is None or name in known:
        return name
    for column in known:
        if name in (known[column], labels[column]):
            return column
    raise UnknownMeasureError(f"no changes are kept of {name}; there are {'、'.join(labels[one] for one in known)}")


def cause_names() -> dict[str, str]:
    """The causes of changes: code and Chinese name, in the order in which they are shown."""
    return code_list("revision_cause").names


def _figures(connection: Connection, publication: int, region: str) -> dict[tuple[date, str, str], Decimal]:
    """The region's figures in a publication, by month, list and measure."""
    show_publication(connection, publication)
    require_region(connection, region)
    names = list(measure_labels())
    rows = connection.execute(
        text(
            f"select report_month, list_code, {', '.join(names)} from marts.{AGGREGATE} "  # noqa: S608
            "where region_code = :region"
        ),
        {"region": region},
    )
    return {
        (row["report_month"], row["list_code"], name): Decimal(row[name] or 0)
        for row in rows.mappings()
        for name in names
    }


def _causes(
    connection: Connection, before: int, after: int, region: str
) -> dict[tuple[date, str, str], dict[str, Decimal]]:
    rows = connection.execute(
        text(
            """
            select report_month, list_code, measure, cause_code, sum(changed_by) as changed_by
            from history.agg_revision_region_month
            where region_code = :region and publication_id > :before and publication_id <= :after
            group by report_month, list_code, measure, cause_code
            """
        ),
        {"region": region, "before": before, "after": after},
    )
    causes: dict[tuple[date, str, str], dict[str, Decimal]] = defaultdict(dict)
    for row in rows.mappings():
        causes[row["report_month"], row["list_code"], row["measure"]][row["cause_code"]] = row["changed_by"]
    return causes


def _require_explained(change: Change, before: int, after: int) -> None:
    explained = sum(change.causes.values(), Decimal(0))
    if explained != change.whole:
        raise UnexplainedError(
            f"{change.report_month:%Y-%m} {change.list_code} {change.measure}: from publication {before} to {after} it "
            f"changed by {plain(change.whole)}, yet the causes that are kept add up to {plain(explained)}"
        )
