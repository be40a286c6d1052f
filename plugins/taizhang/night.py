"""A night without Airflow: the same steps in the same order, in this process."""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from taizhang.ingest import IngestReport, discover, ingest_chunk
from taizhang.warehouse.connection import exclusive


@dataclass
class NightReport:
    """What a night did. `publication_id` is None when nothing had to be published."""

    ingested: IngestReport = field(default_factory=IngestReport)
    accepted: int = 0
    quarantined: int = 0
    publication_id: int | None = None


def run_night(engine: Engine) -> NightReport:
    """Take what has arrived, judge it and publish what changed; WarehouseBusyError when a night is under way."""
    from taizhang.publication import publish
    from taizhang.quality.gate import judge_batch

    report = NightReport()
    with exclusive(engine, "night"):
        for chunk in discover(engine):
            report.ingested.add(ingest_chunk(engine, chunk))
        judged = judge_batch(engine)
        report.accepted, report.quarantined = len(judged.accepted), len(judged.quarantined)
        published = publish(engine)
        report.publication_id = published.publication_id if published else None
    return report
