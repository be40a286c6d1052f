"""Commands for the data team and analysts: run, figures, publications."""

from typing import Annotated

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, console, print_json, print_table

FIGURE_HEADERS = {
    "region_code": "地区代码",
    "list_code": "清单",
    "project_count": "项目数",
    "started_count": "已开工",
    "total_investment_wan": "总投资(万元)",
    "annual_plan_wan": "年度计划(万元)",
    "ytd_completed_wan": "本年累计(万元)",
    "completion_rate_pct": "完成率(%)",
    "ahead_of_schedule_pp": "超序时(百分点)",
    "units_reported": "已报单位",
    "units_expected": "应报单位",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(run)
    app.command()(figures)
    app.command()(publications)


def run(as_json: JsonFlag = False) -> None:
    """Run a night now: take what has arrived, judge it, publish what changed."""
    from dataclasses import asdict

    from taizhang.night import run_night
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade

    upgrade()
    report = run_night(engine())
    if as_json:
        print_json(asdict(report))
        return
    ingested = report.ingested
    console.print(f"读入 {ingested.read} 份,拒收 {ingested.refused} 份,重复 {ingested.duplicates} 份", highlight=False)
    for refusal in ingested.refusals:
        console.print(f"  拒收 {refusal}", markup=False, highlight=False)
    console.print(f"接收 {report.accepted} 份,退回 {report.quarantined} 份", highlight=False)
    published = f"第 {report.publication_id} 期已发布" if report.publication_id else "没有变化,未发布"
    console.print(published, highlight=False)


def figures(
    region: Annotated[str, typer.Option(help="Region code, like 621122; 100000 is the nation.")],
    month: Annotated[str, typer.Option(help="Report month, like 2024-03.")],
    list_name: Annotated[str | None, typer.Option("--list", help="Only this list: name or code.")] = None,
    publication: Annotated[int | None, typer.Option(help="An earlier publication.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a region's published figures of a month, one row per list."""
    from taizhang.publication.figures import figures as published_figures
    from taizhang.warehouse.connection import engine

    rows = published_figures(engine(), region, parse_month(month), list_name, publication)
    if as_json:
        print_json(rows)
        return
    headers = {key: label for key, label in FIGURE_HEADERS.items() if not rows or key in rows[0]}
    print_table(
        f"{region} {month}" + (f" 第 {publication} 期" if publication else ""),
        list(headers.values()),
        ([row[key] for key in headers] for row in rows),
    )


def publications(as_json: JsonFlag = False) -> None:
    """List the publications, the newest last."""
    from taizhang.publication.figures import publications as all_publications
    from taizhang.warehouse.connection import engine

    rows = all_publications(engine())
    if as_json:
        print_json(rows)
        return
    headers = list(rows[0]) if rows else []
    print_table("发布", headers, ([row[key] for key in headers] for row in rows))
