"""Which checks contradict each other: both apply to some row, and no row is known that satisfies both."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import yaml
from sqlalchemy import Connection

from taizhang.quality.catalogue import CATALOGUE_DIR, Check
from taizhang.quality.judged import JudgedTable
from taizhang.quality.register import Severity
from taizhang.quality.statements import WAREHOUSE, run
from tests.judged_rows import complete, insert

WITNESSES_DIR = CATALOGUE_DIR / "witnesses"

Row = dict[str, Any]
Pair = tuple[str, str]


def demands(checks: Iterable[Check]) -> list[Check]:
    """The checks that ask something of the submitter: what is only said contradicts nothing."""
    return [check for check in checks if check.meta.severity is not Severity.INFO]


def witnesses(table: JudgedTable) -> list[Row]:
    """Rows that satisfy every check of a table that applies to them, as far as some were written down."""
    path = WITNESSES_DIR / f"{table.name}.yml"
    rows: list[Row] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else []
    return rows


def contradictory_pairs(
    connection: Connection, checks: Sequence[Check], passing: Mapping[str, Sequence[Row]], known: Sequence[Row]
) -> list[Pair]:
    """Pairs of checks on one table that no row satisfies although both apply to some row.

    The rows are those that `passing` gives for each check and the known ones. Of two checks that never meet in one of
    these, passing rows are laid over each other; only what their conditions exclude stays apart.
    """
    rows = [*(row for check in checks for row in passing[check.meta.check_id]), *known]
    met, satisfied = _meetings(connection, checks, rows)
    base = known[0] if known else {}
    apart = set(combinations([check.meta.check_id for check in checks], 2)) - met
    laid_over = [
        base | lower | upper
        for pair in sorted(apart)
        for under, over in (pair, pair[::-1])
        for lower in passing[under]
        for upper in passing[over]
    ]
    met_later, satisfied_later = _meetings(connection, checks, laid_over)
    return sorted((met | met_later) - satisfied - satisfied_later)


def _meetings(connection: Connection, checks: Sequence[Check], rows: Iterable[Row]) -> tuple[set[Pair], set[Pair]]:
    """Pairs of checks that both say something of one of the rows, and pairs of which both pass it."""
    with connection.begin_nested() as transaction:
        put_apart(connection, checks[0].table, rows)
        answers = _answers(connection, checks)
        transaction.rollback()
    met = {pair for told, _ in answers for pair in combinations(told, 2)}
    return met, {pair for _, passed in answers for pair in combinations(passed, 2)}


def put_apart(connection: Connection, table: JudgedTable, rows: Iterable[Row]) -> None:
    """Insert many rows at once, each as a submission of its own: rows of one are compared with each other."""
    alone = [complete(row | {"submission_id": number}, 1, table) for number, row in enumerate(rows, start=1)]
    if alone:
        insert(connection, table, alone)


def _answers(connection: Connection, checks: Sequence[Check]) -> list[tuple[list[str], list[str]]]:
    """For each row of the judged table the checks that say something of it, and those of them that it passes."""
    predicates = [check.predicate(WAREHOUSE.gate) for check in checks]
    told = ", ".join(f"coalesce({predicate.answered}, false)" for predicate in predicates)
    failed = ", ".join(f"coalesce({predicate.contradicted}, false)" for predicate in predicates)
    rows = run(connection, f"select array[{told}], array[{failed}] from {WAREHOUSE.gate}.{checks[0].table.table}")
    names = [check.meta.check_id for check in checks]
    return [
        (
            [name for name, is_told in zip(names, tells, strict=True) if is_told],
            [name for name, is_told, fails in zip(names, tells, failures, strict=True) if is_told and not fails],
        )
        for tells, failures in rows
    ]
