"""Collecting a quality report from the marts, as of a publication."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.dictionary import load_dictionary
from taizhang.errors import TaizhangError
from taizhang.publication.figures import require_region, show_publication
from taizhang.report.model import (
    AmendmentLine,
    CellLine,
    FindingLine,
    QualityReport,
    RepeatLine,
    RestatementLine,
    RuleLine,
    TrendPoint,
    UnitLine,
)
from taizhang.warehouse.audit_tables import by_severity

MONTHS_OF_TREND = 12
WORST_CELLS = 15


class NothingToReportError(TaizhangError):
    """No unit of the region had to report in the month, so far as is known."""


_UNITS = """
    units as (
        select u.* from marts.dim_reporting_unit as u
        where case
            when u.has_details is false then :region in (u.region_code, u.city_code, u.province_code, u.nation_code)
            else exists (
                select from marts.bridge_unit_region as b
                where b.unit_code = u.unit_code and b.region_code = :region and b.is_main and b.valid_from <= :month
                    and (b.valid_to is null or b.valid_to > :month)
            )
        end
    )"""

_HEAD = """
    select r.region_name, p.publication_id, p.published_at, p.certificate_sha256,
        coalesce(k.pack_version, p.catalogue_version) as pack_version
    from marts.dim_region as r
    cross join ops.publication as p
    left join audit.rule_pack as k on k.catalogue_version = p.catalogue_version
    where r.region_code = :region and r.is_latest and p.publication_id = ops.shown_publication()"""

# What only tells need not be mended, and is not counted as open.
_TO_MEND = "f.status in ('open', 'explained')"

_UNIT_LINES = f"""
    with {_UNITS},
    open_findings as (
        select f.unit_code, count(*) as open_count
        from marts.fct_finding as f
        where f.report_month = :month and {_TO_MEND} and f.severity <> 'info'
        group by f.unit_code
    )
    select q.unit_code, u.unit_name, u.kind_name, q.outcome, q.filed_on, q.due_on, q.days_late, q.version_count,
        q.pass_rate_pct, q.block_count, q.warn_count, coalesce(o.open_count, 0) as open_count, q.waived_count,
        q.repeat_count, q.revision_size_wan, q.score, e.score as score_before
    from marts.agg_quality_unit_month as q
    inner join units as u on u.unit_code = q.unit_code
    left join open_findings as o on o.unit_code = q.unit_code
    left join marts.agg_quality_unit_month as e
        on e.unit_code = q.unit_code and e.report_month = q.report_month - interval '1 month'
    where q.report_month = :month
    order by q.score, q.unit_code"""

_RULE_LINES = f"""
    with {_UNITS},
    found as (
        select f.check_id, f.unit_code, f.status, f.report_month = :month as is_now
        from marts.fct_finding as f
        inner join units as u on u.unit_code = f.unit_code
        where f.report_month in (:month, cast(:month as date) - interval '1 month') and f.status <> 'waived'
            and f.verdict = 'contradiction'
    )
    select f.check_id, c.title_zh, c.severity, count(*) filter (where f.is_now) as findings,
        count(distinct f.unit_code) filter (where f.is_now) as units,
        count(*) filter (where f.is_now and {_TO_MEND} and c.severity <> 'info') as open_findings,
        count(*) filter (where not f.is_now) as findings_before
    from found as f
    inner join marts.dim_check as c on c.check_id = f.check_id
    group by f.check_id, c.title_zh, c.severity
    order by {by_severity("c.severity")}, findings desc, f.check_id"""

_CELL_LINES = f"""
    with {_UNITS}
    select f.sheet, f.column_name, count(*) as findings, count(distinct f.unit_code) as units
    from marts.fct_finding as f
    inner join units as u on u.unit_code = f.unit_code
    where f.report_month = :month and f.status <> 'waived' and f.verdict = 'contradiction'
        and f.severity in ('block', 'warn') and f.sheet is not null and f.column_name is not null
    group by f.sheet, f.column_name
    order by findings desc, f.sheet, f.column_name
    limit {WORST_CELLS}"""

_TREND = f"""
    with {_UNITS}
    select q.report_month as month, count(*) as expected, count(*) filter (where q.is_filed) as filed,
        count(*) filter (where q.days_late > 0) as late,
        count(*) filter (where q.outcome = 'held_back') as held_back,
        count(*) filter (where q.outcome in ('missing', 'refused')) as missing,
        sum(q.block_count) as block_count, sum(q.warn_count) as warn_count,
        100 * sum(q.checks_passed)::numeric / nullif(sum(q.checks_made), 0) as pass_rate_pct, avg(q.score) as score
    from marts.agg_quality_unit_month as q
    inner join units as u on u.unit_code = q.unit_code
    where q.report_month <= :month and q.report_month > cast(:month as date) - interval '{MONTHS_OF_TREND} months'
    group by q.report_month
    order by q.report_month"""

_FINDINGS = f"""
    with {_UNITS}
    select u.unit_name, s.file_name, f.last_submission_id as submission_id,
        coalesce(f.sheet_title, f.sheet, '') as sheet, coalesce(f.cell, '') as cell, coalesce(f.value, '') as value,
        coalesce(f.subject_label, '') as subject, f.check_id, f.severity, f.verdict, f.message_zh,
        coalesce(f.suggestion_zh, '') as suggestion_zh, f.status, f.version_count, f.fixed_in_version,
        coalesce(f.is_repeat, false) as is_repeat, coalesce(f.explanation, '') as explanation,
        coalesce(f.waiver_id, '') as waiver_id
    from marts.fct_finding as f
    inner join units as u on u.unit_code = f.unit_code
    inner join ops.submission as s on s.submission_id = f.last_submission_id
    where f.report_month = :month
    order by f.status not in ('open', 'explained'), {by_severity("f.severity")},
        u.unit_code, f.check_id, f.sheet, f.row_number, f.cell"""

_REPEATS = f"""
    with {_UNITS}
    select u.unit_name, r.check_id, c.title_zh, r.months_failed, r.months_in_a_row, r.findings
    from marts.rpt_repeat_offenders as r
    inner join units as u on u.unit_code = r.unit_code
    inner join marts.dim_check as c on c.check_id = r.check_id
    where r.last_month = :month
    order by r.months_in_a_row desc, r.findings desc, u.unit_code, r.check_id"""

# Those that touch what was in force, or had been sent last, when the publication was made.
_AMENDMENTS = f"""
    with {_UNITS},
    publication as (
        select publication_id, gate_run_id from ops.publication where publication_id = ops.shown_publication()
    ),
    judged as (
        select j.unit_code, j.submission_id, max(j.gate_run_id) as gate_run_id
        from audit.judgement as j
        inner join units as u on u.unit_code = j.unit_code
        where j.report_month = :month and j.gate_run_id <= (select gate_run_id from publication)
        group by j.unit_code, j.submission_id
    ),
    in_force as (
        select distinct on (s.unit_code) s.unit_code, s.submission_id
        from ops.publication_scope as s
        inner join ops.publication as p on p.publication_id = s.publication_id and p.state = 'published'
        where s.report_month = :month and s.publication_id <= (select publication_id from publication)
        order by s.unit_code, s.publication_id desc
    ),
    newest as (
        select distinct on (j.unit_code) j.unit_code, j.submission_id
        from judged as j
        inner join ops.submission as s on s.submission_id = j.submission_id
        order by j.unit_code, s.received_at desc, s.submission_id desc
    )
    select u.unit_name, a.kind, a.amendment_id, coalesce(a.entry ->> 'reason', '') as reason,
        coalesce(a.entry ->> 'author', '') as author, coalesce(a.entry ->> 'approver', '') as approver,
        cast(a.entry ->> 'expires' as date) as expires, a.finding_count
    from judged as j
    inner join units as u on u.unit_code = j.unit_code
    inner join audit.amendment as a on a.submission_id = j.submission_id and a.gate_run_id = j.gate_run_id
    where a.finding_count > 0
        and j.submission_id in (select submission_id from in_force union select submission_id from newest)
    order by u.unit_code, a.kind, a.amendment_id"""

# What people had approved when the publication was made.
_RESTATEMENTS = f"""
    with {_UNITS}
    select u.unit_name, coalesce(a.amendment_id, '') as amendment_id, coalesce(s.file_name, '') as file_name,
        r.reason, r.actor as requested_by, a.actor as approved_by, a.reason as approval_reason,
        a.created_at as approved_at
    from ops.approval as a
    inner join units as u on u.unit_code = a.unit_code
    inner join ops.publication as p on p.publication_id = ops.shown_publication() and a.created_at <= p.opened_at
    inner join ops.approval as r
        on r.decision = 'restatement_requested' and (
            r.submission_id = a.submission_id
            or (r.amendment_id = a.amendment_id and r.entry_sha256 = a.entry_sha256)
        )
    left join ops.submission as s on s.submission_id = a.submission_id
    where a.decision = 'restatement_approved' and a.report_month = :month
    order by u.unit_code, a.approval_id"""


def collect(engine: Engine, region: str, month: date, publication: int | None = None) -> QualityReport:
    """Collect the report of a region (nation to county, or a single unit's region) and month.

    Raises a FiguresError for a region or publication that does not exist, NothingToReportError where nothing was due.
    """
    values = {"region": region, "month": month}
    with engine.begin() as connection:
        show_publication(connection, publication)
        require_region(connection, region)
        head = connection.execute(text(_HEAD), values).mappings().one()
        report = QualityReport(region_code=region, report_month=month, **head)
        report.units = [UnitLine(**row) for row in _rows(connection, _UNIT_LINES, values)]
        if not report.units:
            raise NothingToReportError(f"nothing of {month:%Y-%m} was expected of {region}")
        report.rules = [RuleLine(**row) for row in _rows(connection, _RULE_LINES, values)]
        report.cells = [_cell_line(**row) for row in _rows(connection, _CELL_LINES, values)]
        report.trend = [TrendPoint(**row) for row in _rows(connection, _TREND, values)]
        report.findings = [FindingLine(**row) for row in _rows(connection, _FINDINGS, values)]
        report.repeats = [RepeatLine(**row) for row in _rows(connection, _REPEATS, values)]
        report.amendments = [AmendmentLine(**row) for row in _rows(connection, _AMENDMENTS, values)]
        report.restatements = [RestatementLine(**row) for row in _rows(connection, _RESTATEMENTS, values)]
    return report


def _rows(connection: Connection, query: str, values: dict[str, Any]) -> Sequence[Any]:
    return connection.execute(text(query), values).mappings().all()


def _cell_line(sheet: str, column_name: str, findings: int, units: int) -> CellLine:
    """A line with the labels that submitters know."""
    definition = load_dictionary().get(sheet)
    labels = {column.name: column.label for column in definition.columns} if definition else {}
    return CellLine(definition.title if definition else sheet, labels.get(column_name, column_name), findings, units)


def regions_of(engine: Engine, publication_id: int) -> list[tuple[str, date]]:
    """Return the regions from the city upwards, and the months, that the scope of a publication touches."""
    query = text(
        """
        select distinct r.region_code, s.report_month
        from ops.publication_scope as s
        inner join history.dim_reporting_unit as u on u.unit_code = s.unit_code and u.published_to is null
        left join history.bridge_unit_region as b
            on b.unit_code = s.unit_code and b.published_to is null and b.is_main and b.region_level <> 'county'
            and b.valid_from <= s.report_month and (b.valid_to is null or b.valid_to > s.report_month)
        cross join lateral (
            select b.region_code where b.region_code is not null
            union
            select own.region_code
            from unnest(array[u.city_code, u.province_code, u.nation_code]) as own (region_code)
            where u.has_details is false
        ) as r
        where s.publication_id = :publication_id and r.region_code is not null
        order by 2, 1
        """
    )
    with engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(query, {"publication_id": publication_id})]
