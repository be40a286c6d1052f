"""What the gate keeps of each check and submission, and that it adds up to what it keeps of each check."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from taizhang.quality.gate import CountDisagreementError, judge_batch
from tests.readings import project, workbook_reading
from tests.waiting import month, rows_of, states, submit

SUMS = """
    select r.check_id, r.rows_checked, r.rows_failed, r.rows_failed_gx, r.rows_untold,
        coalesce(sum(s.rows_checked), 0) as checked, coalesce(sum(s.rows_failed), 0) as failed,
        coalesce(sum(s.rows_untold), 0) as untold
    from audit.rule_run as r
    left join audit.submission_rule_run as s on s.gate_run_id = r.gate_run_id and s.check_id = r.check_id
    group by r.check_id, r.rows_checked, r.rows_failed, r.rows_failed_gx, r.rows_untold"""


def test_counts_by_submission_add_up(engine: Engine):
    faulty = project(4, ytd_completed_wan=Decimal(30), month_completed_wan=Decimal(20))
    numbers = submit(
        engine,
        workbook_reading(month=month(1)),
        workbook_reading("411421", month(1), [faulty, project(5), project(6)]),
    )
    judge_batch(engine)
    for row in rows_of(engine, SUMS):
        assert row["rows_failed"] == row["rows_failed_gx"]
        assert (row["checked"], row["failed"], row["untold"]) == (
            row["rows_checked"],
            row["rows_failed"],
            row["rows_untold"],
        )
    january = rows_of(
        engine,
        "select submission_id, rows_checked, rows_failed, rows_untold from audit.submission_rule_run"
        " where check_id = 'R10.january' order by submission_id",
    )
    assert [tuple(row.values()) for row in january] == [(numbers[0], 2, 0, 0), (numbers[1], 3, 1, 0)]
    assert rows_of(engine, "select * from audit.submission_rule_run where rows_checked + rows_untold = 0") == []


def test_an_undecided_run_leaves_no_counts_behind(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    numbers = submit(engine, workbook_reading(month=month(1)))
    monkeypatch.setattr("taizhang.quality.gate.run_checkpoint", lambda *_: {})
    with pytest.raises(CountDisagreementError):
        judge_batch(engine)
    assert states(engine, numbers) == ["read"]
    assert rows_of(engine, "select * from audit.rule_run") == []
    assert rows_of(engine, "select * from audit.submission_rule_run") == []
