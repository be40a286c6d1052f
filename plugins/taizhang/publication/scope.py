"""What a publication has to look at: the units and months whose submission in force is not the one last published."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

_CHANGED = text(
    """
    with accepted as (
        select unit_code, report_month, submission_id from ops.submission where state = 'accepted'
    ),

    published as (
        select distinct on (scope.unit_code, scope.report_month)
            scope.unit_code, scope.report_month, scope.submission_id
        from ops.publication_scope as scope
        inner join ops.publication as publication on scope.publication_id = publication.publication_id
        where publication.state = 'published'
        order by scope.unit_code, scope.report_month, scope.publication_id desc
    )

    select
        coalesce(accepted.unit_code, published.unit_code) as unit_code,
        coalesce(accepted.report_month, published.report_month) as report_month,
        accepted.submission_id
    from accepted
    full join published
        on accepted.unit_code = published.unit_code and accepted.report_month = published.report_month
    where accepted.submission_id is distinct from published.submission_id
    order by unit_code, report_month
    """
)

_RECORDED = text(
    """
    select unit_code, report_month, submission_id from ops.publication_scope
    where publication_id = :publication_id order by unit_code, report_month
    """
)


@dataclass(frozen=True)
class ScopeEntry:
    """A reporting unit and month, and the submission now in force (None: withdrawn)."""

    unit_code: str
    report_month: date
    submission_id: int | None


def changed_scope(connection: Connection) -> list[ScopeEntry]:
    """Return what differs from the newest published state; empty when nothing does."""
    return [ScopeEntry(**row) for row in connection.execute(_CHANGED).mappings()]


def recorded_scope(connection: Connection, publication_id: int) -> list[ScopeEntry]:
    """Return the scope with which a publication was opened."""
    return [ScopeEntry(**row) for row in connection.execute(_RECORDED, {"publication_id": publication_id}).mappings()]


def record_scope(connection: Connection, publication_id: int, scope: list[ScopeEntry]) -> None:
    """Write down the scope of a publication."""
    connection.execute(
        text("insert into ops.publication_scope values (:publication_id, :unit_code, :report_month, :submission_id)"),
        [{"publication_id": publication_id, **vars(entry)} for entry in scope],
    )
