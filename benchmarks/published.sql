-- Published figures of many months: the rows of the marts that the questions of queries.py read, as many as the nation
-- has. Wanted: the temporary table `size` (months, counties, projects of each). Dimensions are those that dbt has built.
-- Of each month one row in ten was restated by a later publication; both its states stay.

create temporary table months as
select
    number,
    (date '2026-12-01' - make_interval(months => size.months - 1 - number))::date as report_month
from size
cross join lateral generate_series(0, size.months - 1) as number;

create temporary table counties as
select row_number() over (order by region_code) - 1 as number, region_code, city_code, province_code, region_name
from history.dim_region
where is_latest and valid_to is null and region_level = 'county'
order by region_code
limit (select size.counties from size);

create temporary table places as
select region_code, region_level from history.dim_region
where
    is_latest
    and (
        region_level = 'nation'
        or region_code in (select code from counties cross join unnest(array[region_code, city_code, province_code]) as code)
    );

-- A publication a night; month n is first published in the nights of n, what is restated some nights later.
insert into ops.publication (publication_id, state, published_at, code_version, catalogue_version)
select night, 'published', now(), 'benchmark', 'benchmark'
from generate_series(2, (select 30 * size.months + 1 from size)) as night;
update ops.publication set state = 'published', published_at = now() where state = 'building';
insert into ops.current_publication (publication_id) select max(publication_id) from ops.publication;

-- Every county files for itself.
delete from history.dim_reporting_unit;
insert into history.dim_reporting_unit (
    unit_code, unit_name, unit_kind, kind_name, has_details, region_code, city_code, province_code, nation_code,
    valid_from, published_from
)
select
    region_code, region_name, 'county', '县（市、区）', true, region_code, city_code, province_code, '100000',
    '2000-01-01', 1
from counties;

-- Which rows there are in how many states: `night` and `until` are the publications that show a state.
create function pg_temp.states(month_number integer, drawn bigint)
returns table (state integer, night integer, until integer)
language sql immutable as $$
    select state, first_night + 7 * state, case when state = 0 and drawn % 10 = 0 then first_night + 7 end
    from (select (1 + 30 * month_number + drawn % 20)::integer as first_night) as dated
    cross join generate_series(0, (drawn % 10 = 0)::integer) as state
$$;

-- mart: agg_region_month
insert into history.agg_region_month
select
    months.report_month, places.region_code, lists.list_code, places.region_level,
    drawn % 900, drawn % 450, drawn % 9000000 / 10.0, drawn % 900000 / 10.0, drawn % 70000 / 10.0,
    drawn % 800000 / 10.0 + state, drawn % 5000000 / 10.0, drawn % 4000000 / 10.0, drawn % 3000000 / 10.0,
    drawn % 120, drawn % 100, 100 * extract(month from months.report_month) / 12, drawn % 60 - 30, 9, 9, night, until
from months
cross join places
cross join (select list_code from history.dim_list order by list_code limit 7) as lists
cross join lateral (
    select abs(hashtext(places.region_code || lists.list_code || months.number)::bigint) as drawn
) as chance
cross join lateral pg_temp.states(months.number, drawn) as states
order by months.number;

-- mart: agg_warning_region_month
insert into history.agg_warning_region_month
select
    months.report_month, places.region_code, kinds.warning_kind, places.region_level,
    300, drawn % 40 + state, drawn % 90, 100, drawn % 40 / 3.0, 9, 9, night, until
from months
cross join places
cross join (select warning_kind from staging.warning_kind union all select 'all') as kinds
cross join lateral (
    select abs(hashtext(places.region_code || kinds.warning_kind || months.number)::bigint) as drawn
) as chance
cross join lateral pg_temp.states(months.number, drawn) as states
order by months.number;

-- mart: agg_bond_funnel_region_month
insert into history.agg_bond_funnel_region_month
select
    months.report_month, places.region_code, channels.fund_channel, '2026', stages.funnel_stage, places.region_level,
    9, drawn % 900 + state, drawn % 9000000 / 10.0, drawn % 900000 / 10.0, null, null, null,
    'issued', drawn % 900, drawn % 450, 50, drawn % 900000 / 10.0, drawn % 450000 / 10.0, 50,
    drawn % 900, drawn % 450, 50, drawn % 900000 / 10.0, drawn % 450000 / 10.0, 50, night, until
from months
cross join places
cross join (select channel_code as fund_channel from staging.fund_channel order by channel_code limit 2) as channels
cross join (select stage_code as funnel_stage from staging.funnel_stage) as stages
cross join lateral (
    select
        abs(hashtext(places.region_code || channels.fund_channel || stages.funnel_stage || months.number)::bigint)
            as drawn
) as chance
cross join lateral pg_temp.states(months.number, drawn) as states
order by months.number;

-- A project of a county is reported for 40 months, then another takes its place.
-- mart: dim_project
insert into history.dim_project
select
    1000::bigint * (counties.number * size.projects + slot) + months.number, months.report_month, null, true,
    counties.region_code, '第' || slot || '号重大项目（' || counties.region_name || '）', '2026-620000-04-01-' || slot,
    'new', '经济开发区' || slot || '号', 'industry', 'C' || slot % 40, 'new', '新建标准厂房及配套道路、管网',
    '2024—2027', '发展和改革局', '某某', null, null, night, until
from counties
cross join size
inner join months on months.number % 40 = 0
cross join lateral generate_series(0, size.projects - 1) as slot
cross join lateral pg_temp.states(months.number, abs(hashtext(counties.region_code || slot)::bigint)) as states
order by months.number;

-- Every tenth project has a warning in a month.
-- mart: fct_warning
insert into history.fct_warning
select
    months.report_month, counties.region_code,
    1000::bigint * (counties.number * size.projects + slot) + months.number - months.number % 40,
    kinds.warning_kind, case when drawn % 3 = 0 then 'red' else 'yellow' end, drawn % 100000 / 10.0 + state, 10,
    '2021-01-01', night, until
from months
cross join counties
cross join size
cross join lateral generate_series(months.number % 10, size.projects - 1, 10) as slot
inner join (select warning_kind, row_number() over (order by warning_kind) - 1 as place from staging.warning_kind)
    as kinds on slot / 10 % 6 = kinds.place
cross join lateral (select abs(hashtext(counties.region_code || slot || months.number)::bigint) as drawn) as chance
cross join lateral pg_temp.states(months.number, drawn) as states
order by months.number;
