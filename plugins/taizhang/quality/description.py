"""What the catalogue says of a rule and of a check, as plain values: for people, for JSON and for the evidence."""

from typing import Any

from taizhang.dictionary import Sheet, load_dictionary
from taizhang.quality.catalogue import Catalogue, Check
from taizhang.quality.judged import JudgedTable, sum_of, whole_of
from taizhang.quality.register import Rule

# Judged tables whose rows come from a sheet of another name.
_SHEET_OF = {"submission": "cover"}


def sheet_of(table: JudgedTable) -> Sheet | None:
    """Return the sheet whose columns a judged table has; None for records that come from no single sheet."""
    return load_dictionary().get(_SHEET_OF.get(table.name, table.name))


def rates_of(check: Check) -> list[dict[str, str]]:
    """Return the printed rates that a check needs, with numerator and denominator as the dictionary names them.

    Of a share the denominator is the whole that is broken down, of a gap to the schedule the rate's.
    """
    sheet = sheet_of(check.table)
    columns = sheet.columns if sheet else ()
    return [
        {
            "rate": column.name,
            "numerator": column.numerator,
            "denominator": whole_of(column) if column.denominator_of == "breakdown" else column.denominator,
        }
        for column in columns
        if {column.name, sum_of(column)} & set(check.arguments.needed) and column.numerator and column.denominator
    ]


def needed_columns(check: Check) -> list[str]:
    """Return the columns that a check looks at, apart from letters, units, half widths and the month it begins with."""
    helpers = {f"{name}{suffix}" for name in check.table.columns for suffix in ("_h", "_letter", "_factor")}
    return [name for name in dict.fromkeys(check.arguments.needed) if name not in helpers | {"report_month"}]


def describe_check(check: Check) -> dict[str, Any]:
    """Return what there is to know of a check."""
    rule = check.rule
    return {
        **check.meta.model_dump(mode="json"),
        "version": check.version,
        "valid_from": f"{check.valid_from:%Y-%m}",
        "source": rule.source,
        "rule_title_zh": rule.title_zh,
        "rule_title_en": rule.title_en,
        "statement_zh": rule.statement_zh,
        "statement_en": rule.statement_en,
        "suite": check.suite,
        "judged_table": check.table.name,
        "columns": needed_columns(check),
        "rates": rates_of(check),
        "expectation": check.entry.type,
        "kwargs": check.entry.kwargs,
    }


def describe_rule(catalogue: Catalogue, rule: Rule) -> dict[str, Any]:
    """Return what there is to know of a rule; `state` is active or waiting, `waits_for` names what is not collected."""
    planned = catalogue.register.planned
    return {
        **rule.model_dump(mode="json"),
        "valid_from": f"{rule.valid_from:%Y-%m}",
        "state": "active" if catalogue.is_active(rule) else "waiting",
        "waits_for": [
            {"sheet": name, **planned[name].model_dump()}
            for name in catalogue.register.missing(rule)
            if name in planned
        ],
        "checks": [check.meta.check_id for check in catalogue.checks_of(rule.id)],
    }
