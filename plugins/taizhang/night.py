"""A night without Airflow: the same steps in the same order, in this process."""

from dataclasses import dataclass, field

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


def run_night(engine: Engine) -> NightReport:
    """Take what has arrived, judge it, give feedback and publish; WarehouseBusyError when a night is under way."""
    from taizhang.publication import publish
    from taizhang.quality.gate import judge_batch

    report = NightReport()
    with exclusive(engine, "night"):
        for chunk in discover(engine):
            report.ingested.add(ingest_chunk(engine, chunk))
        judged = judge_batch(engine)
        report.accepted, report.quarantined = len(judged.accepted), len(judged.quarantined)
        report.feedback = deliver(engine, pending(engine))
        published = publish(engine)
        report.publication_id = published.publication_id if published else None
    return report
