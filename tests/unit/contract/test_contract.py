"""The contract says what the reader does: generated copies, schemas that are valid, and what they accept is read."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate as validate_openapi
from pydantic import SecretStr

from taizhang.codelists import reporting_units
from taizhang.contract.as_json import submission_text
from taizhang.contract.example import UnitNotReportingError, example_text
from taizhang.contract.files import FILES, FOLDER, file_text
from taizhang.contract.submission_schema import submission_schema
from taizhang.dictionary import load_dictionary
from taizhang.reading.workbook import read_workbook
from taizhang.sources.api_pages import OfferedFile, OfferedItem, read_page
from taizhang.sources.request_signing import SCHEME, HmacAuth, canonical_text
from tests.unit.contract.generated import Written, values_of, written
from tests.unit.reading.books import NAME, save, table

SCHEMA = submission_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def problems(text: str) -> list[str]:
    """What the schema says against a submission."""
    return [f"{error.json_path}: {error.message[:120]}" for error in VALIDATOR.iter_errors(json.loads(text))]


def test_the_published_files_are_those_of_the_dictionary() -> None:
    published = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert published.keys() == FILES.keys()
    stale = [name for name in FILES if published[name] != file_text(name)]
    assert stale == [], "write them anew: taizhang contract schema|answer|openapi|audit -o docs/contract/…"


@pytest.mark.parametrize("name", ["submission.schema.json", "answer.schema.json", "audit-report.schema.json"])
def test_the_schemas_are_valid(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(file_text(name)))


def test_the_openapi_document_is_valid_and_has_the_schema_of_submissions() -> None:
    document = json.loads(file_text("openapi.json"))
    validate_openapi(document)
    parts = document["components"]["schemas"]
    assert json.dumps(parts).count("#/$defs/") == 0
    inline = {"$ref": "#/components/schemas/submission", "components": document["components"]}
    validator = Draft202012Validator(inline)
    text = example_text("621122", date(2024, 3, 1))
    assert validator.is_valid(json.loads(text))
    assert not validator.is_valid({})


def test_a_page_as_documented_is_what_the_source_reads() -> None:
    document = json.loads(file_text("openapi.json"))
    answer = document["paths"]["/submissions"]["get"]["responses"]["200"]["content"]["application/json"]
    page = answer["example"]
    validator = Draft202012Validator({**answer["schema"], "components": document["components"]})
    assert [error.message for error in validator.iter_errors(page)] == []
    (workbook, inline), cursor = read_page(
        json.dumps(page).encode(), "https://platform.example.gov.cn/api/v1/submissions"
    )
    assert cursor == page["next_cursor"]
    assert (workbook.refusal, inline.refusal) == (None, None)
    assert workbook.locator == "https://platform.example.gov.cn/api/v1/submissions/17/file"
    assert json.loads(inline.content or b"") == page["items"][1]["submission"]
    assert not validator.is_valid({"items": [{"id": "1", "updated_at": "x"}], "next_cursor": None})
    assert OfferedItem.__struct_fields__ == tuple(document["components"]["schemas"]["item"]["properties"])
    assert OfferedFile.__struct_fields__ == tuple(
        document["components"]["schemas"]["item"]["properties"]["file"]["properties"]
    )


def test_the_documented_signature_is_the_one_that_is_sent() -> None:
    schemes = json.loads(file_text("openapi.json"))["components"]["securitySchemes"]
    request = httpx.Request("GET", "https://platform.example.gov.cn/api/v1/submissions?limit=5")
    (sent, *_) = HmacAuth("key1", SecretStr("geheim"), lambda: 1712539800.0).auth_flow(request)
    assert schemes["signature"]["name"] == "Authorization"
    assert sent.headers[schemes["timestamp"]["name"]] == "1712539800"
    assert sent.headers["Authorization"].startswith(f"{SCHEME} key=key1, signature=")
    assert schemes["signature"]["description"].startswith(f"`{SCHEME} key=KEY, signature=SIGNATURE`")
    lines = canonical_text(sent, "1712539800").split("\n")
    assert lines[:5] == [SCHEME, "1712539800", "GET", "platform.example.gov.cn", "/api/v1/submissions?limit=5"]


def test_every_column_is_in_the_schema_with_label_unit_and_codes() -> None:
    for name, sheet in load_dictionary().items():
        part = SCHEMA["$defs"]["cover" if name == "cover" else f"item_{name}"]
        assert list(part["properties"]) == [column.name for column in sheet.columns]
        for column in sheet.columns:
            about = part["properties"][column.name]
            assert about["title"] == column.label
            assert column.description in about["description"]
            assert about.get("x-unit", "") == (column.unit or "")
            if column.code_list:
                assert f"codes_{column.code_list}" in json.dumps(about)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"total_investment_wan": "约12"}, "total_investment_wan"),
        ({"start_date": "2023-02-29"}, "start_date"),
        ({"start_date": "2024-2-1"}, "start_date"),
        ({"industry_class": "魔法"}, "industry_class"),
        ({"is_started": "yes"}, "is_started"),
        ({"remark": "#REF!"}, "remark"),
        ({"project_name": None}, "project_name"),
        ({"budget": 1}, "budget"),
    ],
)
def test_the_schema_refuses_what_the_reader_would_note(change: dict[str, Any], where: str) -> None:
    submission = json.loads(example_text("621122", date(2024, 3, 1)))
    item = submission["sheets"]["project_progress"][0]
    part = Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/item_project_progress"})
    assert part.is_valid(item)
    (error, *_) = part.iter_errors(item | change)
    assert where in f"{error.json_path} {error.message}"
    item.update(change)
    assert problems(json.dumps(submission)) != []


def test_leap_days_and_partial_dates_are_dates() -> None:
    part = Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/date"})
    for text in ("2024-02-29", "2000-02-29", "1952-02-29", "2024-12-31", "2024-06", "2024", "2024-06-01至2024-06-10"):
        assert part.is_valid(text), text
    for text in ("2023-02-29", "2100-02-29", "2024-06-31", "1948", "2024-13", "2024-00-01", "二〇二四年"):
        assert not part.is_valid(text), text


@pytest.mark.parametrize(("unit", "month"), [("621122", 1), ("621122", 3), ("621100C0", 3), ("620000P0", 12)])
def test_the_example_is_valid_and_read_without_an_issue(tmp_path: Path, unit: str, month: int) -> None:
    text = example_text(unit, date(2024, month, 1))
    assert problems(text) == []
    path = tmp_path / "example.json"
    path.write_text(text, encoding="utf-8")
    reading = read_workbook(path)
    assert (reading.unit_code, reading.report_month, reading.issues) == (unit, date(2024, month, 1), [])
    assert ("project_progress" in reading.sheets) == reporting_units().units[unit].has_details


def test_no_example_of_a_unit_that_does_not_report() -> None:
    with pytest.raises(UnitNotReportingError, match="does not report in 1990-01"):
        example_text("621122", date(1990, 1, 1))


# Shrinking such large values would take minutes; what was drawn is printed all the same.
@settings(max_examples=10, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_the_schema_accepts_is_read_without_an_issue(tmp_path_factory: Any, data: st.DataObject) -> None:
    sheets = data.draw(values_of(SCHEMA["$defs"]["sheets_of_projects"], SCHEMA))
    cover = data.draw(values_of(SCHEMA["$defs"]["cover"], SCHEMA))
    cover |= {"reporting_unit": "陇西县", "report_period": "2024-03"}
    text = written({"contract_version": "1.00000000", "cover": cover, "sheets": sheets})
    assert problems(text) == []
    path = tmp_path_factory.getbasetemp() / "drawn.json"
    path.write_text(text, encoding="utf-8")
    reading = read_workbook(path)
    assert [(issue.cell, issue.value, issue.message_en) for issue in reading.issues] == []
    for name, items in sheets.items():
        summed = [row for row in reading.sheets[name].skipped if row.reason in ("total", "subtotal", "of_which")]
        assert len(reading.sheets[name].row_numbers) + len(summed) == len(items)
        for key in ("total_investment_wan", "annual_plan_wan"):
            read = reading.sheets[name].values.get(key)
            sent = [items[row - 1].get(key) for row in reading.sheets[name].row_numbers]
            assert not read or [value is None for value in read] == [value is None for value in sent]
            assert not read or all(
                format(value, "f") == str(own)
                for value, own in zip(read, sent, strict=True)
                if isinstance(own, Written)
            )


def test_a_workbook_and_its_conversion_are_read_alike(tmp_path: Path) -> None:
    details = [
        [1, "渭河大桥", 12000.5, "3000.00", 200, 900, "是"],
        [2, "中药饮片", "1.2亿元", 2000, 100.125, 400, "否"],
        ["", "合计", 24000.5, 5000, 300.1, 1300, ""],
    ]
    before = read_workbook(save(tmp_path / NAME, table(*details)))
    path = tmp_path / "converted.json"
    path.write_text(submission_text(before), encoding="utf-8")
    after = read_workbook(path)
    assert problems(path.read_text(encoding="utf-8")) == []
    assert (after.unit_code, after.report_month) == (before.unit_code, before.report_month)
    for name, sheet in before.sheets.items():
        for column in load_dictionary()[name].columns:
            count = len(sheet.row_numbers)
            one, other = (own.get(column.name, [None] * count) for own in (sheet.values, after.sheets[name].values))
            assert list(one) == list(other), column.name
