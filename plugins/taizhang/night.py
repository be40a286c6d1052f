"""A night without Airflow: the same steps in the same order, in this process."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from taizhang.feedback.delivery import DeliveryReport, deliver, pending
from taizhang.ingest import IngestReport, discover, ingest_chunk
from taizhang.warehouse.connection import exclusive


@dataclass
class NightReport:
    """What a night did. `publication_id` is None when nothing had to be published.

    Feedback that could not be written stands among the failures of `feedback`; it holds up nothing else.
    """

    ingested: IngestReport = field(default_factory=IngestReport)
    accepted: int = 0
    quarantined: int = 0
    feedback: DeliveryReport = field(default_factory=DeliveryReport)
    publication_id: int | None = None
    quality_reports: list[Path] = field(default_factory=list)


def run_night(engine: Engine) -> NightReport:
    """Take what has arrived, judge it, give feedback, publish and report; WarehouseBusyError when one is under way.

    ReportsFailedError when a quality report could not be written; everything else is done then.
    """
    from taizhang.publication import publish
    from taizhang.quality.gate import judge_batch
    from taizhang.report.quality import write_reports

    report = NightReport()
    with exclusive(engine, "night"):
        for chunk in discover(engine):
            report.ingested.add(ingest_chunk(engine, chunk))
        judged = judge_batch(engine)
        report.accepted, report.quarantined = len(judged.accepted), len(judged.quarantined)
        report.feedback = deliver(engine, pending(engine))
        published = publish(engine)
        if published:
            report.publication_id = published.publication_id
            report.quality_reports = write_reports(engine, published.publication_id)
    return report
