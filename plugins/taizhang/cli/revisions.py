"""The command that says what changed between two publications, and why."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.codelists import code_list
from taizhang.decimals import plain
from taizhang.publication.revisions import Change, cause_names, changes, details, measure_labels


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(diff)


def diff(
    before: Annotated[int, typer.Argument(help="The earlier publication.")],
    after: Annotated[int, typer.Argument(help="The later publication.")],
    region: Annotated[str, typer.Option(help="Region code, like 621122; 100000 is the nation.")],
    measure: Annotated[str | None, typer.Option(help="Only this figure, like ytd_completed_wan or 总投资.")] = None,
    list_name: Annotated[
        str, typer.Option("--list", help="A list: name or code; `all` is every project once.")
    ] = "all",
    month: Annotated[str | None, typer.Option(help="Only this report month, like 2024-03.")] = None,
    with_details: Annotated[bool, typer.Option("--details", help="Name the projects and units behind it.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Explain what changed in a region's figures from one publication to a later one.

    Each change is split into its causes, which add up to the whole change exactly; an error where they do not.
    """
    from taizhang.warehouse.connection import engine

    if before >= after:
        raise typer.BadParameter(f"publication {before} does not come before {after}")
    first_day = parse_month(month) if month else None
    found = changes(engine(), before, after, region, measure, list_name, first_day)
    behind = [
        details(engine(), before, after, region, change.measure, change.list_code, change.report_month)
        for change in found
        if with_details
    ]
    if as_json:
        print_json([_as_json(change, rows) for change, rows in zip_longest(found, behind)])
        return
    if not found:
        print_line(f"{region}：第 {before} 期至第 {after} 期没有变动")
        return
    _print_changes(region, before, after, found)
    for change, rows in zip(found, behind, strict=False):
        _print_details(change, rows)


def _as_json(change: Change, rows: list[dict[str, Any]] | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "report_month": f"{change.report_month:%Y-%m}",
        "list_code": change.list_code,
        "measure": change.measure,
        "before": change.before,
        "after": change.after,
        "change": change.whole,
        "causes": dict(change.causes),
    }
    return entry if rows is None else entry | {"details": rows}


def _print_changes(region: str, before: int, after: int, found: Sequence[Change]) -> None:
    names = cause_names()
    causes = [code for code in names if any(code in change.causes for change in found)]
    lists = code_list("project_list").names | {"all": "全部项目"}
    print_table(
        f"{region} 第 {before} 期至第 {after} 期的变动（各项原因之和等于全部变动）",
        ("月份", "清单", "指标", f"第{before}期", *(names[code] for code in causes), f"第{after}期"),
        (
            (
                f"{change.report_month:%Y-%m}",
                lists[change.list_code],
                measure_labels()[change.measure],
                plain(change.before),
                *(_signed(change.causes.get(code)) for code in causes),
                plain(change.after),
            )
            for change in found
        ),
    )


def _print_details(change: Change, rows: Sequence[dict[str, Any]]) -> None:
    names = cause_names()
    print_table(
        f"{change.report_month:%Y-%m} {measure_labels()[change.measure]}：{_signed(change.whole)}",
        ("期", "单位", "项目", "原因", "修订前", "修订后", "变动", "报送编号", "重述"),
        (
            (
                row["publication_id"],
                row["unit_name"],
                row["project_name"] or "（全部）",
                names[row["cause_code"]],
                plain(row["value_before"]),
                plain(row["value_after"]),
                _signed(row["changed_by"]),
                "→".join(str(row[name]) for name in ("submission_before", "submission_after") if row[name]),
                row["restated_by"],
            )
            for row in rows
        ),
    )


def _signed(value: Decimal | None) -> str:
    """An amount with its sign, empty where there is none."""
    if not value:
        return ""
    return f"+{plain(value)}" if value > 0 else plain(value)
