"""What a publication has to look at: units and months of which something is not as the last publication shows it.

That is another submission in force, a judgement by the gate since then, or another number of refused files.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

_CHANGED = text(
    """
    with accepted as (
        select unit_code, report_month, submission_id from ops.submission where state = 'accepted'
    ),

    refused as (
        select unit_code, report_month, count(*)::integer as refused_count
        from ops.submission
        where state = 'refused' and unit_code is not null and report_month is not null
        group by unit_code, report_month
    ),

    present as (
        select
            coalesce(accepted.unit_code, refused.unit_code) as unit_code,
            coalesce(accepted.report_month, refused.report_month) as report_month,
            accepted.submission_id,
            coalesce(refused.refused_count, 0) as refused_count
        from accepted
        full join refused
            on accepted.unit_code = refused.unit_code and accepted.report_month = refused.report_month
    ),

    published as (
        select distinct on (scope.unit_code, scope.report_month)
            scope.unit_code, scope.report_month, scope.submission_id, scope.refused_count
        from ops.publication_scope as scope
        inner join ops.publication as publication on scope.publication_id = publication.publication_id
        where publication.state = 'published'
        order by scope.unit_code, scope.report_month, scope.publication_id desc
    ),

    judged as (
        select distinct unit_code, report_month
        from audit.judgement
        where
            gate_run_id <= :gate_run_id
            and gate_run_id > (
                select coalesce(max(gate_run_id), 0) from ops.publication where state = 'published'
            )
    ),

    changed as (
        select
            coalesce(present.unit_code, published.unit_code) as unit_code,
            coalesce(present.report_month, published.report_month) as report_month
        from present
        full join published
            on present.unit_code = published.unit_code and present.report_month = published.report_month
        where
            present.submission_id is distinct from published.submission_id
            or coalesce(present.refused_count, 0) <> coalesce(published.refused_count, 0)
        union
        select unit_code, report_month from judged
    )

    select
        changed.unit_code,
        changed.report_month,
        present.submission_id,
        coalesce(present.refused_count, 0) as refused_count
    from changed
    left join present
        on changed.unit_code = present.unit_code and changed.report_month = present.report_month
    order by unit_code, report_month
    """
)

_RECORDED = text(
    """
    select unit_code, report_month, submission_id, refused_count from ops.publication_scope
    where publication_id = :publication_id order by unit_code, report_month
    """
)


@dataclass(frozen=True)
class ScopeEntry:
    """A reporting unit and month, the submission now in force (None: nothing is), and how many files were refused."""

    unit_code: str
    report_month: date
    submission_id: int | None
    refused_count: int


@dataclass(frozen=True)
class Scope:
    """What a publication looks at, and the newest run of the gate whose judgements it shows (None: none yet)."""

    entries: list[ScopeEntry]
    gate_run_id: int | None


def changed_scope(connection: Connection) -> Scope:
    """Return what differs from the newest published state; without entries when nothing does.

    The gate's runs follow one another and each writes all its judgements at once, so that none with a lower number
    can appear later.
    """
    gate_run_id = connection.scalar(text("select max(gate_run_id) from audit.judgement"))
    rows = connection.execute(_CHANGED, {"gate_run_id": gate_run_id or 0}).mappings()
    return Scope([ScopeEntry(**row) for row in rows], gate_run_id)


def recorded_scope(connection: Connection, publication_id: int) -> Scope:
    """Return the scope with which a publication was opened."""
    gate_run_id = connection.scalar(
        text("select gate_run_id from ops.publication where publication_id = :publication_id"),
        {"publication_id": publication_id},
    )
    rows = connection.execute(_RECORDED, {"publication_id": publication_id}).mappings()
    return Scope([ScopeEntry(**row) for row in rows], gate_run_id)


def record_scope(connection: Connection, publication_id: int, entries: list[ScopeEntry]) -> None:
    """Write down what a publication looks at."""
    connection.execute(
        text(
            "insert into ops.publication_scope (publication_id, unit_code, report_month, submission_id, refused_count) "
            "values (:publication_id, :unit_code, :report_month, :submission_id, :refused_count)"
        ),
        [{"publication_id": publication_id, **vars(entry)} for entry in entries],
    )
