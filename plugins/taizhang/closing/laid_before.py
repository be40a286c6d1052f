"""What is laid before the people who close a month: its figures as published, and all that is still open."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from taizhang.publication.figures import show_publication
from taizhang.publication.published_totals import published_totals
from taizhang.warehouse.audit_tables import by_severity

# Of the rules with the most open findings so many are named; of missing units all are.
NAMED_RULES = 20

_PUBLICATION = text(
    """
    select publication_id, certificate_sha256
    from ops.publication where publication_id = :publication_id and state = 'published'
    """
)
_UNITS = text(
    """
    select quality.unit_code, unit.unit_name, unit.province_code, quality.outcome, quality.is_in_force
    from marts.agg_quality_unit_month as quality
    inner join marts.dim_reporting_unit as unit on quality.unit_code = unit.unit_code
    where quality.report_month = :month
    order by quality.unit_code
    """
)
_FINDINGS = text(
    f"""
    select
        finding.severity, finding.rule_id, finding.check_id, rule.title_zh,
        count(*) as findings, count(distinct finding.unit_code) as units
    from marts.fct_finding as finding
    inner join marts.dim_check as rule on finding.check_id = rule.check_id
    where
        finding.report_month = :month and finding.severity in ('block', 'warn')
        and finding.status in ('open', 'explained') and finding.verdict = 'contradiction'
    group by finding.severity, finding.rule_id, finding.check_id, rule.title_zh
    order by {by_severity("finding.severity")}, findings desc, finding.check_id
    """  # noqa: S608
)
_WAITING = text(
    """
    select state, count(*) as submissions
    from ops.submission
    where report_month = :month and state in ('received', 'read', 'in_review', 'held', 'quarantined')
    group by state
    """
)
_REVISIONS = text(
    """
    select measure, cause_code, cause_name, sum(changed_by) as changed_by, sum(change_count) as changes
    from history.agg_revision_region_month
    where
        publication_id = :publication_id and report_month = :month and list_code = 'all'
        and region_code in (select region_code from marts.dim_region where region_level = 'nation')
    group by measure, cause_code, cause_name
    order by measure, cause_code
    """
)


def document(connection: Connection, month: date, publication_id: int) -> dict[str, Any]:
    """Return what a publication shows of a month and what is open, as plain values: amounts are texts, in 万元."""
    show_publication(connection, publication_id)
    publication = connection.execute(_PUBLICATION, {"publication_id": publication_id}).one()
    asked = {"month": month, "publication_id": publication_id}
    units = connection.execute(_UNITS, asked).all()
    totals = {
        list_code: measures
        for (of_month, list_code), measures in published_totals(connection, publication_id).items()
        if of_month == f"{month:%Y-%m}"
    }
    return {
        "publication_id": publication.publication_id,
        "certificate_sha256": publication.certificate_sha256,
        "control_totals": totals,
        "coverage": {
            "expected": len(units),
            "in_force": sum(unit.is_in_force for unit in units),
            "missing": [
                {"unit_code": unit.unit_code, "unit_name": unit.unit_name, "outcome": unit.outcome}
                for unit in units
                if not unit.is_in_force
            ],
        },
        "findings": [dict(row) for row in connection.execute(_FINDINGS, asked).mappings()],
        "waiting": {row.state: row.submissions for row in connection.execute(_WAITING, asked)},
        "revisions": [
            {**row, "changed_by": f"{row['changed_by']:f}", "changes": int(row["changes"])}
            for row in connection.execute(_REVISIONS, asked).mappings()
        ],
    }
