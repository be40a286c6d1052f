"""A report file that was audited: what was found in it, and which file, region and month it is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from taizhang.landing import file_sha256
from taizhang.report_audit.model import Audit, Figure, Period, Relation, Verdict

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AuditedReport:
    """One file with its audit; `month` is the first day of the month that it reports on, where that is known.

    `document_kind` is the file name's ending in lower case, without the dot. `sha256` is that of the file as it lies
    there. The region is the one that most figures are of.
    """

    file_name: str
    sha256: str
    byte_size: int
    document_kind: str
    audit: Audit
    month: date | None = None
    region: str | None = None
    region_code: str | None = None

    def count(self, verdict: Verdict) -> int:
        """How many relations have the verdict."""
        return sum(relation.verdict is verdict for relation in self.audit.relations)

    @property
    def contradictions(self) -> tuple[Relation, ...]:
        """The relations that do not hold, in the order in which they were found."""
        return tuple(entry for entry in self.audit.relations if entry.verdict is Verdict.CONTRADICTION)

    def with_relations(self, more: Iterable[Relation]) -> "AuditedReport":
        """Return the report with further relations behind its own."""
        return replace(self, audit=replace(self.audit, relations=(*self.audit.relations, *more)))


def audit_file(path: Path, month: date | None = None, *, file_name: str | None = None) -> AuditedReport:
    """Read and audit a report; `month` is what it reports on, if that is known, `file_name` what its sender called it.

    ReportUnreadableError when it is not there, too large, or no document that can be read.
    """
    from taizhang.report_audit import audit
    from taizhang.report_audit.documents import read

    name = file_name or path.name
    found = audit(name, read(path), month=month)
    return AuditedReport(
        file_name=name,
        sha256=file_sha256(path),
        byte_size=path.stat().st_size,
        document_kind=path.suffix.lower().removeprefix("."),
        audit=found,
        month=month or month_of(found.figures),
        **region_of(found.figures),
    )


def month_of(figures: Iterable[Figure]) -> date | None:
    """Return the first day of the month that a report seems to be of: in which most of its figures' periods end.

    Whole years say nothing of it while there are other periods: plans are of the year in any month. None when no figure
    has a period; of equals the latest.
    """
    periods = [figure.period for figure in figures if figure.period is not None]
    parts = [period for period in periods if not _is_year(period)]
    ends = Counter((period.end - ONE_DAY).replace(day=1) for period in parts or periods)
    return max(ends, key=lambda month: (ends[month], month)) if ends else None


def _is_year(period: Period) -> bool:
    return (period.start.month, period.start.day) == (1, 1) == (period.end.month, period.end.day)


def region_of(figures: Iterable[Figure]) -> dict[str, str | None]:
    """Return name (`region`) and code (`region_code`) of the region that most figures are of; None twice for none."""
    named = Counter((figure.region, figure.region_code) for figure in figures if figure.region is not None)
    name, code = named.most_common(1)[0][0] if named else (None, None)
    return {"region": name, "region_code": code}
