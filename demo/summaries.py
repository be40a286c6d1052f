"""What cities and provinces send: only 封面 and 汇总, with a row for each unit below."""

from datetime import date

from demo.materials import prefectures
from demo.months import INVENTED, Row, progress_rows, summary_rows
from taizhang.codelists import ReportingUnit
from taizhang.hierarchy import Part, parts_below


def rows_of_parts(unit: ReportingUnit, month: date) -> list[Row]:
    """The sheet 汇总 of a city or province in a month: sums over the projects of all units below."""
    projects = {part.part_name: _projects(part, month) for part in parts_below(unit, month)}
    everything = [row for rows in projects.values() for row in rows]
    return summary_rows(everything, month, INVENTED, projects)


def _projects(part: Part, month: date) -> list[Row]:
    return [
        row
        for unit in part.detail_units
        for row in progress_rows(unit, prefectures()[unit.parent_region_code]["months"], month)
    ]
