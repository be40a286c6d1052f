"""What a quality report says: one region, one month, as of one publication."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class UnitLine:
    """How one reporting unit did in the month."""

    unit_code: str
    unit_name: str
    kind_name: str
    outcome: str
    filed_on: date | None
    due_on: date
    days_late: int | None
    version_count: int
    pass_rate_pct: Decimal | None
    block_count: int
    warn_count: int
    open_count: int
    waived_count: int
    repeat_count: int
    revision_size_wan: Decimal | None
    score: Decimal
    score_before: Decimal | None


@dataclass(frozen=True)
class RuleLine:
    """How often a check failed in the month: findings, units, and findings of the month before."""

    check_id: str
    title_zh: str
    severity: str
    findings: int
    units: int
    open_findings: int
    findings_before: int


@dataclass(frozen=True)
class CellLine:
    """A cell, by sheet and column, in which many findings lie."""

    sheet: str
    column: str
    findings: int
    units: int


@dataclass(frozen=True)
class TrendPoint:
    """One month of the region; counts are of units, the rates in percent."""

    month: date
    expected: int
    filed: int
    late: int
    held_back: int
    missing: int
    block_count: int
    warn_count: int
    pass_rate_pct: Decimal | None
    score: Decimal | None


@dataclass(frozen=True)
class FindingLine:
    """One finding with the cell that it points to and what became of it."""

    unit_name: str
    file_name: str
    submission_id: int
    sheet: str
    cell: str
    value: str
    subject: str
    check_id: str
    severity: str
    verdict: str
    message_zh: str
    suggestion_zh: str
    status: str
    version_count: int
    fixed_in_version: int | None
    is_repeat: bool
    explanation: str
    waiver_id: str


@dataclass(frozen=True)
class RepeatLine:
    """A mistake that a unit makes month after month."""

    unit_name: str
    check_id: str
    title_zh: str
    months_failed: int
    months_in_a_row: int
    findings: int


@dataclass(frozen=True)
class AmendmentLine:
    """A waiver or correction that touches a submission of the month."""

    unit_name: str
    kind: str
    amendment_id: str
    reason: str
    author: str
    approver: str
    expires: date | None
    finding_count: int


@dataclass(frozen=True)
class RestatementLine:
    """A submission, or a correction, that two people let change the month after it was closed."""

    unit_name: str
    amendment_id: str
    file_name: str
    reason: str
    requested_by: str
    approved_by: str
    approval_reason: str
    approved_at: datetime


@dataclass
class QualityReport:
    """Everything that the report of a region and month says."""

    region_code: str
    region_name: str
    report_month: date
    publication_id: int
    published_at: datetime
    pack_version: str
    certificate_sha256: str
    units: list[UnitLine] = field(default_factory=list)
    rules: list[RuleLine] = field(default_factory=list)
    cells: list[CellLine] = field(default_factory=list)
    trend: list[TrendPoint] = field(default_factory=list)
    findings: list[FindingLine] = field(default_factory=list)
    repeats: list[RepeatLine] = field(default_factory=list)
    amendments: list[AmendmentLine] = field(default_factory=list)
    restatements: list[RestatementLine] = field(default_factory=list)

    @property
    def now(self) -> TrendPoint:
        """The month of the report; a report has at least one unit, and so its month."""
        return self.trend[-1]

    @property
    def before(self) -> TrendPoint | None:
        """The month before, if anything was expected then."""
        return self.trend[-2] if len(self.trend) > 1 else None

    def outcome_count(self, *outcomes: str) -> int:
        """Number of units whose month ended so."""
        return sum(unit.outcome in outcomes for unit in self.units)
