"""The judged table of whole submissions: the cover, when it was filed, what it replaces and what it resembles."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.dictionary import load_dictionary
from taizhang.quality import likeness, reference, restatement
from taizhang.quality.sheet_sql import columns_of, in_months, sheet_fields, submission_columns
from taizhang.quality.statements import Workplace

# What was received before filing days were kept was filed when it was received.
FILED_ON = "coalesce(b.filed_on, (b.received_at at time zone interval '8 hours')::date)"
SIGNERS = ("filler_name", "reviewer_name", "approver_name")


def build(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Build `<gate>.judged_submission`, one row per submission of the batch; the rows of its sheets are judged before.

    `months` are those of the batch.
    """
    likeness.build(connection, place, months)
    restatement.build(connection, place, months)
    sheet = load_dictionary()["cover"]
    of_batch = in_months(months)
    place.create_as(
        connection,
        "judged_submission",
        f"""
        with columns_of as ({columns_of(sheet, place)}),
        cover as (select * from {place.raw}.cover where report_month in ({of_batch})),
        due as ({reference.due_days(months)}),
        region as ({reference.regions_of_months(place, of_batch)}),
        filed as ({_filed_before(place)}),
        in_force as ({_in_force(place)})
        select {submission_columns()}, b.file_name, {sheet_fields(sheet)},
            {FILED_ON} as filed_on, d.due_on,
            case when i.submission_id is null then {FILED_ON} - d.due_on end as days_late,
            e.last_filed_month,
            (extract(month from b.report_month) - 1 - extract(month from e.last_filed_month))::integer
                as months_skipped,
            i.file_name as replaced_file, i.filed_on as replaced_filed_on, {_signers_missing()} as signers_missing,
            u.unit_name, u.valid_from as unit_valid_from, u.valid_to as unit_valid_to,
            case when u.unit_code is null or u.region_name is null or u.valid_from > b.report_month
                or u.valid_to <= b.report_month or g.region_code is null then b.unit_code end as invalid_unit,
            case when g.replaced_by is not null then b.unit_code end as replaced_unit,
            u.known_by as unit_region_code, g.replaced_by as unit_region_replaced_by,
            {", ".join(f"t.{name}" for name in likeness.COLUMNS)},
            {", ".join(f"z.{name}" for name in restatement.COLUMNS)}
        from {place.gate}.batch as b
        left join {place.gate}.unit as u on u.unit_code = b.unit_code
        left join region as g on g.region_code = u.known_by and g.report_month = b.report_month
        left join cover as r on r.submission_id = b.submission_id
        left join columns_of as c on c.submission_id = b.submission_id
        left join due as d on d.unit_kind = b.unit_kind and d.report_month = b.report_month
        left join filed as e on e.submission_id = b.submission_id
        left join in_force as i on i.replaced_by = b.submission_id
        left join {place.gate}.likeness as t on t.submission_id = b.submission_id
        left join {place.gate}.restatement as z on z.submission_id = b.submission_id""",
    )


def _filed_before(place: Workplace) -> str:
    """SQL: the latest month of the same year before this one of which the unit has filed what could be read."""
    return f"""
            select b.submission_id, max(o.report_month) as last_filed_month
            from {place.gate}.batch as b
            inner join ops.submission as o on o.unit_code = b.unit_code
            where o.state not in ('refused', 'withdrawn') and o.report_month < b.report_month
                and o.report_month >= date_trunc('year', b.report_month)
            group by b.submission_id"""


def _in_force(place: Workplace) -> str:
    """SQL: the accepted submission of the same unit and month, itself apart."""
    return f"""
            select b.submission_id as replaced_by, o.submission_id, o.file_name, o.filed_on
            from {place.gate}.batch as b
            inner join ops.submission as o
                on o.unit_code = b.unit_code and o.report_month = b.report_month and o.state = 'accepted'
            where o.submission_id <> b.submission_id"""


def _signers_missing() -> str:
    """SQL: which of the three who sign are not named on a cover that was read; null when none is missing."""
    labels = {name: load_dictionary()["cover"].column(name).label for name in SIGNERS}
    listed = ", ".join(f"case when r.{name} is null then '{label}' end" for name, label in labels.items())
    return f"case when r.reporting_unit is not null then nullif(concat_ws('、', {listed}), '') end"
