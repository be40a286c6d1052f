-- What the readers' views are made of. Run whenever it differs from what the database has; see roles.py.

create schema if not exists personal;
comment on schema marts is 'Published figures, English names, without the names of persons.';
comment on schema bi is '已发布数据，中文表名和列名，不含人员姓名、电话。';
comment on schema personal is 'Published figures with the names of persons, for auditors only. 含人员姓名，仅供审计人员。';

-- The publication that the session asks for, else the current one. An unset setting reads as '' on a connection that is
-- used again. With the rights of its owner, so that readers need none on ops.
create or replace function ops.shown_publication() returns integer
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select coalesce(
        nullif(current_setting('taizhang.publication', true), '')::integer,
        (select publication_id from ops.current_publication)
    )
$$;

-- Whether the login is bound to no region. Asks who has logged in: neither SET nor SET ROLE changes that.
create or replace function ops.reads_all_regions() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
    select exists (
        select from pg_roles
        where rolname in ('taizhang_bi', 'taizhang_auditor') and pg_has_role(session_user, oid, 'member')
    )
    or exists (
        select from pg_namespace
        where nspname = 'history' and pg_has_role(session_user, nspowner, 'member')
    )
$$;

-- The regions that the login is bound to and all below them, by today's geography; nobody's are none.
create or replace function ops.visible_regions() returns text[]
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
    return (
        with known as (
            select region.region_code, region.region_level, region.city_code, region.province_code
            from history.dim_region as region
            inner join ops.current_publication as current_publication
                on
                    region.published_from <= current_publication.publication_id
                    and coalesce(region.published_to > current_publication.publication_id, true)
            where region.is_latest
        ),

        bound as (
            select access.region_code
            from ops.region_access as access
            inner join pg_roles as granted on access.role_name = granted.rolname
            where pg_has_role(session_user, granted.oid, 'member')
        )

        select coalesce(array_agg(distinct known.region_code), '{}')
        from known
        where
            exists (
                select from bound
                where bound.region_code in (known.region_code, known.city_code, known.province_code)
            )
            or exists (
                select from bound
                inner join known as nation on bound.region_code = nation.region_code
                where nation.region_level = 'nation'
            )
    );
end
$$;

-- The reporting units in these regions.
create or replace function ops.visible_units() returns text[]
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
    return (
        select coalesce(array_agg(distinct unit.unit_code), '{}')
        from history.dim_reporting_unit as unit
        inner join ops.current_publication as current_publication
            on
                unit.published_from <= current_publication.publication_id
                and coalesce(unit.published_to > current_publication.publication_id, true)
        where unit.region_code = any((select ops.visible_regions())::text[])
    );
end
$$;

create or replace view marts.publication with (security_barrier = true) as
select
    publication_id,
    published_at,
    publication_id = ops.shown_publication() as is_shown
from ops.publication
where state = 'published';
comment on view marts.publication is 'The publications that can be asked for. One row per publication.';
comment on column marts.publication.publication_id is 'Number of the publication, for SET taizhang.publication.';
comment on column marts.publication.published_at is 'When it was published.';
comment on column marts.publication.is_shown is 'Whether this session sees it now.';

create or replace view bi."发布期" with (security_barrier = true) as
select
    publication_id as "期号",
    published_at as "发布时间",
    is_shown as "是否当前所见"
from marts.publication;
comment on view bi."发布期" is '可查询的各期发布；每行对应一期。The publications that can be asked for.';
comment on column bi."发布期"."期号" is '期号；发布期的编号，用于 SET taizhang.publication。Number of the publication.';
comment on column bi."发布期"."发布时间" is '发布时间；该期发布的时间。When it was published.';
comment on column bi."发布期"."是否当前所见" is '是否当前所见；本会话看到的是否为该期。Whether this session sees it now.';
