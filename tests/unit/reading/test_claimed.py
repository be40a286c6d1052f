"""Whose an unreadable file is, by its name alone."""

from datetime import date

import pytest

from taizhang.reading.identity import claimed_by_name

MARCH = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("name", "claimed"),
    [
        ("陇西县2024年3月重大项目月报.xlsx", ("621122", MARCH)),
        ("定西市陇西县2024-03.xls", ("621122", MARCH)),
        ("定西市2024年1-3月.xlsx", ("621100C0", MARCH)),
    ],
)
def test_a_name_that_tells_unit_and_month_is_believed(name: str, claimed: tuple[str, date]) -> None:
    assert claimed_by_name(name) == claimed


@pytest.mark.parametrize(
    "name",
    [
        "重大项目月报2024年3月.xlsx",
        "陇西县月报.xlsx",
        "陇西县2024年13月.xlsx",
        "陇西县2999年3月.xlsx",
        "陇西县2001年3月.xlsx",
        "陇西县、通渭县2024年3月.xlsx",
    ],
)
def test_a_name_that_leaves_a_doubt_is_not(name: str) -> None:
    assert claimed_by_name(name) is None
