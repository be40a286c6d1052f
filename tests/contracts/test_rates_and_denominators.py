"""A rule on a rate takes numerator and denominator from the dictionary, where every rate names its own."""

import pytest

from taizhang.dictionary import load_dictionary
from taizhang.dictionary.model import RATIOS
from taizhang.quality.catalogue import Check, load_catalogue
from taizhang.quality.description import rates_of, sheet_of

CATALOGUE = load_catalogue()
ON_RATES = [check for check in CATALOGUE.checks if rates_of(check)]
# The figure of the year before as it was filed stands beside the one that the sheet states.
AS_FILED = ("filed_", "first_")
TIES = [check for check in CATALOGUE.checks if {"rate", "numerator", "denominator"} <= check.entry.kwargs.keys()]


def test_every_rate_of_the_dictionary_is_judged_by_a_tie():
    printed = {(sheet.sheet, column.name) for sheet in load_dictionary().values() for column in sheet.columns
               if column.type in RATIOS}  # fmt: skip
    judged = {(check.table.name, rate["rate"]) for check in ON_RATES if _figures(check) for rate in rates_of(check)}
    assert judged == printed


@pytest.mark.parametrize("check", TIES, ids=lambda check: check.meta.check_id)
def test_a_tie_of_a_rate_divides_what_the_dictionary_says(check: Check):
    kwargs = check.entry.kwargs
    named = {name: _as_stated(kwargs[name]) for name in ("rate", "numerator", "denominator")}
    assert named in rates_of(check)


def _as_stated(name: str) -> str:
    for prefix in AS_FILED:
        name = name.removeprefix(prefix)
    return name


def _figures(check: Check) -> set[str]:
    """Amounts and counts that the check looks at beside its rates."""
    sheet = sheet_of(check.table)
    names = {column.name for column in sheet.measures if column.type not in RATIOS} if sheet else set()
    stated = {_as_stated(name) for name in check.arguments.columns}
    return {name for name in stated if name.removeprefix("whole_") in names}


@pytest.mark.parametrize("check", ON_RATES, ids=lambda check: check.meta.check_id)
def test_a_rate_is_compared_with_no_other_figures_than_its_own(check: Check):
    if figures := _figures(check):
        assert figures == {name for rate in rates_of(check) for name in (rate["numerator"], rate["denominator"])}
    else:
        assert set(check.arguments.columns) - {"report_month"} <= _alone(check)


def _alone(check: Check) -> set[str]:
    """The rate itself, the sum of its breakdown or what its detail comes to, with their half widths."""
    names = {f"{prefix}{rate['rate']}" for rate in rates_of(check) for prefix in ("", "sum_", "detail_")}
    return names | {f"{name}_h" for name in names}
