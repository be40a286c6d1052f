"""What came in: submissions with their events, and arrivals, a whole batch in one statement each.

A statement per file, event and arrival took longer than loading the rows of a small file.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

Row = Mapping[str, Any]

_KNOWN = text(
    """
    select submission.sha256
    from ops.submission as submission
    where
        submission.sha256 = any(cast(:hashes as text[]))
        and not (submission.state = 'refused' and submission.reason_code = any(cast(:try_again as text[])))
    """
)

# What was tried again is as if it had come only now: among several of a unit the latest received counts. Only when it
# was filed stays: that it is read anew is no fault of whoever filed it.
_SUBMISSIONS = text(
    """
    with taken as (
        select *
        from unnest(
            cast(:sha256 as text[]), cast(:file_name as text[]), cast(:byte_size as bigint[]),
            cast(:source_uri as text[]), cast(:put_there_at as timestamptz[]), cast(:state as text[]),
            cast(:unit_code as text[]), cast(:report_month as date[]), cast(:template_version as text[]),
            cast(:reason_code as text[]), cast(:reason_zh as text[]), cast(:reason_en as text[])
        ) with ordinality as taken (
            sha256, file_name, byte_size, source_uri, put_there_at, state, unit_code, report_month, template_version,
            reason_code, reason_zh, reason_en, position
        )
    ),

    judged as (
        select coalesce(max(finished_at), '-infinity') as until from audit.gate_run
    ),

    stored as (
        insert into ops.submission as known (
            sha256, file_name, byte_size, source_uri, filed_on, received_at, state, unit_code, report_month,
            template_version, reason_code, reason_zh, reason_en
        )
        select
            taken.sha256,
            taken.file_name,
            taken.byte_size,
            taken.source_uri,
            -- Clocks may differ: today at the latest.
            cast(timezone(:offset, least(taken.put_there_at, now())) as date),
            -- Which of two versions came later the files tell, not the order in which a night takes them;
            -- but whatever it takes came after all that was judged before.
            greatest(least(taken.put_there_at, now()), judged.until),
            taken.state,
            taken.unit_code,
            taken.report_month,
            taken.template_version,
            taken.reason_code,
            taken.reason_zh,
            taken.reason_en
        from taken
        cross join judged
        order by taken.put_there_at, taken.position
        on conflict (sha256) do update set
            file_name = excluded.file_name,
            byte_size = excluded.byte_size,
            source_uri = excluded.source_uri,
            filed_on = least(known.filed_on, excluded.filed_on),
            state = excluded.state,
            unit_code = excluded.unit_code,
            report_month = excluded.report_month,
            template_version = excluded.template_version,
            reason_code = excluded.reason_code,
            reason_zh = excluded.reason_zh,
            reason_en = excluded.reason_en,
            received_at = now(),
            state_at = now()
        where
            known.state = 'refused'
            and known.reason_code = any(cast(:try_again as text[]))
            and known.reason_code is distinct from excluded.reason_code
        returning known.submission_id, known.sha256, known.state
    ),

    noted as (
        insert into ops.submission_event (submission_id, state, actor)
        select stored.submission_id, event.state, :actor
        from stored
        cross join lateral (values (1, 'received'), (2, stored.state)) as event (position, state)
        order by stored.submission_id, event.position
    )

    select stored.sha256, stored.submission_id from stored
    """
)

_ARRIVALS = text(
    """
    with taken as (
        select *
        from unnest(
            cast(:source_uri as text[]), cast(:modified_ns as bigint[]), cast(:byte_size as bigint[]),
            cast(:sha256 as text[]), cast(:is_duplicate as boolean[])
        ) with ordinality as taken (source_uri, modified_ns, byte_size, sha256, is_duplicate, position)
    )

    insert into ops.arrival (source_uri, modified_ns, byte_size, submission_id, is_duplicate)
    select
        taken.source_uri,
        taken.modified_ns,
        taken.byte_size,
        -- A file without submission would be an error of ours: the column refuses null.
        submission.submission_id,
        taken.is_duplicate
    from taken
    left join ops.submission as submission on taken.sha256 = submission.sha256
    order by taken.position
    on conflict do nothing
    """
)


def known_contents(connection: Connection, hashes: Collection[str], try_again: Collection[str]) -> set[str]:
    """Return which of these contents (sha256) are submissions, without those refused for one of these reasons."""
    return set(connection.scalars(_KNOWN, {"hashes": list(hashes), "try_again": list(try_again)}))


def store_submissions(
    connection: Connection, rows: Sequence[Row], actor: str, offset: timedelta, try_again: Collection[str]
) -> dict[str, int]:
    """Insert submissions of different content, with their events; returns the numbers by sha256.

    What is known already has none, unless it was refused for one of the reasons `try_again` and now fares otherwise:
    then it is as if it had come only now. `offset` is that of the time zone whose day counts as the day of filing.
    """
    if not rows:
        return {}
    asked = {"actor": actor, "offset": offset, "try_again": list(try_again)}
    return {row.sha256: row.submission_id for row in connection.execute(_SUBMISSIONS, _arrays(rows) | asked)}


def store_arrivals(connection: Connection, rows: Sequence[Row]) -> None:
    """Note which files came, each with the submission of its content; what was noted before stays as it is."""
    if rows:
        connection.execute(_ARRIVALS, _arrays(rows))


def _arrays(rows: Sequence[Row]) -> dict[str, Any]:
    return {name: [row[name] for row in rows] for name in rows[0]}
