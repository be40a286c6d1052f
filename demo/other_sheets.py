"""All that a unit sends beside 项目进展 and 汇总."""

from datetime import date

from demo import project_sheets, unit_sheets
from demo.months import Row
from taizhang.codelists import ReportingUnit


def other_sheets(unit: ReportingUnit, month: date) -> dict[str, list[Row]]:
    """The rows of a unit's other sheets in a month, in stored values, by sheet; a city files only fixed assets."""
    if not unit.has_details:
        return {"fixed_asset_investment": unit_sheets.investment_rows(unit, month)}
    return {
        "permits": project_sheets.permit_rows(unit, month),
        "elements": project_sheets.element_rows(unit, month),
        "funds_and_bonds": unit_sheets.fund_rows(unit, month),
        "batches": unit_sheets.batch_rows(unit, month),
        "fixed_asset_investment": unit_sheets.investment_rows(unit, month),
        "pipeline": unit_sheets.pipeline_rows(unit, month),
        "investment_promotion": unit_sheets.promotion_rows(unit, month),
        "issues": project_sheets.issue_rows(unit, month),
        "dispatch": project_sheets.dispatch_rows(unit, month),
        "targets": unit_sheets.target_rows(unit, month),
    }
