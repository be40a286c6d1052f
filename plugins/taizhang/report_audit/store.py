"""Keeping audited reports in the tables of `audit`: each file once, figures and relations by COPY."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.dictionary import ColumnType
from taizhang.publication.versions import code_version
from taizhang.report_audit.as_json import report_object
from taizhang.report_audit.audited import AuditedReport
from taizhang.warehouse.copying import copy_into, copy_text, format_any, format_column, format_typed, joined, storable

_INSERT = text(
    """
    insert into audit.report (
        file_name, sha256, byte_size, document_kind, region_name, region_code, report_month, figure_count,
        related_count, unreadable_reason, code_version
    )
    select filed.*, cast(:code_version as text)
    from unnest(
        cast(:file_name as text[]), cast(:sha256 as text[]), cast(:byte_size as bigint[]),
        cast(:document_kind as text[]), cast(:region_name as text[]), cast(:region_code as text[]),
        cast(:report_month as date[]), cast(:figure_count as integer[]), cast(:related_count as integer[]),
        cast(:unreadable_reason as text[])
    ) as filed
    on conflict (sha256) do nothing
    returning report_id, sha256
    """
)
_KNOWN = text("select sha256 from audit.report where sha256 = any(:wanted)")
_LISTS = ("subject", "figure_ids")
_FLAGS = ("has_high", "is_approximate", "stated_has_high", "computed_has_high")
_DOCUMENTS = ("quotes",)


@dataclass(frozen=True)
class UnreadableReport:
    """A file that is no document that can be read, and why."""

    file_name: str
    sha256: str
    byte_size: int
    document_kind: str
    reason: str


def known_reports(engine: Engine, wanted: Iterable[str]) -> set[str]:
    """Return which of these sha256 are of files that have been audited."""
    with engine.connect() as connection:
        return set(connection.scalars(_KNOWN, {"wanted": list(wanted)}))


def store(connection: Connection, reports: Sequence[AuditedReport | UnreadableReport]) -> int:
    """Keep the reports in the caller's transaction, what is kept already stays as it is; returns how many are new."""
    if not reports:
        return 0
    filed = [_filed(report) for report in reports]
    columns = {name: [entry[name] for entry in filed] for name in filed[0]}
    rows = connection.execute(_INSERT, columns | {"code_version": code_version()})
    numbers = {row.sha256: row.report_id for row in rows}
    first = {report.sha256: report for report in reversed(reports) if isinstance(report, AuditedReport)}
    new = [(numbers[sha256], report_object(report)) for sha256, report in first.items() if sha256 in numbers]
    _copy(connection, "audit.report_figure", new, _figures)
    _copy(connection, "audit.report_relation", new, _relations)
    return len(numbers)


def _filed(report: AuditedReport | UnreadableReport) -> dict[str, Any]:
    """The columns of `audit.report`."""
    filed: dict[str, Any] = {
        "file_name": storable(report.file_name),
        "sha256": report.sha256,
        "byte_size": report.byte_size,
        "document_kind": storable(report.document_kind),
    }
    if isinstance(report, UnreadableReport):
        nothing = dict.fromkeys(("region_name", "region_code", "report_month"))
        return filed | nothing | {"figure_count": 0, "related_count": 0, "unreadable_reason": storable(report.reason)}
    related = {figure_id for relation in report.audit.relations for figure_id in relation.figure_ids}
    return filed | {
        "region_name": report.region,
        "region_code": report.region_code,
        "report_month": report.month,
        "figure_count": len(report.audit.figures),
        "related_count": len(related),
        "unreadable_reason": None,
    }


def _copy(
    connection: Connection,
    table: str,
    reports: Sequence[tuple[int, dict[str, Any]]],
    rows_of: Callable[[dict[str, Any]], Iterator[dict[str, Any]]],
) -> None:
    """COPY the rows of all reports into a table, with the reports' numbers."""
    rows = [{"report_id": number, **row} for number, report in reports for row in rows_of(report)]
    if not rows:
        return
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    copy_into(connection, table, columns, [joined([_formatted(name, values) for name, values in columns.items()])])


def _formatted(name: str, values: Sequence[Any]) -> Sequence[str]:
    if name in _LISTS:
        return format_typed([tuple(map(storable, value)) for value in values], ColumnType.CHOICES)
    if name in _FLAGS:
        return format_typed(values, ColumnType.FLAG)
    if name in _DOCUMENTS:
        return format_column(values, copy_text)
    return format_any(values)


def _figures(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for figure in report["figures"]:
        period, damage = figure["period"] or {}, figure["damage"] or {}
        yield {
            "figure_id": figure["id"],
            "printed": figure["text"],
            "span_start": figure["start"],
            "span_end": figure["end"],
            **{name: figure[name] for name in ("value", "unit", "decimals", "low", "high", "has_high", "indicator")},
            "subject": figure["subject"],
            **{f"period_{name}": period.get(name) for name in ("start", "end", "label")},
            "region_name": figure["region"],
            "region_code": figure["region_code"],
            "is_approximate": figure["is_approximate"],
            **{f"damage_{name}": damage.get(name) for name in ("printed", "read_as")},
        }


_OF_RELATION = (
    *("kind", "figure_ids", "formula", "stated_low", "stated_high", "stated_has_high"),
    *("computed_low", "computed_high", "computed_has_high", "verdict", "confidence", "reason_zh"),
)


def _relations(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for relation in report["relations"]:
        mend = relation["mend"] or {}
        yield {
            "relation_id": relation["id"],
            **{name: relation[name] for name in _OF_RELATION},
            "quotes": json.dumps(
                [quote | {"text": storable(quote["text"])} for quote in relation["quotes"]], ensure_ascii=False
            ),
            "mend_figure_id": mend.get("figure_id"),
            "mend_printed": mend.get("printed"),
        }
