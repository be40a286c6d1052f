-- Each figure of a city, a province and the nation is the sum of the county-level regions below it; a county without a
-- city counts in its province, a city without counties through its stand-in on county level.
-- Looked at for the regions and months that this publication touched; each row returned is a figure that does not tie.
{%- set measures = [
    'project_count', 'started_count', 'total_investment_wan', 'annual_plan_wan', 'month_completed_wan',
    'ytd_completed_wan', 'since_start_wan', 'funds_received_wan', 'funds_paid_wan',
] %}

with touched as (
    select * from {{ ref('int_region_month__touched') }}
),

figures as (
    select * from {{ current_rows('agg_region_month') }} as agg_region_month
    where report_month in (select touched.report_month from touched)
),

-- What each region was in the month.
regions as (
    select distinct on (figures.report_month, figures.region_code)
        figures.report_month,
        figures.region_code,
        dim_region.city_code,
        dim_region.province_code
    from figures
    inner join {{ current_rows('dim_region') }} as dim_region on figures.region_code = dim_region.region_code
    order by
        figures.report_month asc,
        figures.region_code asc,
        greatest(dim_region.valid_from - figures.report_month, figures.report_month - dim_region.valid_to + 1, 0) asc
),

counties as (
    select
        figures.*,
        regions.city_code,
        regions.province_code
    from figures
    inner join regions
        on figures.report_month = regions.report_month and figures.region_code = regions.region_code
    where figures.region_level = 'county'
),

above as (
    select
        figures.*,
        case figures.region_level when 'city' then regions.region_code end as city_code,
        case figures.region_level when 'province' then regions.region_code end as province_code
    from figures
    inner join touched on figures.region_code = touched.region_code and figures.report_month = touched.report_month
    inner join regions
        on figures.report_month = regions.report_month and figures.region_code = regions.region_code
    where figures.region_level in ('city', 'province', 'nation')
),

compared as (
    select
        {%- for measure in measures %}
        min(above.{{ measure }}) as {{ measure }},
        sum(counties.{{ measure }}) as {{ measure }}_below,
        {%- endfor %}
        above.report_month,
        above.region_code,
        above.list_code
    from above
    left join counties
        on
            above.report_month = counties.report_month
            and above.list_code = counties.list_code
            and (above.city_code is null or above.city_code = counties.city_code)
            and (above.province_code is null or above.province_code = counties.province_code)
    group by above.report_month, above.region_code, above.list_code
),

differing as (
    select * from compared
    where
        false
        {%- for measure in measures %}
        or {{ measure }} is distinct from {{ measure }}_below
        {%- endfor %}
)

select * from differing
