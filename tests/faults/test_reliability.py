"""docs/reliability.md says what the last full run has found, and nothing else."""

import json
from pathlib import Path

import pytest

from tests.faults.account import Account, summary
from tests.faults.reliability import PAGE, RESULTS, STAGES, figures, page


def test_the_page_shows_the_figures_that_were_kept() -> None:
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, kept) == text
    assert {kill["stage"] for kill in kept["kills"]} <= STAGES.keys()
    assert sum(kill["count"] for kill in kept["kills"]) == kept["kill_points"] > 0


def test_figures_are_what_was_written_down(tmp_path: Path) -> None:
    account = Account(tmp_path / "journal", 7)
    account.killed("gate", "before", "read", "none", 3)
    account.killed("gate", "before", "read", "none", 4)
    account.befell("a full disk", 5)
    account.failed(1)
    found = summary(map(json.loads, (tmp_path / "journal").read_text().splitlines()))
    assert (found["kill_points"], found["reads"], found["failed_tests"], found["seeds"]) == (2, 12, 1, [7])
    assert found["mishaps"] == {"a full disk": 1}
    assert "| gate: a run of the gate is opened, judges, decides and seals | 2 |  |  |" in figures(found)


def test_a_page_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        page("# nothing", {})
