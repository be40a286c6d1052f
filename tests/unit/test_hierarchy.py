"""What cities and provinces add up, and what the register must say of each unit."""

from datetime import date
from pathlib import Path

import pytest

from taizhang import codelists
from taizhang.codelists import CodeListError, reporting_units
from taizhang.hierarchy import parts_below

MARCH = date(2024, 3, 1)


def test_a_city_adds_up_its_counties_zones_and_itself() -> None:
    parts = parts_below(reporting_units().units["621100C0"], MARCH)
    assert [part.part_code for part in parts] == sorted(part.part_code for part in parts)
    assert {"621102", "621100B0", "621100K1"} < {part.part_code for part in parts}
    assert all(part.summary_unit is None and len(part.detail_units) == 1 for part in parts)
    assert next(part for part in parts if part.part_code == "621100K1").labels == {"定西经济开发区", "定西经开区"}


def test_a_province_adds_up_its_cities() -> None:
    (city,) = parts_below(reporting_units().units["620000P0"], MARCH)
    assert (city.part_code, city.part_name) == ("621100", "定西市")
    assert city.summary_unit is reporting_units().units["621100C0"]
    assert len(city.detail_units) == 9


def test_a_unit_counts_only_in_the_months_in_which_it_exists() -> None:
    assert parts_below(reporting_units().units["621100C0"], date(2020, 12, 1)) == []


def test_a_unit_with_details_adds_up_nothing() -> None:
    assert parts_below(reporting_units().units["621122"], MARCH) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("621199,某县,village,621100,,2021-01-01,,", "no kind of unit"),
        ("621199C0,某市,city,620000,,2021-01-01,,", "names the region it adds up"),
        ("621199,某县,county,621100,621100,2021-01-01,,", "names the region it adds up"),
    ],
)
def test_a_register_that_cannot_be_right_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, fault: str
) -> None:
    header = (codelists.SEEDS_DIR / "reporting_unit.csv").read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "unit_kind.csv").write_bytes((codelists.SEEDS_DIR / "unit_kind.csv").read_bytes())
    (tmp_path / "reporting_unit.csv").write_text(f"{header}\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(codelists, "SEEDS_DIR", tmp_path)
    reporting_units.cache_clear()
    try:
        with pytest.raises(CodeListError, match=fault):
            reporting_units()
    finally:
        reporting_units.cache_clear()
