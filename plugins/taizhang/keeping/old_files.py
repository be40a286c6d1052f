"""Removing files that can be made again or that nobody needs any more: feedback, Data Docs, reports."""

import hashlib
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from taizhang.keeping.holds import held, held_months
from taizhang.keeping.ledger import Kept, Ledger, Removal
from taizhang.landing import file_sha256
from taizhang.quality.data_docs.index import write_index
from taizhang.report.quality import write_contents
from taizhang.settings import settings

OUTBOX, DATA_DOCS, REPORT = "outbox_file", "data_docs", "report"
_ISSUE = re.compile(r"第(?P<number>\d+)期_.+")

_GIVEN = text(
    "select submission_id, file, sha256, created_at from audit.feedback where created_at < :before order by 2"
)
_RUNS = text(
    """
    select r.gate_run_id, r.started_at, array_remove(array_agg(j.submission_id), null) as submissions
    from audit.gate_run as r
    left join audit.judgement as j on r.gate_run_id = j.gate_run_id
    where r.state <> 'running' and r.started_at < :before
    group by r.gate_run_id
    order by r.gate_run_id
    """
)
_PUBLICATIONS = text(
    """
    select p.publication_id
    from ops.publication as p
    where p.published_at < :before
        and p.publication_id not in (select c.publication_id from ops.current_publication as c)
    """
)


def remove_feedback(engine: Engine, ledger: Ledger, before: datetime, policy: str) -> None:
    """Remove copies in the outbox that are as they were put there; what somebody has changed stays."""
    outbox = settings().outbox_dir
    with engine.connect() as connection:
        given = [row for row in connection.execute(_GIVEN, {"before": before}) if (outbox / row.file).is_file()]
        holds = held(connection, [row.submission_id for row in given])
    going = []
    for row in given:
        path, subject = outbox / row.file, f"outbox/{row.file}"
        if row.submission_id in holds:
            ledger.kept.append(Kept(OUTBOX, subject, "legal hold"))
        elif file_sha256(path) != row.sha256:
            ledger.kept.append(Kept(OUTBOX, subject, "somebody has changed it"))
        else:
            reason = f"given back on {row.created_at:%Y-%m-%d}"
            size = path.stat().st_size
            removal = Removal(OUTBOX, subject, policy, reason, row.sha256, row.submission_id, byte_size=size)
            going.append((removal, path))
    _remove(engine, ledger, going, outbox)


def remove_data_docs(engine: Engine, ledger: Ledger, before: datetime, policy: str) -> None:
    """Remove the pages of old runs of the gate; the list of runs then says that they are gone."""
    folder = settings().data_docs_dir
    with engine.connect() as connection:
        runs = [
            row for row in connection.execute(_RUNS, {"before": before}) if (folder / str(row.gate_run_id)).is_dir()
        ]
        holds = held(connection, [number for row in runs for number in row.submissions])
    going = []
    for row in runs:
        path, subject = folder / str(row.gate_run_id), f"data_docs/{row.gate_run_id}"
        if holds.intersection(row.submissions):
            ledger.kept.append(Kept(DATA_DOCS, subject, "legal hold"))
            continue
        sha256, size = _tree(path)
        reason = f"gate run of {row.started_at:%Y-%m-%d}"
        going.append((Removal(DATA_DOCS, subject, policy, reason, sha256, byte_size=size), path))
    _remove(engine, ledger, going, folder)
    if ledger.applies and going:
        write_index(engine, folder)


def remove_reports(engine: Engine, ledger: Ledger, before: datetime, policy: str) -> None:
    """Remove reports of old publications; the newest of each region and month stays, whatever its age."""
    folder = settings().reports_dir
    with engine.connect() as connection:
        old = set(connection.scalars(_PUBLICATIONS, {"before": before}))
        months = held_months(connection)
    going = []
    for path in _older_reports(folder, old):
        subject = f"reports/{path.relative_to(folder).as_posix()}"
        if None in months or date.fromisoformat(f"{path.relative_to(folder).parts[0]}-01") in months:
            ledger.kept.append(Kept(REPORT, subject, "legal hold"))
            continue
        removal = Removal(
            REPORT, subject, policy, "of an earlier publication", file_sha256(path), byte_size=path.stat().st_size
        )
        going.append((removal, path))
    _remove(engine, ledger, going, folder)
    if ledger.applies and going:
        write_contents({date.fromisoformat(f"{path.relative_to(folder).parts[0]}-01") for _, path in going})


def _older_reports(folder: Path, publications: set[int]) -> list[Path]:
    """Return the reports of these publications after which the same region and month has got a newer one."""
    by_region: dict[Path, dict[int, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for path in folder.glob("[0-9]*-[0-9]*/*/*"):
        if found := _ISSUE.fullmatch(path.name):
            by_region[path.parent][int(found["number"])].append(path)
    return sorted(
        path
        for issues in by_region.values()
        for number, paths in issues.items()
        if number in publications and number < max(issues)
        for path in paths
    )


def _tree(folder: Path) -> tuple[str, int]:
    """Return one hash and the bytes of all files of a folder."""
    digest, size = hashlib.sha256(), 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}\n".encode())
        size += path.stat().st_size
    return digest.hexdigest(), size


def _remove(engine: Engine, ledger: Ledger, going: Iterable[tuple[Removal, Path]], root: Path) -> None:
    """Write down what goes, then let it go: killed between the two, it goes the next time."""
    listed = list(going)
    with engine.begin() as connection:
        ledger.record(connection, [removal for removal, _ in listed])
    if not ledger.applies:
        return
    for _, path in listed:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        for folder in path.parents:
            if folder == root or any(folder.iterdir()):
                break
            folder.rmdir()
