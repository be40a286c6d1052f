"""The folder of reports to audit: which files are new, and auditing them chunk by chunk into the tables of `audit`."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, text

from taizhang.errors import TaizhangError
from taizhang.landing import file_sha256
from taizhang.report_audit.audited import AuditedReport, audit_file
from taizhang.report_audit.documents.unreadable import ReportUnreadableError
from taizhang.report_audit.marts import compare
from taizhang.report_audit.store import UnreadableReport, known_reports, store
from taizhang.settings import settings
from taizhang.sources.inbox import InboxFile, listing, look_at, path_of

log = logging.getLogger(__name__)

MOST_CHUNKS = 16
# What one transaction keeps; a chunk that is killed begins again with what it has not kept yet.
BATCH_FILES = 20
# What this machine could not do, or not today: the next run tries the file again.
NOT_THE_FILES_FAULT = ("no_office", "not_opened", "missing", "too_slow")


class ReportsFailedError(TaizhangError):
    """The program itself failed on reports; the others were audited."""


@dataclass
class ChunkReport:
    """What became of the files of a chunk; `failed` names those on which the program failed, each with the error.

    Those `put_off` could not be read for this machine's sake; the next run tries them again.
    """

    audited: int = 0
    unreadable: int = 0
    known: int = 0
    gone: int = 0
    put_off: int = 0
    contradictions: int = 0
    failed: list[str] = field(default_factory=list)

    def require_all(self) -> None:
        """Raise ReportsFailedError if the program failed on a report."""
        if self.failed:
            raise ReportsFailedError(f"{len(self.failed)} reports could not be audited: {'; '.join(self.failed)}")


def discover(engine: Engine) -> list[list[str]]:
    """Return the files of `reports_in` that are not audited yet, each content once, in chunks of about equal bytes."""
    files = listing(settings().reports_in_dir)
    first: dict[str, InboxFile] = {}
    for file in files:
        sha256 = _content_of(file.path)
        if sha256 is not None:
            first.setdefault(sha256, file)
    new = [first[sha256] for sha256 in first.keys() - known_reports(engine, first)]
    chunks: list[list[str]] = [[] for _ in range(min(len(new), MOST_CHUNKS))]
    loads = [0] * len(chunks)
    for file in sorted(new, key=lambda file: (-file.byte_size, file.path)):
        lightest = loads.index(min(loads))
        chunks[lightest].append(file.source_uri)
        loads[lightest] += file.byte_size
    return [sorted(chunk) for chunk in chunks]


def audit_chunk(engine: Engine, chunk: Sequence[str]) -> ChunkReport:
    """Audit the files of a chunk, against what is published too where the login may see that, and keep what was found.

    Safe to repeat: what is kept is known by its content. A file that cannot be read is kept with the reason; one on
    which the program fails is named in the report, and the others go on.
    """
    report = ChunkReport()
    for start in range(0, len(chunk), BATCH_FILES):
        batch = list(_audited(engine, chunk[start : start + BATCH_FILES], report))
        readable = [entry for entry in batch if isinstance(entry, AuditedReport)]
        if readable and _may_compare(engine):
            readable = compare(engine, readable)
        unreadable = [entry for entry in batch if isinstance(entry, UnreadableReport)]
        with engine.begin() as connection:
            store(connection, [*readable, *unreadable])
        report.audited += len(readable)
        report.unreadable += len(unreadable)
        report.contradictions += sum(len(entry.contradictions) for entry in readable)
    return report


def _audited(engine: Engine, uris: Sequence[str], report: ChunkReport) -> Iterator[AuditedReport | UnreadableReport]:
    paths = {uri: path_of(uri) for uri in uris}
    contents = {uri: _content_of(path) for uri, path in paths.items()}
    known = known_reports(engine, filter(None, contents.values()))
    for uri, path in paths.items():
        sha256 = contents[uri]
        if sha256 is None:
            report.gone += 1
        elif sha256 in known:
            report.known += 1
        else:
            known.add(sha256)
            found = _audit_one(path, sha256, report)
            if found is not None:
                yield found


def _audit_one(path: Path, sha256: str, report: ChunkReport) -> AuditedReport | UnreadableReport | None:
    file = look_at(path)
    try:
        return audit_file(path, file_name=file.name)
    except ReportUnreadableError as error:
        log.warning("%s cannot be read: %s", file.name, error)
        if error.reason in NOT_THE_FILES_FAULT:
            report.put_off += 1
            return None
        return UnreadableReport(file.name, sha256, file.byte_size, path.suffix.lower().removeprefix("."), str(error))
    except Exception as error:
        # A fault of the program, not of the file: said at the end, so that the other reports are audited.
        log.exception("auditing %s failed", file.name)
        report.failed.append(f"{file.name}: {type(error).__name__}")
        return None


def _content_of(path: Path) -> str | None:
    """The hash of a file's content; None for one that is gone or may not be read, which the log names."""
    try:
        return file_sha256(path)
    except OSError as error:
        log.warning("%s cannot be read: %s", path.name, error.strerror)
        return None


def _may_compare(engine: Engine) -> bool:
    """Whether something is published and this login may see it: one that only loads sees no mart."""
    statement = text(
        "select exists (select from ops.current_publication) and has_schema_privilege('marts', 'usage') as may"
    )
    with engine.connect() as connection:
        return bool(connection.scalar(statement))
