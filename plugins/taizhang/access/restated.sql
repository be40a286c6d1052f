-- The rollup of agg_region_month on the geography of any year. Made of the readers' views, so that it shows the same
-- publication and the same regions as they do, and kept nowhere: a year costs the reading of the unit months asked for.
-- The views come later than this in a new warehouse.
set local check_function_bodies = off;

drop function if exists bi."地区月度汇总_按区划年份"(integer);
drop function if exists marts.region_month_restated(integer);

create function marts.region_month_restated(geography_year integer)
returns table (
    report_month date,
    region_code text,
    list_code text,
    region_level text,
    project_count numeric,
    started_count numeric,
    total_investment_wan numeric,
    annual_plan_wan numeric,
    month_completed_wan numeric,
    ytd_completed_wan numeric,
    since_start_wan numeric,
    funds_received_wan numeric,
    funds_paid_wan numeric,
    completion_rate_pct numeric,
    start_rate_pct numeric,
    units_reported bigint,
    is_estimated boolean
)
language sql stable parallel restricted as $$
    select
        unit_sums.report_month,
        placed.region_code,
        unit_sums.list_code,
        placed.region_level,
        sum(unit_sums.project_count * placed.share),
        sum(unit_sums.started_count * placed.share),
        sum(unit_sums.total_investment_wan * placed.share),
        sum(unit_sums.annual_plan_wan * placed.share),
        sum(unit_sums.month_completed_wan * placed.share),
        sum(unit_sums.ytd_completed_wan * placed.share),
        sum(unit_sums.since_start_wan * placed.share),
        sum(unit_sums.funds_received_wan * placed.share),
        sum(unit_sums.funds_paid_wan * placed.share),
        round(
            100 * sum(unit_sums.ytd_completed_wan * placed.share)
            / nullif(sum(unit_sums.annual_plan_wan * placed.share), 0),
            6
        ),
        round(
            100 * sum(unit_sums.started_count * placed.share) / nullif(sum(unit_sums.project_count * placed.share), 0),
            6
        ),
        count(*),
        bool_or(placed.share <> 1)
    from marts.agg_unit_month as unit_sums
    inner join marts.dim_reporting_unit as units
        on
            unit_sums.unit_code = units.unit_code
            and unit_sums.report_month >= units.valid_from
            and (units.valid_to is null or unit_sums.report_month < units.valid_to)
    inner join marts.bridge_unit_region as placed
        on
            unit_sums.unit_code = placed.unit_code
            and placed.valid_from <= make_date(geography_year, 12, 31)
            and (placed.valid_to is null or placed.valid_to > make_date(geography_year, 12, 31))
    where
        (select ops.reads_all_regions())
        or placed.region_code = any((select ops.visible_regions())::text[])
    group by unit_sums.report_month, placed.region_code, unit_sums.list_code, placed.region_level
$$;
comment on function marts.region_month_restated(integer) is
'The rollup of agg_region_month on the geography of the last day of a year: where codes were split or merged the shares '
'of bridge_region_change count, and is_estimated is true. One row per month, region and list.';

create function bi."地区月度汇总_按区划年份"("区划年份" integer)
returns table (
    "报告期" date,
    "地区代码" text,
    "清单代码" text,
    "地区层级" text,
    "项目个数(个)" numeric,
    "已开工个数(个)" numeric,
    "总投资(万元)" numeric,
    "年度计划投资(万元)" numeric,
    "本月完成投资(万元)" numeric,
    "本年累计完成投资(万元)" numeric,
    "自开工累计完成投资(万元)" numeric,
    "累计到位资金(万元)" numeric,
    "累计支付资金(万元)" numeric,
    "占年度计划(%)" numeric,
    "开工率(%)" numeric,
    "已报单位数(个)" bigint,
    "是否按份额推算" boolean
)
language sql stable parallel restricted as $$
    select * from marts.region_month_restated("区划年份")
$$;
comment on function bi."地区月度汇总_按区划年份"(integer) is
'按所选年份年末的行政区划重新汇总各月数据；拆分、合并的区划按“区划代码变更”所列份额折算，并标注“是否按份额推算”。';

set local check_function_bodies = on;
