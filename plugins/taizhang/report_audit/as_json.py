"""An audit as JSON for machines: stable names, decimals as texts exactly as they were computed, days as ISO dates."""

from decimal import Decimal
from typing import Any

from taizhang.decimals import plain
from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.model import Figure, Interval, Period, Relation, Span, Verdict

# Raised when a name goes or gets another meaning; further names do not raise it.
SCHEMA_VERSION = "1"


def report_object(report: AuditedReport) -> dict[str, Any]:
    """Return the report with all its figures and relations; places count the characters of `text` from 0."""
    text = report.audit.text
    return {
        "schema_version": SCHEMA_VERSION,
        "name": report.file_name,
        "sha256": report.sha256,
        "document_kind": report.document_kind,
        "region": report.region,
        "region_code": report.region_code,
        "month": f"{report.month:%Y-%m}" if report.month else None,
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "figures": [_figure(figure) for figure in report.audit.figures],
        "relations": [_relation(relation, text) for relation in report.audit.relations],
        "text": text,
    }


def unreadable_object(name: str, error: Exception) -> dict[str, Any]:
    """Return what stands for a file that could not be read, among several."""
    return {"schema_version": SCHEMA_VERSION, "name": name, "error": str(error)}


def number(value: Decimal) -> str | None:
    """Write a decimal; None for one without a bound."""
    return plain(value) if value.is_finite() else None


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "id": figure.id,
        "text": figure.text,
        **_place(figure.span),
        "value": number(figure.value),
        "unit": figure.unit,
        "decimals": figure.decimals,
        **_bounds("", figure.interval),
        "indicator": figure.indicator,
        "subject": list(figure.subject),
        "period": _period(figure.period),
        "region": figure.region,
        "region_code": figure.region_code,
        "is_approximate": figure.is_approximate,
        "damage": {"printed": figure.damage.printed, "read_as": figure.damage.read_as} if figure.damage else None,
    }


def _relation(relation: Relation, text: str) -> dict[str, Any]:
    return {
        "id": relation.id,
        "kind": relation.kind,
        "figure_ids": list(relation.figure_ids),
        "formula": relation.formula,
        **_bounds("stated_", relation.stated),
        **_bounds("computed_", relation.computed),
        "verdict": relation.verdict.value,
        "confidence": number(relation.confidence),
        "reason_zh": relation.reason_zh,
        "quotes": [_place(span) | {"text": text[span.start : span.end]} for span in relation.quotes],
        "mend": {"figure_id": relation.mend.figure_id, "printed": relation.mend.printed} if relation.mend else None,
    }


def _place(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _bounds(prefix: str, interval: Interval | None) -> dict[str, Any]:
    names = (f"{prefix}low", f"{prefix}high", f"{prefix}has_high")
    if interval is None:
        return dict.fromkeys(names)
    return dict(zip(names, (number(interval.low), number(interval.high), interval.has_high), strict=True))


def _period(period: Period | None) -> dict[str, str] | None:
    if period is None:
        return None
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "label": period.label}
