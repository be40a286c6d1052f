"""What of last month's rows stands in this month's template already."""

from datetime import date

import pandas as pd

from taizhang.codelists import DETAIL_SHEET, ReportingUnit
from taizhang.dictionary import sheet
from taizhang.hierarchy import parts_below

ALL_PROJECTS = "全部项目"


def carried_rows(sheet_name: str, rows: pd.DataFrame, report_month: date) -> pd.DataFrame:
    """Return last month's rows of a sheet with the columns of the new month left empty; what has ended is left out.

    Rows and result have the dictionary's columns of the sheet, one row per row of the sheet. In January a new year
    begins: what projects had completed since their start moves to the end of the previous year, and the annual plan is
    not known yet.
    """
    definition = sheet(sheet_name)
    if definition.ended_by in rows:
        rows = rows[[not value for value in rows[definition.ended_by]]]
    rows = rows.reset_index(drop=True)
    carried = pd.DataFrame(index=rows.index, columns=[c.name for c in definition.columns], dtype=object)
    for column in definition.columns:
        if column.carried and column.name in rows:
            carried[column.name] = rows[column.name].astype(object)
    if report_month.month == 1 and sheet_name == DETAIL_SHEET:
        carried["annual_plan_wan"] = None
        if "since_start_wan" in rows:
            carried["completed_before_year_wan"] = rows["since_start_wan"].astype(object)
    return carried


def summary_of_parts(unit: ReportingUnit, report_month: date) -> pd.DataFrame | None:
    """Return the rows that a city or province fills in: all projects, then each unit below; None for other units."""
    parts = parts_below(unit, report_month)
    if not parts:
        return None
    rows = [("total", ALL_PROJECTS), *(("county", part.part_name) for part in parts)]
    return pd.DataFrame(rows, columns=["breakdown_name", "item_name"], dtype=object)
