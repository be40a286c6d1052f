"""Whether what people decided is as it was written, and closed months show what was approved and restated, no more."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from taizhang.closing import chain
from taizhang.publication.published_totals import published_totals

# Subject, what is wrong in Chinese, the same in English.
Fault = tuple[str, str, str]

_CLOSED = text(
    """
    select event.event_id, event.report_month, event.publication_id, event.content, publication.certificate_sha256
    from ops.month_close as event
    inner join ops.publication as publication on event.publication_id = publication.publication_id
    where event.state = 'closed' order by event.event_id
    """
)
# What publications after the closing show in place of another submission, or of none.
_RESTATED = text(
    """
    with shown as (
        select
            scope.publication_id, scope.unit_code, scope.report_month, scope.submission_id,
            lag(scope.submission_id) over (
                partition by scope.unit_code, scope.report_month order by scope.publication_id
            ) as submission_before,
            month_close.publication_id as closed_with
        from ops.publication_scope as scope
        inner join ops.publication as publication on scope.publication_id = publication.publication_id
        inner join ops.month_close as month_close
            on scope.report_month = month_close.report_month and month_close.state = 'closed'
        where publication.state = 'published'
    )

    select shown.publication_id, shown.unit_code, shown.report_month, shown.submission_id
    from shown
    where
        shown.publication_id > shown.closed_with
        and shown.submission_id is distinct from shown.submission_before
        and (
            select count(distinct approval.actor)
            from ops.approval as approval
            where
                approval.submission_id = shown.submission_id
                and approval.decision in ('restatement_requested', 'restatement_approved')
        ) < 2
    order by shown.publication_id, shown.unit_code
    """
)


def faults(connection: Connection) -> Iterator[Fault]:
    """Look at all that people decided; yields what was tampered with."""
    known: dict[str, set[str]] = {}
    for table in chain.CHAINED:
        known[table.name] = set(connection.scalars(text(f"select sha256 from ops.{table.name}")))
        for one in chain.broken(connection, table):
            yield f"ops.{one.table} {one.number}", one.message_zh, one.message_en
    yield from _heads(connection, known)
    for event in connection.execute(_CLOSED).all():
        yield from _closed(connection, event)
    for row in connection.execute(_RESTATED).all():
        yield (
            f"publication {row.publication_id} {row.unit_code} {row.report_month:%Y-%m}",
            f"本月已关账，第 {row.submission_id} 号报送未经两人批准重述",
            f"the month is closed, and nobody restated it by submission {row.submission_id}",
        )


def _heads(connection: Connection, known: dict[str, set[str]]) -> Iterator[Fault]:
    """What certificates name as the newest decision must still be there: a chain does not show that its end is gone."""
    rows = connection.execute(
        text(
            "select publication_id, certificate -> 'decided' as decided from ops.publication"
            " where state = 'published' and jsonb_typeof(certificate -> 'decided') = 'object' order by publication_id"
        )
    )
    for row in rows.all():
        for table, sha256 in row.decided.items():
            if sha256 is not None and sha256 not in known.get(table, set()):
                subject = f"publication {row.publication_id} ops.{table}"
                yield subject, "证书所记的决定已不存在", "the decision that its certificate names is gone"


def _closed(connection: Connection, event: Any) -> Iterator[Fault]:
    """Compare a closed month with the publication that was approved, as readers of that publication see it."""
    month = f"{event.report_month:%Y-%m}"
    subject = f"month {month} (publication {event.publication_id})"
    if event.content.get("certificate_sha256") != event.certificate_sha256:
        yield (
            subject,
            "关账证书所记的发布证书不符",
            "its final certificate names another certificate of the publication",
        )
    shown = published_totals(connection, event.publication_id)
    for list_code, measures in (event.content.get("control_totals") or {}).items():
        for name, value in measures.items():
            now = shown.get((month, list_code), {}).get(name)
            if now != value:
                place = f"{subject} {list_code} {name}"
                yield place, f"关账时为 {value}，现为 {now}", f"it was {value} when it was closed, it is {now} now"
