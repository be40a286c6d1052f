"""Feedback: marking the submitters' own workbooks against writing the same cells anew, and giving it to many units."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.marked_books import MarkedBook, cells_of
from benchmarks.measure import Goal, Limit, Section, Way, in_turn
from benchmarks.scales import MONTH, PROVINCE, SHORT, Scale
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.units import first_units, registered
from benchmarks.workload.workbooks import write_workbooks
from taizhang.feedback.collect import Collection, Judged
from taizhang.feedback.delivery import AT_ONCE, Occasion, deliver, feedback_letter, pending
from taizhang.ingest import discover, ingest_chunk
from taizhang.quality.gate import judge_batch
from taizhang.settings import settings

USUAL, LARGE, SMALL = MarkedBook(400, 40), MarkedBook(10_000, 1_000), MarkedBook(20, 4)
# What is given back depends on the workbooks with findings, so that no more units are needed than a province has.
UNITS, PROJECTS = PROVINCE.units, (50, 150)


def measure(scale: Scale, rounds: int) -> Section:
    """Mark workbooks of a usual and of a large size, then give feedback on a month of many units."""
    books = (SMALL,) if scale is SHORT else (USUAL, LARGE)
    units = first_units(min(scale.units, UNITS), scale.projects if scale is SHORT else PROJECTS)
    section = Section(
        "feedback",
        "Feedback workbooks with the original layout",
        f"Workbooks of 45 columns; a month of {len(units)} units with 2% of the workbooks faulty.",
        notes=[
            "The peer is given the values and writes nothing but the cells of our result, their fills and comments, in"
            " one format per kind of value. Ours reads the workbook that was sent, keeps every part and style of it,"
            " marks the cells and puts the list of findings in front.",
        ],
    )
    for book in books:
        _mark(section, book, rounds)
    with fresh_warehouse() as engine, registered(units):
        write_workbooks(units, MONTH, settings().inbox_dir / "month")
        for chunk in discover(engine):
            ingest_chunk(engine, chunk)
        judge_batch(engine)
        _give(section, engine, rounds)
    return section


def _mark(section: Section, book: MarkedBook, rounds: int) -> None:
    size = f"{book.rows} x 45, {book.findings} findings"
    ours, peer = f"mark a workbook of {size}", f"xlsxwriter: the same cells of {size}"
    if cells_of(book.peer()) != book.result:
        raise RuntimeError(f"xlsxwriter does not write the cells of our result for {size}")
    ways = [Way(ours, lambda: _made(book.ours())), Way(peer, lambda: _made(book.peer()))]
    section.seconds |= in_turn(ways, rounds)
    section.goals.append(Goal(ours, peer, at_most=2))
    section.facts[f"bytes of {size}"] = f"{len(book.sent):,} sent, {len(book.ours()):,} given back"


def _made(data: bytes) -> None:
    """Files differ where their cells do not: styles, order of parts. The cells have been compared."""
    if not data:
        raise RuntimeError("nothing was written")


def _give(section: Section, engine: Engine, rounds: int) -> None:
    """Give feedback on all that wants it, against making the same workbooks without a warehouse or a disk."""
    waiting = pending(engine)
    judged = _judged(engine, waiting)
    folder = settings().home / "feedback"
    total = f"feedback on {len(waiting)} submissions"
    ways = [
        Way(f"give {total}", lambda: _deliver(engine, waiting, folder), lambda: shutil.rmtree(folder, True)),
        Way(f"make the workbooks of {total}", lambda: _made(b"".join(feedback_letter(one).content for one in judged))),
    ]
    section.seconds |= in_turn(ways, rounds)
    report = deliver(engine, waiting)
    report.require_all()
    with engine.connect() as connection:
        filed, with_findings, faultless = connection.execute(text(_COUNTS)).one()
    section.facts["submissions"] = (
        f"{filed} filed, {with_findings} with findings to mend, {len(report.files)} given back"
    )
    section.limits.append(Limit("feedback files to units without findings", faultless, 0))
    section.limits.append(Limit("submissions with findings and no feedback", len(pending(engine)), 0))
    section.notes.append(f"What the warehouse says is fetched for {AT_ONCE} submissions at once: memory is bounded.")


# Of each submission: whether there is something to mend, or it was refused; and whether it got a file.
_COUNTS = """
    with told as (
        select
            submission.state = 'refused'
            or exists (
                select from audit.finding
                where
                    finding.submission_id = submission.submission_id
                    and finding.severity in ('block', 'warn')
                    and finding.waiver_id is null
            ) as is_faulty,
            exists (select from audit.feedback where feedback.submission_id = submission.submission_id) as has_file
        from ops.submission as submission
    )

    select count(*), count(*) filter (where is_faulty), count(*) filter (where has_file and not is_faulty) from told
"""


def _judged(engine: Engine, waiting: Sequence[Occasion]) -> list[Judged]:
    """What is to be said of those that were judged; the others were refused."""
    known = [(number, run) for number, run in waiting if run is not None]
    with engine.connect() as connection:
        collection = Collection(connection, known)
        return [collection.judged(key) for key in known]


def _deliver(engine: Engine, waiting: Sequence[Occasion], folder: Path) -> None:
    deliver(engine, waiting, folder).require_all()
