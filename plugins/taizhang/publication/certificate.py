"""Certificates: what a publication shows and was made from, chained by hash so that none can be changed unnoticed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from taizhang.closing import chain
from taizhang.evidence.hashing import content_sha256
from taizhang.evidence.seal import last_seal
from taizhang.publication.reconciliation import control_totals
from taizhang.publication.written_rows import written_content

_SCOPE = text(
    """
    select scope.unit_code, scope.report_month, scope.submission_id, submission.sha256
    from ops.publication_scope as scope
    left join ops.submission as submission on scope.submission_id = submission.submission_id
    where scope.publication_id = :publication_id
    order by scope.unit_code, scope.report_month
    """
)

_PREVIOUS = text(
    """
    select publication_id, certificate_sha256 from ops.publication
    where state = 'published' and publication_id < :publication_id
    order by publication_id desc limit 1
    """
)


@dataclass(frozen=True)
class Certificate:
    """A publication's certificate: its content, and the sha256 of the content in canonical form."""

    publication_id: int
    content: dict[str, Any]
    sha256: str


def make_certificate(connection: Connection, publication_id: int, published_at: datetime) -> Certificate:
    """Draw up the certificate of a publication that is built and reconciled."""
    publication = connection.execute(
        text("select code_version, catalogue_version from ops.publication where publication_id = :publication_id"),
        {"publication_id": publication_id},
    ).one()
    previous = connection.execute(_PREVIOUS, {"publication_id": publication_id}).one_or_none()
    scope = connection.execute(_SCOPE, {"publication_id": publication_id})
    gate_run_id, gate_seal_sha256 = last_seal(connection) or (None, None)
    content = {
        "publication_id": publication_id,
        "published_at": published_at.isoformat(),
        "code_version": publication.code_version,
        "catalogue_version": publication.catalogue_version,
        "previous_publication_id": previous.publication_id if previous else None,
        "previous_certificate_sha256": previous.certificate_sha256 if previous else None,
        "scope": [
            {
                "unit_code": row.unit_code,
                "report_month": f"{row.report_month:%Y-%m}",
                "submission_id": row.submission_id,
                "file_sha256": row.sha256,
            }
            for row in scope
        ],
        "gate_run_id": gate_run_id,
        "gate_seal_sha256": gate_seal_sha256,
        "decided": {table.name: chain.head(connection, table) for table in chain.CHAINED},
        "control_totals": control_totals(connection, publication_id),
        "rows": written_content(connection, publication_id),
    }
    return Certificate(publication_id, content, content_sha256(content))


def stored_certificate(connection: Connection, publication_id: int) -> Certificate | None:
    """Return the certificate of a published publication; None while it is not published."""
    row = connection.execute(
        text(
            "select certificate, certificate_sha256 from ops.publication "
            "where publication_id = :publication_id and state = 'published'"
        ),
        {"publication_id": publication_id},
    ).one_or_none()
    return Certificate(publication_id, row.certificate, row.certificate_sha256) if row else None
