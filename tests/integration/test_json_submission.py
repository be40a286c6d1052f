"""A JSON submission goes the whole way of a workbook: inbox, gate, answer, publication, trace, verification."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from demo.faults import completion_rate_misprinted
from demo.materials import prefectures
from demo.months import INVENTED, cover_values, progress_rows, summary_rows
from taizhang import ingest
from taizhang.cli.app import app
from taizhang.codelists import reporting_units
from taizhang.contract.answer_schema import answer_schema
from taizhang.contract.as_json import submission_text
from taizhang.evidence.trace import trace
from taizhang.evidence.verify import verify
from taizhang.feedback.delivery import deliver, pending
from taizhang.publication import publish
from taizhang.quality.gate import judge_batch
from taizhang.reading.workbook import read_workbook
from taizhang.settings import settings
from taizhang.sources import inbox
from taizhang.template import write_workbook
from tests.waiting import rows_of

pytestmark = pytest.mark.usefixtures("own_counts")

UNIT = reporting_units().units["621124"]
JANUARY = date(2024, 1, 1)
NAME = "临洮县2024年1月.json"
FOLDER = "2024-01/621124_临洮县"


@pytest.fixture
def submission(tmp_path: Path) -> dict[str, Any]:
    """临洮县's submission of January, in which one printed rate is wrong; numbers are texts, which read the same."""
    months = prefectures()[UNIT.parent_region_code]["months"]
    projects = progress_rows(UNIT, months, JANUARY, zero_source=Decimal(0))
    completion_rate_misprinted(projects)
    rows = {"project_progress": projects, "summary": summary_rows(projects, JANUARY, INVENTED)}
    frames = {name: pd.DataFrame(own, dtype=object) for name, own in rows.items()}
    workbook = tmp_path / "月报.xlsx"
    write_workbook(workbook, UNIT.unit_code, JANUARY, cover_values(UNIT, JANUARY), frames)
    content: dict[str, Any] = json.loads(submission_text(read_workbook(workbook)), parse_float=str)
    return content


def night(engine: Engine, folder: Path, content: dict[str, Any] | str) -> list[str]:
    """Take a submission, judge it, give feedback; returns what was given back."""
    folder.mkdir()
    file = folder / NAME
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    inbox.submit([file])
    for chunk in ingest.discover(engine):
        ingest.ingest_chunk(engine, chunk)
    judge_batch(engine)
    report = deliver(engine, pending(engine))
    assert report.failures == []
    return report.files


def answer_at(place: str) -> dict[str, Any]:
    """An answer in the outbox, which is as its schema says."""
    answer: dict[str, Any] = json.loads((settings().outbox_dir / place).read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(answer_schema()).iter_errors(answer)] == []
    return answer


def value_at(content: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        content = content[int(step) if isinstance(content, list) else step]
    return content


@pytest.mark.publishes
def test_the_whole_way_of_a_json_submission(engine: Engine, submission: dict[str, Any], tmp_path: Path) -> None:
    (place,) = night(engine, tmp_path / "first", submission)
    assert place == f"{FOLDER}/{Path(NAME).stem}（核查反馈）_1.json"
    answer = answer_at(place)
    assert (answer["outcome"], answer["unit_code"], answer["report_month"]) == ("quarantined", "621124", "2024-01")
    (block,) = [finding for finding in answer["findings"] if finding["severity"] == "block"]
    assert block["rule_id"] == "R23"
    assert block["pointer"].startswith("/sheets/project_progress/")
    assert Decimal(value_at(submission, block["pointer"])) == Decimal(block["value"])
    checked = CliRunner().invoke(app, ["check", str(tmp_path / "first" / NAME), "--json"])
    assert checked.exit_code == 1
    assert block["pointer"] in {finding["cell"] for finding in json.loads(checked.stdout)["findings"]}

    _, _, sheet, number, _ = block["pointer"].split("/")
    submission["sheets"][sheet][int(number)]["completion_rate_pct"] = None
    (warning, *_) = [finding for finding in answer["findings"] if finding["severity"] == "warn"]
    said = {"finding_key": warning["finding_key"], "text": "已核对", "submission_id": answer["submission_id"]}
    submission["explanations"] = [said]
    (second,) = night(engine, tmp_path / "second", submission)
    assert answer_at(second)["outcome"] == "accepted"
    explained = [finding["explanation"] for finding in answer_at(second)["findings"]]
    assert "已核对" in explained
    assert rows_of(engine, "select state, template_version from ops.submission order by submission_id") == [
        {"state": "quarantined", "template_version": submission["contract_version"]},
        {"state": "accepted", "template_version": submission["contract_version"]},
    ]

    assert publish(engine) is not None
    (traced,) = trace(engine, "621124", "2024-01", "annual_plan_wan")
    plans = [item["annual_plan_wan"] for item in submission["sheets"]["project_progress"]]
    assert traced.is_proven
    assert [(cell.cell, cell.printed) for cell in traced.cells] == [
        (f"/sheets/project_progress/{index}/annual_plan_wan", str(plan)) for index, plan in enumerate(plans)
    ]
    assert traced.figure == sum(map(Decimal, plans))
    assert verify(engine).problems == []

    with engine.begin() as connection:
        connection.execute(text("alter table raw.project_progress disable trigger user"))
        connection.execute(
            text("update raw.project_progress set annual_plan_wan = 1 where submission_id = 2 and row_number = 3")
        )
    subjects = [problem.subject for problem in verify(engine).problems]
    assert any(subject.endswith("项目进展!/sheets/project_progress/2/annual_plan_wan") for subject in subjects)


def test_a_broken_json_submission_is_answered_in_json(engine: Engine, tmp_path: Path) -> None:
    (place,) = night(engine, tmp_path / "broken", '{"cover": {\n  "reporting_unit": 临洮县}}')
    assert place.split("/")[1:] == ["无法读取", f"{Path(NAME).stem}（退回原因）_1.json"]
    answer = answer_at(place)
    assert answer["outcome"] == "refused"
    assert answer["reason"]["code"] == "json_syntax"
    assert "第 2 行第 21 列" in answer["reason"]["message_zh"]
    assert (answer["unit_code"], answer["report_month"]) == ("621124", "2024-01")
