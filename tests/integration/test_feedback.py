"""From a faulty workbook to the feedback on it, and from the corrected one to what was answered."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from demo.faults import completion_rate_misprinted
from demo.materials import prefectures
from demo.months import INVENTED, cover_values, progress_rows, summary_rows
from taizhang import ingest
from taizhang.cli.app import app
from taizhang.codelists import reporting_units
from taizhang.feedback import delivery
from taizhang.feedback.collect import correction_due
from taizhang.feedback.delivery import FeedbackError, deliver, pending, pending_chunks
from taizhang.feedback.styling import COLOURS
from taizhang.landing import file_sha256
from taizhang.quality.gate import judge_batch
from taizhang.reading.result import Explanation
from taizhang.settings import settings
from taizhang.sources import inbox
from taizhang.template import write_workbook
from tests.readings import workbook_reading
from tests.waiting import rows_of

pytestmark = pytest.mark.usefixtures("own_counts")

UNIT = reporting_units().units["621124"]
JANUARY = date(2024, 1, 1)
NAME = "临洮县2024年1月重大项目月报.xlsx"
FOLDER = "2024-01/621124_临洮县"
# Nothing of it may become a formula.
ANSWER = "=已与统计部门核对\n属实"


@pytest.fixture
def sent(tmp_path: Path, home: Path) -> Path:
    """临洮县's workbook of January, in which one printed rate is wrong and one figure is only estimated."""
    path = tmp_path / NAME
    months = prefectures()[UNIT.parent_region_code]["months"]
    projects = progress_rows(UNIT, months, JANUARY, zero_source=Decimal(0))
    completion_rate_misprinted(projects)
    classes = summary_rows(projects, JANUARY, INVENTED)
    rows = {"project_progress": projects, "summary": classes}
    frames = {name: pd.DataFrame(one, dtype=object) for name, one in rows.items()}
    write_workbook(path, UNIT.unit_code, JANUARY, cover_values(UNIT, JANUARY), frames)
    return path


def night(engine: Engine, *files: Path) -> delivery.DeliveryReport:
    """Take files, judge them, give feedback."""
    inbox.submit(list(files))
    for chunk in ingest.discover(engine):
        ingest.ingest_chunk(engine, chunk)
    judge_batch(engine)
    return deliver(engine, pending(engine))


def findings(engine: Engine, submission: int, severity: str) -> list[dict[str, Any]]:
    return rows_of(
        engine,
        "select * from audit.finding where submission_id = :submission and severity = :severity order by finding_id",
        submission=submission,
        severity=severity,
    )


@pytest.mark.both_servers
def test_the_whole_way_of_a_faulty_workbook(engine: Engine, sent: Path, tmp_path: Path):
    report = night(engine, sent)
    assert report.failures == []
    assert report.files == [f"{FOLDER}/{Path(NAME).stem}（核查反馈）_1.xlsx"]
    (block,) = findings(engine, 1, "block")
    assert block["rule_id"] == "R23"

    path = settings().outbox_dir / report.files[0]
    book = openpyxl.load_workbook(path)
    assert_marked_and_listed(book, block)
    given = rows_of(engine, "select submission_id, gate_run_id, file, sha256 from audit.feedback")
    assert given == [{"submission_id": 1, "gate_run_id": 1, "file": report.files[0], "sha256": file_sha256(path)}]

    (warning, *_) = findings(engine, 1, "warn")
    book[block["sheet_title"]][block["cell"]].value = corrected_rate(engine, block)
    answer(book, warning["finding_key"])
    back = tmp_path / path.name
    book.save(back)
    second = night(engine, back)
    assert rows_of(engine, "select state from ops.submission order by submission_id") == [
        {"state": "quarantined"},
        {"state": "accepted"},
    ]
    assert rows_of(
        engine, "select submission_id, unit_code, finding_key, check_id, explanation from audit.explanation"
    ) == [
        {"submission_id": 2, "unit_code": UNIT.unit_code, "explanation": ANSWER}
        | {name: warning[name] for name in ("finding_key", "check_id")}
    ]
    kinds = rows_of(engine, "select distinct kind from raw.reading_issue where submission_id = 2")
    assert "sheet_unknown" not in {row["kind"] for row in kinds}

    assert second.files == [f"{FOLDER}/{Path(NAME).stem}（核查反馈）_2.xlsx"]
    again = openpyxl.load_workbook(settings().outbox_dir / second.files[0])
    assert again.sheetnames == book.sheetnames
    assert_mended_and_answered(again, block, warning)


def assert_marked_and_listed(book: openpyxl.Workbook, block: dict[str, Any]) -> None:
    """The cell has its colour and comment, and the list leads to it."""
    cell, listed = book[block["sheet_title"]][block["cell"]], book["核查意见"]
    assert cell.fill.fgColor.rgb == COLOURS["block"]
    assert block["message_zh"] in cell.comment.text
    (row,) = [row for row in listed.iter_rows(min_row=7) if row[0].value == block["finding_key"]]
    assert row[5].hyperlink.location == f"'{block['sheet_title']}'!{block['cell']}"
    assert (row[3].value, row[4].value, row[5].value) == ("必改", block["sheet_title"], block["cell"])
    assert listed["E2"].value.startswith("退回修改。")


def answer(book: openpyxl.Workbook, finding_key: str) -> None:
    """Answer a finding in the list, as Excel does in a cell that is formatted as text."""
    (row,) = [row for row in book["核查意见"].iter_rows(min_row=7) if row[0].value == finding_key]
    row[10].value = ANSWER
    row[10].data_type = "s"


def assert_mended_and_answered(book: openpyxl.Workbook, block: dict[str, Any], warning: dict[str, Any]) -> None:
    """The corrected cell is marked no more, and the list shows what was answered."""
    assert book["核查意见"]["E2"].value.startswith("已接收")
    shown = {row[0].value: row[10].value for row in book["核查意见"].iter_rows(min_row=7)}
    assert shown[warning["finding_key"]] == ANSWER
    mended = book[block["sheet_title"]][block["cell"]]
    assert (mended.comment, mended.fill.fill_type) == (None, None)


def corrected_rate(engine: Engine, block: dict[str, Any]) -> float:
    """The completion of the year's plan as the row's own amounts give it, in percent."""
    (row,) = rows_of(
        engine,
        "select round(ytd_completed_wan / annual_plan_wan * 100, 2) as rate from raw.project_progress"
        " where submission_id = 1 and row_number = :row",
        row=block["row_number"],
    )
    return float(row["rate"])


def test_nothing_is_given_twice_and_what_is_asked_for_is_the_same(engine: Engine, sent: Path, tmp_path: Path):
    first = night(engine, sent)
    assert pending(engine) == []
    assert pending_chunks(engine) == []
    again = deliver(engine, [(1, 1)])
    assert again.files == first.files
    assert len(rows_of(engine, "select * from audit.feedback")) == 1
    elsewhere = deliver(engine, [(1, 1)], tmp_path / "out")
    assert Path(elsewhere.files[0]).read_bytes() == (settings().outbox_dir / first.files[0]).read_bytes()
    assert len(rows_of(engine, "select * from audit.feedback")) == 1


def test_a_workbook_that_fails_is_named_and_stops_no_other(
    engine: Engine, sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    other = tmp_path / "拒收2024年1月.xlsx"
    other.write_bytes(b"PK\x03\x04 no workbook")

    def fail(*_: object) -> bytes:
        raise RuntimeError("a fault")

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "make_workbook", fail)
        report = night(engine, sent, other)
    judged, refused = (
        rows_of(engine, f"select submission_id from ops.submission where state {sign} 'refused'")[0]["submission_id"]
        for sign in ("<>", "=")
    )
    assert report.failures == [f"{judged}: RuntimeError: a fault"]
    (note,) = report.files
    assert note.endswith(f"/无法读取/拒收2024年1月（退回原因）_{refused}.txt")
    said = (settings().outbox_dir / note).read_text(encoding="utf-8-sig")
    assert "文件不完整或已损坏" in said
    with pytest.raises(FeedbackError, match="a fault"):
        report.require_all()
    assert pending(engine) == [(judged, 1)]
    assert deliver(engine, pending(engine)).failures == []
    assert pending(engine) == []


def test_what_is_fetched_together_is_given_back_as_if_it_were_alone(
    engine: Engine, sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    other = tmp_path / "拒收2024年1月.xlsx"
    other.write_bytes(b"PK\x03\x04 no workbook")
    night(engine, sent, other)
    occasions = [(row["submission_id"], row["gate_run_id"]) for row in rows_of(engine, "select * from audit.feedback")]
    assert len(occasions) == 2
    occasions.insert(1, (99, 1))
    together = deliver(engine, occasions, tmp_path / "together")
    monkeypatch.setattr(delivery, "AT_ONCE", 1)
    alone = deliver(engine, occasions, tmp_path / "alone")
    assert together.failures == alone.failures == ["99: LookupError: submission 99 was not judged by run 1 of the gate"]
    assert [Path(file).name for file in together.files] == [Path(file).name for file in alone.files]
    contents = [[Path(file).read_bytes() for file in report.files] for report in (together, alone)]
    assert contents[0] == contents[1]


def test_information_alone_wants_no_feedback(engine: Engine, sent: Path):
    night(engine, sent)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into audit.gate_run (state, catalogue_version, submission_count) values ('running', 'v', 1)"
        )
        connection.exec_driver_sql(
            "update audit.gate_run set state = 'done', finished_at = now() where gate_run_id = 2"
        )
        connection.exec_driver_sql(
            "insert into audit.judgement (gate_run_id, submission_id, unit_code, report_month, outcome, block_count,"
            " warn_count, info_count) values (2, 1, '621124', '2024-01-01', 'accepted', 0, 1, 3)"
        )
        connection.exec_driver_sql(
            "insert into audit.finding (gate_run_id, submission_id, check_id, rule_id, severity, verdict, message_zh,"
            " message_en, waiver_id) values (2, 1, 'R23.x', 'R23', 'warn', 'contradiction', '甲', 'a', 'W-1')"
        )
    assert pending(engine) == []
    asked = deliver(engine, [(1, 2)])
    assert asked.files == [f"{FOLDER}/{Path(NAME).stem}（核查反馈）_1-2.xlsx"]
    book = openpyxl.load_workbook(settings().outbox_dir / asked.files[0])
    assert "已豁免" in [cell.value for cell in book["核查意见"]["D"]]


def test_answers_count_once_and_only_for_ones_own_findings(
    engine: Engine, sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    night(engine, sent)
    (block,) = findings(engine, 1, "block")
    own, strange = block["finding_key"], "f" * 32
    for number, (unit, key) in enumerate((("621124", own), ("621124", strange), ("621122", own))):
        reading = workbook_reading(unit, JANUARY)
        reading.explanations = [Explanation(key, "属实\x00", 1, "核查意见", 8)]
        monkeypatch.setattr(ingest, "read_workbook", lambda *_, reading=reading: reading)
        file = tmp_path / f"{number}.xlsx"
        file.write_bytes(str(number).encode())
        inbox.submit([file])
        for _ in range(2):
            for chunk in ingest.discover(engine):
                ingest.ingest_chunk(engine, chunk)
    answers = rows_of(engine, "select submission_id, finding_key, explanation from audit.explanation")
    assert answers == [{"submission_id": 2, "finding_key": own, "explanation": "属实"}]
    issues = rows_of(engine, "select submission_id, kind, message_zh from raw.reading_issue where submission_id > 1")
    assert [(row["submission_id"], row["kind"]) for row in issues] == [(3, "sheet_unknown"), (4, "sheet_unknown")]
    assert issues[0]["message_zh"] == "“核查意见”第 8 行的说明对不上本单位本月的核查意见，未采用。"


@pytest.mark.parametrize(
    ("judged_on", "due"), [(date(2024, 4, 3), date(2024, 4, 10)), (date(2024, 4, 20), date(2024, 4, 25))]
)
def test_corrections_are_due_some_days_later_yet_not_before_the_filing_day(home: Path, judged_on: date, due: date):
    assert correction_due("county", date(2024, 3, 1), judged_on) == due


def test_the_command_makes_what_is_asked_for(engine: Engine, sent: Path, tmp_path: Path):
    night(engine, sent)
    runner = CliRunner()
    by_month = ["feedback", "--unit", "临洮县", "--month", "2024-01", "-o", str(tmp_path / "out"), "--json"]
    made = json.loads(runner.invoke(app, by_month).stdout)
    assert made == {"files": [str(tmp_path / "out" / f"{Path(NAME).stem}（核查反馈）_1.xlsx")], "failures": []}
    assert Path(made["files"][0]).is_file()
    one = runner.invoke(app, ["feedback", "--submission", "1"])
    assert f"已生成 {FOLDER}/{Path(NAME).stem}（核查反馈）_1.xlsx" in one.stdout
    assert "没有需要生成的反馈" in runner.invoke(app, ["feedback"]).stdout
    for wrong in (["--unit", "临洮县"], ["--submission", "99"], ["--unit", "临洮县", "--month", "2024-02"]):
        assert runner.invoke(app, ["feedback", *wrong]).exit_code != 0
