"""The findings of the warehouse, each once with what became of it, for people who look for them."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Engine, text

from taizhang.warehouse.audit_tables import by_severity

_FINDINGS = """
with unit_month as (
    select distinct unit_code, report_month from audit.judgement where {owners}
)
select life.unit_code, life.report_month, life.check_id, f.rule_id, f.severity, f.verdict, life.status,
    coalesce(f.sheet_title, f.sheet) as sheet, f.cell, f.subject_label as subject, f.value,
    f.message_zh, f.message_en, f.advice_zh, f.suggestion_zh, life.explanation, life.waiver_id,
    life.first_version, life.last_version, life.version_count, life.newest_version,
    life.fixed_in_version, life.gone_in_version, life.last_submission_id as submission_id,
    life.finding_key
from unit_month
cross join lateral audit.finding_life_of(unit_month.unit_code, unit_month.report_month) as life
inner join audit.finding as f on f.finding_id = life.last_finding_id
where {chosen}
order by life.report_month, life.unit_code, {order},
    f.sheet, f.row_number, f.check_id, life.finding_key
"""


def _all_of(conditions: list[tuple[str, Any]]) -> str:
    """SQL: the conditions for which a value is given."""
    return " and ".join(["true", *(condition for condition, value in conditions if value is not None)])


def list_findings(
    engine: Engine,
    unit: str | None = None,
    month: date | None = None,
    rule: str | None = None,
    statuses: Collection[str] = (),
    severities: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return the findings of a unit, a month, a rule or check, of statuses and severities; what is not given is open.

    One dict per finding in its newest appearance, in the order of months, units and sheets, the severest first.
    """
    owners = [("unit_code = :unit", unit), ("report_month = :month", month)]
    chosen = [
        (":rule in (f.rule_id, f.check_id)", rule),
        ("life.status = any(:statuses)", list(statuses) or None),
        ("f.severity = any(:severities)", list(severities) or None),
    ]

    with engine.connect() as connection:
        rows = connection.execute(
            text(_FINDINGS.format(owners=_all_of(owners), chosen=_all_of(chosen), order=by_severity("f.severity"))),
            {
                "unit": unit,
                "month": month,
                "rule": rule,
                "statuses": list(statuses),
                "severities": list(severities),
            },
        )
        return [dict(row) for row in rows.mappings()]
