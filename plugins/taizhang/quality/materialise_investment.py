"""What the sheets on investment are judged against: the unit's own list, its history, its year and its month before."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.codelists import flagged
from taizhang.dictionary import load_dictionary
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.investment_extras import WHOLE_FAI, is_productive, new_this_year
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_sql import columns_of, in_months, own_half_widths
from taizhang.quality.statements import Workplace, one_of

FAI = "fixed_asset_investment"
PIPELINE = "pipeline"
PROMOTION = "investment_promotion"
HISTORY_MONTHS = 12
YEAR = 12


def build(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Build the tables that the extras of these sheets join; after the judged table of 项目进展."""
    of_batch = in_months(months)
    place.create_as(connection, "own_list", _own_list(place, of_batch))
    place.create_as(connection, "fai_year_before", _fai_year_before(place, months))
    place.create_as(connection, "own_history", _own_history(place, months, of_batch))
    place.create_as(connection, "pipeline_sum", _pipeline_sum(place, of_batch))
    place.create_as(connection, "promotion_before", _promotion_before(place, months))


def _back(month: date, count: int) -> date:
    years, number = divmod(month.year * YEAR + month.month - 1 - count, YEAR)
    return date(years, number + 1, 1)


def _submissions(place: Workplace) -> str:
    return f"select submission_id from {place.gate}.batch"


def _own_list(place: Workplace, of_batch: str) -> str:
    """SQL: per submission what its projects, or the total of its summary, have completed this year and have planned."""
    return f"""
        select submission_id, sum(ytd_completed_wan) as list_ytd, sum(ytd_completed_wan_h) as list_ytd_h,
            sum(annual_plan_wan) as list_plan, sum(annual_plan_wan_h) as list_plan_h
        from {place.gate}.judged_project_progress
        group by submission_id
        union all
        select r.submission_id, min(r.ytd_completed_wan), max(c.ytd_completed_wan_h), min(r.annual_plan_wan),
            max(c.annual_plan_wan_h)
        from {rows_of(place, "summary")} as r
        inner join ({columns_of(load_dictionary()["summary"], place)}) as c on c.submission_id = r.submission_id
        where r.report_month in ({of_batch}) and r.breakdown_name = 'total'
            and r.submission_id not in (select submission_id from {place.gate}.judged_project_progress)
        group by r.submission_id"""


def _fai_year_before(place: Workplace, months: Sequence[date]) -> str:
    """SQL: per submission and category what was filed for the same month of the year before, first and as it stands."""
    sheet = load_dictionary()[FAI]
    earlier = "select filed_id from chosen union select first_id from chosen"
    stored = place.stored
    return f"""
        with candidate as (
            select b.submission_id, s.submission_id as earlier_id, s.received_at, s.state = 'accepted' as stands
            from {place.gate}.batch as b
            inner join ops.submission as s
                on s.unit_code = b.unit_code and s.report_month = (b.report_month - interval '1 year')::date
            where s.state in ('accepted', 'superseded') or s.submission_id in ({_submissions(place)})
        ),
        chosen as materialized (
            select submission_id,
                (array_agg(earlier_id order by stands desc, received_at desc, earlier_id desc))[1] as filed_id,
                (array_agg(earlier_id order by received_at, earlier_id))[1] as first_id
            from candidate
            group by submission_id
        ),
        columns_of as ({columns_of(sheet, stored, earlier)}),
        precision as ({own_half_widths(sheet, stored, earlier)}),
        figure as (
            select r.submission_id, r.fai_category, min(r.ytd_fai_wan) as ytd,
                max(coalesce(f.ytd_fai_wan_h, c.ytd_fai_wan_h)) as half
            from {rows_of(stored, FAI)} as r
            left join columns_of as c on c.submission_id = r.submission_id
            left join precision as f on f.submission_id = r.submission_id and f.row_number = r.row_number
            where r.report_month in ({in_months(_back(month, YEAR) for month in months)})
                and r.submission_id {one_of(earlier)}
            group by r.submission_id, r.fai_category
            having count(*) = 1
        )
        select c.submission_id, g.fai_category,
            max(g.ytd) filter (where g.submission_id = c.filed_id) as filed,
            max(g.half) filter (where g.submission_id = c.filed_id) as filed_h,
            max(g.ytd) filter (where g.submission_id = c.first_id) as first,
            max(g.half) filter (where g.submission_id = c.first_id) as first_h
        from chosen as c
        inner join figure as g on g.submission_id in (c.filed_id, c.first_id)
        group by c.submission_id, g.fai_category"""


def _own_history(place: Workplace, months: Sequence[date], of_batch: str) -> str:
    """SQL: per submission with a level of fixed-asset investment how the list stood to it in the twelve months before.

    `list_before` is what the list had completed by the same month of the year before.
    """
    stored = place.stored
    earlier_months = in_months(
        sorted({_back(month, back) for month in months for back in range(1, HISTORY_MONTHS + 1)})
    )
    return f"""
        with wanted as (
            select b.submission_id, b.unit_code, b.report_month
            from {place.gate}.batch as b
            where b.submission_id in (
                select submission_id from {rows_of(place, FAI)} as r
                where report_month in ({of_batch}) and fai_category = {literal(WHOLE_FAI)}
                    and coalesce(ytd_fai_wan, fai_growth_pct) is not null
            )
        ),
        standing as materialized (
            select distinct on (w.submission_id, s.report_month) w.submission_id, s.submission_id as earlier_id,
                s.report_month = (w.report_month - interval '1 year')::date as is_year_before
            from wanted as w
            inner join ops.submission as s on s.unit_code = w.unit_code and s.report_month < w.report_month
                and s.report_month >= w.report_month - interval '{HISTORY_MONTHS} months'
            where s.state = 'accepted' or s.submission_id in ({_submissions(place)})
            order by w.submission_id, s.report_month, s.state = 'accepted' desc, s.received_at desc,
                s.submission_id desc
        ),
        detail as (
            select submission_id, sum(ytd_completed_wan) as ytd
            from {rows_of(stored, "project_progress")} as r
            where report_month in ({earlier_months}) and submission_id in (select earlier_id from standing)
            group by submission_id
        ),
        listed as (
            select submission_id, ytd from detail
            union all
            select submission_id, min(ytd_completed_wan) from {rows_of(stored, "summary")} as r
            where report_month in ({earlier_months}) and submission_id in (select earlier_id from standing)
                and breakdown_name = 'total' and submission_id not in (select submission_id from detail)
            group by submission_id
        ),
        fai as (
            select submission_id, min(ytd_fai_wan) as ytd
            from {rows_of(stored, FAI)} as r
            where report_month in ({earlier_months}) and submission_id in (select earlier_id from standing)
                and fai_category = {literal(WHOLE_FAI)}
            group by submission_id
        )
        select s.submission_id, avg(l.ytd / nullif(f.ytd, 0)) as ratio_mean,
            stddev_samp(l.ytd / nullif(f.ytd, 0)) as ratio_deviation,
            count(l.ytd / nullif(f.ytd, 0))::integer as history_months,
            max(l.ytd) filter (where s.is_year_before) as list_before
        from standing as s
        left join listed as l on l.submission_id = s.earlier_id
        left join fai as f on f.submission_id = s.earlier_id
        group by s.submission_id"""


def _codes(codes: frozenset[str]) -> str:
    return ", ".join(map(literal, sorted(codes)))


def _pipeline_sum(place: Workplace, of_batch: str) -> str:
    """SQL: per submission what its reserve holds, and what was entered this year; who dropped out does not count."""
    sheet = load_dictionary()[PIPELINE]
    in_stock = f"r.pipeline_stage in ({_codes(flagged('pipeline_stage', 'is_in_stock'))})"
    is_new = f"{new_this_year()} and r.pipeline_stage <> 'dropped'"
    productive = is_productive()
    return f"""
        select r.submission_id, min(r.row_number) as first_row, (count(*) filter (where {in_stock}))::integer as stock,
            (count(*) filter (where {is_new}))::integer as new_count,
            (count(*) filter (where {is_new} and {productive}))::integer as new_productive,
            sum(r.total_investment_wan) filter (where {is_new}) as new_investment,
            sum(coalesce(f.total_investment_wan_h, c.total_investment_wan_h)) filter (where {is_new})
                as new_investment_h
        from {rows_of(place, PIPELINE)} as r
        left join ({columns_of(sheet, place)}) as c on c.submission_id = r.submission_id
        left join ({own_half_widths(sheet, place, _submissions(place))}) as f
            on f.submission_id = r.submission_id and f.row_number = r.row_number
        where r.report_month in ({of_batch}) and r.submission_id in ({_submissions(place)})
        group by r.submission_id"""


def _promotion_before(place: Workplace, months: Sequence[date]) -> str:
    """SQL: the signed projects of the submissions of the month before, with what was in place."""
    sheet, stored = load_dictionary()[PROMOTION], place.stored
    earlier = f"select prev_submission_id from {place.gate}.batch where prev_submission_id is not null"
    return f"""
        select r.submission_id, r.project_code, r.project_name, r.in_place_wan,
            coalesce(f.in_place_wan_h, c.in_place_wan_h) as in_place_wan_h,
            count(*) over (partition by r.submission_id, r.project_code) as same_code,
            count(*) over (partition by r.submission_id, r.project_name) as same_name
        from {rows_of(stored, PROMOTION)} as r
        left join ({columns_of(sheet, stored, earlier)}) as c on c.submission_id = r.submission_id
        left join ({own_half_widths(sheet, stored, earlier)}) as f
            on f.submission_id = r.submission_id and f.row_number = r.row_number
        where r.report_month in ({in_months(_back(month, 1) for month in months)})
            and r.submission_id {one_of(earlier)}"""
