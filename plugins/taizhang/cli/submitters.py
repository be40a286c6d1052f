"""Commands for those who fill in and send workbooks: template, check, read, submit."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, console, print_json, print_table
from taizhang.errors import FileUnreadableError

VERDICTS_ZH = {
    "accepted": "[green]可以接收[/]",
    "accepted_with_warnings": "[yellow]可以接收，有提示[/]",
    "quarantined": "[red]退回，请修改[/]",
    "unreadable": "[red]无法读取[/]",
}
EXIT_CODES = {"accepted": 0, "accepted_with_warnings": 0, "quarantined": 1, "unreadable": 2}
SEVERITIES_ZH = {"block": "必改", "warn": "请说明", "info": "提示"}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(template)
    app.command()(check)
    app.command()(read)
    app.command()(submit)


def template(
    unit: Annotated[str, typer.Option(help="Reporting unit: code or name.")],
    month: Annotated[str, typer.Option(help="Report month, like 2024-03.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the official workbook for a unit and month, pre-filled with last month's projects where there are any."""
    from taizhang.template import write_template

    report_month = parse_month(month)
    code, name = _one_unit(unit)
    target = output or Path(f"{name}{report_month.year}年{report_month.month}月重大项目月报.xlsx")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {target.parent}")
    projects = _last_month(code, report_month)
    write_template(target, code, report_month, projects)
    count = 0 if projects is None else len(projects)
    if as_json:
        print_json({"file": str(target), "unit_code": code, "report_month": f"{report_month:%Y-%m}", "projects": count})
    else:
        console.print(f"已生成 {target}：{name} {month}，预填上月项目 {count} 个", highlight=False)


def _one_unit(text: str) -> tuple[str, str]:
    from taizhang.codelists import reporting_units

    found = reporting_units().find(text)
    if len(found) != 1:
        several = "、".join(f"{unit.unit_name} {unit.unit_code}" for unit in found)
        raise typer.BadParameter(f"{text} names several units: {several}" if found else f"no reporting unit {text}")
    return found[0].unit_code, found[0].unit_name


def _last_month(unit_code: str, month: date) -> pd.DataFrame | None:
    """Last month's accepted projects of the unit, None when there are none."""
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade
    from taizhang.warehouse.tables import SHEET_TABLES, submission

    upgrade()
    previous = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    progress = SHEET_TABLES["project_progress"]
    in_force = select(submission.c.submission_id).where(
        submission.c.unit_code == unit_code, submission.c.report_month == previous, submission.c.state == "accepted"
    )
    rows = select(progress).where(
        progress.c.report_month == previous, progress.c.submission_id == in_force.scalar_subquery()
    )
    with engine().connect() as connection:
        found = [
            {name: _as_read(value) for name, value in row.items()}
            for row in connection.execute(rows.order_by(progress.c.row_number)).mappings()
        ]
    return pd.DataFrame(found, dtype=object) if found else None


def _as_read(value: object) -> object:
    """A stored value as the reader returns it: days as (first, day after the last)."""
    return (value.lower, value.upper) if isinstance(value, Range) else value


def submit(
    files: Annotated[list[Path], typer.Argument(help="Workbooks to hand in.")],
    as_json: JsonFlag = False,
) -> None:
    """Put workbooks into the inbox; the next night takes them."""
    from taizhang.sources import inbox

    placed = inbox.submit(files)
    if as_json:
        print_json([{"file": str(file), "inbox": str(path)} for file, path in zip(files, placed, strict=True)])
    else:
        for file in files:
            console.print(f"已投递 {file.name}", highlight=False)


def read(file: Annotated[Path, typer.Argument(help="A workbook.")], as_json: JsonFlag = False) -> None:
    """Show what the reader understands of a workbook."""
    from taizhang.reading.describe import describe
    from taizhang.reading.result import Refusal
    from taizhang.reading.workbook import read_workbook

    _must_exist(file)
    try:
        reading = describe(read_workbook(file))
    except Refusal as refusal:
        refused = {"verdict": "unreadable", "code": refusal.code, "reason": refusal.message_zh}
        print_json(refused) if as_json else console.print(f"[red]无法读取[/] {file.name}：{refusal.message_zh}")
        raise typer.Exit(EXIT_CODES["unreadable"]) from None
    if as_json:
        print_json(reading)
    else:
        _print_reading(file, reading)


def _print_reading(file: Path, reading: dict[str, Any]) -> None:
    console.print(f"{file.name}：{reading['unit_name']} {reading['unit']}，{reading['month']}")
    for sheet in reading["sheets"]:
        print_table(
            f"{sheet['sheet_title']}：{len(sheet['rows'])} 行明细，{len(sheet['totals'])} 个合计数，"
            f"{len(sheet['skipped'])} 行跳过",
            ("列", "表头", "字段", "单位", "小数位"),
            (
                (column["letter"], column["header"], column["field"], column["unit"], column["decimals"])
                for column in sheet["columns"]
            ),
        )
    for issue in reading["issues"]:
        place = " ".join(filter(None, (issue["sheet_title"], issue["cell"])))
        console.print(f"  {place} {issue['message_zh']}", markup=False, highlight=False)


def check(file: Annotated[Path, typer.Argument(help="A workbook.")], as_json: JsonFlag = False) -> None:
    """Judge one workbook before it is sent: exit 0 accepted, 1 held back, 2 unreadable."""
    from taizhang.quality.check import check_file
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade

    _must_exist(file)
    upgrade()
    report = check_file(file, engine()).to_json()
    if as_json:
        print_json(report)
    else:
        _print_check(file, report)
    raise typer.Exit(EXIT_CODES[report["verdict"]])


def _print_check(file: Path, report: dict[str, Any]) -> None:
    reason = f"：{report['reason']}" if report["reason"] else ""
    console.print(f"{file.name} {VERDICTS_ZH[report['verdict']]}{reason}", highlight=False)
    if report["findings"]:
        print_table(
            f"{len(report['findings'])} 条核查意见",
            ("规则", "级别", "位置", "数值", "说明"),
            (
                (
                    finding["rule_id"],
                    SEVERITIES_ZH[finding["severity"]],
                    "!".join(filter(None, (finding["sheet"], finding["cell"]))),
                    finding["value"],
                    finding["message_zh"],
                )
                for finding in report["findings"]
            ),
        )
    if report["skipped"]:
        rules = "、".join(dict.fromkeys(entry["rule_id"] for entry in report["skipped"]))
        console.print(f"没有上月数据，未核查：{rules}", highlight=False)


def _must_exist(file: Path) -> None:
    if file.is_dir():
        raise FileUnreadableError(f"{file} is a folder, not a workbook")
    if not file.exists():
        raise FileUnreadableError(f"there is no file {file}")
