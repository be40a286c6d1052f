"""Commands for auditors: trace a figure to its cells, verify that nothing was changed."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.decimals import plain

UNPROVEN_EXIT = TAMPERED_EXIT = 1
KINDS_ZH = {
    "file": "存档文件",
    "submission": "报送记录",
    "raw": "入库数据",
    "finding": "核查意见",
    "evidence": "核查记录",
    "seal": "核查封印",
    "certificate": "发布证书",
    "totals": "发布合计",
    "published": "发布数据",
    "removal": "清理记录",
    "decision": "审批记录",
}
PROOFS_ZH = {"holds": "一致", "corrected": "已更正", "differs": "不一致", "no_archive": "无存档"}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(trace)
    app.command()(verify)
    app.command()(report)


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


def verify(as_json: JsonFlag = False) -> None:
    """Verify that archived files, rows, findings, certificates and published totals are as they were left.

    The exit code is 1 when something was tampered with; each such thing is named.
    """
    from taizhang.evidence.verify import verify as verify_all
    from taizhang.warehouse.connection import engine

    found = verify_all(engine())
    if as_json:
        print_json(asdict(found))
    else:
        print_line(
            f"核对存档文件 {found.files} 个、报送 {found.submissions} 份、核查 {found.gate_runs} 次、"
            f"发布 {found.publications} 期："
            + (f"发现 {len(found.problems)} 处被改动" if found.problems else "未被改动")
        )
        if found.problems:
            print_table(
                "被改动之处",
                ("类别", "对象", "说明"),
                ((KINDS_ZH[entry.kind], entry.subject, entry.message_zh) for entry in found.problems),
            )
    raise typer.Exit(TAMPERED_EXIT if found.problems else 0)


def report(
    region: Annotated[str, typer.Option(help="Region code, like 621100; 100000 is the nation.")],
    month: Annotated[str, typer.Option(help="Report month, like 2024-03.")],
    publication: Annotated[int | None, typer.Option(help="An earlier publication.")] = None,
) -> None:
    """Write the quality report of a region and month: HTML, PDF and CSV; prints where the HTML page lies.

    The night writes those of all cities, provinces and the nation that a publication touches.
    """
    from taizhang.report.quality import write_contents, write_report
    from taizhang.warehouse.connection import engine

    first_day = parse_month(month)
    page = write_report(engine(), region, first_day, publication)
    write_contents([first_day])
    print_line(str(page))
