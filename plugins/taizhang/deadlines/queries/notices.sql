-- One notice per addressee, matter and day, for each stage that was not told before.
with addressees as (
    select *
    from jsonb_to_recordset(cast(:addressees as jsonb)) as addressee (unit_code text, level integer, addressee text)
),

reminders as (
    select *
    from jsonb_to_recordset(cast(:reminders as jsonb)) as reminder (
        family text, before integer [], after integer [], escalate integer []
    )
),

counted as (
    select
        matter.*,
        :day - matter.since as days,
        reminders.before,
        reminders.escalate,
        (select max(step) from unnest(reminders.after) as step where step <= :day - matter.since) as days_told
    from matter
    left join reminders on matter.family = reminders.family
),

staged as (
    select
        counted.*,
        coalesce(
            counted.stage,
            case
                when counted.days > 0 then counted.days_told::text
                else (select '-' || min(step) from unnest(counted.before) as step where step >= -counted.days)
            end
        ) as reached
    from counted
),

told as (
    select
        staged.*,
        addressees.addressee
    from staged
    inner join addressees on staged.unit_code = addressees.unit_code
    where
        addressees.level = 0
        or (staged.kind = 'light_red' and addressees.level = 1)
        or (staged.days > 0 and staged.days_told >= staged.escalate[addressees.level])
    union all
    select
        staged.*,
        :operators as addressee
    from staged
    where staged.family = 'operators'
    union all
    select distinct
        staged.*,
        addressees.addressee
    from staged
    inner join ops.publication_scope on staged.stage = publication_scope.publication_id::text
    inner join addressees on publication_scope.unit_code = addressees.unit_code
    where staged.family = 'publication' and addressees.level > 0
)

insert into ops.notice (
    noticed_on, addressee, kind, subject, stage, unit_code, report_month, label, since, days, detail
)
select
    :day as noticed_on,
    told.addressee,
    told.kind,
    told.subject,
    told.reached,
    told.unit_code,
    told.report_month,
    told.label,
    told.since,
    told.days,
    told.detail
from told
where
    told.reached is not null
    and not exists (
        select 1
        from ops.notice
        where
            notice.addressee = told.addressee
            and notice.subject = told.subject
            and notice.kind = told.kind
            and notice.stage = told.reached
            and notice.noticed_on < :day
    )
on conflict (addressee, subject, kind, noticed_on) do nothing
