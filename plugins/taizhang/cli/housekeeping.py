"""Commands of housekeeping and of legal holds."""

import getpass
from datetime import date
from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table

KINDS_ZH = {
    "raw_rows": "被替换报送的入库数据",
    "outbox_file": "反馈文件",
    "data_docs": "核查页面",
    "report": "质量报告",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(housekeeping)
    hold = typer.Typer(help="Legal holds: units, months and submissions of which nothing is removed.")
    hold.command("place")(place)
    hold.command("list")(list_holds)
    hold.command("release")(release)
    app.add_typer(hold, name="hold")


def housekeeping(
    apply: Annotated[bool, typer.Option("--apply", help="Do it; otherwise only say what would be done.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Remove what config/retention.yml lets go, make partitions ahead, vacuum, rotate logs, clean Airflow's history."""
    from taizhang.keeping.housekeeping import clean_airflow, housekeep
    from taizhang.warehouse.connection import engine

    report = housekeep(engine(), apply=apply).to_json()
    report["done"] += clean_airflow(apply=apply)
    if as_json:
        print_json(report | {"applied": apply})
        return
    _print_report(report, apply)


def _print_report(report: dict[str, Any], applied: bool) -> None:
    rows = [
        (KINDS_ZH[kind], went["count"], went["rows"], went["bytes"], _kept(report, kind))
        for kind, went in report["removed"].items()
    ]
    title = f"第 {report['run']} 次清理：已删除" if applied else "演练：将删除（加 --apply 才会执行）"
    print_table(title, ("内容", "件数", "行数", "字节", "保留"), rows)
    for entry in report["kept"]:
        print_line(f"保留 {entry['subject']}：{entry['why']}")
    for line in report["done"]:
        print_line(line if applied else f"would have: {line}")


def _kept(report: dict[str, Any], kind: str) -> int:
    return sum(entry["kind"] == kind for entry in report["kept"])


def place(
    reason: Annotated[str, typer.Option(help="Why nothing may be removed, like the number of the case.")],
    unit: Annotated[str | None, typer.Option(help="Reporting unit: code or name.")] = None,
    month: Annotated[str | None, typer.Option(help="Report month, like 2024-03.")] = None,
    submission: Annotated[int | None, typer.Option(help="Number of a submission.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day, like 2027-12-31; without: until released.")] = None,
    by: Annotated[str | None, typer.Option(help="Who holds; without: your login.")] = None,
) -> None:
    """Hold a unit, a month, a unit's month or a submission: nothing of it is removed."""
    from taizhang.cli.submitters import one_unit
    from taizhang.keeping.holds import Hold
    from taizhang.keeping.holds import place as place_hold
    from taizhang.warehouse.connection import engine

    hold = Hold(
        reason=reason,
        held_by=by or getpass.getuser(),
        unit_code=one_unit(unit)[0] if unit else None,
        report_month=parse_month(month) if month else None,
        submission_id=submission,
        until=_day(until),
    )
    print_line(f"已登记第 {place_hold(engine(), hold)} 号保全")


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no day; write it like 2027-12-31") from None


def list_holds(as_json: JsonFlag = False) -> None:
    """List all holds ever placed."""
    from taizhang.keeping.holds import holds
    from taizhang.warehouse.connection import engine

    rows = holds(engine())
    if as_json:
        print_json(rows)
        return
    names = ("legal_hold_id", "unit_code", "report_month", "submission_id", "held_until", "held_by", "reason")
    print_table(
        "法定保全",
        ("编号", "单位", "月份", "报送", "截止", "登记人", "事由", "状态"),
        ([*(row[name] for name in names), "有效" if row["is_active"] else "已解除或到期"] for row in rows),
    )


def release(
    number: Annotated[int, typer.Argument(help="Number of the hold.")],
    reason: Annotated[str, typer.Option(help="Why it is no longer needed.")],
    by: Annotated[str | None, typer.Option(help="Who releases; without: your login.")] = None,
) -> None:
    """Release a hold; it stays on record."""
    from taizhang.keeping.holds import release as release_hold
    from taizhang.warehouse.connection import engine

    release_hold(engine(), number, by or getpass.getuser(), reason)
    print_line(f"已解除第 {number} 号保全")
