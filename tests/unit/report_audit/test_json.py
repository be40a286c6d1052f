"""The JSON of an audit has the published names, says decimals exactly, and is what its schema says."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from taizhang.contract.files import file_text
from taizhang.errors import FileUnreadableError
from taizhang.report_audit.as_json import report_object, unreadable_object
from tests.unit.report_audit.made import TEXT, made_report

VALIDATOR = Draft202012Validator(json.loads(file_text("audit-report.schema.json")))
# The names that others rely on: what issue and documentation promise, in their order.
FIGURE_NAMES = (
    "id",
    "text",
    "start",
    "end",
    "value",
    "unit",
    "low",
    "high",
    "indicator",
    "subject",
    "period",
    "region",
)
RELATION_NAMES = (
    *("id", "kind", "figure_ids", "formula", "stated_low", "stated_high", "computed_low", "computed_high", "verdict"),
    *("confidence", "reason_zh"),
)


def made() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(report_object(made_report()), ensure_ascii=False))
    return found


def test_what_is_printed_is_what_the_schema_says() -> None:
    VALIDATOR.validate(made())
    unreadable = unreadable_object("坏.pdf", FileUnreadableError("there is no file 坏.pdf"))
    VALIDATOR.validate([made(), unreadable])


def test_the_promised_names_are_there() -> None:
    report = made()
    for entry in report["figures"]:
        assert [name for name in entry if name in FIGURE_NAMES] == list(FIGURE_NAMES)
    for entry in report["relations"]:
        assert [name for name in entry if name in RELATION_NAMES] == list(RELATION_NAMES)


def test_places_lead_to_what_is_printed() -> None:
    report = made()
    assert report["text"] == TEXT
    assert [TEXT[entry["start"] : entry["end"]] for entry in report["figures"]] == [
        entry["text"] for entry in report["figures"]
    ]
    quotes = [quote for relation in report["relations"] for quote in relation["quotes"]]
    assert [TEXT[quote["start"] : quote["end"]] for quote in quotes] == [
        "累计完成投资29.8亿元",
        "占年度计划的51.3%",
        "2024年8月2日",
    ]


def test_decimals_are_texts_and_no_bound_is_null() -> None:
    report = made()
    _, plan, *_, threshold = report["figures"]
    assert (plan["value"], plan["low"], plan["high"], plan["has_high"]) == ("625000", "624500", "625500", False)
    assert (threshold["low"], threshold["high"]) == ("560", None)
    rate = report["relations"][1]
    assert (rate["stated_low"], rate["computed_high"], rate["confidence"]) == ("51.25", "47.8", "0.9")
    assert rate["mend"] == {"figure_id": "f4", "printed": "47.7%"}
    assert report["relations"][5]["stated_low"] is None


def test_counts_are_those_of_the_relations() -> None:
    assert made()["counts"] == {"consistent": 1, "contradiction": 2, "residual": 1, "implied": 1, "style": 1}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("figures", 0, "value"), 86),
        (("figures", 0, "low"), "8.6E+1"),
        (("relations", 0, "verdict"), "wrong"),
        (("relations", 0, "more"), "?"),
        (("sha256",), "ab"),
        (("month",), "2024-13"),
    ],
)
def test_the_schema_refuses_what_is_not_promised(path: tuple[Any, ...], value: Any) -> None:
    report = made()
    *ways, last = path
    place: Any = report
    for way in ways:
        place = place[way]
    place[last] = value
    assert not VALIDATOR.is_valid(report)
