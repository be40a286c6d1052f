"""The life of a publication: opened with a scope, built, reconciled, flipped; or abandoned."""

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text

from taizhang.errors import TaizhangError
from taizhang.observe.logs import about
from taizhang.publication.certificate import Certificate, make_certificate, stored_certificate
from taizhang.publication.history import forget_unpublished, versioned_tables
from taizhang.publication.marts_build import build_marts
from taizhang.publication.reconciliation import check_totals
from taizhang.publication.scope import changed_scope, record_scope, recorded_scope
from taizhang.publication.versions import code_version
from taizhang.quality.catalogue import load_catalogue
from taizhang.warehouse.connection import engine as warehouse_engine
from taizhang.warehouse.connection import exclusive, require_held

STEP = "publication"

log = logging.getLogger(__name__)


class PublicationStateError(TaizhangError):
    """The publication is not in the state that the step needs."""


@dataclass(frozen=True)
class PublicationReport:
    """What a publication did: how many (unit, month) pairs it looked at, and the hash of its certificate."""

    publication_id: int
    scope_count: int
    certificate_sha256: str


def open_publication(engine: Engine) -> int | None:
    """Open a publication over all that changed since the last one and return its number; None when nothing did.

    Called again before it is flipped it returns the same number, as long as the scope is the same. A publication that
    was left behind unfinished, or failed, is taken back first. WarehouseBusyError when another process publishes.
    """
    with exclusive(engine, STEP):
        return _open(engine)


def build(publication_id: int, engine: Engine | None = None) -> None:
    """Build the marts of the publication with dbt; BuildError names what failed, and nothing of it is visible."""
    engine = engine or warehouse_engine()
    with about(publication_id=publication_id), exclusive(engine, STEP):
        _build(engine, publication_id)


def flip(engine: Engine, publication_id: int) -> Certificate:
    """Show the publication to all readers, in one transaction with its certificate.

    The control totals are compared once more in that transaction: ReconciliationError, and nothing changes, if they do
    not tie. A publication that is published already stays as it is: its certificate is returned.
    """
    with about(publication_id=publication_id), exclusive(engine, STEP):
        return _flip(engine, publication_id)


def abandon(engine: Engine, publication_id: int, reason: str) -> None:
    """Give a publication that is being built up: take back what it wrote and keep the reason."""
    with about(publication_id=publication_id), exclusive(engine, STEP):
        _abandon(engine, publication_id, reason)


def publish(engine: Engine) -> PublicationReport | None:
    """Open, build, compare the totals and flip; None when nothing changed. A publication that fails is abandoned."""
    with exclusive(engine, STEP):
        publication_id = _open(engine)
        if publication_id is None:
            return None
        with about(publication_id=publication_id):
            certificate = _publish(engine, publication_id)
    return PublicationReport(publication_id, len(certificate.content["scope"]), certificate.sha256)


def _publish(engine: Engine, publication_id: int) -> Certificate:
    """Build and flip, or abandon."""
    try:
        _build(engine, publication_id)
        return _flip(engine, publication_id)
    except Exception as error:
        _abandon(engine, publication_id, str(error))
        raise


def _open(engine: Engine) -> int | None:
    with engine.begin() as connection:
        scope = changed_scope(connection)
        unfinished = connection.scalar(text("select publication_id from ops.publication where state = 'building'"))
        if unfinished is not None:
            if recorded_scope(connection, unfinished) == scope:
                return int(unfinished)
            _fail(connection, unfinished, "left unfinished; what is to be published has changed since")
        taken_back = forget_unpublished(connection)
        if taken_back:
            log.info("took back %s rows of unfinished publications", taken_back)
        if not scope.entries:
            return None
        publication_id = int(
            connection.scalar(text("select coalesce(max(publication_id), 0) + 1 from ops.publication")) or 1
        )
        connection.execute(
            text(
                "insert into ops.publication (publication_id, state, code_version, catalogue_version, gate_run_id) "
                "values (:publication_id, 'building', :code_version, :catalogue_version, :gate_run_id)"
            ),
            {
                "publication_id": publication_id,
                "code_version": code_version(),
                "catalogue_version": load_catalogue().version,
                "gate_run_id": scope.gate_run_id,
            },
        )
        record_scope(connection, publication_id, scope.entries)
    log.info("opened publication %s over %s units and months", publication_id, len(scope.entries))
    return publication_id


def _build(engine: Engine, publication_id: int) -> None:
    with engine.connect() as connection:
        _require_building(connection, publication_id)
    build_marts(engine)


def _flip(engine: Engine, publication_id: int) -> Certificate:
    with engine.begin() as connection:
        if stored := stored_certificate(connection, publication_id):
            return stored
        _require_building(connection, publication_id)
        if not versioned_tables(connection):
            raise PublicationStateError(f"publication {publication_id} has not been built")
        check_totals(connection, publication_id)
        published_at = datetime.now(UTC)
        certificate = make_certificate(connection, publication_id, published_at)
        connection.execute(
            text(
                "update ops.publication set state = 'published', published_at = :published_at, failure = null, "
                "certificate = cast(:certificate as jsonb), certificate_sha256 = :sha256 "
                "where publication_id = :publication_id"
            ),
            {
                "publication_id": publication_id,
                "published_at": published_at,
                "certificate": json.dumps(certificate.content),
                "sha256": certificate.sha256,
            },
        )
        connection.execute(
            text(
                "insert into ops.current_publication (only_row, publication_id) values (true, :publication_id) "
                "on conflict (only_row) do update set publication_id = excluded.publication_id"
            ),
            {"publication_id": publication_id},
        )
        require_held(connection, STEP)
    log.info("publication %s is published, certificate %s", publication_id, certificate.sha256)
    return certificate


def _abandon(engine: Engine, publication_id: int, reason: str) -> None:
    with engine.begin() as connection:
        _require_building(connection, publication_id)
        _fail(connection, publication_id, reason)
        forget_unpublished(connection)
    log.warning("publication %s is abandoned: %s", publication_id, reason)


def _fail(connection: Connection, publication_id: int, reason: str) -> None:
    connection.execute(
        text("update ops.publication set state = 'failed', failure = :reason where publication_id = :publication_id"),
        {"publication_id": publication_id, "reason": reason},
    )


def _require_building(connection: Connection, publication_id: int) -> None:
    """PublicationStateError unless this is the publication that is being built; its row stays locked until the end."""
    state = connection.scalar(
        text("select state from ops.publication where publication_id = :publication_id for update"),
        {"publication_id": publication_id},
    )
    if state is None:
        raise PublicationStateError(f"there is no publication {publication_id}")
    if state != "building":
        raise PublicationStateError(f"publication {publication_id} is {state}, it is not being built")
