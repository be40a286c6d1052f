"""A row of the warehouse in the terms of OC4IDS, and the codes that are mapped."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft4Validator

from taizhang.codelists import code_list, seed_rows
from taizhang.dictionary.mart import published_marts
from taizhang.export.oc4ids import SCHEMA_FILE
from taizhang.export.oc4ids_project import mapping, project
from taizhang.export.request import ExportError

PUBLISHED = datetime(2024, 4, 20, 3, 30, tzinfo=UTC)
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
ROW: dict[str, Any] = {
    "project_sk": 7,
    "unit_code": "621122",
    "unit_name": "陇西县",
    "project_name": "产业园",
    "project_code": None,
    "project_location": None,
    "industry_class": None,
    "industry_code": None,
    "construction_nature": None,
    "construction_content": None,
    "responsible_org": None,
    "region_code": "621122",
    "region_name": "陇西县",
    "region_kind": "administrative",
    "province_name": "甘肃省",
    "report_month": date(2024, 2, 1),
    "project_status": None,
    "is_started": None,
    "start_day": None,
    "completion_day": None,
    "total_investment_wan": None,
    "annual_plan_wan": None,
    "ytd_completed_wan": None,
    "since_start_wan": None,
    "funds_received_wan": None,
    "funds_paid_wan": None,
    "list_codes": None,
}


def made(**values: Any) -> dict[str, Any]:
    return project(ROW | values, "oc4ids-abc123", PUBLISHED)


def faults(one: dict[str, Any]) -> list[str]:
    package = {
        "uri": "urn:x:1",
        "publisher": {"name": "甲"},
        "publishedDate": PUBLISHED.isoformat(),
        "version": mapping()["version"],
        "projects": [one],
    }
    return [error.message for error in Draft4Validator(SCHEMA).iter_errors(package)]


def test_what_is_not_held_is_left_out() -> None:
    assert made() == {
        "id": "oc4ids-abc123-7",
        "updated": "2024-04-20T03:30:00+00:00",
        "title": "产业园",
        "locations": [
            {
                "id": "621122",
                "address": {"locality": "陇西县", "region": "甘肃省", "countryName": "中国"},
                "gazetteer": {"scheme": "GB/T 2260", "identifiers": ["621122"]},
            }
        ],
        "parties": [{"id": "621122", "name": "陇西县", "roles": ["publicAuthority"]}],
        "publicAuthority": {"id": "621122", "name": "陇西县"},
    }
    assert faults(made()) == []


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        ({"is_started": True}, "status", "implementation"),
        ({"is_started": False}, "status", "preparation"),
        ({"is_started": True, "project_status": "in_production"}, "status", "completed"),
        ({"industry_code": "D4415"}, "sector", ["energy", "energy.wind"]),
        ({"industry_code": "4420"}, "sector", ["energy"]),
        ({"industry_code": "54"}, "sector", ["transport", "transport.road"]),
        ({"industry_code": "3914"}, "sector", ["economy"]),
        ({"industry_code": "P"}, "sector", ["education"]),
        ({"industry_code": "E48", "industry_class": "ecology"}, "sector", ["naturalResources"]),
        ({"industry_code": "99"}, "sector", None),
        ({"industry_code": "电力"}, "sector", None),
        ({"industry_code": "电力"}, "additionalClassifications", None),
        ({"industry_code": "C39"}, "additionalClassifications", [{"scheme": "GB/T 4754-2017", "id": "C39"}]),
        ({"completion_day": date(2024, 2, 5)}, "completion", {"endDate": "2024-02-05T23:59:59+08:00"}),
        ({"construction_nature": "extension"}, "type", "expansion"),
        ({"construction_nature": "preparation"}, "type", None),
        ({"industry_class": "ecology"}, "sector", ["naturalResources"]),
        ({"industry_class": "infrastructure"}, "sector", None),
        ({"start_day": date(2022, 2, 28)}, "period", {"startDate": "2022-02-28T00:00:00+08:00"}),
        ({"project_code": "2202-1"}, "identifiers", [{"scheme": "CN-TZXM", "id": "2202-1"}]),
        ({"total_investment_wan": Decimal("0.000001")}, "budget", {"amount": {"amount": 0.01, "currency": "CNY"}}),
        ({"total_investment_wan": Decimal(0)}, "budget", {"amount": {"amount": 0, "currency": "CNY"}}),
        (
            {"list_codes": ["city_listed"]},
            "additionalClassifications",
            [{"scheme": "taizhang:project_list", "id": "city_listed", "description": "市列"}],
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_fields(values: dict[str, Any], name: str, said: object) -> None:
    assert made(**values).get(name) == said
    assert faults(made(**values)) == []


def test_a_zone_is_in_no_gazetteer() -> None:
    (location,) = made(region_kind="zone", region_code="621100K1")["locations"]
    assert location["id"] == "621100K1"
    assert "gazetteer" not in location


def test_who_answers_for_a_project_is_a_party_of_its_own() -> None:
    assert [party["name"] for party in made(responsible_org="县住建局")["parties"]] == ["陇西县", "县住建局"]
    assert [party["name"] for party in made(responsible_org="陇西县")["parties"]] == ["陇西县"]


@pytest.mark.parametrize(
    ("figure", "array", "period"),
    [
        ("annual_plan_wan", "forecasts", ("2024-01-01T00:00:00+08:00", "2024-12-31T23:59:59+08:00")),
        ("ytd_completed_wan", "metrics", ("2024-01-01T00:00:00+08:00", "2024-02-29T23:59:59+08:00")),
        ("since_start_wan", "metrics", (None, "2024-02-29T23:59:59+08:00")),
    ],
)
def test_figures_say_what_time_they_are_about(figure: str, array: str, period: tuple[str | None, str]) -> None:
    one = made(**{figure: Decimal("1.5")})
    (observation,) = one[array][0]["observations"]
    assert observation["value"] == {"amount": 15000, "currency": "CNY"}
    assert (observation["period"].get("startDate"), observation["period"]["endDate"]) == period
    assert faults(one) == []


@pytest.mark.parametrize(
    ("column", "table"), [("construction_nature", "type_by_nature"), ("industry_class", "sector_by_class")]
)
def test_every_code_of_ours_is_mapped(column: str, table: str) -> None:
    assert set(mapping()[table]) == set(code_list(column).names)
    for code in code_list(column).names:
        assert faults(made(**{column: code})) == []
    with pytest.raises(ExportError, match=f"unheard_of stands not in {table}"):
        made(**{column: "unheard_of"})


def test_figures_are_columns_of_the_fact() -> None:
    names = {column.name for column in published_marts()["fct_project_month"].columns}
    assert set(mapping()["figures"]) <= names


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"title": ""}, "'' should be non-empty"),
        ({"status": "begun"}, "'begun' is not one of"),
        ({"updated": "2024-04-20"}, "'2024-04-20' does not match"),
        ({"contact": "张三"}, "Additional properties are not allowed"),
        ({"budget": {"amount": {"amount": "1", "currency": "CNY"}}}, "'1' is not of type 'number'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_what_does_not_fit_is_found(values: dict[str, Any], fault: str) -> None:
    (message,) = faults(made() | values)
    assert fault in message


def test_every_section_and_division_of_the_industries_has_a_sector_or_none() -> None:
    codes = {row["industry_code"]: row["section_code"] for row in seed_rows("industry") if row["vintage"] == "2017"}
    known = mapping()["sector_by_industry"]
    assert {code for code in codes if code.isalpha()} <= set(known)
    assert [code for code in known if code[:2] not in codes] == []
    for code in codes:
        assert faults(made(industry_code=code)) == []
