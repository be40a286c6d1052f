"""A night without Airflow: the same steps in the same order, in this process."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from taizhang.feedback.delivery import DeliveryReport, deliver, pending
from taizhang.ingest import IngestReport, discover, ingest_chunk
from taizhang.observe import lineage
from taizhang.sources.all_sources import pull_all
from taizhang.sources.opening import open_peer
from taizhang.sources.pulling import PullReport
from taizhang.warehouse.connection import NIGHT_PATIENCE_SECONDS, exclusive, patiently


@dataclass
class NightReport:
    """What a night did. `publication_id` is None when nothing had to be published; `waiting` is what waits for people.

    What could not be pulled from a source, or written as feedback, stands among the failures of `pulled` and
    `feedback`; it holds up nothing else.
    """

    pulled: list[PullReport] = field(default_factory=list)
    ingested: IngestReport = field(default_factory=IngestReport)
    accepted: int = 0
    quarantined: int = 0
    waiting: int = 0
    feedback: DeliveryReport = field(default_factory=DeliveryReport)
    publication_id: int | None = None
    quality_reports: list[Path] = field(default_factory=list)

    def require_all(self) -> None:
        """Raise when feedback could not be written or a source could not be pulled; all the rest has been done."""
        self.feedback.require_all()
        for pulled in self.pulled:
            pulled.require_success()


def run_night(engine: Engine) -> NightReport:
    """Pull, take what has arrived, judge it, give feedback, publish and report.

    WarehouseBusyError when a night is under way.
    ReportsFailedError when a quality report could not be written; everything else is done then.
    """
    from taizhang.publication import publish
    from taizhang.quality.gate import judge_batch
    from taizhang.report.quality import complete_reports

    report = NightReport()
    with exclusive(engine, "night"):
        report.pulled = pull_all(engine, open_peer)
        for chunk in discover(engine):
            report.ingested.add(ingest_chunk(engine, chunk))
        judged = patiently(lambda: judge_batch(engine), NIGHT_PATIENCE_SECONDS)
        report.accepted, report.quarantined = len(judged.accepted), len(judged.quarantined)
        report.waiting = len(judged.in_review) + len(judged.held)
        lineage.tell_gate_run(engine, judged.gate_run_id)
        report.feedback = deliver(engine, pending(engine))
        published = patiently(lambda: publish(engine), NIGHT_PATIENCE_SECONDS)
        if published:
            report.publication_id = published.publication_id
            lineage.tell_publication(engine, published.publication_id)
        report.quality_reports = complete_reports(engine)
    return report
