"""Commands on the rule catalogue: list and explain it, compare two packs, and for maintainers stamp and print it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.cli.submitters import SEVERITIES_ZH, VERDICTS_ZH
from taizhang.errors import TaizhangError
from taizhang.settings import PROJECT_ROOT

STATES_ZH = {"active": "启用", "waiting": "等待"}
CHANGES_ZH = {"added": "新增", "removed": "消失", "changed": "改级"}
CASES_ZH = {"pass": "通过的例子", "fail": "不通过的例子"}


class UnknownRuleError(TaizhangError):
    """The catalogue has no such rule."""


class _ShowByDefault(TyperGroup):
    """`taizhang rules` and `taizhang rules R10` are short for `taizhang rules show …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in front of anything that names none."""
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["show", *args])


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    rules = typer.Typer(
        cls=_ShowByDefault,
        help="List and explain the rules of the gate, or compare two packs of rules.",
        rich_markup_mode=None,
    )
    for command in (show, compare, stamp, page):
        rules.command()(command)
    app.add_typer(rules, name="rules")


def show(
    rule: Annotated[str | None, typer.Argument(help="Only this rule or check, like R10 or R10.january.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the rules, or explain one rule or check."""
    from taizhang.quality.catalogue import load_catalogue
    from taizhang.quality.description import describe_check, describe_rule

    catalogue = load_catalogue()
    register = [describe_rule(catalogue, entry) for _, entry in sorted(catalogue.register.rules.items())]
    register = [entry for entry in register if rule in (None, entry["id"], *entry["checks"])]
    if not register:
        raise UnknownRuleError(f"the catalogue has no rule {rule}; `taizhang rules` lists them")
    checks = [describe_check(check) for check in catalogue.checks if rule in (None, check.rule.id, check.meta.check_id)]
    if as_json:
        versions = {"catalogue_version": catalogue.version, "pack_version": catalogue.pack_version}
        print_json({**versions, "register": register, "rules": [entry | _examples(entry) for entry in checks]})
    elif rule is None:
        _print_list(register, f"规则包 {catalogue.pack_version}，目录版本 {catalogue.version[:12]}")
    else:
        _explain(register[0], checks)


def _examples(entry: dict[str, Any]) -> dict[str, Any]:
    """The first case of each kind that stands beside the check."""
    from taizhang.quality.cases import load_case

    case = load_case(entry["check_id"])
    return {"examples": {kind: case[kind][0] for kind in CASES_ZH}}


def _severities(names: list[str]) -> str:
    return "、".join(SEVERITIES_ZH[name] for name in names)


def _waits_for(entry: dict[str, Any]) -> str:
    return "、".join(sheet["title_zh"] for sheet in entry["waits_for"])


def _print_list(register: list[dict[str, Any]], versions: str) -> None:
    active = sum(entry["state"] == "active" for entry in register)
    print_table(
        f"核查规则 {len(register)} 条，启用 {active} 条，等待数据 {len(register) - active} 条；{versions}",
        ("规则", "状态", "层级", "级别", "名称", "核查项", "等待"),
        (
            (
                entry["id"],
                STATES_ZH[entry["state"]],
                entry["level"],
                _severities(entry["severity"]),
                entry["title_zh"],
                len(entry["checks"]) or "、".join(entry["models"]),
                _waits_for(entry),
            )
            for entry in register
        ),
    )


def _explain(rule: dict[str, Any], checks: list[dict[str, Any]]) -> None:
    for line in (
        f"{rule['id']} {rule['title_zh']}（{rule['title_en']}）：{STATES_ZH[rule['state']]}",
        f"  {rule['statement_zh']}",
        f"  {rule['statement_en']}",
        f"  层级：{rule['level']}；级别：{_severities(rule['severity'])}；依据：{rule['source']}",
        f"  版次：{rule['version']}；起用月份：{rule['valid_from']}",
    ):
        print_line(line)
    if rule["waits_for"]:
        print_line(f"  等待：{_waits_for(rule)}")
    if rule["models"]:
        print_line(f"  由数据集市核查：{'、'.join(rule['models'])}")
    for entry in checks:
        _explain_check(entry)


def _explain_check(entry: dict[str, Any]) -> None:
    print_line("")
    print_line(f"{entry['check_id']} {entry['title_zh']}（{entry['title_en']}）")
    print_line(f"  级别：{SEVERITIES_ZH[entry['severity']]}；版次：{entry['version']}；起用月份：{entry['valid_from']}")
    print_line(f"  说法：{entry['message_zh']}")
    print_line(f"  怎么办：{entry['advice_zh']}")
    print_line(f"  对象：{entry['judged_table']}：{'、'.join(entry['columns'])}")
    for rate in entry["rates"]:
        print_line(f"  比率：{rate['rate']} = {rate['numerator']} ÷ {rate['denominator']}")
    print_line(f"  {entry['expectation']} {_plain(entry['kwargs'])}")
    for kind, example in _examples(entry)["examples"].items():
        print_line(f"  {CASES_ZH[kind]}：{_plain(example)}")


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def compare(
    before: Annotated[str, typer.Argument(help="A folder, `current`, or a stored pack or catalogue version.")],
    after: Annotated[str, typer.Argument(help="The same, for the rules that would take their place.")],
    month: Annotated[str, typer.Option(help="Report month, like 2024-03.")],
    as_json: JsonFlag = False,
) -> None:
    """Show which verdicts a change of rules would change.

    Judges the stored submissions of a month with both packs; nothing of it is kept.
    """
    from taizhang.quality.compare import compare_packs
    from taizhang.warehouse.connection import engine

    comparison = compare_packs(engine(), before, after, parse_month(month)).to_json()
    if as_json:
        print_json(comparison)
        return
    packs = "，".join(
        f"{pack['name']} {pack['pack_version']}（{pack['catalogue_version'][:12]}，{pack['checks']} 项）"
        f"发现 {pack['findings']} 处"
        for pack in (comparison["before"], comparison["after"])
    )
    print_line(f"{month} 已存报表 {comparison['submissions']} 份：{packs}")
    _print_outcomes(comparison["outcomes"])
    _print_checks(comparison["checks"], comparison["examples"])


def _print_outcomes(outcomes: list[dict[str, Any]]) -> None:
    if not outcomes:
        print_line("没有报表的结论改变")
        return
    print_table(
        f"结论改变的报表 {len(outcomes)} 份",
        ("单位", "文件", "原结论", "新结论"),
        (
            (entry["unit_code"], entry["file_name"], *(_verdict(entry[side]) for side in ("before", "after")))
            for entry in outcomes
        ),
    )


def _verdict(name: str) -> str:
    """The verdict in Chinese, without its colour."""
    return VERDICTS_ZH[name].partition("]")[2].partition("[")[0]


def _print_checks(checks: list[dict[str, Any]], examples: list[dict[str, Any]]) -> None:
    if not checks:
        print_line("没有核查结果改变")
        return
    print_table(
        f"结果改变的核查项 {len(checks)} 项",
        ("核查项", "原级别", "新级别", "新增", "消失", "改级"),
        (
            (
                entry["check_id"],
                *(SEVERITIES_ZH.get(entry[side] or "", "无") for side in ("severity_before", "severity_after")),
                *(entry[change] for change in CHANGES_ZH),
            )
            for entry in checks
        ),
    )
    for entry in examples:
        cell = f"{entry['sheet'] or ''} {entry['cell'] or ''}".strip()
        print_line(
            f"  {CHANGES_ZH[entry['change']]} {entry['check_id']} {entry['unit_code']} {cell}：{entry['message_zh']}"
        )


def stamp(
    changes_zh: Annotated[str | None, typer.Option("--zh", help="What changed, in Chinese.")] = None,
    changes_en: Annotated[str | None, typer.Option("--en", help="What changed, in English.")] = None,
    version: Annotated[str | None, typer.Option(help="The new version; without it the last number rises.")] = None,
    again: Annotated[bool, typer.Option("--again", help="The newest version is not released yet: renew it.")] = False,
) -> None:
    """For maintainers: give changed rules a version in expectations/pack.yml."""
    from taizhang.quality.stamp import stamp_pack

    print_line(stamp_pack(changes_zh, changes_en, version, again))


def page(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = PROJECT_ROOT / "docs" / "rules.md",
) -> None:
    """For maintainers: write the page of rules from the catalogue."""
    from taizhang.quality.catalogue import load_catalogue
    from taizhang.quality.rule_page import write_page

    output.write_text(write_page(load_catalogue()), encoding="utf-8")
    print_line(f"已写入 {output}")
