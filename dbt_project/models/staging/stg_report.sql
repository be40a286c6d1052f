-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    report_id,
    file_name,
    document_kind,
    region_name as printed_region_name,
    region_code,
    report_month,
    figure_count,
    related_count,
    unreadable_reason,
    code_version,
    audited_at
from {{ source('audit', 'report') }}
