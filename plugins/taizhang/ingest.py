"""Ingesting: from files in the inbox to rows in `raw`, in batches, each file whole or refused with a reason."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from sqlalchemy import Connection, Engine, exc

from taizhang.landing import LandedFile, file_sha256, land
from taizhang.reading.confined import ReaderFailedError, WorkerStartError, read_workbook
from taizhang.reading.identity import CHINA, claimed_by_name
from taizhang.reading.result import Refusal
from taizhang.settings import settings
from taizhang.sources.inbox import InboxFile, look_at, new_files, path_of
from taizhang.warehouse.answers import store_answers, take_answers
from taizhang.warehouse.load import Loadable, Reading, write_readings
from taizhang.warehouse.partitions import ensure_partitions
from taizhang.warehouse.submissions import known_contents, store_arrivals, store_submissions

log = logging.getLogger(__name__)

CHUNKS = (8, 16)
# Workbooks that one transaction loads, and their bytes; bounds the memory of a task.
BATCH_FILES = 40
BATCH_BYTES = 20_000_000
# Files that land at once: the disk syncs several in the time of one, which took 7 to 20 ms a file.
LANDING_THREADS = 8
ACTOR = "ingest"
READER_FAILED = "reader_failed"
# A value that no column takes, whether COPY or a statement carries it; and rows that contradict the tables' keys.
_UNSTORABLE = (psycopg.DataError, exc.DataError, UnicodeError)
_UNLOADABLE = (*_UNSTORABLE, psycopg.IntegrityError, exc.IntegrityError)
# A file that was refused for the program's, the register's or the calendar's sake is read again when it comes again.
_NOT_THE_FILES_FAULT = (
    *(READER_FAILED, "reader_died", "reading_too_slow", "reading_too_large"),
    *("unit_unknown", "unit_ambiguous", "month_in_future"),
)


@dataclass
class IngestReport:
    """How many files a chunk held and what became of them; unreadable ones were not taken, the next night tries again.

    `refusals` names the refused and the unreadable ones, each with the reason.
    """

    read: int = 0
    refused: int = 0
    duplicates: int = 0
    unreadable: int = 0
    refusals: list[str] = field(default_factory=list)

    def add(self, other: "IngestReport") -> None:
        """Count another batch in."""
        self.read += other.read
        self.refused += other.refused
        self.duplicates += other.duplicates
        self.unreadable += other.unreadable
        self.refusals += other.refusals


@dataclass(frozen=True)
class Taken:
    """A file of the inbox that has landed, and what reading it gave."""

    inbox_file: InboxFile
    landed: LandedFile
    outcome: Reading | Refusal | None


def discover(engine: Engine) -> list[list[str]]:
    """Return the new files of the inbox in chunks of about equal bytes: at most 16, as many as 8 when there are enough.

    A path is relative to the inbox. No file, no chunk. Files of the same content share a chunk, so that always the same
    one of them, the first by path, is the submission and the others its duplicates.
    """
    files = new_files(engine)
    groups = _same_content(files)
    total = sum(file.byte_size for file in files)
    count = min(len(groups), max(CHUNKS[0], min(CHUNKS[1], -(-total // settings().chunk_bytes))))
    chunks: list[list[str]] = [[] for _ in range(count)]
    loads = [0] * count
    for group in sorted(groups, key=lambda group: -group[0].byte_size):
        lightest = loads.index(min(loads))
        chunks[lightest] += [file.source_uri for file in group]
        loads[lightest] += sum(file.byte_size for file in group)
    return [sorted(chunk) for chunk in chunks]


def _same_content(files: list[InboxFile]) -> list[list[InboxFile]]:
    """Group the files by content; only those whose size another one has must be read for that."""
    sizes = Counter(file.byte_size for file in files)
    groups: dict[object, list[InboxFile]] = {}
    for file in files:
        groups.setdefault(_content_of(file) if sizes[file.byte_size] > 1 else file.path, []).append(file)
    return list(groups.values())


def _content_of(file: InboxFile) -> object:
    """The hash of a file's content; what cannot be read stands for itself, and whoever takes it will say why."""
    try:
        return file_sha256(file.path)
    except OSError:
        return file.path


def ingest_chunk(engine: Engine, chunk: Sequence[str]) -> IngestReport:
    """Land, read and load the files of a chunk (paths relative to the inbox).

    Safe to repeat: what was committed is known by its hash and counted as taken. A file that cannot be read is
    refused, kept and named; the others go on.
    """
    report = IngestReport()
    for start in range(0, len(chunk), BATCH_FILES):
        landed = list(_land(chunk[start : start + BATCH_FILES], report))
        for batch in _batches(landed):
            report.add(_ingest_batch(engine, batch))
    return report


def _batches(landed: list[tuple[InboxFile, LandedFile]]) -> Iterator[list[tuple[InboxFile, LandedFile]]]:
    """Deal the files in their order to batches that are not too large; a file that is has one of its own."""
    batch: list[tuple[InboxFile, LandedFile]] = []
    for entry in landed:
        if batch and sum(item.byte_size for _, item in (*batch, entry)) > BATCH_BYTES:
            yield batch
            batch = []
        batch.append(entry)
    if batch:
        yield batch


def _land(uris: Sequence[str], report: IngestReport) -> Iterator[tuple[InboxFile, LandedFile]]:
    """Land the files; one that is gone meanwhile or may not be read is counted and named."""
    with ThreadPoolExecutor(LANDING_THREADS) as pool:
        for uri, landed in zip(uris, pool.map(_land_one, uris), strict=True):
            if isinstance(landed, OSError):
                log.warning("%s cannot be read: %s", uri, landed.strerror)
                report.unreadable += 1
                report.refusals.append(f"{uri}: 文件打不开({landed.strerror})，下次再取")
            else:
                yield landed


def _land_one(uri: str) -> tuple[InboxFile, LandedFile] | OSError:
    """Land a file; returns the error of one that cannot be read."""
    path = path_of(uri)
    try:
        return look_at(path), land(path)
    except OSError as error:
        # Another file in the message: it is the landing store that fails, and with it the night.
        if error.filename != str(path):
            raise
        return error


def _ingest_batch(engine: Engine, landed: list[tuple[InboxFile, LandedFile]]) -> IngestReport:
    with engine.connect() as connection:
        known = known_contents(connection, {item.sha256 for _, item in landed}, _NOT_THE_FILES_FAULT)
    taken = []
    for file, item in landed:
        outcome = None if item.sha256 in known else _read(file, item)
        known.add(item.sha256)
        taken.append(Taken(file, item, outcome))
    readings = [entry.outcome for entry in taken if isinstance(entry.outcome, Reading)]
    ensure_partitions(engine, {reading.report_month for reading in readings})
    try:
        with engine.begin() as connection:
            return _record(connection, taken)
    except _UNLOADABLE:
        return _one_by_one(engine, taken)


def _one_by_one(engine: Engine, taken: list[Taken]) -> IngestReport:
    """Load a batch file by file after the database refused a value of it: only the culprit is held back."""
    report = IngestReport()
    for entry in taken:
        try:
            with engine.begin() as connection:
                report.add(_record(connection, [entry]))
        except _UNLOADABLE as error:
            report.add(_refuse_unloadable(engine, entry, error))
    return report


def _refuse_unloadable(engine: Engine, entry: Taken, error: Exception) -> IngestReport:
    log.error("%s cannot be loaded: %s", entry.inbox_file.source_uri, error)
    cause = str(error).splitlines()[0]
    refusal = _reader_failed(type(error).__name__)
    if isinstance(error, _UNSTORABLE):
        refusal = Refusal(
            "value_unstorable", f"有数值超出可存储的范围:{cause}", f"a value is outside what can be stored: {cause}"
        )
    with engine.begin() as connection:
        return _record(connection, [Taken(entry.inbox_file, entry.landed, refusal)])


def _read(file: InboxFile, landed: LandedFile) -> Reading | Refusal:
    try:
        return read_workbook(landed.path, file.name)
    except Refusal as refusal:
        return refusal
    except WorkerStartError:
        # No file is to blame: the task fails and is tried again.
        raise
    except ReaderFailedError as error:
        log.error("reading %s failed:\n%s", file.source_uri, error.details)
        return _reader_failed(error.kind)
    except Exception as error:
        # A fault of the reader, not of the file: said loudly, and kept apart by its code, so that the night goes on.
        log.exception("reading %s failed", file.source_uri)
        return _reader_failed(type(error).__name__)


def _reader_failed(kind: str) -> Refusal:
    return Refusal(
        READER_FAILED,
        f"程序读取该文件时出错({kind}),请联系数据组",
        f"the reader failed on this file ({kind}); tell the data team",
    )


def _record(connection: Connection, taken: list[Taken]) -> IngestReport:
    """Write submissions, events, arrivals and the rows of `raw` in the caller's transaction."""
    report = IngestReport()
    filed = [_submission_of(entry, entry.outcome) for entry in taken if entry.outcome is not None]
    numbers = store_submissions(connection, filed, ACTOR, CHINA.utcoffset(None), _NOT_THE_FILES_FAULT)
    batch, arrivals = [], []
    for entry in taken:
        # Without a number is also what another process has just taken.
        number = numbers.get(entry.landed.sha256) if entry.outcome is not None else None
        arrivals.append(_arrival_of(entry, is_duplicate=number is None))
        if number is None:
            report.duplicates += 1
        elif isinstance(entry.outcome, Refusal):
            report.refused += 1
            report.refusals.append(f"{entry.inbox_file.name}: {entry.outcome.message_zh}")
        elif entry.outcome is not None:
            report.read += 1
            batch.append(Loadable(number, entry.outcome))
    store_arrivals(connection, arrivals)
    answers = take_answers(connection, batch)
    write_readings(connection, batch)
    store_answers(connection, answers)
    return report


def _submission_of(entry: Taken, outcome: Reading | Refusal) -> dict[str, object]:
    """The submission's columns; whose an unreadable file is, and of which month, only its name can tell."""
    file = entry.inbox_file
    values: dict[str, object] = {
        "sha256": entry.landed.sha256,
        "file_name": file.name,
        "byte_size": entry.landed.byte_size,
        "source_uri": file.source_uri,
        "put_there_at": datetime.fromtimestamp(file.modified_ns / 1_000_000_000, CHINA),
    }
    if isinstance(outcome, Refusal):
        unit_code, report_month = claimed_by_name(file.name) or (None, None)
        return values | {
            "state": "refused",
            "unit_code": unit_code,
            "report_month": report_month,
            "template_version": None,
            "reason_code": outcome.code,
            "reason_zh": outcome.message_zh,
            "reason_en": outcome.message_en,
        }
    return values | {
        "state": "read",
        "unit_code": outcome.unit_code,
        "report_month": outcome.report_month,
        "template_version": outcome.template_version,
        **dict.fromkeys(("reason_code", "reason_zh", "reason_en")),
    }


def _arrival_of(entry: Taken, *, is_duplicate: bool) -> dict[str, object]:
    return {
        "source_uri": entry.inbox_file.source_uri,
        "modified_ns": entry.inbox_file.modified_ns,
        "byte_size": entry.inbox_file.byte_size,
        "sha256": entry.landed.sha256,
        "is_duplicate": is_duplicate,
    }
