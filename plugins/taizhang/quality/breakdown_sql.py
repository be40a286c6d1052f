"""SQL of what the classes of one breakdown of the sheet 汇总 are together: their whole, and the sum of their shares."""

from taizhang.codelists import partitions
from taizhang.dictionary import Column, Sheet
from taizhang.quality.judged import shares, sum_of, whole_of
from taizhang.quality.row_conditions import literal

IS_WHOLE = "breakdown_name = 'total'"


def with_breakdowns(classes: str, sheet: Sheet) -> str:
    """SQL: the classes of a query, each with the wholes and sums of the sheet's shares; nothing is lost or added."""
    figures = [figure for share in shares(sheet) for figure in (*_whole(share), *_sum(share))]
    return f"""
        with class as ({classes})
        select class.*, {", ".join(figures)}
        from class
        window of_breakdown as (partition by submission_id, breakdown_name),
            of_submission as (partition by submission_id)"""


def _no_overlap() -> str:
    """SQL: the classes of the row's breakdown do not overlap."""
    return f"breakdown_name in ({', '.join(map(literal, sorted(partitions())))})"


def _all_filled(name: str) -> str:
    """SQL: no class of the breakdown lacks the figure."""
    return f"count({name}) over of_breakdown = count(*) over of_breakdown"


def _whole(share: Column) -> list[str]:
    """SQL: the figure of the class 合计 if there is one, else the sum of the classes, unless they overlap."""
    figure = share.denominator or ""
    return [
        f"""case when count(*) filter (where {IS_WHOLE}) over of_submission = 1
                then max({name}) filter (where {IS_WHOLE}) over of_submission
            when {_no_overlap()} and {_all_filled(figure)} then sum({name}) over of_breakdown end as {whole}"""
        for name, whole in ((figure, whole_of(share)), (f"{figure}_h", f"{whole_of(share)}_h"))
    ]


def _sum(share: Column) -> list[str]:
    """SQL: the sum of the shares on the first row of a breakdown of which every class has one and none overlap."""
    first = "row_number = min(row_number) over of_breakdown"
    return [
        f"case when {first} and {_no_overlap()} and {_all_filled(share.name)}"
        f" then sum({share.name}{suffix}) over of_breakdown end as {sum_of(share)}{suffix}"
        for suffix in ("", "_h")
    ]
