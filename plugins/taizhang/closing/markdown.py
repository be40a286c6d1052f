"""What is laid before people, as a page of Markdown in Chinese: months to close, submissions to review."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from taizhang.closing.decisions import Undecided
from taizhang.closing.month_state import MonthEvent
from taizhang.codelists import code_list, reporting_units
from taizhang.labels import labels
from taizhang.publication.revisions import measure_labels

# So many missing units and rules are named; the rest is counted, and stands in `taizhang month show --json`.
NAMED = 30
_WAITING = {
    "received": "已收到，尚未读取",
    "read": "已读取，尚未核查",
    "in_review": "待上级审核",
    "held": "待批准重述",
    "quarantined": "退回修改，尚未重报",
}


def month_page(event: MonthEvent) -> str:
    """Return the page of a month that was laid before people."""
    shown = event.content
    parts = [
        f"# {event.report_month:%Y年%m月} 关账审批",
        f"显示的是第 {event.publication_id} 期发布。批准后，本月以该期的数为准；此后的报送须经重述批准。",
        _totals(shown["control_totals"]),
        _coverage(shown["coverage"]),
        _findings(shown["findings"]),
        _waiting(shown["waiting"]),
        _revisions(shown["revisions"], event.publication_id),
        f"资料编号：`{event.sha256[:16]}`　发布证书：`{shown['certificate_sha256'][:16]}`",
    ]
    return "\n\n".join(parts) + "\n"


def review_page(region_name: str, listed: Sequence[Undecided]) -> str:
    """Return the page of what waits for a region's review."""
    units = reporting_units().units
    rows = (
        (
            one.submission_id,
            units[one.unit_code].unit_name,
            f"{one.report_month:%Y-%m}",
            one.file_name,
            f"{one.received_at:%Y-%m-%d}",
        )
        for one in listed
    )
    return (
        f"# {region_name} 待审核报送 {len(listed)} 份\n\n均已通过规则核查，审核接收后计入汇总。\n\n"
        + _table(("报送编号", "单位", "月份", "文件", "收到"), rows)
        + "\n"
    )


def _totals(totals: dict[str, dict[str, str | None]]) -> str:
    names = measure_labels()
    lists = code_list("project_list").names | {"all": "全部项目"}
    rows = [
        (lists.get(code, code), names[measure], _plain(value))
        for code in sorted(totals, key=lambda code: (code != "all", code))
        for measure, value in totals[code].items()
        if measure in names and (code == "all" or value not in (None, "0"))
    ]
    return "## 控制总数（全国合计）\n\n" + _table(("清单", "指标", "数"), rows)


def _coverage(coverage: dict[str, Any]) -> str:
    missing = coverage["missing"]
    outcomes = {"held_back": "退回", "refused": "无法读取", "missing": "未报送"}
    head = (
        f"## 覆盖面\n\n应报 {coverage['expected']} 个单位，已计入 {coverage['in_force']} 个，未计入 {len(missing)} 个。"
    )
    if not missing:
        return head
    rows = [
        (one["unit_name"], one["unit_code"], outcomes.get(one["outcome"], "待审核或待批准")) for one in missing[:NAMED]
    ]
    return f"{head}\n\n{_table(('单位', '代码', '情况'), rows)}{_rest(len(missing) - len(rows), '个单位')}"


def _findings(found: list[dict[str, Any]]) -> str:
    by_level = {level: sum(one["findings"] for one in found if one["severity"] == level) for level in ("block", "warn")}
    words = labels("severity")
    head = (
        "## 未了结的核查意见\n\n" + "，".join(f"{words[level]} {count} 条" for level, count in by_level.items()) + "。"
    )
    if not found:
        return head
    rows = [
        (words[one["severity"]], one["rule_id"], one["title_zh"], one["findings"], one["units"])
        for one in found[:NAMED]
    ]
    return f"{head}\n\n{_table(('级别', '规则', '名称', '条数', '单位数'), rows)}{_rest(len(found) - len(rows), '项')}"


def _waiting(waiting: dict[str, int]) -> str:
    if not waiting:
        return "## 尚未计入的报送\n\n没有。"
    rows = [(_WAITING[state], count) for state, count in sorted(waiting.items())]
    return "## 尚未计入的报送\n\n" + _table(("情况", "份数"), rows)


def _revisions(revisions: list[dict[str, Any]], publication_id: int) -> str:
    names = measure_labels()
    head = f"## 第 {publication_id} 期对上一期的修订"
    rows = [(names[one["measure"]], one["cause_name"], _plain(one["changed_by"]), one["changes"]) for one in revisions]
    return f"{head}\n\n" + (_table(("指标", "原因", "变动", "处数"), rows) if rows else "本月没有变动。")


def _plain(value: str | None) -> str:
    return "" if value is None else f"{Decimal(value).normalize():f}"


def _rest(count: int, what: str) -> str:
    return f"\n\n另有 {count} {what}。" if count > 0 else ""


def _table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    """A value that neither ends its cell nor begins markup: names of files and units are written by others."""
    text = " ".join(str(value).split())
    return text if text == "---" else "".join(f"\\{sign}" if sign in "\\|`*_<>[]" else sign for sign in text)
