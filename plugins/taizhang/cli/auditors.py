"""Commands for auditors: trace a figure to its cells, verify that nothing was changed."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, plain, print_json, print_line, print_table

UNPROVEN_EXIT = 1
PROOFS_ZH = {"holds": "一致", "corrected": "已更正", "differs": "不一致", "no_archive": "无存档"}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(trace)


def trace(
    region: Annotated[str, typer.Option(help="Region code, like 621122.")],
    month: Annotated[str, typer.Option(help="Report month, like 2024-03.")],
    measure: Annotated[str, typer.Option(help="Measure, like ytd_completed_wan or 本年累计完成投资.")],
    list_name: Annotated[str | None, typer.Option("--list", help="Only this list: name or code.")] = None,
    publication: Annotated[int | None, typer.Option(help="An earlier publication.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Trace a published figure to the cells that it adds up, reading the archived workbooks again.

    The exit code is 1 when a cell does not hold what was published, or the cells do not add up to the figure.
    """
    from taizhang.evidence.trace import trace as trace_figure
    from taizhang.warehouse.connection import engine

    found = trace_figure(engine(), region, parse_month(month), measure, list_name, publication)
    if as_json:
        print_json([asdict(entry) | {"traced_sum": entry.traced_sum, "is_proven": entry.is_proven} for entry in found])
    else:
        for entry in found:
            _print_trace(entry)
    raise typer.Exit(0 if all(entry.is_proven for entry in found) else UNPROVEN_EXIT)


def _print_trace(found: Any) -> None:
    print_table(
        f"{found.region_code} {found.report_month:%Y-%m} {found.label}，第 {found.publication_id} 期",
        ("单位", "项目", "文件", "单元格", "原文", "计入", "存档"),
        (
            (
                cell.unit_name,
                cell.project_name,
                cell.file_name,
                f"{cell.sheet_title}!{cell.cell}",
                cell.printed,
                cell.published,
                PROOFS_ZH[cell.proof] + (f"：{cell.note_zh}" if cell.note_zh else ""),
            )
            for cell in found.cells
        ),
    )
    submissions = len({cell.submission_id for cell in found.cells})
    said = "没有数" if found.figure is None else plain(found.figure)
    total = "没有数" if found.traced_sum is None else plain(found.traced_sum)
    verdict = "逐格相符" if found.is_proven else "不能逐格相符"
    print_line(f"发布值 {said}，{submissions} 份月报 {len(found.cells)} 个单元格合计 {total}：{verdict}")
