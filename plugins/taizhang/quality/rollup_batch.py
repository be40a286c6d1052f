"""What the cities and provinces of the batch are compared with: the submissions of the units below them."""

from sqlalchemy import Connection

from taizhang.quality.statements import Workplace, run


def create(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.below`: per submission of a city or province, each unit below and its submission of the month.

    That is the latest of the batch, else the one in force, else none. A city stands for its units when it has filed.
    """
    place.create_as(
        connection,
        "below",
        f"""
        with nearest as (
            select distinct on (unit_code, report_month) submission_id, unit_code, report_month
            from {place.gate}.batch
            order by unit_code, report_month, received_at desc, submission_id desc
        ),
        found as ({_found(place)}),
        weighed as (
            select *,
                bool_or(is_summary and below_submission_id is not null) over of_part as city_has_filed,
                bool_or(not is_summary) over of_part as has_units
            from found
            window of_part as (partition by submission_id, part_code)
        )
        select w.submission_id, w.report_month, w.part_code, w.part_name, w.unit_code, w.unit_name, w.is_summary,
            w.below_submission_id, w.in_batch,
            extract(month from w.report_month) = 2 and not exists (
                select from ops.submission as j
                where j.unit_code = w.unit_code and j.report_month = w.report_month - interval '1 month'
                    and j.state not in ('refused', 'withdrawn')
            ) as is_combined
        from weighed as w
        where w.is_summary = (w.city_has_filed or not w.has_units)""",
    )


def _found(place: Workplace) -> str:
    """SQL: each unit below, with its submission of the month."""
    return f"""
            select b.submission_id, b.report_month, p.part_code, p.part_name, p.below_code as unit_code, u.unit_name,
                p.is_summary, coalesce(n.submission_id, a.submission_id) as below_submission_id,
                n.submission_id is not null as in_batch
            from {place.gate}.batch as b
            inner join {place.gate}.part as p on p.unit_code = b.unit_code and p.report_month = b.report_month
            inner join {place.gate}.unit as u on u.unit_code = p.below_code
            left join nearest as n on n.unit_code = p.below_code and n.report_month = b.report_month
            left join ops.submission as a
                on a.unit_code = p.below_code and a.report_month = b.report_month and a.state = 'accepted'"""


def compare_with_standing(connection: Connection, place: Workplace) -> int:
    """Compare with the submission that stands where one below was held back; returns how many comparisons it moved.

    It looks at `<gate>.decision`. Where no other submission of the unit and month stands, nothing moves.
    """
    moved = run(
        connection,
        f"""
        with held as (select submission_id from {place.gate}.decision where state <> 'accepted'),
        standing as (
            select submission_id, unit_code, report_month, received_at, true as in_batch
            from {place.gate}.batch where submission_id not in (select submission_id from held)
            union all
            select submission_id, unit_code, report_month, received_at, false
            from ops.submission where state = 'accepted' and submission_id not in (select submission_id from held)
        ),
        replaced as (
            select distinct on (w.submission_id, w.unit_code) w.submission_id, w.unit_code,
                s.submission_id as below_submission_id, s.in_batch
            from {place.gate}.below as w
            inner join held as h on h.submission_id = w.below_submission_id
            inner join standing as s on s.unit_code = w.unit_code and s.report_month = w.report_month
            order by w.submission_id, w.unit_code, s.in_batch desc, s.received_at desc, s.submission_id desc
        )
        update {place.gate}.below as w
        set below_submission_id = r.below_submission_id, in_batch = r.in_batch
        from replaced as r
        where r.submission_id = w.submission_id and r.unit_code = w.unit_code""",
    )
    return moved.rowcount
