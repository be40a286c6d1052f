"""The capacity plan: what one month adds, multiplied."""

import json
from pathlib import Path

import pytest

from benchmarks import capacity
from benchmarks.capacity import Plan
from benchmarks.scales import Scale

MEASURED = {
    "measured_on": "2026-01-01",
    "units": 2,
    "project_rows": 10,
    "workbook_bytes": 1000,
    "before": {
        "raw.project_progress": {"bytes": 500, "rows": 10},
        "history.dim_project": {"bytes": 300, "rows": 10},
        "staging.region": {"bytes": 70, "rows": 7},
    },
    "growth": {
        "raw.project_progress": {"bytes": 400, "rows": 10},
        "history.dim_project": {"bytes": 0, "rows": 0},
        "history.agg_unit_month": {"bytes": 20, "rows": 2},
        "staging.region": {"bytes": 5, "rows": 1},
    },
}
TWICE = Plan("twice as many, three months", Scale("twice", 4, (5, 5), (1,)), 3)


def test_a_plan_multiplies_what_a_month_adds_and_counts_seeds_once() -> None:
    assert TWICE.rows_a_month == 20
    assert capacity.database_bytes(MEASURED, TWICE) == 70 + 2 * (800 + 2 * 420)
    assert capacity.total_rows(MEASURED, TWICE) == 2 * (20 + 2 * 12)
    assert capacity.landing_bytes(MEASURED, TWICE) == 100 * 20 * 3


def test_tables_say_what_a_row_costs_and_what_was_not_measured() -> None:
    lines = capacity.sizes_table(MEASURED)
    assert "| `raw.project_progress` | 1.00 | 40 | 95% |" in lines
    assert "| `history.agg_unit_month` | 0.20 | 10 | 5% |" in lines
    assert not any("staging" in line for line in lines)
    plan = capacity.plan_table(MEASURED, {"province": 150.0})
    assert len(plan) == 2 + len(capacity.PLANS)
    assert "| 150.0 min | 1 | 3 |" in plan[2]
    assert "| not measured | 1 | not measured |" in plan[-1]


def test_the_document_gets_its_tables_and_keeps_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, document = tmp_path / "sizes.json", tmp_path / "scale.md"
    sizes.write_text(json.dumps(MEASURED), encoding="utf-8")
    monkeypatch.setattr(capacity, "SIZES", sizes)
    document.write_text("# A\n<!-- sizes -->\nold\n<!-- end -->\nB\n<!-- plan -->\n<!-- end -->\nC\n", encoding="utf-8")
    capacity.write(document, tmp_path)
    once = document.read_text(encoding="utf-8")
    assert once.startswith("# A\n<!-- sizes -->\n")
    assert once.endswith("\n<!-- end -->\nC\n")
    assert "old" not in once
    assert "| a province, 1 year |" in once.partition("B\n")[2]
    capacity.write(document, tmp_path)
    assert document.read_text(encoding="utf-8") == once
    document.write_text("# A\n", encoding="utf-8")
    with pytest.raises(LookupError, match="no place for sizes"):
        capacity.write(document, tmp_path)
