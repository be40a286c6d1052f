-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    batch_period,
    batch_class,
    project_count,
    total_investment_wan,
    converted_count,
    converted_investment_wan,
    conversion_rate_pct,
    remark,
    extras
from {{ corrected(source('raw', 'batches')) }} as corrected
