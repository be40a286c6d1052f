-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    report_id,
    relation_id,
    kind,
    verdict,
    confidence,
    stated_low,
    stated_high,
    computed_low,
    computed_high,
    reason_zh
from {{ source('audit', 'report_relation') }}
