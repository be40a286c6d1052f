"""Waivers in the gate: what they cover, and when something is judged again."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality.check import check_reading
from tests.amended import Judge, contradictions, events, january, judge_with_files, used
from tests.amendment_files import amendments, waiver
from tests.waiting import rows_of, states, submit

pytestmark = pytest.mark.usefixtures("own_counts")


@pytest.fixture
def judge(engine: Engine, tmp_path: Path) -> Judge:
    """The gate with these entries in the files."""
    return judge_with_files(engine, tmp_path / "expectations")


@pytest.mark.both_servers
def test_a_waived_contradiction_keeps_its_severity_and_no_longer_holds_back(engine: Engine, judge: Judge):
    (number,) = submit(engine, january())
    report = judge(waiver())
    assert states(engine, [number]) == ["accepted"]
    (finding,) = contradictions(engine, number)
    assert (finding["severity"], finding["verdict"], finding["waiver_id"]) == ("block", "contradiction", "W-1")
    assert used(engine) == [("W-1", "waiver", number, 1)]
    (entry,) = rows_of(engine, "select entry from audit.amendment")
    assert entry["entry"] == waiver(months={"from": "2024-01-01", "to": "2024-03-01"})
    (judged,) = rows_of(engine, "select block_count, waived_count from audit.judgement")
    assert (judged["block_count"], judged["waived_count"]) == (0, 1)
    assert (report.accepted[0].block_count, report.accepted[0].waived_count) == (0, 1)
    assert events(engine, number) == [("accepted", ["W-1"], None)]


def test_a_waiver_covers_only_what_it_names_and_until_it_ends(engine: Engine, judge: Judge):
    """Each of these waivers misses the finding of its unit by one thing."""
    changes: dict[str, dict[str, Any]] = {
        "621122": {"rule": "R11"},
        "621121": {"rule": "R10.ytd_carries_forward"},
        "621123": {"unit": "621126"},
        "621124": {"months": {"from": "2024-02", "to": "2024-03"}},
        "621125": {"subject": "项目5"},
        "621102": {"expires": "2024-05-31"},
        "411421": {},
    }
    numbers = submit(engine, *(january(unit=unit) for unit in changes))
    judge(*(waiver(**{"id": f"W-{unit}", "unit": unit} | changed) for unit, changed in changes.items()))
    assert states(engine, numbers) == ["quarantined"] * 6 + ["accepted"]
    assert used(engine) == [("W-411421", "waiver", numbers[-1], 1)]


def test_a_waiver_counts_on_its_last_day_and_for_a_check_or_a_project(engine: Engine, judge: Judge):
    (number,) = submit(engine, january())
    judge(waiver(rule="R10.january", subject="项目4", expires="2024-06-01"))
    assert states(engine, [number]) == ["accepted"]


def test_a_new_waiver_brings_the_newest_held_back_submission_back(engine: Engine, judge: Judge):
    first, second = submit(engine, january(19), january())
    judge()
    assert states(engine, [first, second]) == ["quarantined", "quarantined"]
    judge(waiver())
    assert states(engine, [first, second]) == ["quarantined", "accepted"]
    assert events(engine, second) == [("quarantined", None, None), ("accepted", ["W-1"], True)]
    assert judge(waiver()).gate_run_id is None
    # What has ended takes nothing back that was decided while it counted.
    assert judge(waiver(), on=date(2025, 1, 1)).gate_run_id is None
    assert judge().gate_run_id is None


def test_the_offline_check_knows_the_waivers(engine: Engine, tmp_path: Path):
    report = check_reading(january(), engine, amendments=amendments(tmp_path, waiver()))
    (finding,) = [found for found in report.findings if found.rule_id == "R10"]
    assert (report.verdict != "quarantined", finding.severity, finding.waiver_id) == (True, "block", "W-1")
