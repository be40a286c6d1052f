"""Follow each finding through the versions of a unit's month, and say which waivers and corrections touch it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# A version is a submission that was judged, counted from 1 within the month of its unit; what counts is its newest
# judgement. A finding ends in the first version after its last one, or in its last one if that was judged again.
FINDING_LIFE_OF = """
create function audit.finding_life_of(of_unit text, of_month date) returns table (
    unit_code text,
    report_month date,
    finding_key text,
    check_id text,
    status text,
    first_version integer,
    last_version integer,
    version_count integer,
    newest_version integer,
    fixed_in_version integer,
    gone_in_version integer,
    first_submission_id bigint,
    last_submission_id bigint,
    last_finding_id bigint,
    waiver_id text,
    explanation text
)
language sql stable as $$
with judged as (
    select j.submission_id, max(j.gate_run_id) as gate_run_id
    from audit.judgement as j
    where j.unit_code = of_unit and j.report_month = of_month
    group by j.submission_id
),

version as (
    select
        judged.submission_id,
        judged.gate_run_id,
        (row_number() over (order by s.received_at, s.submission_id))::integer as number,
        (count(*) over ())::integer as newest
    from judged
    inner join ops.submission as s on s.submission_id = judged.submission_id
),

appearance as (
    select
        f.finding_id, f.finding_key, f.check_id, f.sheet, f.subject_key, f.subject_label, f.waiver_id,
        f.gate_run_id, f.submission_id, v.number, v.newest, f.gate_run_id = v.gate_run_id as is_current
    from version as v
    inner join audit.finding as f on f.submission_id = v.submission_id
    where f.finding_key is not null
),

span as (
    select
        a.finding_key,
        min(a.number) as first_version,
        count(distinct a.number)::integer as version_count
    from appearance as a
    group by a.finding_key
),

latest as (
    select distinct on (a.finding_key)
        a.*,
        case
            when not a.is_current then a.number
            when a.number < a.newest then a.number + 1
        end as ended_in
    from appearance as a
    order by a.finding_key, a.number desc, a.gate_run_id desc
),

ended as (
    select
        l.finding_key, l.sheet, l.subject_key, l.subject_label, l.submission_id, v.submission_id as ended_submission_id
    from latest as l
    inner join version as v on v.number = l.ended_in
),

looked_into as (
    select e.submission_id from ended as e
    union
    select e.ended_submission_id from ended as e
),

subject as (
    select p.submission_id, 'project_progress'::text as sheet, named.name
    from looked_into as i
    inner join raw.project_progress as p on p.submission_id = i.submission_id and p.report_month = of_month
    cross join lateral (values (coalesce(p.project_code, p.project_name)), (p.project_name)) as named (name)
    union all
    select r.submission_id, 'summary', concat_ws('/', r.breakdown_name, r.item_name)
    from looked_into as i
    inner join raw.summary as r on r.submission_id = i.submission_id and r.report_month = of_month
    union all
    select t.submission_id, t.sheet, concat_ws('/', t.total_kind, t.label)
    from looked_into as i
    inner join raw.reported_total as t on t.submission_id = i.submission_id and t.report_month = of_month
),

sought as materialized (
    select e.finding_key, e.sheet, e.submission_id, e.ended_submission_id, named.name, named.is_key
    from ended as e
    cross join lateral (values (e.subject_key, true), (e.subject_label, false)) as named (name, is_key)
),

row_lost as (
    select w.finding_key
    from sought as w
    inner join subject as n on n.sheet = w.sheet and n.name = w.name
    group by w.finding_key
    having
        bool_or(w.is_key and n.submission_id = w.submission_id)
        and not bool_or(n.submission_id = w.ended_submission_id)
),

sheet_lost as (
    select e.finding_key
    from ended as e
    inner join raw.read_sheet as was on was.submission_id = e.submission_id and was.sheet = e.sheet
    left join raw.read_sheet as still on still.submission_id = e.ended_submission_id and still.sheet = e.sheet
    where still.submission_id is null
),

lost as (
    select r.finding_key from row_lost as r
    union
    select t.finding_key from sheet_lost as t
),

answer as (
    select distinct on (e.finding_key) e.finding_key, e.explanation
    from audit.explanation as e
    where e.finding_key in (select l.finding_key from latest as l)
    order by e.finding_key, e.explanation_id desc
)

select
    of_unit,
    of_month,
    e.finding_key,
    e.check_id,
    case
        when g.finding_key is not null then 'gone'
        when e.ended_in is not null then 'fixed'
        when e.waiver_id is not null then 'waived'
        when a.explanation is not null then 'explained'
        else 'open'
    end,
    s.first_version,
    e.number,
    s.version_count,
    e.newest,
    case when g.finding_key is null then e.ended_in end,
    case when g.finding_key is not null then e.ended_in end,
    first.submission_id,
    e.submission_id,
    e.finding_id,
    e.waiver_id,
    a.explanation
from latest as e
inner join span as s on s.finding_key = e.finding_key
inner join version as first on first.number = s.first_version
left join lost as g on g.finding_key = e.finding_key
left join answer as a on a.finding_key = e.finding_key
$$
"""

FINDING_LIFE = """
create view audit.finding_life as
with unit_month as (
    select distinct unit_code, report_month from audit.judgement
)

select life.*
from unit_month
cross join lateral audit.finding_life_of(unit_month.unit_code, unit_month.report_month) as life
"""

UNIT_MONTH_AMENDMENT = """
create view audit.unit_month_amendment as
with judged as (
    select unit_code, report_month, submission_id, max(gate_run_id) as gate_run_id
    from audit.judgement
    group by unit_code, report_month, submission_id
),

version as (
    select
        judged.unit_code,
        judged.report_month,
        judged.submission_id,
        judged.gate_run_id,
        submission.state = 'accepted' as is_in_force,
        row_number() over (
            partition by judged.unit_code, judged.report_month
            order by submission.received_at desc, submission.submission_id desc
        ) = 1 as is_newest
    from judged
    inner join ops.submission as submission on judged.submission_id = submission.submission_id
)

select
    version.unit_code,
    version.report_month,
    version.submission_id,
    version.is_in_force,
    version.is_newest,
    amendment.kind,
    amendment.amendment_id,
    amendment.entry ->> 'reason' as reason,
    amendment.entry ->> 'author' as author,
    amendment.entry ->> 'approver' as approver,
    (amendment.entry ->> 'expires')::date as expires,
    amendment.finding_count,
    amendment.entry,
    amendment.gate_run_id,
    amendment.created_at
from version
inner join audit.amendment as amendment
    on version.submission_id = amendment.submission_id and version.gate_run_id = amendment.gate_run_id
where (version.is_in_force or version.is_newest) and amendment.finding_count > 0
"""

COMMENTS = {
    "function audit.finding_life_of(text, date)": "What became of each finding on a unit's month: open, explained,"
    " waived, fixed in a version, gone with its row or sheet.",
    "view audit.finding_life": "The same of all units and months.",
    "view audit.unit_month_amendment": "Waivers and corrections that touch the submission in force or the newest one"
    " of a unit's month, as of its newest judgement.",
}


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "judgement",
        sa.Column(
            "waived_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Findings that a waiver took out of the other counts.",
        ),
        schema="audit",
    )
    op.add_column(
        "cell_correction",
        sa.Column("half_width", sa.Numeric(), nullable=True, comment="Of the new figure, in the stored unit."),
        schema="raw",
    )
    for statement in (FINDING_LIFE_OF, FINDING_LIFE, UNIT_MONTH_AMENDMENT):
        op.execute(statement)
    for thing, comment in COMMENTS.items():
        op.execute(f"comment on {thing} is $text${comment}$text$")
