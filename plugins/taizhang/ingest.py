"""Ingesting: from files in the inbox to rows in `raw`, in batches, each file whole or refused with a reason."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import psycopg
from sqlalchemy import ColumnElement, Connection, Date, Engine, and_, cast, exc, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from taizhang.landing import LandedFile, file_sha256, land
from taizhang.reading.identity import CHINA, claimed_by_name
from taizhang.reading.result import Refusal, WorkbookReading
from taizhang.reading.workbook import read_workbook
from taizhang.settings import settings
from taizhang.sources.inbox import InboxFile, look_at, new_files, path_of
from taizhang.warehouse.answers import store_answers, take_answers
from taizhang.warehouse.load import Loadable, write_readings
from taizhang.warehouse.partitions import ensure_partitions
from taizhang.warehouse.tables import arrival, submission, submission_event

log = logging.getLogger(__name__)

CHUNKS = (8, 16)
# Workbooks that one transaction loads; bounds the memory of a task.
BATCH_FILES = 40
ACTOR = "ingest"
READER_FAILED = "reader_failed"
# A value that no column takes, whether COPY or a statement carries it; and rows that contradict the tables' keys.
_UNSTORABLE = (psycopg.DataError, exc.DataError, UnicodeError)
_UNLOADABLE = (*_UNSTORABLE, psycopg.IntegrityError, exc.IntegrityError)
# A file that was refused for the program's, the register's or the calendar's sake is read again when it comes again.
_NOT_THE_FILES_FAULT = (READER_FAILED, "unit_unknown", "unit_ambiguous", "month_in_future")
_TRY_AGAIN = and_(submission.c.state == "refused", submission.c.reason_code.in_(_NOT_THE_FILES_FAULT))


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
    outcome: WorkbookReading | Refusal | None


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
        report.add(_ingest_batch(engine, landed))
    return report


def _land(uris: Sequence[str], report: IngestReport) -> Iterator[tuple[InboxFile, LandedFile]]:
    """Land the files; one that is gone meanwhile or may not be read is counted and named."""
    for uri in uris:
        path = path_of(uri)
        try:
            landed = look_at(path), land(path)
        except OSError as error:
            # Another file in the message: it is the landing store that fails, and with it the night.
            if error.filename != str(path):
                raise
            log.warning("%s cannot be read: %s", uri, error.strerror)
            report.unreadable += 1
            report.refusals.append(f"{uri}: 文件打不开({error.strerror})，下次再取")
        else:
            yield landed


def _ingest_batch(engine: Engine, landed: list[tuple[InboxFile, LandedFile]]) -> IngestReport:
    with engine.connect() as connection:
        hashes = {item.sha256 for _, item in landed}
        same = submission.c.sha256.in_(hashes)
        known = set(connection.scalars(select(submission.c.sha256).where(same, ~_TRY_AGAIN)))
    taken = []
    for file, item in landed:
        outcome = None if item.sha256 in known else _read(file, item)
        known.add(item.sha256)
        taken.append(Taken(file, item, outcome))
    readings = [entry.outcome for entry in taken if isinstance(entry.outcome, WorkbookReading)]
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
    refusal = _reader_failed(error)
    if isinstance(error, _UNSTORABLE):
        refusal = Refusal(
            "value_unstorable", f"有数值超出可存储的范围:{cause}", f"a value is outside what can be stored: {cause}"
        )
    with engine.begin() as connection:
        return _record(connection, [Taken(entry.inbox_file, entry.landed, refusal)])


def _read(file: InboxFile, landed: LandedFile) -> WorkbookReading | Refusal:
    try:
        return read_workbook(landed.path, file.name)
    except Refusal as refusal:
        return refusal
    except Exception as error:
        # A fault of the reader, not of the file: said loudly, and kept apart by its code, so that the night goes on.
        log.exception("reading %s failed", file.source_uri)
        return _reader_failed(error)


def _reader_failed(error: Exception) -> Refusal:
    kind = type(error).__name__
    return Refusal(
        READER_FAILED,
        f"程序读取该文件时出错({kind}),请联系数据组",
        f"the reader failed on this file ({kind}); tell the data team",
    )


def _record(connection: Connection, taken: list[Taken]) -> IngestReport:
    """Write submissions, events, arrivals and the rows of `raw` in the caller's transaction."""
    report = IngestReport()
    batch = []
    for entry in taken:
        submission_id = _new_submission(connection, entry) if entry.outcome is not None else None
        if submission_id is None:
            report.duplicates += 1
        elif isinstance(entry.outcome, Refusal):
            report.refused += 1
            report.refusals.append(f"{entry.inbox_file.name}: {entry.outcome.message_zh}")
        elif entry.outcome is not None:
            report.read += 1
            batch.append(Loadable(submission_id, entry.outcome))
        _record_arrival(connection, entry, is_duplicate=submission_id is None)
    answers = take_answers(connection, batch)
    write_readings(connection, batch)
    store_answers(connection, answers)
    return report


def _new_submission(connection: Connection, entry: Taken) -> int | None:
    """Insert the submission and its events; None when another process has just taken the same content."""
    values = _values_of(entry)
    statement = upsert(submission).values(values)
    # What was tried again is as if it had come only now: among several of a unit the latest received counts.
    anew = dict.fromkeys(("reason_code", "reason_zh", "reason_en")) | values
    anew |= {"received_at": text("now()"), "state_at": text("now()")}
    # Only when it was filed stays: that it is read anew is no fault of whoever filed it.
    anew |= {"filed_on": func.least(submission.c.filed_on, statement.excluded.filed_on)}
    other_outcome = and_(_TRY_AGAIN, submission.c.reason_code.is_distinct_from(anew["reason_code"]))
    statement = statement.on_conflict_do_update(index_elements=["sha256"], set_=anew, where=other_outcome)
    submission_id: int | None = connection.scalar(statement.returning(submission.c.submission_id))
    if submission_id is not None:
        states = ("received", str(values["state"]))
        connection.execute(
            insert(submission_event),
            [{"submission_id": submission_id, "state": state, "actor": ACTOR} for state in states],
        )
    return submission_id


def _filed_on(file: InboxFile) -> ColumnElement[date]:
    """SQL: the day in China on which the file was put into the inbox, today at the latest (clocks may differ)."""
    put_there = datetime.fromtimestamp(file.modified_ns // 1_000_000_000, CHINA).date()
    today = cast(func.timezone(literal(CHINA.utcoffset(None)), func.now()), Date)
    return func.least(literal(put_there), today)


def _values_of(entry: Taken) -> dict[str, object]:
    """The submission's columns; whose an unreadable file is, and of which month, only its name can tell."""
    values: dict[str, object] = {
        "sha256": entry.landed.sha256,
        "file_name": entry.inbox_file.name,
        "byte_size": entry.landed.byte_size,
        "source_uri": entry.inbox_file.source_uri,
        "filed_on": _filed_on(entry.inbox_file),
    }
    outcome = entry.outcome
    if isinstance(outcome, Refusal):
        values |= {
            "state": "refused",
            "reason_code": outcome.code,
            "reason_zh": outcome.message_zh,
            "reason_en": outcome.message_en,
        }
        values["unit_code"], values["report_month"] = claimed_by_name(entry.inbox_file.name) or (None, None)
    elif outcome is not None:
        values |= {
            "state": "read",
            "unit_code": outcome.unit_code,
            "report_month": outcome.report_month,
            "template_version": outcome.template_version,
        }
    return values


def _record_arrival(connection: Connection, entry: Taken, *, is_duplicate: bool) -> None:
    submission_id = connection.scalar(
        select(submission.c.submission_id).where(submission.c.sha256 == entry.landed.sha256)
    )
    values = {
        "source_uri": entry.inbox_file.source_uri,
        "modified_ns": entry.inbox_file.modified_ns,
        "byte_size": entry.inbox_file.byte_size,
        "submission_id": submission_id,
        "is_duplicate": is_duplicate,
    }
    connection.execute(upsert(arrival).values(values).on_conflict_do_nothing())
