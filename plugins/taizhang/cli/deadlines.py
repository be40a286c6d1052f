"""Command that shows what is due, late, overdue or was sent back, as of a day."""

from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.cli.submitters import one_unit

if TYPE_CHECKING:
    from taizhang.deadlines.matters import Found, Matter

LATE = ("filing_missing", "filing_held_back", "filing_refused", "filing_returned")
ANSWERED = ("submission_held_back", "submission_refused", "submission_returned")
ITEMS = ("permit_overdue", "element_overdue", "issue_overdue")
LIGHTS = ("light_red", "light_yellow")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(deadlines)


def deadlines(
    on: Annotated[str | None, typer.Option(help="Day, like 2024-04-12; today in China if none is given.")] = None,
    unit: Annotated[str | None, typer.Option(help="Reporting unit: code or name; lists each of its items.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show who is late and what is overdue as of a day: filings, items, new lights, files sent back.

    Files count by the day on which they were filed, with how they ended as far as is known now. Sends nothing.
    """
    from taizhang.deadlines.matters import matters_on
    from taizhang.warehouse.connection import engine

    code = one_unit(unit)[0] if unit else None
    with engine().begin() as connection:
        found = matters_on(connection, _day(on))
    matters = [one for one in found.matters if code is None or one.unit_code == code]
    if as_json:
        print_json(
            {
                "on": found.day,
                "matters": [asdict(one) for one in matters],
                "unknown_months": [f"{month:%Y-%m}" for month in found.unknown_months],
                "has_marts": found.has_marts,
            }
        )
    else:
        _print(found, matters, in_full=code is not None)


def _day(text: str | None) -> date:
    from taizhang.deadlines.calendar import CHINA

    if text is None:
        return datetime.now(CHINA).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is no day; write it like 2024-04-12") from None


def _print(found: "Found", matters: "list[Matter]", *, in_full: bool) -> None:
    print_line(f"{found.day} 报送与督办情况")
    print_line("")
    _print_filings("逾期未完成报送", [one for one in matters if one.kind in LATE])
    _print_filings("即将到期", [one for one in matters if one.kind == "filing_coming"])
    _print_answers([one for one in matters if one.kind in ANSWERED])
    items = [one for one in matters if one.kind in ITEMS]
    _print_items(items) if in_full else _print_item_counts(items)
    _print_lights([one for one in matters if one.kind in LIGHTS])
    if not matters:
        print_line("没有逾期、到期或退回的事项")
    for month in found.unknown_months:
        print_line(f"{month:%Y-%m} 月报的到期日未知：须顺延，但 config/calendar.yml 没有当年节假日")
    if not found.has_marts:
        print_line("尚未发布过数据，手续、要素、问题和预警未列")


def _print_filings(title: str, matters: "list[Matter]") -> None:
    from taizhang.notify.digest import words

    if matters:
        print_table(
            f"{title}：{len(matters)} 个单位月报",
            ("单位", "名称", "报告期", "应报日", "天数", "状态"),
            (
                (
                    *(one.unit_code, one.label, _month(one), one.since, one.days),
                    words()["standing"][one.detail["standing"]],
                )
                for one in matters
            ),
        )


def _print_answers(matters: "list[Matter]") -> None:
    from taizhang.notify.digest import words

    if matters:
        print_table(
            f"退回未重报：{len(matters)} 份文件",
            ("单位", "报告期", "报送日", "文件", "结果", "反馈或原因"),
            (
                (
                    *(one.unit_code or "未识别", _month(one), one.since, one.label),
                    words()["kinds"][one.kind]["title"],
                    one.detail.get("feedback") or one.detail.get("reason"),
                )
                for one in matters
            ),
        )


def _print_item_counts(matters: "list[Matter]") -> None:
    counts = Counter((one.unit_code, one.kind) for one in matters)
    oldest: dict[Any, int] = {}
    for one in matters:
        oldest[one.unit_code] = max(one.days, oldest.get(one.unit_code, 0))
    if matters:
        print_table(
            f"逾期事项：{len(matters)} 项（逐项见 taizhang deadlines --unit 单位）",
            ("单位", "前期手续", "要素保障", "问题", "最长逾期天数"),
            ((unit, *(counts[unit, kind] for kind in ITEMS), oldest[unit]) for unit in sorted(oldest)),
        )


def _print_items(matters: "list[Matter]") -> None:
    from taizhang.notify.digest import words

    if matters:
        print_table(
            f"逾期事项：{len(matters)} 项",
            ("类型", "事项", "应于", "逾期天数"),
            ((words()["kinds"][one.kind]["title"], one.label, one.since, one.days) for one in matters),
        )


def _print_lights(matters: "list[Matter]") -> None:
    from taizhang.notify.digest import words

    if matters:
        print_table(
            f"新亮或加重的预警灯：{len(matters)} 项",
            ("单位", "报告期", "事项", "灯", "上期", "实测"),
            (
                (
                    *(one.unit_code, _month(one), one.label),
                    words()["lights"][one.kind.removeprefix("light_")],
                    words()["lights"][one.detail["before"]],
                    f"{one.detail['measured']} {one.detail['unit']}",
                )
                for one in matters
            ),
        )


def _month(matter: "Matter") -> str:
    return f"{matter.report_month:%Y-%m}" if matter.report_month else ""
