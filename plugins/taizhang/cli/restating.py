"""The commands that restate a closed month: one person asks, another approves."""

from typing import Annotated, Any

import typer

from taizhang.cli.closing import DECISIONS_ZH, By, Reason
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table

Number = Annotated[int | None, typer.Argument(help="Number of the submission that waits.")]
Correction = Annotated[str | None, typer.Option(help="Instead: the id of a correction of a closed month.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    restate = typer.Typer(help="Restate closed months.", rich_markup_mode=None)
    for name, command in (("list", listing), ("request", request), ("approve", approve), ("refuse", refuse)):
        restate.command(name)(command)
    app.add_typer(restate, name="restate")


def listing(as_json: JsonFlag = False) -> None:
    """List the submissions for closed months that wait, and every restatement with its reasons and people."""
    from taizhang.closing.restatement import listed
    from taizhang.warehouse.connection import engine

    found = listed(engine())
    if as_json:
        print_json(found)
        return
    print_table(
        f"待批准重述 {len(found['held'])} 份",
        ("报送编号", "单位", "月份", "文件"),
        (
            (one["submission_id"], one["unit_code"], f"{one['report_month']:%Y-%m}", one["file_name"])
            for one in found["held"]
        ),
    )
    print_table(
        f"重述记录 {len(found['decided'])} 条",
        ("月份", "单位", "对象", "决定", "经办", "理由", "时间", "首次发布"),
        (_row(one) for one in found["decided"]),
    )


def request(by: By, reason: Reason, number: Number = None, correction: Correction = None) -> None:
    """Ask that a submission for a closed month, or a correction of one, count; by a person above its unit."""
    from taizhang.closing import restatement
    from taizhang.closing.people import approvals
    from taizhang.warehouse.connection import engine

    if correction is not None:
        restatement.request_correction(engine(), _correction(number, correction), by, reason, approvals())
    else:
        restatement.request(engine(), _number(number), by, reason, approvals())
    print_line(f"{by} 申请重述：{correction or number}，须由另一人批准")


def approve(by: By, reason: Reason, number: Number = None, correction: Correction = None) -> None:
    """Approve a restatement that another person has asked for; the next run of the gate carries it out."""
    from taizhang.closing import restatement
    from taizhang.closing.people import approvals
    from taizhang.warehouse.connection import engine

    if correction is not None:
        restatement.approve_correction(engine(), _correction(number, correction), by, reason, approvals())
    else:
        restatement.approve(engine(), _number(number), by, reason, approvals())
    print_line(f"{by} 批准重述：{correction or number}，下次核查后生效")


def refuse(number: Annotated[int, typer.Argument(help="Number of the submission.")], by: By, reason: Reason) -> None:
    """Return a submission for a closed month to its unit, which finds the reason in the outbox."""
    from taizhang.closing import restatement
    from taizhang.closing.people import approvals
    from taizhang.warehouse.connection import engine

    restatement.refuse(engine(), number, by, reason, approvals())
    print_line(f"{by} 不同意重述：{number}")


def _row(one: dict[str, Any]) -> tuple[Any, ...]:
    return (
        f"{one['report_month']:%Y-%m}",
        one["unit_code"],
        one["amendment_id"] or one["submission_id"],
        DECISIONS_ZH[one["decision"]],
        one["actor"],
        one["reason"],
        f"{one['created_at']:%Y-%m-%d %H:%M}",
        one["publication_id"],
    )


def _number(number: int | None) -> int:
    if number is None:
        raise typer.BadParameter("name a submission by its number, or a correction by --correction")
    return number


def _correction(number: int | None, wanted: str) -> Any:
    from taizhang.quality.amendments import load_amendments
    from taizhang.quality.catalogue import load_catalogue

    if number is not None:
        raise typer.BadParameter("name either a submission or a correction")
    for one in load_amendments(load_catalogue()).active_corrections:
        if one.id == wanted:
            return one
    raise typer.BadParameter(f"the files have no correction {wanted} that is in force")
