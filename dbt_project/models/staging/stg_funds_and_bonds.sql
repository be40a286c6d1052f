-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    fund_channel,
    cohort,
    funnel_stage,
    project_count,
    total_investment_wan,
    demand_wan,
    other_sources_wan,
    granted_wan,
    paid_wan,
    remark,
    extras
from {{ corrected(source('raw', 'funds_and_bonds')) }} as corrected
