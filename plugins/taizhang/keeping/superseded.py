"""Removing the rows in `raw` of submissions that others have replaced long ago. Their files and findings stay.

The rows of a submission go only when the seals prove that they are what was judged, and when nothing that is told of
its findings changes without them. Where sheets and columns stood is kept, so that figures of earlier publications still
lead to their cells.
"""

from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from taizhang.evidence.hashing import content_sha256, known_columns, raw_hashes, table_hashes_sql, write_alike
from taizhang.keeping.holds import held
from taizhang.keeping.ledger import Kept, Ledger, Removal
from taizhang.quality.statements import run
from taizhang.warehouse.tables import metadata

KIND = "raw_rows"
# Of addresses and corrections there are few rows, and much leads to them.
STAYING = {"read_sheet", "sheet_column", "cell_correction"}
REMOVABLE = {
    table.name: table for table in metadata.sorted_tables if table.schema == "raw" and table.name not in STAYING
}

# What was held back last may be judged again; what nothing came after stays.
_OLD = text(
    """
    select s.submission_id, s.unit_code, s.report_month, s.file_name, s.state, s.state_at
    from ops.submission as s
    where
        s.state in ('superseded', 'withdrawn', 'quarantined', 'returned')
        and s.state_at < :before
        and not exists (select from audit.removal as r where r.submission_id = s.submission_id and r.kind = 'raw_rows')
        and exists (select from raw.read_sheet as t where t.submission_id = s.submission_id)
        and (
            s.state in ('superseded', 'withdrawn')
            or exists (
                select from ops.submission as n
                where n.unit_code = s.unit_code and n.report_month = s.report_month
                    and n.state in ('accepted', 'superseded', 'quarantined')
                    and (n.received_at, n.submission_id) > (s.received_at, s.submission_id)
            )
        )
    order by s.unit_code, s.report_month, s.submission_id
    """
)
_SEALS = text(
    """
    select g.gate_run_id, g.content -> 'columns' as columns, e ->> 'raw_sha256' as raw_sha256
    from audit.judgement as j
    inner join audit.gate_seal as g on j.gate_run_id = g.gate_run_id
    cross join lateral jsonb_array_elements(g.content -> 'submissions') as e
    where j.submission_id = :number and (e ->> 'submission_id')::bigint = :number
    order by g.gate_run_id
    """
)
_UNSEALED = text(
    """
    select count(*) from audit.judgement as j
    left join audit.gate_seal as g on j.gate_run_id = g.gate_run_id
    where j.submission_id = :number and g.gate_run_id is null
    """
)
_LIFE = text("select to_jsonb(l)::text from audit.finding_life_of(:unit_code, :report_month) as l order by 1")


def remove_superseded(engine: Engine, ledger: Ledger, before: datetime, policy: str) -> None:
    """Remove, or in a dry run find, the rows of what was replaced before that moment; each unit's month on its own."""
    with engine.connect() as connection:
        old = connection.execute(_OLD, {"before": before}).all()
    for _, versions in groupby(old, key=lambda row: (row.unit_code, row.report_month)):
        with engine.connect() as connection, connection.begin() as transaction:
            for row in versions:
                _remove_version(connection, ledger, row, policy)
            # A dry run has tried it, to see whether it could be done: what may go depends on what went before it.
            if not ledger.applies:
                transaction.rollback()


def _remove_version(connection: Connection, ledger: Ledger, row: Row[Any], policy: str) -> None:
    with connection.begin_nested() as attempt:
        found = _remove(connection, row, policy)
        if isinstance(found, Kept):
            attempt.rollback()
    if isinstance(found, Kept):
        ledger.kept.append(found)
    else:
        ledger.record(connection, [found])


def _subject(row: Row[Any]) -> str:
    return f"submission {row.submission_id} ({row.unit_code} {row.report_month:%Y-%m}, {row.file_name})"


def _remove(connection: Connection, row: Row[Any], policy: str) -> Removal | Kept:
    """Delete the rows of one submission; Kept, with the rows still to be rolled back, when they may not go."""
    key = {"unit_code": row.unit_code, "report_month": row.report_month}
    # A gate that would put it in force waits for us, and a hold that is placed meanwhile is seen.
    state = connection.scalar(
        text("select state from ops.submission where submission_id = :number for update"), {"number": row.submission_id}
    )
    if held(connection, [row.submission_id]):
        return Kept(KIND, _subject(row), "legal hold")
    if state != row.state:
        return Kept(KIND, _subject(row), f"it has become {state} meanwhile")
    sealed = _sealed_hashes(connection, row.submission_id)
    if sealed is None:
        return Kept(KIND, _subject(row), "its rows are not what was sealed; taizhang verify tells more")
    told = connection.scalars(_LIFE, key).all()
    count = sum(
        run(
            connection,
            f"delete from raw.{name}"  # noqa: S608 - names of our own tables, a number and a day
            f" where submission_id = {row.submission_id}{_of_month(name, row)}",
        ).rowcount
        for name in REMOVABLE
    )
    if connection.scalars(_LIFE, key).all() != told:
        return Kept(KIND, _subject(row), "its rows tell what became of a finding")
    reason = f"{row.state} since {row.state_at:%Y-%m-%d}"
    sha256 = content_sha256(sealed)
    return Removal(KIND, _subject(row), policy, reason, sha256, row.submission_id, count, None, sealed)


def _of_month(table: str, row: Row[Any]) -> str:
    return f" and report_month = date '{row.report_month}'" if "report_month" in REMOVABLE[table].columns else ""


def _sealed_hashes(connection: Connection, number: int) -> dict[str, Any] | None:
    """Return the hash of each table to be removed, for each run that sealed it; None when its rows are not those."""
    write_alike(connection)
    seals = connection.execute(_SEALS, {"number": number}).all()
    if not seals or connection.scalar(_UNSEALED, {"number": number}):
        return None
    hashes: dict[str, Any] = {}
    for seal in seals:
        columns = known_columns(seal.columns)
        if raw_hashes(connection, seal.gate_run_id, columns, str(number)).get(number) != seal.raw_sha256:
            return None
        going = {name: names for name, names in columns.items() if name in REMOVABLE}
        tables = table_hashes_sql(connection, seal.gate_run_id, going, str(number))
        # Names of our own tables and columns, and a number.
        rows = run(connection, f"select table_name, row_count, rows_hash from ({tables}) as hashed order by 1")  # noqa: S608
        hashes[str(seal.gate_run_id)] = [dict(entry) for entry in rows.mappings()]
    return hashes
