-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    submission_id,
    report_month,
    unit_code,
    row_number,
    sequence_no,
    project_name,
    project_code,
    investor_name,
    industry_class,
    signed_date,
    agreed_investment_wan,
    ytd_in_place_wan,
    in_place_wan,
    in_place_rate_pct,
    is_started,
    remark,
    extras
from {{ corrected(source('raw', 'investment_promotion')) }} as corrected
