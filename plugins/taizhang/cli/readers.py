"""Commands for the data team and analysts: run, figures, publications."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.cli.sources import print_pulls
from taizhang.codelists import code_list

STATES_ZH = {"building": "正在生成", "published": "已发布", "failed": "失败"}
FIGURE_HEADERS = (
    "清单", "项目", "开工", "总投资", "年度计划", "本年累计", "完成率", "超序时", "报送",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(run)
    app.command()(figures)
    app.command()(publications)


def run(as_json: JsonFlag = False) -> None:
    """Run a night now, without Airflow.

    Pulls the outside sources, takes what has arrived in the inbox, judges it, and publishes what changed.
    """
    from dataclasses import asdict

    from taizhang.night import run_night
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade

    upgrade()
    report = run_night(engine())
    if as_json:
        print_json(asdict(report))
        report.require_all()
        return
    print_pulls(report.pulled)
    ingested = report.ingested
    counts = f"读入 {ingested.read} 份，拒收 {ingested.refused} 份，重复 {ingested.duplicates} 份"
    print_line(counts)
    for refusal in ingested.refusals:
        print_line(f"  拒收 {refusal}")
    print_line(f"接收 {report.accepted} 份，退回 {report.quarantined} 份，反馈 {len(report.feedback.files)} 份")
    if report.waiting:
        print_line(f"待审核或待批准重述 {report.waiting} 份")
    reports = f"，质量报告 {len(report.quality_reports)} 份" if report.quality_reports else ""
    published = f"第 {report.publication_id} 期已发布{reports}" if report.publication_id else "没有变化，未发布"
    print_line(published)
    report.require_all()


def figures(
    region: Annotated[str, typer.Option(help="Region code, like 621122; 100000 is the nation.")],
    month: Annotated[str, typer.Option(help="Report month, like 2024-03.")],
    list_name: Annotated[str | None, typer.Option("--list", help="Only this list: name or code.")] = None,
    publication: Annotated[int | None, typer.Option(help="An earlier publication.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a region's published figures of a month.

    One row per list; lists overlap, so never add them up.
    """
    from taizhang.publication.figures import figures as published_figures
    from taizhang.warehouse.connection import engine

    rows = published_figures(engine(), region, parse_month(month), list_name, publication)
    if as_json:
        print_json(rows)
    else:
        _print_figures(f"{region} {month}" + (f" 第 {publication} 期" if publication else ""), rows)


def _print_figures(heading: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        print_line(f"{heading}：没有已发布的数据")
        return
    names = code_list("project_list").names | {"all": "全部项目"}
    print_table(
        f"{heading}（金额：万元；完成率：%；超序时：百分点；报送：已报/应报单位）",
        FIGURE_HEADERS,
        (
            (
                names[row["list_code"]],
                row["project_count"],
                row["started_count"],
                row["total_investment_wan"],
                row["annual_plan_wan"],
                row["ytd_completed_wan"],
                _two_places(row["completion_rate_pct"]),
                _two_places(row["ahead_of_schedule_pp"]),
                f"{row['units_reported']}/{row['units_expected']}",
            )
            for row in rows
        ),
    )


def _two_places(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"


def publications(as_json: JsonFlag = False) -> None:
    """List the publications, the newest first."""
    from taizhang.publication.figures import publications as all_publications
    from taizhang.warehouse.connection import engine

    rows = all_publications(engine())
    if as_json:
        print_json(rows)
        return
    print_table(
        "发布",
        ("期", "状态", "发布时间", "月报", "单位", "月份", "证书或失败原因"),
        (
            (
                row["publication_id"],
                STATES_ZH[row["state"]] + ("←当前" if row["is_current"] else ""),
                row["published_at"].strftime("%Y-%m-%d %H:%M") if row["published_at"] else "",
                row["scope_count"],
                row["unit_count"],
                _months(row["first_month"], row["last_month"]),
                (row["certificate_sha256"] or "")[:8] or row["failure"],
            )
            for row in rows
        ),
    )


def _months(first: date, last: date) -> str:
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}至{last:%Y-%m}"
