"""What a feedback workbook says, from the judgement, the findings and the answers in the warehouse."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from taizhang.codelists import due_on, reporting_units
from taizhang.dictionary import load_dictionary
from taizhang.feedback.model import Feedback, Remark
from taizhang.settings import settings
from taizhang.warehouse.audit_tables import by_severity

# So many findings are listed in a workbook; Excel can link from no more than 65,530 cells of a sheet.
LISTED = 20_000

_JUDGEMENT = text(
    """
    select
        judgement.submission_id,
        judgement.gate_run_id,
        judgement.unit_code,
        judgement.report_month,
        judgement.outcome,
        submission.file_name,
        submission.sha256,
        gate_run.catalogue_version,
        (gate_run.finished_at at time zone 'Asia/Shanghai')::date as judged_on,
        (
            select in_force.submission_id
            from ops.submission as in_force
            where
                in_force.unit_code = judgement.unit_code
                and in_force.report_month = judgement.report_month
                and in_force.state = 'accepted'
        ) as in_force,
        (
            select count(*)
            from audit.judgement as earlier
            where earlier.submission_id = judgement.submission_id and earlier.gate_run_id <= judgement.gate_run_id
        ) as ordinal
    from audit.judgement as judgement
    inner join ops.submission as submission on judgement.submission_id = submission.submission_id
    inner join audit.gate_run as gate_run on judgement.gate_run_id = gate_run.gate_run_id
    where judgement.submission_id = :submission_id and judgement.gate_run_id = :gate_run_id
    """
)

_REMARKS = text(
    f"""
    with listed as (
        select
            finding.*,
            case when finding.waiver_id is null then finding.severity else 'info' end as level
        from audit.finding as finding
        where finding.submission_id = :submission_id and finding.gate_run_id = :gate_run_id
    )

    select
        coalesce(listed.finding_key, '') as finding_key,
        listed.check_id,
        listed.rule_id,
        listed.severity,
        listed.message_zh as message,
        listed.sheet_title,
        listed.cell,
        listed.value,
        listed.subject_label as subject,
        listed.advice_zh as advice,
        listed.suggestion_zh as suggestion,
        listed.waiver_id,
        answer.explanation as answer
    from listed
    left join lateral (
        select explanation.explanation
        from audit.explanation as explanation
        where explanation.finding_key = listed.finding_key
        order by explanation.explanation_id desc
        limit 1
    ) as answer on true
    order by
        {by_severity("listed.level")},
        listed.rule_id,
        listed.check_id,
        listed.sheet,
        listed.row_number,
        listed.cell,
        listed.finding_id
    limit :listed
    """  # noqa: S608
)

_COUNTS = text(
    """
    select case when waiver_id is null then severity else 'info' end as level, check_id, count(*) as findings
    from audit.finding
    where submission_id = :submission_id and gate_run_id = :gate_run_id
    group by 1, 2
    """
)

_ROWS = text(
    """
    select sheet_title, detail_count
    from raw.read_sheet
    where submission_id = :submission_id and sheet = any(:sheets)
    order by array_position(:sheets, sheet)
    """
)

_TITLES = text(
    """
    select entry.value ->> 'check_id' as check_id, entry.value ->> 'title_zh' as title
    from audit.rule_pack
    cross join lateral jsonb_array_elements(rule_pack.checks) as entry
    where rule_pack.catalogue_version = :version and entry.value ->> 'check_id' = any(:checks)
    """
)


@dataclass(frozen=True)
class Judged:
    """A feedback and where it belongs: the file that was judged, and the how manieth judgement of it this was."""

    feedback: Feedback
    sha256: str
    ordinal: int


def collect(connection: Connection, submission_id: int, gate_run_id: int) -> Judged:
    """Gather what one judgement of one submission has to say; NoResultFound when there is no such judgement."""
    key: dict[str, Any] = {"submission_id": submission_id, "gate_run_id": gate_run_id}
    judged = connection.execute(_JUDGEMENT, key).mappings().one()
    remarks = [Remark(**row) for row in connection.execute(_REMARKS, {**key, "listed": LISTED}).mappings()]
    counts = Counter({(row.level, row.check_id): row.findings for row in connection.execute(_COUNTS, key)})
    checks = {"version": judged["catalogue_version"], "checks": sorted({check for _, check in counts})}
    tables = [name for name, sheet in load_dictionary().items() if sheet.layout == "table"]
    rows = connection.execute(_ROWS, {**key, "sheets": tables})
    unit = reporting_units().units[judged["unit_code"]]
    feedback = Feedback(
        submission_id=submission_id,
        unit_code=unit.unit_code,
        unit_name=unit.unit_name,
        month=judged["report_month"],
        file_name=judged["file_name"],
        outcome=judged["outcome"],
        due_on=correction_due(unit.unit_kind, judged["report_month"], judged["judged_on"]),
        remarks=remarks,
        counts=counts,
        titles={row.check_id: row.title for row in connection.execute(_TITLES, checks)},
        accepted_rows={row.sheet_title: row.detail_count for row in rows},
        in_force=judged["in_force"],
    )
    return Judged(feedback, judged["sha256"], judged["ordinal"])


def correction_due(unit_kind: str, report_month: date, judged_on: date) -> date:
    """Return by when corrections must be back: some days after the judgement, yet not before the filing day itself."""
    filing_day = due_on(unit_kind, report_month)
    correction_day = judged_on + timedelta(days=settings().correction_days)
    return correction_day if filing_day is None else max(correction_day, filing_day)
