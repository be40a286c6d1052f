"""Projects that stand in one sheet together with their parts: what the parts add up to."""

from taizhang.dictionary import ColumnType
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.statements import Workplace

SHEET = "project_progress"
# Levels at the end of the month that a whole and its parts must agree on.
COMPARED = ("total_investment_wan", "ytd_completed_wan")
_PARTS = {f"parts_{name}{suffix}": ColumnType.AMOUNT for name in COMPARED for suffix in ("", "_h")}
COLUMNS: dict[str, ColumnType] = {"part_count": ColumnType.COUNT} | _PARTS


def fields() -> str:
    """SQL of the columns, from the sums `q` of the row's parts; all null for a row that no other row names."""
    return ", ".join(f"q.{name}" for name in COLUMNS)


def sums(place: Workplace, of_batch: str) -> str:
    """SQL: per submission and row that others name as 所属总项目, their number and sums.

    By code, else by a name that only one row has; a row that names itself has no part. Needs the tables
    `progress_columns` and `progress_precision`. A sum is null when one of its cells is empty.
    """
    within = f"r.report_month in ({of_batch}) and r.submission_id {place.of_batch}"
    amounts = ", ".join(COMPARED)
    summed = ", ".join(
        f"case when count(p.{name}) = count(*) then sum(p.{name}) end as parts_{name},"
        f" sum(coalesce(f.{name}_h, c.{name}_h)) as parts_{name}_h"
        for name in COMPARED
    )
    return f"""
        with part as materialized (
            select r.submission_id, r.row_number, r.parent_project, {amounts}
            from {rows_of(place, SHEET)} as r
            where r.parent_project is not null and {within}
        ),
        named as (
            select r.submission_id, r.row_number, r.project_code, r.project_name,
                count(*) over (partition by r.submission_id, r.project_code) as same_code,
                count(*) over (partition by r.submission_id, r.project_name) as same_name
            from {rows_of(place, SHEET)} as r
            where {within} and r.submission_id in (select submission_id from part)
        ),
        placed as (
            select part.*, coalesce(by_code.row_number, by_name.row_number) as whole_row
            from part
            left join named as by_code on by_code.submission_id = part.submission_id
                and by_code.project_code = part.parent_project and by_code.same_code = 1
            left join named as by_name on by_code.row_number is null and by_name.submission_id = part.submission_id
                and by_name.project_name = part.parent_project and by_name.same_name = 1
        )
        select p.submission_id, p.whole_row, count(*)::integer as part_count, {summed}
        from placed as p
        left join {place.gate}.progress_columns as c on c.submission_id = p.submission_id
        left join {place.gate}.progress_precision as f
            on f.submission_id = p.submission_id and f.row_number = p.row_number
        where p.whole_row <> p.row_number
        group by p.submission_id, p.whole_row"""
