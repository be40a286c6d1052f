"""What has been decided or begun but not published yet."""

from sqlalchemy import Engine, text

_PENDING = text(
    """
    with in_force as (
        select distinct on (scope.unit_code, scope.report_month)
            scope.unit_code, scope.report_month, scope.submission_id
        from ops.publication_scope as scope
        inner join ops.publication as publication on scope.publication_id = publication.publication_id
        where publication.state = 'published'
        order by scope.unit_code, scope.report_month, scope.publication_id desc
    ),

    accepted as (
        select unit_code, report_month, submission_id
        from ops.submission
        where state = 'accepted'
    )

    select exists(
        select 1
        from accepted
        full join in_force using (unit_code, report_month)
        where accepted.submission_id is distinct from in_force.submission_id
    )
    """
)


def has_pending(engine: Engine) -> bool:
    """Tell whether a unit's accepted submission of a month differs from the one that the last publication shows."""
    with engine.connect() as connection:
        return bool(connection.scalar(_PENDING))


def is_building(engine: Engine, publication_id: int) -> bool:
    """Tell whether the publication has been opened and neither shown nor abandoned."""
    query = text("select state = 'building' from ops.publication where publication_id = :publication_id")
    with engine.connect() as connection:
        return bool(connection.scalar(query, {"publication_id": publication_id}))
