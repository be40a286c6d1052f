"""Sealing a run of the gate: what it decided and found, chained by hash to the run before."""

import json
from typing import Any

from sqlalchemy import Connection, text

from taizhang.evidence.hashing import (
    content_sha256,
    corrections_hashes,
    covered_columns,
    evidence_hashes,
    findings_hashes,
    raw_hashes,
    write_alike,
)

NO_FINDINGS = (0, None)

_RUN = text(
    "select catalogue_version, pack_version, submission_count from audit.gate_run where gate_run_id = :gate_run_id"
)
_JUDGED = text(
    """
    select j.submission_id, j.unit_code, j.report_month, j.outcome, s.sha256, s.filed_on
    from audit.judgement as j
    inner join ops.submission as s on j.submission_id = s.submission_id
    where j.gate_run_id = :gate_run_id
    order by j.submission_id
    """
)
_LAST = text(
    """
    select gate_run_id, sha256 from audit.gate_seal
    where gate_run_id < :gate_run_id order by gate_run_id desc limit 1
    """
)


def seal(connection: Connection, gate_run_id: int) -> str:
    """Write the seal of a run whose evidence is complete, in the caller's transaction; returns its sha256."""
    content = sealed_content(connection, gate_run_id)
    sha256 = content_sha256(content)
    connection.execute(
        text(
            "insert into audit.gate_seal (gate_run_id, content, sha256)"
            " values (:gate_run_id, cast(:content as jsonb), :sha256)"
        ),
        {"gate_run_id": gate_run_id, "content": json.dumps(content), "sha256": sha256},
    )
    return sha256


def sealed_content(
    connection: Connection, gate_run_id: int, columns: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """Return what a seal of the run says, computed from what the warehouse holds now.

    `columns` are those of `raw` and of the evidence that the seal covers; all there are when it is made. The
    corrections of a submission are those that are in effect now: only its newest judgement can be held to them.
    """
    write_alike(connection)
    covered = covered_columns() if columns is None else columns
    run = connection.execute(_RUN, {"gate_run_id": gate_run_id}).one()
    last = connection.execute(_LAST, {"gate_run_id": gate_run_id}).one_or_none()
    evidence, records = evidence_hashes(connection, gate_run_id, covered)
    return {
        "gate_run_id": gate_run_id,
        "catalogue_version": run.catalogue_version,
        "pack_version": run.pack_version,
        "submission_count": run.submission_count,
        "previous_gate_run_id": last.gate_run_id if last else None,
        "previous_sha256": last.sha256 if last else None,
        "columns": covered,
        "evidence": evidence,
        "submissions": _sealed_submissions(connection, gate_run_id, covered, records),
    }


def _sealed_submissions(
    connection: Connection, gate_run_id: int, columns: dict[str, list[str]], records: dict[int, str]
) -> list[dict[str, Any]]:
    """What the seal says of each submission of the run; `records` are the hashes of its evidence."""
    raw, findings = raw_hashes(connection, gate_run_id, columns), findings_hashes(connection, gate_run_id)
    corrections = corrections_hashes(connection, gate_run_id)
    return [
        {
            "submission_id": row.submission_id,
            "unit_code": row.unit_code,
            "report_month": f"{row.report_month:%Y-%m}",
            "file_sha256": row.sha256,
            "filed_on": None if row.filed_on is None else row.filed_on.isoformat(),
            "outcome": row.outcome,
            "raw_sha256": raw.get(row.submission_id),
            "corrections_sha256": corrections.get(row.submission_id),
            "evidence_sha256": records.get(row.submission_id),
            "finding_count": findings.get(row.submission_id, NO_FINDINGS)[0],
            "findings_sha256": findings.get(row.submission_id, NO_FINDINGS)[1],
        }
        for row in connection.execute(_JUDGED, {"gate_run_id": gate_run_id})
    ]


def last_seal(connection: Connection) -> tuple[int, str] | None:
    """Return number and sha256 of the newest sealed run; None when nothing was judged yet."""
    row = connection.execute(
        text("select gate_run_id, sha256 from audit.gate_seal order by gate_run_id desc limit 1")
    ).one_or_none()
    return (row.gate_run_id, row.sha256) if row else None
