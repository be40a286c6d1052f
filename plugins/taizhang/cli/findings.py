"""Command that lists what the gate has found and what became of it."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.cli.submitters import SEVERITIES_ZH, one_unit
from taizhang.labels import labels

STATUSES_ZH = labels("finding_status")


class Status(StrEnum):
    """What became of a finding."""

    OPEN = "open"
    EXPLAINED = "explained"
    WAIVED = "waived"
    FIXED = "fixed"
    GONE = "gone"


class SeverityChoice(StrEnum):
    """How much a finding matters."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(findings)


def findings(
    unit: Annotated[str | None, typer.Option(help="Reporting unit: code or name.")] = None,
    month: Annotated[str | None, typer.Option(help="Report month, like 2024-03.")] = None,
    rule: Annotated[str | None, typer.Option(help="Rule or check, like R10 or R10.january.")] = None,
    status: Annotated[list[Status] | None, typer.Option(help="What became of it; may be repeated.")] = None,
    severity: Annotated[list[SeverityChoice] | None, typer.Option(help="Severity; may be repeated.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List what the gate has found: the cell, what is wrong, and what became of it.

    Each finding of a unit's month stands once, however many versions of the workbook have it.
    """
    from taizhang.quality.finding_list import list_findings
    from taizhang.warehouse.connection import engine

    rows = list_findings(
        engine(),
        one_unit(unit)[0] if unit else None,
        parse_month(month) if month else None,
        rule,
        [chosen.value for chosen in status or ()],
        [chosen.value for chosen in severity or ()],
    )
    if as_json:
        print_json(rows)
    elif not rows:
        print_line("没有核查意见")
    else:
        _print_findings(rows)


def _print_findings(rows: list[dict[str, Any]]) -> None:
    print_table(
        f"{len(rows)} 条核查意见",
        ("单位", "月份", "规则", "级别", "状态", "位置", "数值", "意见", "说明"),
        (
            (
                row["unit_code"],
                f"{row['report_month']:%Y-%m}",
                row["check_id"],
                SEVERITIES_ZH[row["severity"]],
                STATUSES_ZH[row["status"]],
                "!".join(filter(None, (row["sheet"], row["cell"]))),
                row["value"],
                row["message_zh"],
                _remark(row),
            )
            for row in rows
        ),
    )


def _remark(row: dict[str, Any]) -> str:
    """The waiver, the version without the finding, and the unit's answer, whatever there is of them."""
    ended = row["fixed_in_version"] or row["gone_in_version"]
    parts = (
        f"豁免 {row['waiver_id']}" if row["waiver_id"] and not ended else None,
        f"第 {ended} 版起没有" if ended else None,
        row["explanation"],
    )
    return "；".join(filter(None, parts))
