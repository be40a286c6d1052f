"""What the rows of 前期手续 come to for each class of 汇总: permits needed, permits done, and the rate between them."""

from taizhang.codelists import flagged
from taizhang.dictionary import ColumnType
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace

COUNTS = ("detail_permits_needed_count", "detail_permits_done_count")
RATE = "detail_permit_rate_pct"


def summary_columns() -> dict[str, ColumnType]:
    """The columns that a row of 汇总 has of the permits of its class, each exact."""
    columns = dict.fromkeys(COUNTS, ColumnType.COUNT) | {RATE: ColumnType.RATE}
    return {f"{name}{suffix}": kind if not suffix else ColumnType.AMOUNT
            for name, kind in columns.items() for suffix in ("", "_h")}  # fmt: skip


def permit_sums(place: Workplace) -> str:
    """SQL: per submission, breakdown and class the permits needed and done; NULL where a row does not say which.

    Rows of projects that do not stand in 项目进展 belong to the class 合计 only.
    """
    done = ", ".join(map(literal, sorted(flagged("permit_status", "is_done"))))
    told = "bool_and(p.is_required is not null)"
    return f"""
        select p.submission_id, m.breakdown, m.class_code,
            case when {told} then (count(*) filter (where p.is_required))::integer end as needed_count,
            case when {told}
                then (count(*) filter (where p.is_required and p.permit_status in ({done})))::integer
            end as done_count
        from {place.gate}.judged_permits as p
        left join {place.gate}.judged_project_progress as d
            on d.submission_id = p.submission_id and p.detail_rows = 1
                and coalesce(d.project_code, d.project_name) = p.project_key
        cross join lateral (
            select 'total' as breakdown, 'total' as class_code
            union all select 'industry', d.industry_class where d.industry_class is not null
            union all select 'nature', d.construction_nature where d.construction_nature is not null
            union all select 'list', list_code from (select distinct unnest(d.project_lists)) as l (list_code)
        ) as m
        group by p.submission_id, m.breakdown, m.class_code"""


def permit_reports(place: Workplace) -> str:
    """SQL: the submissions with rows in 前期手续, and whether each row's project stands in 项目进展."""
    return f"""
        select submission_id, bool_and(detail_rows = 1) as is_placed
        from {place.gate}.judged_permits
        group by submission_id"""


def summary_fields() -> str:
    """SQL of `summary_columns`, from the sums `q` of the row's class and the permits `v` of its submission."""
    is_told = "v.is_placed or r.breakdown_name = 'total'"
    needed, done = (
        f"case when k.is_told and ({is_told}) then case when q.submission_id is null then 0 else q.{name} end end"
        for name in ("needed_count", "done_count")
    )
    rate = f"100 * ({done})::numeric / nullif({needed}, 0)"
    values = zip((*COUNTS, RATE), (needed, done, rate), strict=True)
    return ", ".join(f"{value} as {name}, 0::numeric as {name}_h" for name, value in values)
