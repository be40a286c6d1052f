"""Backfill: years of history, month by month in their order, while nights go on and readers see whole publications.

What has been done is told by the warehouse, not by this process: killed at any point and started again, it goes on.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from taizhang.ingest import BATCH_FILES, IngestReport, ingest_chunk
from taizhang.keeping.backfill_plan import PlannedMonth, months, open_plan, plan, waiting
from taizhang.warehouse.connection import WarehouseBusyError, exclusive, patiently

STEP = "backfill"
# A night holds the gate or a publication for minutes; whoever waits so long waits for something that hangs.
PATIENCE_SECONDS = 6 * 3600
# A publication that the nightly DAG has opened is given so long to be shown.
OPEN_HOURS = 3

Say = Callable[[str], None]

_OTHERS_BUILD = text(
    """
    select publication_id from ops.publication
    where state = 'building' and opened_at > now() - make_interval(hours => :hours)
    """
)


@dataclass
class BackfillReport:
    """What a backfill did since it was started, and how many files of its plan were passed over."""

    planned: int = 0
    ingested: IngestReport = field(default_factory=IngestReport)
    accepted: int = 0
    quarantined: int = 0
    in_force: int = 0
    outside: int = 0
    publications: list[int] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return asdict(self)


def backfill(engine: Engine, first: date, last: date, folder: Path | str | None, say: Say) -> BackfillReport:
    """Fill the months from `first` to `last` (first days) in from a folder, or from the inbox; tells `say` how it goes.

    Units and months that have something in force already are passed over. No feedback is given on history; `taizhang
    feedback` makes it. BackfillError for a folder that is none; WarehouseBusyError when another backfill is at work, or
    when a night hangs; BuildError or ReconciliationError when a year cannot be published: mended, it is tried again.
    """
    report = BackfillReport()
    with exclusive(engine, STEP):
        number = open_plan(engine, first, last, Path(folder) if folder else None)
        for count in plan(engine, number):
            report.planned += count
            say(f"已查看 {report.planned} 份文件")
        with engine.connect() as connection:
            planned = months(connection, number)
        report.in_force = sum(month.in_force for month in planned)
        report.outside = sum(month.outside for month in planned)
        say(_said_of_plan(planned))
        for year in sorted({_year(month) for month in planned}):
            _fill_year(engine, number, [month for month in planned if _year(month) == year], report, say)
        _finish(engine, number)
    return report


def _year(month: PlannedMonth) -> int:
    """The year of a month; files that tell none come after all years."""
    return month.report_month.year if month.report_month else 9999


def _said_of_plan(planned: list[PlannedMonth]) -> str:
    wanted, left = sum(month.wanted for month in planned), sum(month.waiting for month in planned)
    passed = sum(month.in_force for month in planned), sum(month.outside for month in planned)
    return (
        f"共 {sum(month.wanted > 0 for month in planned)} 个月 {wanted} 份，还剩 {left} 份；"
        f"跳过：已有有效报送 {passed[0]} 份，不在所选月份 {passed[1]} 份"
    )


def _fill_year(engine: Engine, number: int, planned: list[PlannedMonth], report: BackfillReport, say: Say) -> None:
    for month in planned:
        if month.wanted:
            _fill_month(engine, number, month, report, say)
    # A publication costs some ten seconds and then by its rows: a year's rows are what one bears without effort.
    published = patiently(lambda: _publish(engine), PATIENCE_SECONDS, lambda busy: say(f"等待：{busy}"))
    if published is not None:
        report.publications.append(published)
        say(f"第 {published} 期已发布")


def _fill_month(engine: Engine, number: int, month: PlannedMonth, report: BackfillReport, say: Say) -> None:
    """Take a month's files and judge them; files that tell no month are refused, which needs no judging."""
    from taizhang.quality.gate import judge_batch

    began = time.monotonic()
    with engine.connect() as connection:
        uris = waiting(connection, number, month.report_month)
    ingested = IngestReport()
    for start in range(0, len(uris), BATCH_FILES):
        ingested.add(ingest_chunk(engine, uris[start : start + BATCH_FILES]))
    report.ingested.add(ingested)
    # Also what an attempt before has read and not judged, and what a night has read meanwhile.
    judged = patiently(lambda: judge_batch(engine), PATIENCE_SECONDS, lambda busy: say(f"等待：{busy}"))
    report.accepted += len(judged.accepted)
    report.quarantined += len(judged.quarantined)
    if uris or judged.gate_run_id:
        name = f"{month.report_month:%Y-%m}" if month.report_month else "月份不明"
        say(
            f"{name}：收下 {ingested.read}，退回 {ingested.refused}，重复 {ingested.duplicates}，"
            f"打不开 {ingested.unreadable}；通过 {len(judged.accepted)}，未通过 {len(judged.quarantined)}"
            f"（{time.monotonic() - began:.0f} 秒）"
        )
    for refusal in ingested.refusals:
        say(f"  {refusal}")


def _publish(engine: Engine) -> int | None:
    """Publish what was judged; None when nothing is to be published. WarehouseBusyError while a night publishes."""
    from taizhang.publication import publish

    with engine.connect() as connection:
        others = connection.scalar(_OTHERS_BUILD, {"hours": OPEN_HOURS})
    if others is not None:
        raise WarehouseBusyError(f"publication {others} is being built")
    published = publish(engine)
    return None if published is None else published.publication_id


def _finish(engine: Engine, number: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("update ops.backfill set finished_at = now() where backfill_id = :number"), {"number": number}
        )
