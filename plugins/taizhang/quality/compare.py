"""What a change of rules would change: two rule packs judge the stored submissions of a month, and nothing is kept."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine

from taizhang.quality.amendments import Amendments, load_amendments
from taizhang.quality.batch import collect_stored
from taizhang.quality.catalogue import Catalogue, load_catalogue
from taizhang.quality.findings import count_rows, create_finding_table, write_findings
from taizhang.quality.materialise import build_judged_tables
from taizhang.quality.rule_pack import find_pack
from taizhang.quality.statements import Workplace, run
from taizhang.quality.waivers import apply_waivers

STORED = Workplace(raw="raw", gate="pg_temp")
EXAMPLES_PER_CHECK = 5


@dataclass(frozen=True)
class ComparedPack:
    """One of the two packs, and how many findings it gives."""

    name: str
    catalogue_version: str
    pack_version: str
    checks: int
    findings: int


@dataclass(frozen=True)
class ChangedOutcome:
    """A submission that the two packs judge differently: accepted, accepted_with_warnings or quarantined."""

    submission_id: int
    unit_code: str
    file_name: str
    state: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedCheck:
    """A check whose findings differ: how many only the second pack gives, only the first, and with other severity."""

    check_id: str
    severity_before: str | None
    severity_after: str | None
    added: int
    removed: int
    changed: int


@dataclass(frozen=True)
class Example:
    """One finding that differs, with its cell; before and after say severity and verdict."""

    check_id: str
    change: str
    submission_id: int
    unit_code: str
    file_name: str
    sheet: str | None
    cell: str | None
    value: str | None
    message_zh: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two packs on the stored submissions of one month."""

    report_month: date
    submissions: int
    before: ComparedPack
    after: ComparedPack
    outcomes: list[ChangedOutcome]
    checks: list[ChangedCheck]
    examples: list[Example]

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return asdict(self) | {"report_month": f"{self.report_month:%Y-%m}"}


def compare_packs(
    engine: Engine, before: str, after: str, month: date, amendments: Amendments | None = None
) -> Comparison:
    """Judge a month with two packs, each `current`, a folder or a stored version; all in temporary tables.

    Judged are the submissions in force, and those held back that are the newest of their unit, with the corrections
    that were made in them and the waivers of today. UnknownPackError or CatalogueError when a pack is not there or does
    not fit the columns of today.
    """
    amendments = amendments or load_amendments(load_catalogue())
    with engine.connect() as connection, connection.begin() as transaction:
        try:
            packs = [(name, find_pack(connection, name)) for name in (before, after)]
            submissions = collect_stored(connection, STORED, month)
            build_judged_tables(connection, STORED)
            first, second = (
                _judge(connection, name, catalogue, table, amendments)
                for (name, catalogue), table in zip(packs, ("finding_before", "finding_after"), strict=True)
            )
            _join_findings(connection)
            return Comparison(
                month,
                submissions,
                first,
                second,
                _outcomes(connection),
                _checks(connection, packs[0][1], packs[1][1]),
                _examples(connection),
            )
        finally:
            transaction.rollback()


def _judge(connection: Connection, name: str, catalogue: Catalogue, table: str, amendments: Amendments) -> ComparedPack:
    """Write the findings of a pack into a temporary table of this name."""
    create_finding_table(connection, STORED)
    tallies = count_rows(connection, catalogue.checks, STORED)
    write_findings(connection, catalogue.checks, tallies, STORED)
    apply_waivers(connection, STORED, amendments.active_waivers)
    run(connection, f"alter table pg_temp.finding rename to {table}")
    found = run(connection, f"select count(*) from pg_temp.{table}").scalar_one()
    return ComparedPack(name, catalogue.version, catalogue.pack_version, len(catalogue.checks), found)


def _join_findings(connection: Connection) -> None:
    """Make `pg_temp.compared`: findings whose severity or verdict differs, or that only one of the packs gives."""
    rated = "severity || case verdict when 'cannot_tell' then ' cannot_tell' else '' end"
    STORED.create_as(
        connection,
        "compared",
        f"""
        with before as (select *, {rated} as rating from pg_temp.finding_before),
        after as (select *, {rated} as rating from pg_temp.finding_after)
        select coalesce(a.submission_id, b.submission_id) as submission_id,
            coalesce(a.check_id, b.check_id) as check_id, coalesce(a.row_number, b.row_number) as row_number,
            case when b.check_id is null then 'added' when a.check_id is null then 'removed' else 'changed' end
                as change,
            coalesce(a.sheet_title, a.sheet, b.sheet_title, b.sheet) as sheet, coalesce(a.cell, b.cell) as cell,
            coalesce(a.value, b.value) as value, coalesce(a.message_zh, b.message_zh) as message_zh,
            b.rating as before, a.rating as after
        from before as b
        full join after as a on a.submission_id = b.submission_id and a.finding_key = b.finding_key
        where a.rating is distinct from b.rating""",
    )


def _outcome(table: str) -> str:
    """SQL: how each submission of the batch ends by the findings in a table that are not waived."""
    return f"""
        select b.submission_id,
            case when bool_or(f.severity = 'block' and f.verdict = 'contradiction') then 'quarantined'
                when bool_or(f.severity = 'warn') then 'accepted_with_warnings' else 'accepted' end as outcome
        from pg_temp.batch as b
        left join pg_temp.{table} as f on f.submission_id = b.submission_id and f.waiver_id is null
        group by b.submission_id"""


def _outcomes(connection: Connection) -> list[ChangedOutcome]:
    rows = run(
        connection,
        f"""
        with before as ({_outcome("finding_before")}), after as ({_outcome("finding_after")})
        select submission_id, s.unit_code, s.file_name, s.state, before.outcome as before, after.outcome as after
        from before
        inner join after using (submission_id)
        inner join ops.submission as s using (submission_id)
        where before.outcome <> after.outcome
        order by s.unit_code, submission_id""",
    )
    return [ChangedOutcome(**row) for row in rows.mappings()]


def _checks(connection: Connection, before: Catalogue, after: Catalogue) -> list[ChangedCheck]:
    """The checks that differ in findings or severity, or that only one pack has."""
    was, becomes = (
        {check.meta.check_id: str(check.meta.severity) for check in pack.checks} for pack in (before, after)
    )
    rows = run(
        connection,
        """
        select check_id, count(*) filter (where change = 'added') as added,
            count(*) filter (where change = 'removed') as removed, count(*) filter (where change = 'changed') as changed
        from pg_temp.compared
        group by check_id""",
    )
    counts = {row["check_id"]: (row["added"], row["removed"], row["changed"]) for row in rows.mappings()}
    named = {name for name in was.keys() | becomes.keys() if was.get(name) != becomes.get(name)} | counts.keys()
    return [
        ChangedCheck(name, was.get(name), becomes.get(name), *counts.get(name, (0, 0, 0))) for name in sorted(named)
    ]


def _examples(connection: Connection) -> list[Example]:
    rows = run(
        connection,
        f"""
        with numbered as (
            select c.*, s.unit_code, s.file_name,
                row_number() over (
                    partition by c.check_id, c.change
                    order by s.unit_code, c.submission_id, c.sheet, c.row_number, c.cell
                ) as place
            from pg_temp.compared as c
            inner join ops.submission as s on s.submission_id = c.submission_id
        )
        select check_id, change, submission_id, unit_code, file_name, sheet, cell, value, message_zh, before, after
        from numbered
        where place <= {EXAMPLES_PER_CHECK}
        order by check_id, change, place""",
    )
    return [Example(**row) for row in rows.mappings()]
