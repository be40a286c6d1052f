-- Without a with clause: a view that has one is read as a whole, whatever it is joined with.
select
    packs.catalogue_version,
    entry.value ->> 'check_id' as check_id,
    entry.value ->> 'rule_id' as rule_id,
    (entry.value ->> 'level')::integer as check_level,
    entry.value ->> 'severity' as severity,
    entry.value ->> 'title_zh' as title_zh,
    entry.value ->> 'title_en' as title_en,
    entry.value ->> 'rule_title_zh' as rule_title_zh,
    entry.value ->> 'advice_zh' as advice_zh
from {{ source('audit', 'rule_pack') }} as packs
cross join lateral jsonb_array_elements(packs.checks) as entry (value)
