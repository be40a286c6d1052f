"""The gate without Great Expectations, whose counts are then our own: for tests that ask what the rules say."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from taizhang.quality import gate
from taizhang.quality.catalogue import Check
from taizhang.quality.statements import Workplace
from taizhang.quality.tallies import Tally, count_rows
from tests.waiting import rows_of


def skip_great_expectations(patch: pytest.MonkeyPatch) -> None:
    """Let the gate take its own counts for those of Great Expectations, and count but once."""
    counts: dict[str, int] = {}

    def count(connection: Connection, checks: Iterable[Check], place: Workplace) -> dict[str, Tally]:
        tallies = count_rows(connection, checks, place)
        counts.update({name: tally.rows_failed for name, tally in tallies.items()})
        return tallies

    patch.setattr(gate, "run_checkpoint", lambda *_, **__: counts)
    patch.setattr(gate, "count_rows", count)


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
