"""Giving back: which judgements and refusals still want an answer, and the files that give it."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from taizhang.codelists import reporting_units
from taizhang.errors import TaizhangError
from taizhang.feedback import outbox
from taizhang.feedback.answer import judged_answer, unread_answer
from taizhang.feedback.collect import Collection, Judged
from taizhang.feedback.copies import copy_as_xlsx
from taizhang.feedback.marking import mark_workbook
from taizhang.feedback.model import Feedback
from taizhang.feedback.package import UNEDITABLE
from taizhang.feedback.words import say
from taizhang.landing import landed_path
from taizhang.observe.logs import about
from taizhang.reading.package import JSON, ZIP_MAGIC, is_json, open_package
from taizhang.settings import settings

log = logging.getLogger(__name__)

REFUSED = "refused"
CHUNKS = 8
# So many are fetched at once, and kept in memory: a query for each of them took a tenth of the time.
AT_ONCE = 20
# Younger ones are given back by the night; for older ones there is the command.
PENDING_DAYS = 30

# A submission and the run of the gate that judged it; no run for a refused file, and for what people do with one.
Occasion = tuple[int, int | None]

_PENDING = text(
    """
    with recent as (
        select gate_run_id
        from audit.gate_run
        where state = 'done' and finished_at > now() - make_interval(days => :days)
    ),

    -- Years that were filled in: nobody waits for letters about them.
    historical as (
        select arrival.submission_id
        from ops.backfill_file as filled
        inner join ops.arrival as arrival
            on filled.source_uri = arrival.source_uri
            and filled.modified_ns = arrival.modified_ns
            and filled.byte_size = arrival.byte_size
        where filled.passed_over is null
    )

    select judgement.submission_id, judgement.gate_run_id
    from audit.judgement as judgement
    inner join recent on judgement.gate_run_id = recent.gate_run_id
    where
        judgement.outcome in ('accepted', 'in_review', 'held', 'quarantined', 'superseded')
        and judgement.block_count + judgement.warn_count > 0
        and exists (
            select
            from audit.finding as finding
            where
                finding.submission_id = judgement.submission_id
                and finding.gate_run_id = judgement.gate_run_id
                and finding.severity in ('block', 'warn')
                and finding.waiver_id is null
        )
        and not exists (
            select
            from audit.feedback as given
            where given.submission_id = judgement.submission_id and given.gate_run_id = judgement.gate_run_id
        )
        and judgement.submission_id not in (select historical.submission_id from historical)

    union all

    select submission.submission_id, null
    from ops.submission as submission
    where
        submission.state in ('refused', 'held', 'returned')
        and submission.state_at > now() - make_interval(days => :days)
        and not exists (
            select
            from audit.feedback as given
            where
                given.submission_id = submission.submission_id
                and given.gate_run_id is null
                and given.created_at >= submission.state_at
        )
        and submission.submission_id not in (select historical.submission_id from historical)
    order by 1, 2
    """
)

_REFUSED = text(
    """
    select
        submission_id,
        file_name,
        unit_code,
        report_month,
        sha256,
        unit_code,
        report_month,
        state,
        reason_code,
        reason_zh,
        reason_en,
        received_at at time zone 'Asia/Shanghai' as received
    from ops.submission
    where submission_id = any(:submissions) and state in ('refused', 'held', 'returned')
    """
)

# The same file again is no news.
_NOTE = text(
    """
    insert into audit.feedback (submission_id, gate_run_id, file, sha256, finding_count)
    select submission.submission_id, cast(:gate_run_id as bigint), :file, :sha256, :finding_count
    from ops.submission as submission
    where
        submission.submission_id = :submission_id
        and not exists (
            select
            from audit.feedback as given
            where
                given.submission_id = submission.submission_id
                and given.sha256 = :sha256
                and given.gate_run_id is not distinct from cast(:gate_run_id as bigint)
                and given.created_at >= submission.state_at
        )
    """
)


class FeedbackError(TaizhangError):
    """Some feedback could not be written; the others were. The message names the submissions and the reasons."""


@dataclass
class DeliveryReport:
    """What was given back: the files, relative to the outbox, and what failed, with its reason."""

    files: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def require_all(self) -> None:
        """FeedbackError when anything failed."""
        if self.failures:
            raise FeedbackError(f"{len(self.failures)} not written: {'; '.join(self.failures)}")


@dataclass(frozen=True)
class Letter:
    """A file to give back, and where it lies."""

    place: str
    content: bytes
    finding_count: int = 0


def pending(engine: Engine, days: int = PENDING_DAYS) -> list[Occasion]:
    """Return what of the last days wants feedback and has none: blocking findings, warnings, refusals.

    And what people have returned, or have to restate a closed month for.
    """
    with engine.connect() as connection:
        rows = connection.execute(_PENDING, {"days": days})
        return [(row.submission_id, row.gate_run_id) for row in rows]


def pending_chunks(engine: Engine) -> list[list[Occasion]]:
    """Return the same in at most eight chunks of about equal length; nothing pending, no chunk."""
    waiting = pending(engine)
    return [waiting[start::CHUNKS] for start in range(min(CHUNKS, len(waiting)))]


def deliver(engine: Engine, occasions: Sequence[Sequence[int | None]], folder: Path | None = None) -> DeliveryReport:
    """Write the feedback of these occasions into the outbox, or into another folder; one that fails stops no other."""
    report = DeliveryReport()
    wanted = [(int(submission_id or 0), gate_run_id) for submission_id, gate_run_id in occasions]
    for start in range(0, len(wanted), AT_ONCE):
        _deliver_some(engine, wanted[start : start + AT_ONCE], folder, report)
    return report


def _deliver_some(engine: Engine, occasions: Sequence[Occasion], folder: Path | None, report: DeliveryReport) -> None:
    """Fetch what there is to say, write the files, and keep in the end what was given back.

    If it is interrupted before that, the same files are found in the outbox the next time, and kept then.
    """
    with engine.connect() as connection:
        judgements = Collection(connection, [(number, run) for number, run in occasions if run is not None])
        refused = _refused(connection, [number for number, run in occasions if run is None])
    given: list[dict[str, Any]] = []
    for number, run in occasions:
        if run is None and number not in refused:
            log.info("submission %s has moved on: there is no note to write", number)
            continue
        try:
            letter = refusal_note(refused[number]) if run is None else feedback_letter(judgements.judged((number, run)))
            written = outbox.put(letter.place, letter.content, folder)
        except Exception as error:
            # A fault of ours or a strange file: said loudly, for the caller to fail on, and the others go on.
            with about(submission_id=number):
                log.exception("the feedback on submission %s failed", number)
            report.failures.append(f"{number}: {type(error).__name__}: {error}")
            continue
        if folder is not None:
            report.files.append(str(written))
            continue
        place = written.relative_to(settings().outbox_dir).as_posix()
        report.files.append(place)
        given.append(_note_of(number, run, replace(letter, place=place)))
    if given:
        with engine.begin() as connection:
            connection.execute(_NOTE, given)


def _refused(connection: Connection, submissions: Sequence[int]) -> dict[int, Row[Any]]:
    rows = connection.execute(_REFUSED, {"submissions": submissions}) if submissions else ()
    return {row.submission_id: row for row in rows}


def _note_of(submission_id: int, gate_run_id: int | None, letter: Letter) -> dict[str, Any]:
    """What is kept of a file that was given back."""
    return {
        "submission_id": submission_id,
        "gate_run_id": gate_run_id,
        "file": letter.place,
        "sha256": hashlib.sha256(letter.content).hexdigest(),
        "finding_count": letter.finding_count,
    }


def feedback_letter(judged: Judged) -> Letter:
    """Make the feedback workbook of a judgement from the archived file; JSON is answered in JSON."""
    feedback = judged.feedback
    version = str(feedback.submission_id) + (f"-{judged.ordinal}" if judged.ordinal > 1 else "")
    whose = (feedback.unit_code, feedback.unit_name, feedback.month, feedback.file_name, version)
    path, count = landed_path(judged.sha256), sum(feedback.counts.values())
    if is_json(path, feedback.file_name):
        return Letter(outbox.workbook_place(*whose, kind=JSON), judged_answer(feedback, judged.sha256), count)
    return Letter(outbox.workbook_place(*whose), make_workbook(path, feedback), count)


def make_workbook(path: Path, feedback: Feedback) -> bytes:
    """Mark the file itself where it is an .xlsx that can be edited, else a copy of what it holds."""
    data = path.read_bytes()
    if not data.startswith(ZIP_MAGIC):
        package = open_package(path)
        return mark_workbook(copy_as_xlsx(package), replace(feedback, copied_from=package.kind))
    try:
        return mark_workbook(data, feedback)
    except UNEDITABLE:
        log.warning("submission %s is copied, for it cannot be edited", feedback.submission_id, exc_info=True)
    return mark_workbook(copy_as_xlsx(open_package(path)), replace(feedback, copied_from="xlsx"))


def _note_place(noted: Row[Any]) -> str:
    """Where a note lies: that on a file that could not be read apart, all others with its unit."""
    if noted.state == REFUSED:
        return outbox.note_place(noted.received.date(), noted.file_name, noted.submission_id)
    unit = reporting_units().units[noted.unit_code]
    return outbox.decision_place(
        unit.unit_code, unit.unit_name, noted.report_month, noted.file_name, noted.submission_id, noted.state
    )


def refusal_note(refused: Row[Any]) -> Letter:
    """Make the note that says why a file was refused or returned, or that it waits; JSON is answered in JSON."""
    if is_json(landed_path(refused.sha256), refused.file_name):
        place = outbox.note_place(refused.received.date(), refused.file_name, refused.submission_id, JSON)
        return Letter(place, unread_answer(refused))
    received = f"{refused.received:%Y-%m-%d %H:%M}"
    said = say(refused.state, file=refused.file_name, received=received, reason=refused.reason_zh) + "\n"
    place = _note_place(refused)
    return Letter(place, said.replace("\n", "\r\n").encode("utf-8-sig", "replace"))
