"""The gate with Great Expectations: it decides only what both counts agree on."""

import pytest
from sqlalchemy import Engine

from taizhang.quality import gate
from taizhang.quality.catalogue import load_catalogue
from taizhang.quality.checkpoint import CheckpointError
from taizhang.quality.gate import CountDisagreementError, judge_batch
from tests.readings import workbook_reading
from tests.waiting import month, reading, rows_of, states, submit


@pytest.mark.both_servers
def test_a_sound_batch_is_accepted_and_every_check_is_recorded(engine: Engine):
    numbers = submit(engine, reading(1, "30", "30"), reading(2, "70", "40"), workbook_reading("411421", month(1)))
    report = judge_batch(engine)
    assert states(engine, numbers) == ["accepted"] * 3
    assert {decision.submission_id for decision in report.accepted} == set(numbers)
    runs = rows_of(engine, "select * from audit.rule_run")
    assert {run["check_id"] for run in runs} == {check.meta.check_id for check in load_catalogue().checks}
    assert all(run["rows_failed"] == run["rows_failed_gx"] for run in runs)
    checked = {run["check_id"]: run["rows_checked"] for run in runs}
    assert checked["R00.project_name_filled"] == 4
    assert checked["R10.ytd_carries_forward"] == 1
    events = rows_of(engine, "select state, actor from ops.submission_event order by event_id")
    assert events == [{"state": "accepted", "actor": "gate"}] * 3
    (run,) = rows_of(engine, "select state, submission_count, catalogue_version from audit.gate_run")
    assert run == {"state": "done", "submission_count": 3, "catalogue_version": load_catalogue().version}


def test_disagreement_of_counts_decides_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    numbers = submit(engine, reading(1, "30", "20"))
    honest = gate.run_checkpoint
    monkeypatch.setattr(gate, "run_checkpoint", lambda *given: honest(*given) | {"R10.january": 0})
    with pytest.raises(CountDisagreementError, match=r"R10\.january: Great Expectations 0, own SQL 1"):
        judge_batch(engine)
    assert states(engine, numbers) == ["read"]
    (run,) = rows_of(engine, "select state, failure from audit.gate_run")
    assert run["state"] == "error"
    assert "R10.january" in run["failure"]
    assert rows_of(engine, "select * from audit.finding") == []
    monkeypatch.undo()
    judge_batch(engine)
    assert states(engine, numbers) == ["quarantined"]


def test_a_count_that_one_side_lacks_is_a_disagreement(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    submit(engine, reading(1, "30", "30"))
    monkeypatch.setattr(gate, "run_checkpoint", lambda *_: {})
    with pytest.raises(CountDisagreementError, match="Great Expectations None, own SQL 0"):
        judge_batch(engine)


def test_an_exception_in_great_expectations_is_an_error_of_the_run(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    numbers = submit(engine, reading(1, "30", "30"))
    catalogue = load_catalogue()
    check = catalogue.check("R11.ytd_does_not_fall")
    monkeypatch.setattr(check, "kwargs", check.kwargs | {"greater": "no_such_column"})
    with pytest.raises(CheckpointError, match=r"R11\.ytd_does_not_fall"):
        judge_batch(engine, catalogue)
    assert states(engine, numbers) == ["read"]
