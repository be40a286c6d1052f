"""The judged tables that follow issues from one report of a unit to the next."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.sheet_sql import in_months, submission_columns
from taizhang.quality.statements import Workplace

SHEET = "issues"


def build_before(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Build `<gate>.issue_before`: the issues that stood in the report before each submission of the batch.

    One row per submission and issue. An issue lives on into the next year: unlike the figures of projects, those of a
    January are compared with December. Before a report of January and February together comes that of December.
    """
    earlier = in_months(sorted(_months_before(months)))
    place.create_as(
        connection,
        "issue_before",
        f"""
        with wanted as (
            select submission_id, unit_code, prev_submission_id,
                (report_month - case when is_combined then interval '2 months' else interval '1 month' end)::date
                    as month_before
            from {place.gate}.batch
        ),
        nearest as (
            select distinct on (unit_code, report_month) submission_id, unit_code, report_month
            from {place.gate}.batch
            order by unit_code, report_month, received_at desc, submission_id desc
        ),
        prior as (
            select w.submission_id,
                coalesce(w.prev_submission_id, n.submission_id, a.submission_id) as prior_id
            from wanted as w
            left join nearest as n on n.unit_code = w.unit_code and n.report_month = w.month_before
            left join ops.submission as a
                on a.unit_code = w.unit_code and a.report_month = w.month_before and a.state = 'accepted'
        )
        select p.submission_id, r.issue_no, r.issue_text, r.is_closed,
            count(*) over (partition by p.submission_id, r.issue_no) as same_no
        from prior as p
        inner join {rows_of(place.stored, SHEET)} as r on r.submission_id = p.prior_id
        where r.report_month in ({earlier}) and r.issue_no is not null""",
    )


def _months_before(months: Sequence[date]) -> set[date]:
    """The first days of the month before each and of the one before that."""
    before = {(month - timedelta(days=1)).replace(day=1) for month in months}
    return before | {(month - timedelta(days=1)).replace(day=1) for month in before}


def build_open(connection: Connection, place: Workplace) -> None:
    """Build `<gate>.judged_open_issue`: one row per issue that the report before left open, and whether it is gone."""
    place.create_as(
        connection,
        "judged_open_issue",
        f"""
        select {submission_columns()}, null::integer as row_number, o.issue_no, o.issue_text,
            case when not exists (
                select from {place.gate}.judged_issues as i
                where i.submission_id = o.submission_id and i.issue_no = o.issue_no
            ) then o.issue_text end as vanished_issue
        from {place.gate}.batch as b
        inner join {place.gate}.issue_before as o on o.submission_id = b.submission_id
        where o.is_closed is not true and o.same_no = 1""",
    )
