"""What of last month's projects stands in this month's template already."""

from datetime import date

import pandas as pd

from taizhang.codelists import ReportingUnit
from taizhang.dictionary import sheet
from taizhang.hierarchy import parts_below

ALL_PROJECTS = "全部项目"


def carried_projects(projects: pd.DataFrame, report_month: date) -> pd.DataFrame:
    """Return last month's projects with the columns of the new month left empty.

    One row per project, with the dictionary's columns of `project_progress`. In January a new year begins: what was
    completed since the start moves to the end of the previous year, and the annual plan is not known yet.
    """
    definition = sheet("project_progress")
    projects = projects.reset_index(drop=True)
    carried = pd.DataFrame(index=projects.index, columns=[c.name for c in definition.columns], dtype=object)
    for column in definition.columns:
        if column.carried and column.name in projects:
            carried[column.name] = projects[column.name].astype(object)
    if report_month.month == 1:
        carried["annual_plan_wan"] = None
        if "since_start_wan" in projects:
            carried["completed_before_year_wan"] = projects["since_start_wan"].astype(object)
    return carried


def summary_of_parts(unit: ReportingUnit, report_month: date) -> pd.DataFrame | None:
    """Return the rows that a city or province fills in: all projects, then each unit below; None for other units."""
    parts = parts_below(unit, report_month)
    if not parts:
        return None
    rows = [("total", ALL_PROJECTS), *(("county", part.part_name) for part in parts)]
    return pd.DataFrame(rows, columns=["breakdown_name", "item_name"], dtype=object)
