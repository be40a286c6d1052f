"""Corrections in the gate, alone and with waivers: what they change, what they cannot, what is judged again."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.quality import gate
from taizhang.quality.corrections import CorrectionError
from taizhang.quality.decision import BatchChangedError
from taizhang.reading.result import CellPrecision, IssueKind, ReadingIssue
from tests.amended import JANUARY, Judge, contradictions, events, january, judge_with_files, used
from tests.amendment_files import correction, waiver
from tests.readings import project, sheet_reading, workbook_reading
from tests.waiting import month, rows_of, states, submit

pytestmark = pytest.mark.usefixtures("own_counts")


@pytest.fixture
def judge(engine: Engine, tmp_path: Path) -> Judge:
    """The gate with these entries in the files."""
    return judge_with_files(engine, tmp_path / "expectations")


@pytest.mark.both_servers
def test_a_corrected_figure_is_judged_and_the_submitted_one_stays(engine: Engine, judge: Judge):
    (number,) = submit(engine, january())
    judge(correction())
    assert states(engine, [number]) == ["accepted"]
    assert contradictions(engine, number) == []
    (raw,) = rows_of(engine, "select month_completed_wan from raw.project_progress")
    assert raw["month_completed_wan"] == 20
    (cell,) = rows_of(engine, "select * from raw.cell_correction")
    assert (cell["submission_id"], cell["sheet"], cell["row_number"], cell["column_name"]) == (
        number, "project_progress", 4, "month_completed_wan",
    )  # fmt: skip
    assert (cell["correction_id"], cell["old_value"], cell["new_value"], cell["half_width"]) == ("C-1", "20", 30, None)
    assert used(engine) == [("C-1", "correction", number, 1)]
    assert judge(correction()).gate_run_id is None


def test_the_month_after_is_compared_with_the_corrected_figure(engine: Engine, judge: Judge):
    correct = correction(column="本年累计完成投资", old_value="30", new_value="50")
    (first,) = submit(engine, january(50))
    judge(correct)
    (second,) = submit(
        engine,
        workbook_reading(month=month(2), projects=[project(4, ytd_completed_wan=60, month_completed_wan=10)]),
    )
    judge(correct)
    assert states(engine, [first, second]) == ["accepted", "accepted"]
    assert contradictions(engine, second) == []


def test_a_correction_waits_for_its_submission(engine: Engine, judge: Judge):
    assert judge(correction()).gate_run_id is None
    (other,) = submit(engine, workbook_reading("621121", JANUARY, [project(4)]))
    judge(correction())
    assert (states(engine, [other]), used(engine)) == (["accepted"], [])
    (number,) = submit(engine, january())
    judge(correction())
    assert states(engine, [number]) == ["accepted"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"old_value": "21"}, r"本月完成投资 of 项目4 \(row 4 of 项目进展\) to be “21”; found 20"),
        ({"old_value": ""}, r"to be 空; found 20"),
        ({"project": "项目9"}, r"one row 项目9 in 项目进展; found none"),
        ({"column": "是否开工", "old_value": "否", "new_value": "是"}, None),
    ],
)
def test_a_correction_that_does_not_fit_decides_nothing(
    engine: Engine, judge: Judge, changed: dict[str, Any], said: str | None
):
    numbers = submit(engine, january(), workbook_reading("621121", JANUARY, [project(4)]))
    if said is None:  # The unit has put the new value there itself.
        judge(correction(**changed))
        assert rows_of(engine, "select * from raw.cell_correction") == []
        assert used(engine) == [("C-1", "correction", numbers[0], 0)]
        assert judge(correction(**changed)).gate_run_id is None
        return
    with pytest.raises(CorrectionError, match=said) as stopped:
        judge(correction(**changed))
    assert "C-1 does not fit 月报.xlsx (621122 2024-01, submission" in str(stopped.value)
    assert states(engine, numbers) == ["read", "read"]
    (run,) = rows_of(engine, "select state, failure from audit.gate_run")
    assert (run["state"], run["failure"]) == ("error", f"CorrectionError: {stopped.value}")
    assert used(engine) == []
    assert rows_of(engine, "select * from raw.cell_correction") == []


def test_a_column_that_the_workbook_lacks_cannot_be_corrected(engine: Engine, judge: Judge):
    book = january()
    sheet = book.sheets["project_progress"]
    sheet.columns = [column for column in sheet.columns if column.name != "remark"]
    submit(engine, book)
    with pytest.raises(CorrectionError, match="the sheet 项目进展 with the column 备注; found none"):
        judge(correction(column="备注", old_value="", new_value="已核实"))


def test_two_rows_of_one_name_cannot_be_told_apart(engine: Engine, judge: Judge):
    rows = [project(row, project_name="项目4", month_completed_wan=20) for row in (4, 5)]
    submit(engine, workbook_reading(month=JANUARY, projects=rows))
    with pytest.raises(CorrectionError, match="found 2: rows 4, 5"):
        judge(correction())


def test_two_corrections_of_one_cell_are_an_error(engine: Engine, judge: Judge):
    code = "2403-621122-04-01-123456"
    submit(engine, january(project_code=code))
    with pytest.raises(CorrectionError, match="C-1 and C-2 are of the same cell"):
        judge(correction(), correction(id="C-2", project=code))


def test_a_cell_that_could_not_be_read_is_corrected_by_its_text(engine: Engine, judge: Judge):
    book = january(None)
    book.issues.append(
        ReadingIssue(
            IssueKind.NUMBER_UNREADABLE, "读不出数字", "no number", "project_progress", "项目进展", 4,
            "month_completed_wan", "M4", "3O",
        )
    )  # fmt: skip
    (number,) = submit(engine, book)
    with pytest.raises(CorrectionError, match="to be “20”; found “3O”"):
        judge(correction())
    judge(correction(old_value="3O"))
    assert states(engine, [number]) == ["accepted"]
    found = rows_of(engine, "select rule_id from audit.finding where severity <> 'info'")
    assert [row["rule_id"] for row in found if row["rule_id"] in ("R05", "R10")] == []


@pytest.mark.both_servers
def test_a_class_of_the_summary_is_named_by_breakdown_and_item(engine: Engine, judge: Judge):
    book = january(30)
    row = {
        "row_number": 3, "breakdown_name": "total", "item_name": "合计", "project_count": 2,
        "total_investment_wan": Decimal(1000), "annual_plan_wan": Decimal(400),
    }  # fmt: skip
    book.sheets["summary"] = sheet_reading("summary", [row])
    (number,) = submit(engine, book)
    count = correction(
        sheet="汇总", project=None, breakdown="合计", item="合计", column="项目个数", old_value="2", new_value="1"
    )
    judge(count)
    assert states(engine, [number]) == ["accepted"]
    (cell,) = rows_of(engine, "select row_number, new_value from raw.cell_correction")
    assert (cell["row_number"], cell["new_value"]) == (3, 1)


def test_a_figure_with_a_unit_of_its_own_is_as_exact_as_its_digits(engine: Engine, judge: Judge):
    # 0.0034亿元 means 33.5 to 34.5 万元: it can be the 33.6 of January.
    row = project(4, ytd_completed_wan=Decimal("33.6"), month_completed_wan=Decimal("20"))
    (number,) = submit(engine, workbook_reading(month=JANUARY, projects=[row]))
    judge(correction(new_value="0.0034亿元"))
    assert states(engine, [number]) == ["accepted"]
    (cell,) = rows_of(engine, "select new_value, half_width from raw.cell_correction")
    assert (cell["new_value"], cell["half_width"]) == (34, Decimal("0.5"))


def test_a_new_correction_brings_the_newest_held_back_submission_back(engine: Engine, judge: Judge):
    (number,) = submit(engine, january())
    judge()
    judge(correction())
    assert states(engine, [number]) == ["accepted"]
    assert events(engine, number) == [("quarantined", None, None), ("accepted", ["C-1"], True)]
    life = rows_of(engine, "select status, fixed_in_version, newest_version from audit.finding_life")
    assert {"status": "fixed", "fixed_in_version": 1, "newest_version": 1} in life


def test_a_submission_in_force_is_judged_again_and_stays_in_force(engine: Engine, judge: Judge):
    (number,) = submit(engine, january(30))
    judge()
    (before,) = rows_of(engine, "select state_at from ops.submission")
    judge(correction(column="总投资", old_value="1000", new_value="1100"))
    assert states(engine, [number]) == ["accepted"]
    assert rows_of(engine, "select state_at from ops.submission") == [before]
    assert events(engine, number) == [("accepted", None, None), ("accepted", ["C-1"], True)]


def test_a_correction_that_contradicts_a_submission_in_force_decides_nothing(engine: Engine, judge: Judge):
    (number,) = submit(engine, january(30))
    judge()
    (other,) = submit(engine, workbook_reading("621121", JANUARY, [project(4)]))
    wrong = correction(old_value="30", new_value="29")
    with pytest.raises(CorrectionError, match=r"is in force, yet judged again with C-1 it would be held back: R10"):
        judge(wrong)
    assert states(engine, [number, other]) == ["accepted", "read"]
    assert rows_of(engine, "select * from raw.cell_correction") == []
    judge()
    assert states(engine, [number, other]) == ["accepted", "accepted"]


def test_nothing_is_judged_again_while_a_newer_one_waits_and_the_newer_one_replaces_it(engine: Engine, judge: Judge):
    (first,) = submit(engine, january(30))
    judge()
    (second,) = submit(engine, january(30))
    report = judge(correction(column="总投资", old_value="1000", new_value="1100"))
    assert [decision.submission_id for decision in report.accepted] == [second]
    assert states(engine, [first, second]) == ["superseded", "accepted"]


def test_both_in_force_and_held_back_may_be_judged_again(engine: Engine, judge: Judge):
    (first,) = submit(engine, january(30))
    judge()
    (second,) = submit(engine, january(31))
    judge()
    assert states(engine, [first, second]) == ["accepted", "quarantined"]
    judge(correction(column="总投资", old_value="1000", new_value="1100"))
    assert states(engine, [first, second]) == ["accepted", "quarantined"]
    assert events(engine, second)[-1] == ("quarantined", ["C-1"], True)
    judge(waiver(), correction(column="总投资", old_value="1000", new_value="1100"))
    assert states(engine, [first, second]) == ["superseded", "accepted"]
    assert [state for state, _, _ in events(engine, first)] == ["accepted", "accepted", "superseded"]


def test_a_changed_correction_is_applied_anew_and_a_removed_one_no_more(engine: Engine, judge: Judge):
    (number,) = submit(engine, january(30))
    total = {"column": "总投资", "old_value": "1000"}
    judge(correction(new_value="1100", **total))
    judge(correction(new_value="1200", **total))
    (cell,) = rows_of(engine, "select new_value from raw.cell_correction")
    assert cell["new_value"] == 1200
    assert judge(correction(new_value="1200", expires="2024-05-31", **total)).gate_run_id is None
    report = judge()
    assert [decision.submission_id for decision in report.accepted] == [number]
    assert rows_of(engine, "select * from raw.cell_correction") == []
    assert [entry[0] for entry in used(engine)] == ["C-1", "C-1"]
    assert judge().gate_run_id is None


def test_a_correction_on_which_an_acceptance_rests_cannot_be_removed(engine: Engine, judge: Judge):
    (number,) = submit(engine, january())
    judge(correction())
    with pytest.raises(CorrectionError, match="judged again with no correction it would be held back: R10"):
        judge()
    assert states(engine, [number]) == ["accepted"]
    assert len(rows_of(engine, "select * from raw.cell_correction")) == 1
    assert judge(correction()).gate_run_id is None


def test_an_expired_correction_is_not_applied(engine: Engine, judge: Judge):
    (number,) = submit(engine, january())
    judge(correction(expires="2024-05-31"))
    assert states(engine, [number]) == ["quarantined"]


def test_the_amendments_of_a_units_month_are_listed(engine: Engine, judge: Judge):
    (number,) = submit(engine, january())
    judge(waiver(), correction(column="总投资", old_value="1000", new_value="1100"))
    listed = rows_of(engine, "select * from audit.unit_month_amendment order by amendment_id")
    assert [(row["kind"], row["amendment_id"], row["submission_id"], row["is_in_force"]) for row in listed] == [
        ("correction", "C-1", number, True),
        ("waiver", "W-1", number, True),
    ]
    assert (listed[0]["approver"], listed[1]["approver"], listed[1]["expires"]) == ("王", None, date(2024, 12, 31))
    judge(waiver())
    assert [row["amendment_id"] for row in rows_of(engine, "select * from audit.unit_month_amendment")] == ["W-1"]


def test_text_of_an_entry_is_never_sql(engine: Engine, judge: Judge):
    (number,) = submit(engine, january(remark="a'b"))
    quoted = {"reason": "'); drop table audit.finding; -- %s :x {y}", "author": "O'Brien"}
    judge(
        waiver(subject="项'目", **quoted),
        correction(column="备注", old_value="a'b", new_value="c'd; -- \\ %s", **quoted),
    )
    assert states(engine, [number]) == ["quarantined"]
    (cell,) = rows_of(engine, "select old_value, new_value from raw.cell_correction")
    assert (cell["old_value"], cell["new_value"]) == ("a'b", "c'd; -- \\ %s")


def test_a_batch_that_changed_meanwhile_is_not_decided(engine: Engine, judge: Judge, monkeypatch: pytest.MonkeyPatch):
    (number,) = submit(engine, january(30))
    judge()
    honest = gate.decide

    def meddle(connection: Any, place: Any) -> Any:
        with engine.begin() as other:
            other.execute(text("update ops.submission set state = 'withdrawn'"))
        return honest(connection, place)

    monkeypatch.setattr(gate, "decide", meddle)
    with pytest.raises(BatchChangedError):
        judge(correction(column="总投资", old_value="1000", new_value="1100"))
    assert states(engine, [number]) == ["withdrawn"]


def test_a_corrected_precision_replaces_that_of_the_cell(engine: Engine, judge: Judge):
    book = january(Decimal(20))
    sheet = book.sheets["project_progress"]
    sheet.precisions = [CellPrecision(4, "month_completed_wan", Decimal(50))]
    (number,) = submit(engine, book)
    judge(correction(new_value="29"))
    assert states(engine, [number]) == ["quarantined"]
