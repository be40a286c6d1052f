"""JSON submissions: read like workbooks, addressed by pointer; whatever is wrong is refused or noted, never raised."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taizhang.evidence.archive import ArchivedWorkbook
from taizhang.landing import land
from taizhang.reading import json_table, json_text
from taizhang.reading.addresses import cell_address, pointer, steps_of
from taizhang.reading.result import IssueKind, Refusal, WorkbookReading
from taizhang.reading.workbook import read_workbook

NAME = "陇西县2024年3月.json"
COVER = {"reporting_unit": "621122", "report_period": "2024-03"}
WHOLE = (
    '{"breakdown_name": "total", "item_name": "合计", "project_count": 1, "total_investment_wan": 5,'
    ' "annual_plan_wan": 1}'
)


def text_of(*projects: str, cover: Any = COVER, more: str = "") -> str:
    """A submission with these items of 项目进展."""
    return (
        f'{{"contract_version": "1.00000000", "cover": {json.dumps(cover)},'
        f' "sheets": {{"project_progress": [{", ".join(projects)}], "summary": [{WHOLE}]{more}}}}}'
    )


def item(**values: str) -> str:
    """An item by the JSON text of its values, with the required ones."""
    plain = {
        "project_name": '"渭河大桥"',
        "total_investment_wan": "5",
        "annual_plan_wan": "1",
        "month_completed_wan": "0.1",
        "ytd_completed_wan": "0.2",
        "is_started": "true",
    }
    return "{" + ", ".join(f'"{name}": {value}' for name, value in (plain | values).items()) + "}"


def read(tmp_path: Path, content: str | bytes, name: str = NAME) -> WorkbookReading:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_workbook(path)


def values(reading: WorkbookReading, column: str) -> list[Any]:
    return list(reading.sheets["project_progress"].values[column])


def refused(tmp_path: Path, content: str | bytes, name: str = NAME) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        read(tmp_path, content, name)
    return refusal.value


def test_a_submission_is_read_with_its_identity_and_places(tmp_path: Path) -> None:
    reading = read(tmp_path, text_of(item(), item(project_name='"中药"')))
    assert (reading.unit_code, reading.report_month, reading.template_version) == (
        "621122",
        date(2024, 3, 1),
        "1.00000000",
    )
    sheet = reading.sheets["project_progress"]
    assert sheet.row_numbers == [1, 2]
    assert sheet.header_rows is None
    letters = {column.name: column.letter for column in sheet.columns}
    assert letters["project_name"] == "/sheets/project_progress/*/project_name"
    assert [column.letter for column in reading.sheets["cover"].columns] == [
        "/cover/reporting_unit",
        "/cover/report_period",
    ]
    assert reading.issues == []


@pytest.mark.parametrize(
    ("written", "stored", "half_width"),
    [
        ("312.40", "312.40", "0.005"),
        ('"312.40"', "312.40", "0.005"),
        ("312", "312", "0.5"),
        ("-3.5", "-3.5", "0.05"),
        ("1.5e3", "1500", "0.5"),
        ("0.30000000000000004", "0.300000", "0.0000005"),
        ("123456789012.345678", "123456789012.345678", "0.0000005"),
        ('"1.2亿元"', "12000.0", "500"),
    ],
)
def test_figures_keep_the_decimals_that_are_written(tmp_path: Path, written: str, stored: str, half_width: str) -> None:
    reading = read(tmp_path, text_of(item(total_investment_wan=written)))
    sheet = reading.sheets["project_progress"]
    assert values(reading, "total_investment_wan") == [Decimal(stored)]
    (column,) = [column for column in sheet.columns if column.name == "total_investment_wan"]
    own = [cell.half_width for cell in sheet.precisions if cell.column_name == "total_investment_wan"]
    assert (own or [column.half_width]) == [Decimal(half_width)]


def test_rates_are_percent_whatever_the_figures_beside_them_say(tmp_path: Path) -> None:
    rates = [item(completion_rate_pct=rate) for rate in ("0.2", '"0.85"', "20", '"20%"', "null")]
    reading = read(tmp_path, text_of(*rates))
    expected = [Decimal("0.2"), Decimal("0.85"), Decimal(20), Decimal(20), None]
    assert values(reading, "completion_rate_pct") == expected
    assert reading.issues == []


def test_dates_choices_and_flags_are_read_like_cells(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        text_of(
            item(
                start_date='"2024-02"',
                approval_date='"2023"',
                contract_date='"2024-06-01至2024-06-10"',
                project_lists='["city_listed", "省列重点"]',
                construction_nature='"续建"',
                is_in_statistics='"否"',
            )
        ),
    )
    row = {name: own[0] for name, own in reading.sheets["project_progress"].values.items()}
    assert row["start_date"] == (date(2024, 2, 1), date(2024, 3, 1))
    assert row["approval_date"] == (date(2023, 1, 1), date(2024, 1, 1))
    assert row["contract_date"] == (date(2024, 6, 1), date(2024, 6, 11))
    assert row["project_lists"] == ["city_listed", "province_key"]
    assert row["construction_nature"] == "continued"
    assert (row["is_started"], row["is_in_statistics"]) == (True, False)


def test_each_item_stands_for_itself(tmp_path: Path) -> None:
    reading = read(tmp_path, text_of(item(lead_official='"张伟"'), item(), item(lead_official='"同上"')))
    assert values(reading, "lead_official") == ["张伟", None, "同上"]


def test_a_sum_is_checked_and_not_added(tmp_path: Path) -> None:
    whole = '{"project_name": "合计", "total_investment_wan": 10}'
    reading = read(tmp_path, text_of(item(), item(), whole, "{}", item(project_name='"一、续建项目"')))
    sheet = reading.sheets["project_progress"]
    assert sheet.row_numbers == [1, 2, 5]
    (total,) = sheet.totals
    assert (total.row_number, total.detail_rows, total.value) == (3, (1, 2, 5), Decimal(10))


@pytest.mark.parametrize(
    ("values_of_item", "kind", "column", "shown"),
    [
        ({"total_investment_wan": "NaN"}, IssueKind.ERROR_CELL, "total_investment_wan", "NaN"),
        ({"total_investment_wan": "-Infinity"}, IssueKind.ERROR_CELL, "total_investment_wan", "-Infinity"),
        ({"total_investment_wan": '{"wan": 3}'}, IssueKind.ERROR_CELL, "total_investment_wan", '{"wan": "3"}'),
        ({"total_investment_wan": "true"}, IssueKind.ERROR_CELL, "total_investment_wan", "true"),
        ({"total_investment_wan": "1e999999"}, IssueKind.NUMBER_UNREADABLE, "total_investment_wan", "1e999999"),
        ({"total_investment_wan": "9" * 60}, IssueKind.NUMBER_UNREADABLE, "total_investment_wan", "9" * 60),
        ({"start_date": "20240601"}, IssueKind.ERROR_CELL, "start_date", "20240601"),
        ({"start_date": '"2024-13-01"'}, IssueKind.DATE_UNREADABLE, "start_date", "2024-13-01"),
        ({"is_started": "[true]"}, IssueKind.ERROR_CELL, "is_started", "[true]"),
        ({"construction_nature": '"magic"'}, IssueKind.CHOICE_UNKNOWN, "construction_nature", "magic"),
        ({"project_lists": '[["city_listed"]]'}, IssueKind.ERROR_CELL, "project_lists", '[["city_listed"]]'),
        ({"project_lists": '["city_listed", "nowhere"]'}, IssueKind.CHOICE_UNKNOWN, "project_lists", "nowhere"),
        ({"remark": "false"}, IssueKind.ERROR_CELL, "remark", "false"),
        ({"remark": f'"{"长" * 40_000}"'}, IssueKind.ERROR_CELL, "remark", f'"{"长" * 99}…'),
    ],
)
def test_a_value_that_cannot_be_taken_is_noted_with_its_pointer(
    tmp_path: Path, values_of_item: dict[str, str], kind: IssueKind, column: str, shown: str
) -> None:
    reading = read(tmp_path, text_of(item(), item(**values_of_item)))
    (issue,) = reading.issues
    assert (issue.kind, issue.cell, issue.row_number, issue.column_name, issue.value) == (
        kind,
        f"/sheets/project_progress/1/{column}",
        2,
        column,
        shown,
    )
    assert values(reading, column)[1] in (None, ["city_listed"])


def test_what_the_contract_does_not_know_is_noted(tmp_path: Path) -> None:
    text = text_of(item(**{"own/key~": "312.40"}), more=', "budget": []').replace("{", '{"note": 1, ', 1)
    reading = read(tmp_path, text)
    assert [(issue.kind.value, issue.sheet_title, issue.cell) for issue in reading.issues] == [
        ("sheet_unknown", "note", None),
        ("sheet_unknown", "budget", None),
        ("extra_column", "项目进展", "/sheets/project_progress/0/own~1key~0"),
    ]
    assert values(reading, "extras") == [{"own/key~": "312.40"}]


def test_what_is_missing_is_noted(tmp_path: Path) -> None:
    reading = read(
        tmp_path, '{"cover": {"report_period": "2024-03"}, "sheets": {"project_progress": [{"remark": "x"}]}}'
    )
    noted = [(issue.kind.value, issue.column_name) for issue in reading.issues]
    assert ("sheet_missing", None) in noted
    assert ("cover_contradiction", "reporting_unit") in noted
    assert ("header_missing", "project_name") in noted
    assert reading.template_version is None
    assert read(tmp_path, text_of()).issues[0].kind is IssueKind.NO_ROWS


def test_the_cover_decides_and_a_contradicting_name_is_noted(tmp_path: Path) -> None:
    reading = read(tmp_path, text_of(item()), "渭源县2024年2月.json")
    assert [(issue.kind, issue.cell) for issue in reading.issues] == [
        (IssueKind.COVER_CONTRADICTION, "/cover/report_period"),
        (IssueKind.COVER_CONTRADICTION, "/cover/reporting_unit"),
    ]


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ('{"cover": {\n"a" 1}}', "json_syntax", "第 2 行第 5 列"),
        ("{'cover': 1}", "json_syntax", "第 1 行第 2 列"),
        ('{"cover": 1', "json_syntax", "第 1 行"),
        ("", "not_a_workbook", "0 字节"),
        ("   \n", "json_syntax", "第 2 行"),
        ("[{}]", "json_shape", "/ 应为对象"),
        ('{"cover": []}', "json_shape", "/cover 应为对象"),
        ('{"sheets": {"summary": {}}}', "json_shape", "/sheets/summary 应为数组"),
        ('{"sheets": {"summary": [{}, 3]}}', "json_shape", "/sheets/summary/1 应为对象"),
        ('{"contract_version": {}}', "json_shape", "/contract_version"),
        (r'{"contract_version": "1\u0000"}', "json_shape", "/contract_version"),
        ('{"explanations": [{"finding_key": "x", "text": "y"}]}', "json_shape", "/explanations/0/finding_key"),
        ('{"explanations": [{"finding_key": "' + "0" * 32 + '", "text": 1}]}', "json_shape", "/explanations/0/text"),
        ('{"sheets": {"summary": [{"remark": "a", "remark": "b"}]}}', "json_key_twice", "/sheets/summary/0"),
        ('{"cover": {}, "cover": {}}', "json_key_twice", "cover"),
        ("[" * 200_000, "json_too_deep", "嵌套过深"),
        ('{"a":' * 200_000, "json_too_deep", "嵌套过深"),
        ("[" + "0," * 1_000_001 + "0]", "json_too_much", "1000002"),
        ('{"cover": {}}'.encode("utf-16"), "json_encoding", "UTF-8"),
        ('{"cover": {\n"a": "陇西"}}'.encode("gb18030"), "json_encoding", "第 2 行"),
        (text_of(item(), cover={"reporting_unit": "无名县", "report_period": "2024-03"}), "unit_unknown", "无名县"),
        (text_of(item(), cover={"reporting_unit": "621122", "report_period": "春天"}), "month_invalid", "春天"),
    ],
)
def test_a_file_that_is_no_submission_is_refused_with_the_place(
    tmp_path: Path, content: str | bytes, code: str, said: str
) -> None:
    refusal = refused(tmp_path, content)
    assert refusal.code == code
    assert said in refusal.message_zh


def test_more_cells_keys_and_issues_than_anybody_needs_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ", ".join(f'"k{number}": 1' for number in range(101))
    assert refused(tmp_path, text_of(f"{{{keys}}}")).code == "json_shape"
    assert refused(tmp_path, text_of(item(**{"k" * 201: "1"}))).code == "json_shape"
    assert refused(tmp_path, text_of(item(**{r"own\u0000": "1"}))).code == "json_shape"
    wide = ", ".join(f'"k{number}": 1' for number in range(90))
    assert refused(tmp_path, text_of(f"{{{wide}}}", *["{}"] * 90_000)).code == "json_too_much"
    monkeypatch.setattr(json_table, "MOST_ISSUES", 3)
    assert refused(tmp_path, text_of(*[item(remark="{}")] * 4)).code == "json_too_much"


def test_the_largest_file_is_counted_before_it_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(json_text.json, "loads", never)
    assert refused(tmp_path, b'{"a": [' + b"0," * 20_000_000 + b"0]}").code == "json_too_much"
    assert refused(tmp_path, b'{"a": "' + b"x" * 50_000_000 + b'"}').code == "too_large"


@pytest.mark.parametrize("name", ["随便.txt", "62/0a1b"])
def test_json_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    (tmp_path / "62").mkdir()
    reading = read(tmp_path, b"\xef\xbb\xbf \n" + text_of(item()).encode(), name)
    assert reading.sheets["project_progress"].row_numbers == [1]


def test_half_a_character_and_nul_do_not_hurt(tmp_path: Path) -> None:
    reading = read(tmp_path, text_of(item(remark=r'"\ud800\u0000"', project_name=r'"桥\udfff"')))
    assert values(reading, "remark") == ["\ud800\x00"]


def test_an_archived_submission_shows_what_stands_at_a_pointer(home: Path, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(text_of(item(total_investment_wan="312.40")), encoding="utf-8")
    archived = ArchivedWorkbook(land(path).sha256, NAME)
    assert archived.printed("项目进展", "/sheets/project_progress/0/total_investment_wan") == "312.40"
    assert archived.printed("项目进展", "/sheets/project_progress/0/is_started") == "true"
    assert archived.printed("项目进展", "/sheets/project_progress/0/remark") == ""
    assert archived.value("project_progress", 1, "total_investment_wan") == Decimal("312.40")
    with pytest.raises(ValueError, match="leads to nothing"):
        archived.printed("项目进展", "/sheets/project_progress/7/remark")


def test_addresses_lead_back_to_their_steps() -> None:
    assert cell_address("AB", 7) == "AB7"
    assert cell_address("B3", 1) == "B3"
    assert cell_address("/sheets/permits/*/own*", 4) == "/sheets/permits/3/own*"
    assert steps_of(pointer("a/b", "~", 3)) == ["a/b", "~", "3"]


def test_answers_are_read(tmp_path: Path) -> None:
    key = "0123456789abcdef" * 2
    said = f'"explanations": [{{"finding_key": "{key}", "text": " 原因 ", "submission_id": 12}}], "cover"'
    reading = read(tmp_path, text_of(item()).replace('"cover"', said, 1))
    (answer,) = reading.explanations
    assert (answer.finding_key, answer.text, answer.submission_id, answer.row_number) == (key, "原因", 12, 1)
