-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    fai_category,
    ytd_fai_wan,
    last_year_ytd_fai_wan,
    fai_growth_pct,
    remark,
    extras
from {{ corrected(source('raw', 'fixed_asset_investment')) }} as corrected
