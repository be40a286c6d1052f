"""The page of rules in the documentation, written from the catalogue: Chinese, with English titles."""

from collections.abc import Iterator

from taizhang.labels import labels
from taizhang.quality.catalogue import Catalogue, Check
from taizhang.quality.description import describe_check, sheet_of
from taizhang.quality.register import Rule

SEVERITIES_ZH = labels("severity")
LEVELS_ZH = {
    0: "格式和结构",
    1: "同一份报表之内",
    2: "同一单位的其他月份或版本",
    3: "其他单位或上级台账",
    4: "其他统计领域",
    5: "政府以外的数据",
}
# What stands before a sheet's column where the gate compares it with other rows.
_PREFIXES_ZH = {"": "", "prev_": "上月", "detail_": "明细", "whole_": "全部", "sum_": "各类"}
INTRODUCTION = """# 核查规则 (Rules)

本页由 `taizhang rules page` 从 `expectations/` 生成，请勿手工修改；`taizhang rules R10` 说明一条规则，并给出例子。

印出的数是一个区间：562.3 亿元即 [562.25, 562.35) 亿元；和、差、比率按区间判断，区间相交即为相符，四舍五入引起的差别
从不算错。结论有三种：通过、矛盾、无法判定。

级别：有**必改**的整份退回，有**请说明**的可以接收、但要说明原因，**提示**的无需处理。层级按欧洲统计体系的数据核查级别：
"""


def write_page(catalogue: Catalogue) -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines(catalogue)) + "\n"


def _lines(catalogue: Catalogue) -> Iterator[str]:
    rules = [rule for _, rule in sorted(catalogue.register.rules.items())]
    active = [rule for rule in rules if catalogue.is_active(rule)]
    yield INTRODUCTION.rstrip("\n")
    yield "；".join(f"{level} {title}" for level, title in LEVELS_ZH.items()) + "。"
    yield f"\n规则包版本 {catalogue.pack_version}："
    yield f"规则 {len(rules)} 条，启用 {len(active)} 条，核查项 {len(catalogue.checks)} 项。"
    yield "\n| 规则 | 名称 | 级别 | 层级 | 状态 |\n|---|---|---|---|---|"
    for rule in rules:
        state = "启用" if rule in active else f"等待：{_waits_for(catalogue, rule)}"
        yield f"| [{rule.id}](#{rule.id.lower()}) | {rule.title_zh} | {_severities(rule)} | {rule.level} | {state} |"
    for rule in rules:
        yield from _rule(catalogue, rule)


def _severities(rule: Rule) -> str:
    return "、".join(SEVERITIES_ZH[severity] for severity in rule.severity)


def _waits_for(catalogue: Catalogue, rule: Rule) -> str:
    return "、".join(catalogue.register.planned[name].title_zh for name in catalogue.register.missing(rule))


def _rule(catalogue: Catalogue, rule: Rule) -> Iterator[str]:
    yield f'\n<a id="{rule.id.lower()}"></a>\n\n## {rule.id} {rule.title_zh} ({rule.title_en})\n'
    yield f"{rule.statement_zh}\n"
    yield f"- 级别：{_severities(rule)}；层级：{rule.level}；版次：{rule.version}；起用月份：{rule.valid_from:%Y-%m}"
    yield f"- 依据：{rule.source}"
    if catalogue.register.missing(rule):
        yield f"- 等待的数据：{_waits_for(catalogue, rule)}"
    if rule.models:
        yield f"- 由数据集市核查：{'、'.join(f'`{name}`' for name in rule.models)}"
    if checks := catalogue.checks_of(rule.id):
        yield "\n| 核查项 | 名称 | 级别 | 对象 | 怎么办 |\n|---|---|---|---|---|"
        for check in checks:
            yield _check(check)


def _check(check: Check) -> str:
    entry = describe_check(check)
    own = "" if check.valid_from == check.rule.valid_from else f"（{check.valid_from:%Y-%m} 起）"
    rates = "".join(
        f"<br>{_label(check, rate['rate'])} = {_label(check, rate['numerator'])} ÷ {_label(check, rate['denominator'])}"
        for rate in entry["rates"]
    )
    cells = (
        f"`{check.meta.check_id}`{own}",
        check.meta.title_zh + rates,
        SEVERITIES_ZH[check.meta.severity],
        "、".join(dict.fromkeys(_label(check, name) for name in entry["columns"])),
        check.meta.advice_zh,
    )
    return f"| {' | '.join(cell.replace('|', '／') for cell in cells)} |"


def _label(check: Check, name: str) -> str:
    """The label of a column as the workbook has it; columns that only the gate knows by their own name."""
    sheet = sheet_of(check.table)
    labels = {column.name: column.label for column in sheet.columns} if sheet else {}
    for prefix, said in _PREFIXES_ZH.items():
        if (label := labels.get(name.removeprefix(prefix))) and name.startswith(prefix):
            return f"{said}{label}"
    return f"`{name}`"
