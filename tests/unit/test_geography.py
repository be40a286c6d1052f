"""Regions as they were, and what replaced them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from taizhang.codelists import CodeListError, ReportingUnit, reporting_units
from taizhang.geography import children, codes_on, is_below, known_by, parent_of, place_of, region, stretches

BEFORE, AFTER = date(2018, 12, 1), date(2019, 1, 1)


def unit(code: str, parent: str, kind: str = "county", starts: date = date(2015, 1, 1)) -> ReportingUnit:
    return replace(
        reporting_units().units["621122"],
        unit_code=code,
        unit_kind=kind,
        parent_region_code=parent,
        valid_from=starts,
        aliases=(),
    )


@pytest.mark.parametrize(
    ("code", "known_on", "day", "expected"),
    [
        ("532526", date(2010, 1, 1), date(2013, 1, 23), "532526"),
        ("532526", date(2010, 1, 1), date(2013, 1, 24), "532504"),
        ("532504", date(2020, 1, 1), date(2010, 1, 1), "532526"),
        ("371200", BEFORE, AFTER, "370100"),
        ("370100", AFTER, BEFORE, "370100"),
        ("371202", BEFORE, AFTER, "370116"),
        ("370116", AFTER, BEFORE, "371202"),
        ("330103", BEFORE, date(2022, 1, 1), "330105"),
        ("330113", date(2022, 1, 1), BEFORE, "330110"),
        ("469003", BEFORE, date(2016, 1, 1), "460400A0"),
        ("411421", AFTER, date(2000, 1, 1), "411421"),
        # Known by a code that was closed before, or made later.
        ("371202", date(2024, 1, 1), date(2024, 1, 1), "370116"),
        ("370116", date(2001, 1, 1), date(2001, 1, 1), "371202"),
        # Moved twice: 460003 became 469003 and then a city.
        ("460003", date(2000, 1, 1), date(2024, 1, 1), "460400A0"),
    ],
)
def test_codes_are_followed_forward_and_backward(code: str, known_on: date, day: date, expected: str) -> None:
    assert codes_on(code, known_on, day) == ((expected, Decimal(1)),)


def test_a_code_that_was_split_goes_on_by_shares() -> None:
    split = (("330102", Decimal("0.8")), ("330114", Decimal("0.2")))
    assert codes_on("330104", BEFORE, date(2022, 1, 1)) == split


def test_a_region_has_the_name_and_parent_of_the_day() -> None:
    assert (region("330110", AFTER).region_name, region("330110", AFTER).parent_code) == ("余杭区", "330100")
    assert region("371202", AFTER).parent_code == "371200"
    assert region("429004", AFTER).parent_code == "420000"
    assert region("441900A0", AFTER).parent_code == "441900"
    with pytest.raises(CodeListError, match="no region"):
        region("999999", AFTER)


def test_what_lies_below_depends_on_the_day() -> None:
    assert {"371202", "371203"} == children("371200", BEFORE)
    assert children("371200", AFTER) == frozenset()
    assert {"370116", "370117"} <= children("370100", AFTER)
    assert is_below("371202", "371200", BEFORE)
    assert is_below("370116", "370100", AFTER)
    assert not is_below("370116", "371200", AFTER)
    assert is_below("429004", "100000", AFTER)


@pytest.mark.parametrize(
    ("filing", "known", "before", "after"),
    [
        (unit("371202", "371200"), "371202", "371200", "370100"),
        (unit("371200K1", "371200", "zone"), "371200", "371200", "370100"),
        (unit("370000B0", "370000", "direct"), "370000", "370000", "370000"),
        (unit("441900", "440000"), "441900A0", "441900", "441900"),
        (unit("429004", "420000"), "429004", "420000", "420000"),
        (unit("500101", "500000"), "500101", "500000", "500000"),
    ],
    ids=lambda value: value.unit_code if isinstance(value, ReportingUnit) else None,
)
def test_a_unit_belongs_where_its_region_belongs(filing: ReportingUnit, known: str, before: str, after: str) -> None:
    assert known_by(filing) == known
    assert (parent_of(filing, BEFORE), parent_of(filing, AFTER)) == (before, after)


def test_a_city_adds_up_what_its_region_has_become() -> None:
    city = replace(unit("371200C0", "370000", "city"), summarises_region_code="371200")
    assert (place_of(city, BEFORE), place_of(city, AFTER)) == ("371200", "370100")


def test_each_code_says_at_any_time_whether_it_is_in_force_or_what_replaced_it() -> None:
    of_code = [stretch for stretch in stretches() if stretch.region_code == "371202"]
    assert [(stretch.valid_from, stretch.valid_to, stretch.replaced_by) for stretch in of_code] == [
        (date(2000, 1, 1), date(2018, 12, 26), None),
        (date(2018, 12, 26), None, "370116"),
    ]
    # Only the year is known: both codes are in force all year.
    old, new = (
        [s for s in stretches() if s.region_code == code and not s.replaced_by] for code in ("320502", "320508")
    )
    assert (old[0].valid_to, new[0].valid_from) == (date(2013, 1, 1), date(2012, 1, 1))
    assert [s for s in stretches() if s.replaced_by and s.region_code in s.replaced_by.split("、")] == []
    codes: dict[str, list[date | None]] = {}
    for stretch in stretches():
        ends = codes.setdefault(stretch.region_code, [stretch.valid_from])
        assert stretch.valid_from >= (ends[-1] or date.max), stretch
        ends.append(stretch.valid_to)
