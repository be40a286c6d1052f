-- What is typically asked of the published figures, in the words of the schema `bi`, as analysts and BI tools ask it.
-- As the analysts' guide advises, regions are given as codes, `= any(array(…))`, and names are looked up last: a view
-- lets through to its indexes what is compared with a constant or an array, never what is joined.

-- question: a year of a province by county and list
select m."报告期", r."地区名称", l."清单名称", m."年度计划投资(万元)", m."本年累计完成投资(万元)", m."占年度计划(%%)"
from bi."地区月度汇总" as m
inner join bi."地区" as r
    on
        m."地区代码" = r."地区代码"
        and m."报告期" >= r."启用日期"
        and (r."停用日期" is null or m."报告期" < r."停用日期")
inner join bi."项目清单" as l on m."清单代码" = l."清单代码"
where
    m."报告期" between %(january)s and %(month)s
    and m."地区代码" = any(
        array(select "地区代码" from bi."地区" where "所属省代码" = %(province)s and "地区层级" = 'county')
    )
order by m."地区代码", l."清单名称", m."报告期";

-- question: the 100 gravest warnings of a month
select u."填报单位名称", p."项目名称", w."预警类型", w."实测值", w."阈值"
from (
    select * from bi."项目预警"
    where "报告期" = %(month)s and "预警灯" = 'red'
    order by "实测值" desc, "项目编号"
    limit 100
) as w
inner join bi."填报单位" as u on w."填报单位代码" = u."填报单位代码"
cross join lateral (
    select "项目名称" from bi."项目"
    where
        "项目编号" = w."项目编号"
        and "起始报告期" <= w."报告期"
        and ("截止报告期" is null or "截止报告期" > w."报告期")
    limit 1
) as p
order by w."实测值" desc, w."项目编号";

-- question: the bond funnel of a province, months of a year
select m."报告期", c."渠道名称", s."环节名称", m."项目个数(个)", m."资金需求(万元)", m."转入后一环节·金额转化率(%%)"
from bi."地区资金申报漏斗" as m
inner join bi."资金渠道" as c on m."资金渠道" = c."资金渠道"
inner join bi."资金申报环节" as s on m."环节" = s."环节"
where m."地区代码" = %(province)s and m."报告期" between %(january)s and %(month)s
order by m."报告期", c."渠道名称", s."环节名称";

-- question: all months of a province
select "报告期", "本月完成投资(万元)", "本年累计完成投资(万元)", "开工率(%%)"
from bi."地区月度汇总"
where "地区代码" = %(province)s and "清单代码" = 'all'
order by "报告期";

-- question: counties of a province in order of completion
select
    rank() over (order by m."占年度计划(%%)" desc nulls last) as "名次",
    r."地区名称",
    m."占年度计划(%%)"
from bi."地区月度汇总" as m
inner join bi."地区" as r
    on
        m."地区代码" = r."地区代码"
        and m."报告期" >= r."启用日期"
        and (r."停用日期" is null or m."报告期" < r."停用日期")
where
    m."报告期" = %(month)s
    and m."清单代码" = 'all'
    and m."地区代码" = any(
        array(select "地区代码" from bi."地区" where "所属省代码" = %(province)s and "地区层级" = 'county')
    )
order by 1, m."地区代码";

-- question: red and yellow lights of the counties of a province
select r."地区名称", m."预警类型", m."红灯项目(个)", m."黄灯项目(个)"
from bi."预警地区月度汇总" as m
inner join bi."地区" as r
    on
        m."地区代码" = r."地区代码"
        and m."报告期" >= r."启用日期"
        and (r."停用日期" is null or m."报告期" < r."停用日期")
where
    m."报告期" = %(month)s
    and m."地区代码" = any(
        array(select "地区代码" from bi."地区" where "所属省代码" = %(province)s and "地区层级" = 'county')
    )
order by m."地区代码", m."预警类型";
