-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    finding_id,
    gate_run_id,
    submission_id,
    finding_key,
    check_id,
    rule_id,
    severity,
    verdict,
    sheet,
    sheet_title,
    row_number,
    column_name,
    cell,
    value,
    subject_key,
    subject_label,
    message_zh,
    message_en,
    advice_zh,
    suggestion_zh,
    waiver_id
from {{ source('audit', 'finding') }}
