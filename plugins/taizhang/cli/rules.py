"""Command that lists and explains the rule catalogue."""

import json
from typing import Annotated, Any

import typer

from taizhang.cli.output import JsonFlag, print_json, print_line, print_table
from taizhang.cli.submitters import SEVERITIES_ZH
from taizhang.errors import TaizhangError


class UnknownRuleError(TaizhangError):
    """The catalogue has no such rule."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(rules)


def rules(
    rule: Annotated[str | None, typer.Argument(help="Only this rule or check, like R10 or R10.january.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the rules of the gate, or explain one."""
    from taizhang.quality.catalogue import load_catalogue
    from taizhang.quality.description import describe_check

    catalogue = load_catalogue()
    asked = (check for check in catalogue.checks if rule in (None, check.meta.rule_id, check.meta.check_id))
    chosen = [describe_check(check) for check in asked]
    if not chosen:
        raise UnknownRuleError(f"the catalogue has no rule {rule}; `taizhang rules` lists them")
    if as_json:
        print_json({"catalogue_version": catalogue.version, "rules": chosen})
    elif rule is None:
        _print_list(chosen, catalogue.version)
    else:
        for entry in chosen:
            _explain(entry)


def _print_list(chosen: list[dict[str, Any]], version: str) -> None:
    ordered = sorted(chosen, key=lambda entry: str(entry["check_id"]))
    print_table(
        f"核查规则 {len(ordered)} 条，目录版本 {version[:12]}",
        ("规则", "级别", "名称", "对象"),
        (
            (entry["check_id"], SEVERITIES_ZH[entry["severity"]], entry["title_zh"], entry["judged_table"])
            for entry in ordered
        ),
    )


def _explain(entry: dict[str, Any]) -> None:
    lines = (
        f"{entry['check_id']} {entry['title_zh']}（{entry['title_en']}）",
        f"  级别：{SEVERITIES_ZH[entry['severity']]}；依据：{entry['source']}",
        f"  说法：{entry['message_zh']}",
        f"  怎么办：{entry['advice_zh']}",
        f"  {entry['expectation']} {json.dumps(entry['kwargs'], ensure_ascii=False)}",
    )
    for line in lines:
        print_line(line)
