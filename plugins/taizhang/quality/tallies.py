"""What each check saw of each submission, by our own SQL: one scan per judged table, all of it in one statement.

The scan counts the rows that a check applies to, and notes in which rows any check failed or could not tell; what it
was, is asked of these rows alone. Counting four verdicts of each check and looking for the rows in another scan took
three times as long.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from taizhang.errors import TaizhangError
from taizhang.quality.catalogue import Check, by_table
from taizhang.quality.predicates import Predicate
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run

FAILED, UNTOLD, BLIND = range(3)
_NO_VERDICT = "select null::bigint as submission_id, null::text as check_id, null::integer as verdict where false"


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

    The rows of a judged table of which a check has something to say are in `noted_table`, if there are any.
    BlindCheckError when a check saw none of its rows.
    """
    tables = by_table(checks := list(checks))
    place.create_as(connection, "seen", " union all ".join(_seen(on_table, place) for on_table in tables.values()))
    noted = _set_aside(connection, tables, place)
    place.create_as(connection, "check_count", _counts(tables, noted, place))
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


def noted_table(judged: str, place: Workplace) -> str:
    """The rows of a judged table of which `count_rows` has found that a check has something to say."""
    return f"{place.gate}.noted_{judged}"


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


def _seen(checks: Sequence[Check], place: Workplace) -> str:
    """SQL: per submission how many rows of a judged table each check applies to, and where a row is to be noted.

    Each predicate is evaluated once per row (hence `offset 0`): true where it fails or cannot tell, null where it does
    not apply.
    """
    predicates = [check.predicate(place.gate) for check in checks]
    verdicts = [f"case when {one.applies} then ({one.failing}) is not false end" for one in predicates]
    names = [f"v{index}" for index in range(len(checks))]
    return f"""(
        select {literal(checks[0].table.name)} as judged, submission_id,
            array[{", ".join(f"count({name})" for name in names)}] as applied,
            array_agg(place) filter (where {" or ".join(names)}) as noted
        from (
            select submission_id, ctid as place,
                {", ".join(f"{verdict} as {name}" for verdict, name in zip(verdicts, names, strict=True))}
            from {place.gate}.{checks[0].table.table} offset 0
        ) as judged_row
        group by submission_id)"""


def _set_aside(connection: Connection, tables: dict[str, list[Check]], place: Workplace) -> list[str]:
    """Copy the rows to be noted; returns the judged tables that have some."""
    found = set(run(connection, f"select distinct judged from {place.gate}.seen where noted is not null").scalars())
    for name in found:
        noted = f"select unnest(noted) from {place.gate}.seen where judged = {literal(name)}"
        table = tables[name][0].table.table
        query = f"select * from {place.gate}.{table} where ctid = any(array({noted}))"
        place.create_as(connection, f"noted_{name}", query)
    return [name for name in tables if name in found]


def _counts(tables: dict[str, list[Check]], noted: Sequence[str], place: Workplace) -> str:
    """SQL: the counts of all checks by submission, from the rows seen and the verdicts on the noted ones."""
    named = ", ".join(f"({literal(name)}, {_names(checks)})" for name, checks in tables.items())
    verdicts = " union all ".join(_verdicts(name, tables[name], place) for name in noted)
    return f"""
        with named (judged, check_ids) as (values {named}),
        verdict as ({verdicts or _NO_VERDICT}),
        told as (
            select submission_id, check_id, count(*) filter (where verdict = {FAILED}) as failed,
                count(*) filter (where verdict in ({UNTOLD}, {BLIND})) as untold,
                count(*) filter (where verdict = {BLIND}) as blind
            from verdict group by submission_id, check_id
        )
        select s.submission_id, a.check_id, (a.applied - coalesce(t.untold, 0))::integer as rows_checked,
            coalesce(t.failed, 0)::integer as rows_failed, coalesce(t.untold, 0)::integer as rows_untold,
            coalesce(t.blind, 0)::integer as rows_blind
        from {place.gate}.seen as s
        inner join named as n on n.judged = s.judged
        cross join lateral unnest(n.check_ids, s.applied) as a (check_id, applied)
        left join told as t on t.submission_id = s.submission_id and t.check_id = a.check_id
        where a.applied > 0"""


def _names(checks: Sequence[Check]) -> str:
    """SQL array of the ids of a judged table's checks, in the order of `seen.applied`."""
    return f"array[{', '.join(literal(check.meta.check_id) for check in checks)}]"


def _verdicts(name: str, checks: Sequence[Check], place: Workplace) -> str:
    """SQL: submission, check and verdict of each check that a noted row neither passes nor escapes."""
    found = ", ".join(_verdict(check.predicate(place.gate)) for check in checks)
    return f"""
            select submission_id, v.check_id, v.verdict
            from (
                select submission_id, array[{found}] as verdicts from {noted_table(name, place)} offset 0
            ) as judged_row
            cross join lateral unnest({_names(checks)}, verdicts) as v (check_id, verdict)
            where v.verdict is not null"""


def _verdict(predicate: Predicate) -> str:
    """SQL: what a check says of a row that it is to be noted for, null for all others."""
    return (
        f"case when {predicate.applies} then case ({predicate.failing})"
        f" when true then {FAILED} when false then null"
        f" else case when ({predicate.undecidable}) is true then {UNTOLD} else {BLIND} end end end"
    )
