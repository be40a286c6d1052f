"""What each check saw of each submission, by our own SQL: one scan per judged table, all of it in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from taizhang.errors import TaizhangError
from taizhang.quality.catalogue import Check, by_table
from taizhang.quality.predicates import Predicate
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run

HELD, FAILED, UNTOLD, BLIND = range(4)


class BlindCheckError(TaizhangError):
    """A check saw no rows although the batch has rows that it must judge."""


@dataclass(frozen=True)
class Tally:
    """What a check saw: rows that passed or failed, rows that failed, rows of which it cannot be told."""

    rows_checked: int
    rows_failed: int
    rows_untold: int
    rows_blind: int


def count_rows(connection: Connection, checks: Iterable[Check], place: Workplace) -> dict[str, Tally]:
    """Write `<gate>.check_count`, a row per submission and check that had something to look at; returns its sums.

    BlindCheckError when a check saw none of its rows.
    """
    checks = list(checks)
    place.create_as(
        connection,
        "check_count",
        " union all ".join(_counts(on_table, place) for on_table in by_table(checks).values()),
    )
    sums = run(
        connection,
        f"""
        select check_id, sum(rows_checked), sum(rows_failed), sum(rows_untold), sum(rows_blind)
        from {place.gate}.check_count group by check_id""",
    )
    seen = {row[0]: Tally(*map(int, row[1:])) for row in sums}
    tallies = {check.meta.check_id: seen.get(check.meta.check_id, Tally(0, 0, 0, 0)) for check in checks}
    blind = [name for name, tally in tallies.items() if tally.rows_checked == 0 and tally.rows_blind > 0]
    if blind:
        raise BlindCheckError(f"these checks answered for no row although the batch has some: {', '.join(blind)}")
    return tallies


def record_counts(connection: Connection, place: Workplace, gate_run_id: int) -> None:
    """Write `<gate>.check_count` into `audit.submission_rule_run`."""
    run(
        connection,
        f"""
        insert into audit.submission_rule_run (
            gate_run_id, submission_id, check_id, rows_checked, rows_failed, rows_untold
        )
        select {gate_run_id}, submission_id, check_id, rows_checked, rows_failed, rows_untold
        from {place.gate}.check_count
        order by submission_id, check_id""",
    )


def _counts(checks: Sequence[Check], place: Workplace) -> str:
    """SQL: the counts of all checks of a judged table. Each predicate is evaluated once per row (hence `offset 0`)."""
    verdicts = ", ".join(f"{_verdict(check.predicate(place.gate))} as v{index}" for index, check in enumerate(checks))
    counts = ", ".join(
        f"count(*) filter (where v{index} = {verdict})::integer as n{index}_{verdict}"
        for index in range(len(checks))
        for verdict in (HELD, FAILED, UNTOLD, BLIND)
    )
    rows = ", ".join(
        f"({literal(check.meta.check_id)}, n{index}_{HELD} + n{index}_{FAILED}, n{index}_{FAILED},"
        f" n{index}_{UNTOLD} + n{index}_{BLIND}, n{index}_{BLIND})"
        for index, check in enumerate(checks)
    )
    return f"""(
        with judged as (
            select submission_id, {verdicts} from {place.gate}.{checks[0].table.table} offset 0
        ),
        counted as (select submission_id, {counts} from judged group by submission_id)
        select counted.submission_id, seen.*
        from counted
        cross join lateral (values {rows}) as seen (check_id, rows_checked, rows_failed, rows_untold, rows_blind)
        where seen.rows_checked + seen.rows_untold > 0)"""


def _verdict(predicate: Predicate) -> str:
    """SQL: what a check says of a row, null where it does not apply."""
    return (
        f"case when {predicate.applies} then case ({predicate.failing})"
        f" when true then {FAILED} when false then {HELD}"
        f" else case when ({predicate.undecidable}) is true then {UNTOLD} else {BLIND} end end end"
    )
