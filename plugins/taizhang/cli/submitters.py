"""Commands for those who fill in and send workbooks: template, check, read, submit."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from psycopg.types.range import Range
from rich.markup import escape
from sqlalchemy import text

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, console, print_json, print_line, print_table
from taizhang.dictionary import load_dictionary
from taizhang.errors import FileUnreadableError
from taizhang.labels import labels

VERDICTS_ZH = {
    "accepted": "[green]可以接收[/]",
    "accepted_with_warnings": "[yellow]可以接收，须说明[/]",
    "quarantined": "[red]退回，请修改[/]",
    "unreadable": "[red]无法读取[/]",
}
EXIT_CODES = {"accepted": 0, "accepted_with_warnings": 0, "quarantined": 1, "unreadable": 2}
SEVERITIES_ZH = labels("severity")


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
    """Write the official workbook to fill in.

    It is pre-filled with what the unit filed last month and what stays: projects, permits, open issues and so on.
    """
    from taizhang.template import write_template

    report_month = parse_month(month)
    code, name = one_unit(unit)
    target = output or Path(f"{name}{report_month.year}年{report_month.month}月重大项目月报.xlsx")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {target.parent}")
    last_month = _last_month(code, report_month)
    write_template(target, code, report_month, last_month)
    counts = {sheet: len(rows) for sheet, rows in last_month.items()}
    if as_json:
        print_json({"file": str(target), "unit_code": code, "report_month": f"{report_month:%Y-%m}", "rows": counts})
    else:
        titles = load_dictionary()
        prefilled = "、".join(f"{titles[sheet].title} {count} 行" for sheet, count in counts.items()) or "无"
        print_line(f"已生成 {target}：{name} {month}，按上月预填：{prefilled}")


def one_unit(text: str) -> tuple[str, str]:
    """Return code and name of the unit that a text names; a usage error when none or several are meant."""
    from taizhang.codelists import reporting_units

    found = reporting_units().find(text)
    if len(found) != 1:
        several = "、".join(f"{unit.unit_name} {unit.unit_code}" for unit in found)
        raise typer.BadParameter(f"{text} names several units: {several}" if found else f"no reporting unit {text}")
    return found[0].unit_code, found[0].unit_name


def _last_month(unit_code: str, month: date) -> dict[str, pd.DataFrame]:
    """Last month's accepted rows of the unit by sheet, as corrected; sheets without rows, and 汇总, are left out."""
    from taizhang.quality.corrected_rows import corrected_rows
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade

    upgrade()
    previous = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    tables = {}
    with engine().connect() as connection:
        for name in (name for name, sheet in load_dictionary().items() if any(c.carried for c in sheet.columns)):
            rows = text(
                f"select p.* from {corrected_rows(name)} as p where p.report_month = :month"  # noqa: S608
                " and p.submission_id = (select s.submission_id from ops.submission as s where s.unit_code = :unit"
                " and s.report_month = :month and s.state = 'accepted') order by p.row_number"
            )
            found = [
                {column: _as_read(value) for column, value in row.items()}
                for row in connection.execute(rows, {"month": previous, "unit": unit_code}).mappings()
            ]
            if found:
                tables[name] = pd.DataFrame(found, dtype=object)
    return tables


def _as_read(value: object) -> object:
    """A stored value as the reader returns it: days as (first, day after the last)."""
    return (value.lower, value.upper) if isinstance(value, Range) else value


def submit(
    files: Annotated[list[Path], typer.Argument(help="Workbooks to hand in.")],
    as_json: JsonFlag = False,
) -> None:
    """Put workbooks into the inbox for the next night."""
    from taizhang.sources import inbox

    placed = inbox.submit(files)
    if as_json:
        print_json([{"file": str(file), "inbox": str(path)} for file, path in zip(files, placed, strict=True)])
    else:
        for file in files:
            print_line(f"已投递 {file.name}")


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
        print_json(refused) if as_json else _print_verdict(file, "unreadable", refusal.message_zh)
        raise typer.Exit(EXIT_CODES["unreadable"]) from None
    if as_json:
        print_json(reading)
    else:
        _print_reading(file, reading)


def _print_reading(file: Path, reading: dict[str, Any]) -> None:
    from taizhang.dictionary import load_dictionary

    print_line(f"{file.name}：{reading['unit_name']} {reading['unit']}，{reading['month']}")
    for sheet in reading["sheets"]:
        if load_dictionary()[sheet["sheet"]].layout == "form":
            _print_form(sheet)
        else:
            _print_columns(sheet)
    for issue in reading["issues"]:
        place = " ".join(filter(None, (issue["sheet_title"], issue["cell"])))
        print_line(f"  {place} {issue['message_zh']}")


def _print_form(sheet: dict[str, Any]) -> None:
    values = sheet["rows"][0] if sheet["rows"] else {}
    print_table(
        sheet["sheet_title"],
        ("单元格", "栏目", "字段", "内容"),
        (
            (column["letter"], column["header"], column["field"], _shown(values.get(column["field"])))
            for column in sheet["columns"]
        ),
    )


def _shown(value: object) -> object:
    """A value of a form as a line of text; a span of days by its first and last day."""
    if not isinstance(value, list):
        return value
    first, last = value[0], str(date.fromisoformat(value[1]) - timedelta(days=1))
    return first if first == last else f"{first} 至 {last}"


def _print_columns(sheet: dict[str, Any]) -> None:
    print_table(
        f"{sheet['sheet_title']}：{len(sheet['rows'])} 行明细，{len(sheet['totals'])} 个合计数，"
        f"{len(sheet['skipped'])} 行跳过",
        ("列", "表头", "字段", "单位", "小数位"),
        (
            (column["letter"], column["header"], column["field"], column["unit"], column["decimals"])
            for column in sheet["columns"]
        ),
    )
    for row in sheet["skipped"]:
        print_line(f"  第 {row['row']} 行跳过：{row['text']}")


def check(file: Annotated[Path, typer.Argument(help="A workbook.")], as_json: JsonFlag = False) -> None:
    """Judge one workbook before it is sent.

    The exit code is 0 if it would be accepted, 1 if held back, 2 if it cannot be read. Nothing is stored.
    """
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
    _print_verdict(file, report["verdict"], report["reason"])
    if report["findings"]:
        print_table(
            f"{len(report['findings'])} 条核查意见",
            ("规则", "级别", "位置", "数值", "说明"),
            (
                (
                    finding["rule_id"],
                    SEVERITIES_ZH[finding["severity"]] + ("（已豁免）" if finding["waiver_id"] else ""),
                    "!".join(filter(None, (finding["sheet"], finding["cell"]))),
                    finding["value"],
                    finding["message_zh"],
                )
                for finding in report["findings"]
            ),
        )
    for suggestion in dict.fromkeys(finding["suggestion_zh"] for finding in report["findings"]):
        if suggestion:
            print_line(f"线索：{suggestion}")
    advice = {finding["check_id"]: finding for finding in report["findings"] if finding["severity"] != "info"}
    for finding in advice.values():
        if finding["advice_zh"]:
            print_line(f"{finding['rule_id']} 怎么办：{finding['advice_zh']}")
    if report["skipped"]:
        rules = "、".join(dict.fromkeys(entry["rule_id"] for entry in report["skipped"]))
        print_line(f"没有上月数据，下列规则中与以前月份比较的部分未核查：{rules}")


def _print_verdict(file: Path, verdict: str, reason: str | None) -> None:
    said = escape(f"：{reason}" if reason else "")
    console.print(f"{escape(file.name)} {VERDICTS_ZH[verdict]}{said}", highlight=False, soft_wrap=True)


def _must_exist(file: Path) -> None:
    if file.is_dir():
        raise FileUnreadableError(f"{file} is a folder, not a workbook")
    if not file.exists():
        raise FileUnreadableError(f"there is no file {file}")
