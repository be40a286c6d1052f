"""Removals by policy are evidence: each keeps a hash of what went, each run is chained to the one before."""

from typing import Any

from sqlalchemy import Connection

from taizhang.evidence.hashing import content_sha256, sha256_of, write_alike
from taizhang.quality.statements import run

_COLUMNS = "removal_id, kind, subject, submission_id, policy, reason, row_count, byte_size, sha256, detail, created_at"


def removals_content(connection: Connection, run_id: int) -> dict[str, Any]:
    """Return what the seal of a run of housekeeping says, computed from what the warehouse holds now."""
    write_alike(connection)
    found = run(
        connection,
        f"""
        select r.policy,
            (select count(*) from audit.removal as m where m.housekeeping_run_id = r.housekeeping_run_id) as removals,
            (
                select {sha256_of(f"string_agg(row({_COLUMNS})::text, '' order by removal_id)")}
                from audit.removal as m where m.housekeeping_run_id = r.housekeeping_run_id
            ) as removals_sha256,
            p.housekeeping_run_id as previous_run_id, p.sha256 as previous_sha256
        from ops.housekeeping_run as r
        left join lateral (
            select b.housekeeping_run_id, b.sha256 from ops.housekeeping_run as b
            where b.housekeeping_run_id < r.housekeeping_run_id order by b.housekeeping_run_id desc limit 1
        ) as p on true
        where r.housekeeping_run_id = {int(run_id)}""",
    ).one()
    return {
        "housekeeping_run_id": run_id,
        "policy": found.policy,
        "removals": found.removals,
        "removals_sha256": found.removals_sha256,
        "previous_run_id": found.previous_run_id,
        "previous_sha256": found.previous_sha256,
    }


def broken_runs(connection: Connection) -> list[tuple[int, str, str]]:
    """Return the runs of housekeeping whose records are not as they were sealed: number, and why in two languages."""
    broken = []
    rows = run(
        connection,
        "select housekeeping_run_id, content, sha256 from ops.housekeeping_run where state <> 'running' order by 1",
    ).all()
    for row in rows:
        if content_sha256(row.content) != row.sha256:
            broken.append((row.housekeeping_run_id, "清理记录与其哈希不符", "its record does not match its hash"))
            continue
        now = removals_content(connection, row.housekeeping_run_id)
        names = [name for name in sorted(now.keys() | row.content.keys()) if now.get(name) != row.content.get(name)]
        if names:
            said = ", ".join(names)
            broken.append((row.housekeeping_run_id, f"清理记录已被改动：{said}", f"its record was changed: {said}"))
    return broken
