"""The judged table of responsible leaders: what each is to visit in the year, and what was reported so far."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from taizhang.codelists import visit_requirements
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.row_conditions import literal
from taizhang.quality.sheet_sql import in_months, submission_columns
from taizhang.quality.statements import Workplace

DETAIL, SHEET = "project_progress", "dispatch"
# Several leaders of one project stand in one cell.
BETWEEN_NAMES = "[、,;/]"


def build(connection: Connection, place: Workplace, months: Sequence[date]) -> None:
    """Build `<gate>.judged_leader`: one row per leader named in 项目进展, of submissions with the sheet 包抓调度.

    Only months whose report has that sheet count, for what is due and for what was done: a unit that does not file it
    owes no visit by it.
    """
    of_batch = in_months(months)
    of_years = in_months(date(month.year, number, 1) for month in months for number in range(1, month.month + 1))
    _build_year(connection, place)
    place.create_as(
        connection,
        "judged_leader",
        f"""
        with required as ({_required()}),
        led as (
            select r.submission_id, {_names("r.lead_official")} as leader, r.row_number, r.project_name
            from {rows_of(place, DETAIL)} as r
            where r.report_month in ({of_batch}) and r.lead_official is not null
                and r.submission_id in (select submission_id from {place.gate}.dispatch_year where is_own)
        ),
        leaders as (
            select submission_id, leader, min(row_number) as row_number, count(*)::integer as projects_led,
                (array_agg(project_name order by row_number))[1] as project_name
            from led
            where leader <> ''
            group by submission_id, leader
        ),
        events as ({_events(place, of_batch, of_years)}),
        filed as (
            select submission_id, count(*)::integer as months_filed, bool_or(is_own) as is_filed
            from {place.gate}.dispatch_year
            group by submission_id
        )
        select {submission_columns()}, l.row_number, l.project_name, l.projects_led, f.months_filed,
            coalesce(sum(e.visit_count) filter (where e.event_kind = any(q.event_kinds)), 0)::integer as visits_made,
            coalesce(q.visits_per_year * f.months_filed / 12, 0) as visits_required
        from {place.gate}.batch as b
        inner join filed as f on f.submission_id = b.submission_id and f.is_filed
        inner join leaders as l on l.submission_id = b.submission_id
        left join required as q
            on q.valid_from <= b.report_month and (q.valid_to is null or q.valid_to > b.report_month)
        left join events as e on e.submission_id = l.submission_id and e.leader = l.leader
        group by b.submission_id, b.unit_code, b.report_month, b.is_combined, l.row_number, l.leader, l.project_name,
            l.projects_led, f.months_filed, q.visits_per_year""",
    )


def _build_year(connection: Connection, place: Workplace) -> None:
    """Make `<gate>.dispatch_year`: per submission, the unit's reports of the year so far that have the sheet."""
    place.create_as(
        connection,
        "dispatch_year",
        f"""
        with nearest as (
            select distinct on (unit_code, report_month) submission_id, unit_code, report_month
            from {place.gate}.batch
            order by unit_code, report_month, received_at desc, submission_id desc
        ),
        earlier as (
            select b.submission_id, coalesce(n.submission_id, a.submission_id) as of_month
            from {place.gate}.batch as b
            cross join lateral generate_series(
                date_trunc('year', b.report_month), b.report_month - interval '1 month', interval '1 month'
            ) as m (report_month)
            left join nearest as n on n.unit_code = b.unit_code and n.report_month = m.report_month::date
            left join ops.submission as a
                on a.unit_code = b.unit_code and a.report_month = m.report_month::date and a.state = 'accepted'
        )
        select e.submission_id, e.of_month, false as is_own
        from earlier as e
        inner join raw.read_sheet as s on s.submission_id = e.of_month and s.sheet = '{SHEET}'
        union all
        select b.submission_id, b.submission_id, true
        from {place.gate}.batch as b
        inner join {place.raw}.read_sheet as s on s.submission_id = b.submission_id and s.sheet = '{SHEET}'""",
    )


def _events(place: Workplace, of_batch: str, of_years: str) -> str:
    """SQL: the events of each submission's year, those of its own rows and those of earlier reports."""

    def taken(source: str, months: str, is_own: bool) -> str:
        return f"""
            select y.submission_id, {_names("r.leader_name")} as leader, r.event_kind,
                coalesce(r.visit_count, 1) as visit_count
            from {place.gate}.dispatch_year as y
            inner join {source} as r on r.submission_id = y.of_month
            where r.report_month in ({months}) and y.is_own = {literal(is_own)} and r.leader_name is not null"""

    own, earlier = taken(rows_of(place, SHEET), of_batch, True), taken(rows_of(place.stored, SHEET), of_years, False)
    return f"{own} union all {earlier}"


def _names(column: str) -> str:
    """SQL: one row per person named in a cell; the width of characters and spaces do not tell persons apart."""
    return (
        f"regexp_split_to_table(regexp_replace(normalize({column}, nfkc), '[[:space:]]', '', 'g'), '{BETWEEN_NAMES}')"
    )


def _required() -> str:
    """SQL: each requirement with the kinds that count and the day on which the next one takes its place."""
    listed = visit_requirements()
    ends = [literal(one.valid_from) for one in listed[1:]] + ["null::date"]
    rows = ", ".join(
        f"({literal(one.valid_from)}, {end}, {one.visits_per_year}, array[{', '.join(map(literal, one.event_kinds))}])"
        for one, end in zip(listed, ends, strict=True)
    )
    return f"select * from (values {rows}) as q (valid_from, valid_to, visits_per_year, event_kinds)"
