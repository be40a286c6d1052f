"""The gate without Great Expectations, whose counts are then our own: for tests that ask what the rules say."""

from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.quality import gate
from taizhang.quality.statements import WAREHOUSE
from taizhang.quality.tallies import count_rows
from tests.waiting import rows_of


def skip_great_expectations(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gate take our own counts for those of Great Expectations."""

    def own_counts(url: Any, catalogue: Any, *_: Any, **__: Any) -> dict[str, int]:
        with engine.connect() as connection:
            tallies = count_rows(connection, catalogue.checks, WAREHOUSE)
        return {name: tally.rows_failed for name, tally in tallies.items()}

    monkeypatch.setattr(gate, "run_checkpoint", own_counts)


def findings(engine: Engine, number: int, *rules: str) -> list[dict[str, Any]]:
    """The newest findings on a submission by these rules, in the order of their checks and rows."""
    return [
        row
        for row in rows_of(
            engine,
            "select * from audit.finding where submission_id = :number and gate_run_id = ("
            " select max(gate_run_id) from audit.judgement where submission_id = :number)"
            " order by check_id, row_number, finding_id",
            number=number,
        )
        if row["rule_id"] in rules
    ]


def checks_found(engine: Engine, number: int, *rules: str) -> list[str]:
    """Ids of the checks of these rules that found something, in order."""
    return [row["check_id"] for row in findings(engine, number, *rules)]
