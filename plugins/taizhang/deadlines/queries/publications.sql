-- What was published lately.
insert into matter (family, kind, subject, label, since, stage, detail)
select
    'publication' as family,
    'publication' as kind,
    'publication:' || publication.publication_id as subject,
    '第 ' || publication.publication_id || ' 期发布' as label,
    (publication.published_at at time zone 'Asia/Shanghai')::date as since,
    publication.publication_id::text as stage,
    jsonb_build_object(
        'publication_id', publication.publication_id,
        'unit_months', (
            select count(*)
            from ops.publication_scope
            where publication_scope.publication_id = publication.publication_id
        )
    ) as detail
from ops.publication
where
    publication.state = 'published'
    and (publication.published_at at time zone 'Asia/Shanghai')::date between :day - 7 and :day
