"""Commands on what people decide: closing a month, restating a closed one, reviewing submissions."""

from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table

By = Annotated[str, typer.Option("--by", help="Who decides: the id of a person in config/approvals.yml.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept.")]
Month = Annotated[str, typer.Argument(help="Report month, like 2024-03.")]
Shown = Annotated[str, typer.Option("--shown", help="The number (资料编号) of the page that was shown.")]
Number = Annotated[int, typer.Argument(help="Number of the submission.")]
Numbers = Annotated[list[int], typer.Argument(help="Numbers of submissions.")]

STATES_ZH = {"open": "未关账", "closing": "待审批", "closed": "已关账"}
DECISIONS_ZH = {
    "restatement_requested": "申请重述",
    "restatement_approved": "批准重述",
    "restatement_refused": "不同意重述",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    month = typer.Typer(help="Close report months.", rich_markup_mode=None)
    month.command("status")(status)
    month.command("lay")(lay)
    month.command("show")(show)
    month.command("approve")(approve)
    month.command("reject")(reject)
    app.add_typer(month, name="month")
    review = typer.Typer(help="Review submissions before they count.", rich_markup_mode=None)
    review.command("list")(review_list)
    review.command("accept")(review_accept)
    review.command("return")(review_return)
    app.add_typer(review, name="review")


def status(as_json: JsonFlag = False) -> None:
    """Say of each published month whether it is open, laid before people, or closed, by whom and why."""
    from taizhang.closing.month_state import due_months, newest, published_months
    from taizhang.warehouse.connection import engine

    due = set(due_months(engine()))
    with engine().connect() as connection:
        events = {event.report_month: event for event in newest(connection)}
        months = published_months(connection)
    listed: list[dict[str, Any]] = []
    for month in months:
        event = events.get(month)
        entry = {"report_month": f"{month:%Y-%m}", "state": event.state if event else "open", "is_due": month in due}
        keys = ("publication_id", "actor", "reason", "sha256")
        listed.append(entry | {key: getattr(event, key) if event else None for key in keys})
    if as_json:
        print_json(listed)
        return
    print_table(
        f"已发布的月份 {len(listed)} 个",
        ("月份", "状态", "期", "经办", "说明", "资料编号"),
        (
            (
                one["report_month"],
                STATES_ZH[one["state"]] + ("（已过时限）" if one["is_due"] and one["state"] == "open" else ""),
                one["publication_id"],
                one["actor"],
                one["reason"],
                (one["sha256"] or "")[:16],
            )
            for one in listed
        ),
    )


def lay(month: Month, by: By, reason: Reason = "提请审批") -> None:
    """Lay a month as it is published now before those who close months, and print it."""
    from taizhang.closing.markdown import month_page
    from taizhang.closing.month_state import lay_before
    from taizhang.closing.people import approvals
    from taizhang.warehouse.connection import engine

    people = approvals()
    people.person(by)
    event = lay_before(engine(), parse_month(month), by, reason, people.closing.approvers)
    print_line(month_page(event))


def show(month: Month, as_json: JsonFlag = False) -> None:
    """Print what was laid before people last, and the number to approve it by."""
    from taizhang.closing.month_state import MonthStateError, newest
    from taizhang.warehouse.connection import engine

    with engine().connect() as connection:
        found = newest(connection, parse_month(month))
    if not found:
        raise MonthStateError(f"{month} was never laid before anybody: taizhang month lay {month}")
    (event,) = found
    if as_json:
        print_json({"state": event.state, "actor": event.actor, "sha256": event.sha256, "content": event.content})
        return
    _print_event(event)


def approve(month: Month, shown: Shown, by: By, reason: Reason = "") -> None:
    """Close a month with the publication that was shown; it does not count if anything has changed since."""
    from taizhang.closing.month_state import approve as close
    from taizhang.closing.people import approvals
    from taizhang.warehouse.connection import engine

    first_day = parse_month(month)
    event = close(engine(), first_day, _laid(first_day, shown), by, reason, approvals())
    print_line(f"{month} 已关账，以第 {event.publication_id} 期的数为准，证书 {event.sha256}")


def reject(month: Month, shown: Shown, by: By, reason: Reason) -> None:
    """Leave a month open that was laid before people, and say why."""
    from taizhang.closing.month_state import reject as leave_open
    from taizhang.closing.people import approvals
    from taizhang.warehouse.connection import engine

    first_day = parse_month(month)
    leave_open(engine(), first_day, _laid(first_day, shown), by, reason, approvals())
    print_line(f"{month} 未关账：{reason}")


def review_list(
    region: Annotated[str | None, typer.Option(help="Only what this region's people review.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the submissions that wait for a review, and whose people review them."""
    from taizhang.closing.people import approvals
    from taizhang.closing.review import waiting
    from taizhang.warehouse.connection import engine

    found = waiting(engine(), approvals(), region)
    if as_json:
        print_json([vars(one) | {"reviewed_by": code} for one, code in found])
        return
    print_table(
        f"待审核 {len(found)} 份",
        ("报送编号", "单位", "月份", "文件", "审核地区"),
        (
            (one.submission_id, one.unit_code, f"{one.report_month:%Y-%m}", one.file_name, code or "（无人审核）")
            for one, code in found
        ),
    )


def review_accept(numbers: Numbers, by: By, reason: Reason) -> None:
    """Let submissions count: the next run of the gate puts them into force. All of them or none."""
    from taizhang.closing.people import approvals
    from taizhang.closing.review import accept
    from taizhang.warehouse.connection import engine

    accept(engine(), numbers, by, reason, approvals())
    print_line(f"已审核接收 {len(set(numbers))} 份，下次核查后计入")


def review_return(numbers: Numbers, by: By, reason: Reason) -> None:
    """Return submissions to their units, which find the reason in the outbox. All of them or none."""
    from taizhang.closing.people import approvals
    from taizhang.closing.review import give_back
    from taizhang.warehouse.connection import engine

    give_back(engine(), numbers, by, reason, approvals())
    print_line(f"已退回 {len(set(numbers))} 份：{reason}")


def _print_event(event: Any) -> None:
    from taizhang.closing.markdown import month_page

    if event.state == "closing":
        print_line(month_page(event))
        return
    month = f"{event.report_month:%Y-%m}"
    print_line(f"{month} {STATES_ZH[event.state]}：第 {event.publication_id} 期，{event.actor}，{event.reason}")
    print_line(f"证书 {event.sha256}")


def _laid(month: Any, shown: str) -> str:
    """The whole number of the page that is laid before people now, if the given beginning is one of it."""
    from taizhang.closing.month_state import newest
    from taizhang.warehouse.connection import engine

    if len(shown) < 8:
        raise typer.BadParameter(f"{shown} is too short: give at least 8 characters of the 资料编号")
    with engine().connect() as connection:
        found = newest(connection, month)
    return found[0].sha256 if found and found[0].sha256.startswith(shown) else shown
