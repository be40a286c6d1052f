"""What `taizhang corrections check` and `taizhang findings` say."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from taizhang.cli.app import app
from taizhang.quality import amendments as files
from taizhang.quality.corrections import CorrectionError
from taizhang.quality.gate import judge_batch
from taizhang.reading import confined
from taizhang.reading.result import WorkbookReading
from taizhang.reading.workbook import read_workbook
from tests.amendment_files import TODAY, correction, waiver, write
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, submit

pytestmark = [pytest.mark.usefixtures("own_counts"), pytest.mark.parametrize("server_url", ["embedded"], indirect=True)]

JANUARY = month(1)
Run = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the waivers and corrections, on the first of June 2024."""
    monkeypatch.setattr(files, "CATALOGUE_DIR", tmp_path / "expectations")
    monkeypatch.setattr(files, "today", lambda: TODAY)
    return tmp_path / "expectations"


@pytest.fixture
def run(engine: Engine) -> Run:
    """Run a command; returns what it printed, as JSON where it was asked for."""
    del engine

    def invoke(*arguments: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return json.loads(result.output) if "--json" in arguments else result.output

    return invoke


def january(*done: int, **values: Any) -> WorkbookReading:
    rows = [
        project(row, ytd_completed_wan=30, month_completed_wan=value, **values)
        for row, value in enumerate(done, start=4)
    ]
    return workbook_reading(month=JANUARY, projects=rows)


def states(run: Run, code: int = 0) -> dict[str, str]:
    return {entry["id"]: entry["state"] for entry in run("corrections", "check", "--json", code=code)["amendments"]}


def test_nothing_to_check(run: Run, folder: Path):
    write(folder)
    assert run("corrections", "check") == "没有豁免，也没有更正\n"


def test_faults_are_told_with_an_exit_code(run: Run, folder: Path):
    write(folder, waiver(rule="R99"), correction(approver="李"))
    told = run("corrections", "check", "--json", code=1)
    assert told["amendments"] == []
    assert len(told["faults"]) == 2
    assert "waiver W-1: there is no rule R99" in run("corrections", "check", code=1)


def test_how_each_stands_from_waiting_to_applied(engine: Engine, run: Run, folder: Path):
    write(
        folder,
        waiver(),
        correction(),
        waiver(id="W-0", expires="2024-05-31"),
        correction(id="C-0", expires="2024-05-31"),
    )
    assert states(run) == {"W-1": "waiting", "W-0": "expired", "C-1": "waiting", "C-0": "expired"}
    (number,) = submit(engine, january(20))
    assert states(run)["C-1"] == "applies"
    write(folder)
    judge_batch(engine)
    write(folder, waiver(), correction(column="总投资", old_value="1000", new_value="1100"))
    assert states(run) == {"W-1": "applies", "C-1": "applies"}
    judge_batch(engine)
    assert states(run) == {"W-1": "applied", "C-1": "applied"}
    (told, _) = run("corrections", "check", "--json")["amendments"]
    assert (told["kind"], told["unit"], told["months"], told["about"], told["submissions"]) == (
        "waiver", "621122", "2024-01..2024-03", "R10", [number],
    )  # fmt: skip
    write(folder, correction(column="是否开工", old_value="否", new_value="是"))
    assert states(run) == {"C-1": "done"}


def test_what_does_not_fit_is_told_as_the_gate_would(engine: Engine, run: Run, folder: Path):
    write(folder, correction(old_value="21"))
    (number,) = submit(engine, january(20))
    (told,) = run("corrections", "check", "--json", code=1)["amendments"]
    with pytest.raises(CorrectionError) as stopped:
        judge_batch(engine)
    assert (told["state"], told["detail"], told["submissions"]) == ("stale", str(stopped.value), [number])
    assert "豁免和更正 1 条：对不上 1 条" in run("corrections", "check", code=1)
    # A submission that no longer counts is no matter for a correction.
    submit(engine, january(30))
    with engine.begin() as connection:
        connection.execute(text("update ops.submission set state = 'withdrawn' where submission_id = 1"))
    assert states(run) == {"C-1": "done"}
    write(folder, correction(old_value="30", new_value="31"))
    assert states(run) == {"C-1": "applies"}


def test_findings_are_listed_with_what_became_of_them(engine: Engine, run: Run, folder: Path):
    write(folder, waiver(subject="项目5"))
    for reading in (january(20, 20, 20), january(20, 20, 30), january(20, 20)):
        submit(engine, reading, workbook_reading("621121", JANUARY, [project(4, month_completed_wan=20)]))
        judge_batch(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into audit.explanation"
                " (submission_id, unit_code, report_month, finding_key, check_id, explanation)"
                " select submission_id, '621122', '2024-01-01', finding_key, check_id, '已核实'"
                " from audit.finding where subject_label = '项目4' and check_id = 'R10.january' limit 1"
            )
        )
    found = run("findings", "--unit", "陇西县", "--month", "2024-01", "--rule", "R10", "--json")
    assert [(row["subject"], row["status"], row["cell"], row["fixed_in_version"]) for row in found] == [
        ("项目4", "explained", "N4", None),
        ("项目5", "waived", "N5", None),
        ("项目6", "fixed", "N6", 2),
    ]
    assert (found[0]["explanation"], found[1]["waiver_id"], found[0]["version_count"]) == ("已核实", "W-1", 3)
    chosen = run(
        "findings", "--rule", "R10.january", "--severity", "block", "--status", "waived", "--status", "fixed", "--json"
    )
    assert [row["subject"] for row in chosen] == ["项目5", "项目6"]
    assert {row["unit_code"] for row in run("findings", "--rule", "R10", "--json")} == {"621121", "621122"}
    assert run("findings", "--month", "2023-01") == "没有核查意见\n"
    shown = run("findings", "--unit", "621122", "--rule", "R10")
    assert "3 条核查意见" in shown
    for words in ("已说明", "豁免 W-1", "第 2 版起没有", "项目进展!N4"):
        assert words in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unit", "没有这个县"), "no reporting unit"),
        (("--month", "2024-1"), "is no month"),
        (("--status", "x"), "x"),
    ],
)
def test_what_nobody_knows_is_an_error(engine: Engine, arguments: tuple[str, str], said: str):
    del engine
    result = CliRunner().invoke(app, ["findings", *arguments])
    assert result.exit_code != 0
    assert said in result.output + str(result.exception)


def test_the_next_months_template_has_the_corrected_figures(engine: Engine, run: Run, folder: Path, tmp_path: Path):
    submit(engine, january(30, start_date=(date(2023, 5, 1), date(2023, 6, 1))))
    write(folder, correction(column="总投资", old_value="1000", new_value="1234.5"))
    judge_batch(engine)
    file = tmp_path / "二月.xlsx"
    run("template", "--unit", "621122", "--month", "2024-02", "-o", str(file))
    (row,) = read_workbook(file).sheets["project_progress"].rows.to_dict("records")
    assert (row["total_investment_wan"], row["start_date"]) == (Decimal("1234.5"), (date(2023, 5, 1), date(2023, 6, 1)))


def test_a_waived_finding_is_marked_in_the_list_of_a_check(
    engine: Engine, run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write(folder, waiver())
    file = tmp_path / "月报.xlsx"
    file.touch()
    monkeypatch.setattr(confined, "read_workbook", lambda _: january(20))
    assert "（已豁免）" in run("check", str(file))
    write(folder, correction())
    assert "一月份本年累计 30 ≠ 本月" not in run("check", str(file))
    assert rows_of(engine, "select * from audit.amendment") == []
