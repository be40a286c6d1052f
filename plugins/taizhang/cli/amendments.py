"""Commands on what people decide about findings and figures: the files of waivers and corrections."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import typer

from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.labels import labels

KINDS_ZH = labels("amendment")
STATES_ZH = {
    "waiting": "待报表",
    "applies": "下次核查生效",
    "applied": "已生效",
    "done": "单位已自行改正",
    "stale": "对不上",
    "expired": "已到期",
    "held": "已关账，待重述批准",
}
WRONG = 1


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    corrections = typer.Typer(help="Waivers and corrections, the files below expectations/.", rich_markup_mode=None)
    corrections.callback()(_nothing)
    corrections.command("check")(check)
    app.add_typer(corrections, name="corrections")


def _nothing() -> None:
    """Keep `check` a command of its own although it is the only one."""


def check(as_json: JsonFlag = False) -> None:
    """Validate all waivers and corrections, against the rules, the register and what was submitted.

    The exit code is 1 when an entry is not valid or does not fit what was submitted. Nothing is changed.
    """
    from taizhang.quality.amendment_states import STALE, amendment_states
    from taizhang.quality.amendments import AmendmentError, load_amendments
    from taizhang.quality.catalogue import load_catalogue
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade

    try:
        amendments = load_amendments(load_catalogue())
    except AmendmentError as error:
        _print_faults(error.faults, as_json)
        raise typer.Exit(WRONG) from None
    upgrade()
    with engine().connect() as connection:
        states = [asdict(state) for state in amendment_states(connection, amendments)]
    if as_json:
        print_json({"faults": [], "amendments": states})
    else:
        _print_states(states)
    raise typer.Exit(WRONG if any(state["state"] == STALE for state in states) else 0)


def _print_faults(faults: list[str], as_json: bool) -> None:
    if as_json:
        print_json({"faults": faults, "amendments": []})
        return
    print_line(f"有 {len(faults)} 处不合要求：")
    for fault in faults:
        print_line(f"  {fault}")


def _print_states(states: list[dict[str, Any]]) -> None:
    if not states:
        print_line("没有豁免，也没有更正")
        return
    counts = Counter(state["state"] for state in states)
    summary = "，".join(f"{label} {counts[name]} 条" for name, label in STATES_ZH.items() if counts[name])
    print_table(
        f"豁免和更正 {len(states)} 条：{summary}",
        ("编号", "类别", "单位", "月份", "对象", "状态", "报送编号"),
        (
            (
                state["id"],
                KINDS_ZH[state["kind"]],
                state["unit"],
                state["months"],
                state["about"],
                STATES_ZH[state["state"]],
                "、".join(map(str, state["submissions"])),
            )
            for state in states
        ),
    )
    for state in states:
        if state["detail"]:
            print_line(f"{state['id']}：{state['detail']}")
