"""What must hold of a warehouse at any moment, whatever has befallen it, and what it holds when a night is done."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from taizhang.evidence.verify import verify
from taizhang.landing import file_sha256

# What differs between two warehouses that say the same: their own numbers, and when they did something.
NUMBERS = (
    *("submission_id", "gate_run_id", "publication_id", "finding_id", "event_id", "arrival_id", "judgement_id"),
    *("published_from", "published_to", "digest", "certificate_sha256", "is_shown"),
)
TIMES = (
    "created_at",
    "received_at",
    "state_at",
    "published_at",
    "decided_at",
    "judged_at",
    "started_at",
    "finished_at",
)
SHOWN_ROWS = 400

RELATIONS = text(
    """
    select n.nspname || '.' || quote_ident(c.relname) as name,
        exists (
            select from pg_attribute as a
            where a.attrelid = c.oid and a.attname = 'submission_id' and not a.attisdropped
        ) as has_submission
    from pg_class as c
    inner join pg_namespace as n on c.relnamespace = n.oid
    where
        (n.nspname = 'raw' and c.relkind in ('r', 'p') and not c.relispartition)
        or (n.nspname = 'marts' and c.relkind = 'v' and c.relname <> 'publication')
        or n.nspname || '.' || c.relname in ('ops.submission', 'ops.arrival', 'audit.finding', 'audit.judgement')
    order by 1
    """
)
ARRIVED = text(
    "select a.source_uri, s.sha256 from ops.arrival as a inner join ops.submission as s using (submission_id)"
)
EVENTS = text(
    """
    select s.sha256 || ' ' || string_agg(e.state, ' ' order by e.event_id)
    from ops.submission_event as e inner join ops.submission as s using (submission_id)
    group by s.sha256 order by 1
    """
)


@dataclass(frozen=True)
class Contents:
    """What a warehouse holds: relation to its rows without numbers and times; only their hash where they are many."""

    relations: dict[str, list[str]]
    raw_counts: dict[str, dict[str, int]]


def contents(engine: Engine) -> Contents:
    """Read everything that a night leaves behind."""
    with engine.connect() as connection:
        relations = {
            row.name: _rows(connection, row.name, is_owned=row.has_submission) for row in connection.execute(RELATIONS)
        }
        relations["events"] = list(connection.scalars(EVENTS))
        return Contents(relations, _raw_counts(connection))


def marts_of(engine: Engine, publication_id: int) -> dict[str, list[str]]:
    """What readers see who ask for this publication."""
    with engine.connect() as connection:
        connection.execute(text("select set_config('taizhang.publication', :n, false)"), {"n": str(publication_id)})
        found = [row for row in connection.execute(RELATIONS) if row.name.startswith("marts.")]
        return {row.name: _rows(connection, row.name, is_owned=row.has_submission) for row in found}


def _rows(connection: Connection, name: str, *, is_owned: bool) -> list[str]:
    owner = " || jsonb_build_object('sha256', s.sha256)" if is_owned else ""
    join = "left join ops.submission as s on s.submission_id = t.submission_id" if is_owned else ""
    # Of the gate's runs only those count that decided.
    done = (
        "where t.gate_run_id in (select gate_run_id from audit.gate_run where state = 'done')"
        if name.startswith("audit.")
        else ""
    )
    query = text(
        f"""
        with shown as (
            select (to_jsonb(t) - cast(:dropped as text[]){owner})::text as row from {name} as t {join} {done}
        )
        select case when count(*) <= {SHOWN_ROWS} then array_agg(row order by row)
            else array[count(*) || ' rows ' || md5(string_agg(row, ' ' order by row))] end
        from shown
        """
    )
    return list(connection.scalar(query, {"dropped": [*NUMBERS, *TIMES]}) or ())


def _raw_counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Rows of each table of `raw` by the content that they come from."""
    found = [row.name for row in connection.execute(RELATIONS) if row.name.startswith("raw.")]
    query = " union all ".join(
        f"select '{name}', s.sha256, count(*) from {name} as t left join ops.submission as s using (submission_id)"
        " group by s.sha256"
        for name in found
    )
    counts: dict[str, dict[str, int]] = {}
    for name, sha256, count in connection.execute(text(query)):
        assert sha256 is not None, f"{name} has {count} rows of no submission"
        counts.setdefault(sha256, {})[name] = count
    return counts


def differences(found: dict[str, list[str]], expected: dict[str, list[str]]) -> dict[str, list[str]]:
    """Which relations differ, with the rows that only one side has; empty when none does."""
    return {
        name: [f"- {row}" for row in sorted(set(expected.get(name, ())) - set(found.get(name, ())))]
        + [f"+ {row}" for row in sorted(set(found.get(name, ())) - set(expected.get(name, ())))]
        for name in sorted(found.keys() | expected.keys())
        if found.get(name) != expected.get(name)
    }


def assert_whole(engine: Engine, expected: Contents) -> None:
    """At any moment: each submission has all of its rows in `raw` or none exists, states agree with the record."""
    with engine.connect() as connection:
        known = set(connection.scalars(text("select sha256 from ops.submission")))
        counts = _raw_counts(connection)
    assert known <= expected.raw_counts.keys() | _without_rows(expected)
    assert counts == {sha256: rows for sha256, rows in expected.raw_counts.items() if sha256 in known}
    assert verify(engine).problems == []


def _without_rows(expected: Contents) -> set[str]:
    """Contents that were refused."""
    return {row.partition(" ")[0] for row in expected.relations["events"]} - expected.raw_counts.keys()


def assert_done(engine: Engine, inbox: Path, expected: Contents) -> None:
    """After a night that was not disturbed: everything is taken and decided, and it equals what was to be expected."""
    assert_whole(engine, expected)
    found = contents(engine)
    assert differences(found.relations, expected.relations) == {}
    with engine.connect() as connection:
        taken = {row.source_uri: row.sha256 for row in connection.execute(ARRIVED)}
        undecided = connection.scalars(text("select state from ops.submission where state in ('received', 'read')"))
        assert undecided.all() == []
        assert connection.scalars(text("select 1 from ops.publication where state = 'building'")).all() == []
        assert connection.scalars(text("select 1 from audit.gate_run where state = 'running'")).all() == []
    files = {file.relative_to(inbox).as_posix(): file_sha256(file) for file in inbox.rglob("*") if file.is_file()}
    assert files
    assert taken == files


def assert_reported(engine: Engine, reports: Path, expected: int) -> None:
    """Of the publication that readers see every report is there, in each of its forms, and nothing half written."""
    with engine.connect() as connection:
        number = connection.scalar(text("select publication_id from ops.current_publication"))
    for suffix in ("html", "pdf", "csv"):
        assert len(list(reports.glob(f"*/*/第{number}期_*.{suffix}"))) == expected


def assert_answered(engine: Engine, outbox: Path, expected: int) -> None:
    """Every unit that is owed an answer has one, whole, and what is kept of it is true."""
    with engine.connect() as connection:
        given = connection.execute(text("select file, sha256, submission_id from audit.feedback")).all()
    assert len({row.submission_id for row in given}) == len(given) == expected
    assert {row.file: file_sha256(outbox / row.file) for row in given} == {row.file: row.sha256 for row in given}
