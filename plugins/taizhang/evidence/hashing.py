"""Hashes of what the warehouse holds, computed in the database: the same SQL when sealing and when verifying.

Columns that a later version adds change no hash: a seal names those of `raw` and `audit` that it covers.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from taizhang.quality.statements import run
from taizhang.warehouse import audit_tables
from taizhang.warehouse.tables import metadata

# Applied corrections come and go with their files; what was used stands in audit.amendment.
_NOT_SUBMITTED = {"cell_correction"}
RAW_TABLES = {
    table.name: table for table in metadata.sorted_tables if table.schema == "raw" and table.name not in _NOT_SUBMITTED
}
FINDING_COLUMNS = (
    "submission_id", "check_id", "rule_id", "severity", "verdict", "sheet", "sheet_title", "row_number", "column_name",
    "cell", "value", "message_zh", "message_en", "advice_zh", "subject_key", "subject_label", "finding_key",
    "waiver_id", "suggested_cell", "suggested_value", "suggestion_zh", "suggestion_en",
)  # fmt: skip
# Evidence of a run, by which of its rows are the run's. What a unit has explained stands there before it is judged.
_JUDGED = "submission_id in (select submission_id from audit.judgement where gate_run_id = {gate_run_id})"
_OF_RUN = "gate_run_id = {gate_run_id}"
_EVIDENCE = {
    audit_tables.rule_run: _OF_RUN,
    audit_tables.submission_rule_run: _OF_RUN,
    audit_tables.judgement: _OF_RUN,
    audit_tables.amendment: _OF_RUN,
    audit_tables.explanation: _JUDGED,
}
_CORRECTION_COLUMNS = "sheet, row_number, column_name, correction_id, old_value, new_value, half_width"


def canonical_json(content: dict[str, Any]) -> bytes:
    """Return the one way of writing the content: sorted keys, no spaces, UTF-8; figures are text already."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def content_sha256(content: dict[str, Any]) -> str:
    """Return the sha256 of the content in canonical form."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def sha256_of(text: str) -> str:
    """SQL: the sha256 of a text, in hexadecimal."""
    return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"


def finding_digest(gate_run_id: str) -> str:
    """SQL: the sha256 of a finding as it was written, over the columns of the finding."""
    return sha256_of(f"row({gate_run_id}::bigint, {', '.join(FINDING_COLUMNS)})::text")


def write_alike(connection: Connection) -> None:
    """Let the rest of the transaction write dates and times as text in one way, whoever has set another."""
    run(connection, "set local datestyle = 'ISO, YMD'")
    run(connection, "set local timezone = 'UTC'")


def covered_columns() -> dict[str, list[str]]:
    """Return the columns of each table of `raw`, and of the evidence, that a seal covers when it is made."""
    return {table.name: [column.name for column in table.columns] for table in (*RAW_TABLES.values(), *_EVIDENCE)}


def known_columns(sealed: Any) -> dict[str, list[str]]:
    """Return the columns that a seal names, as far as there are such: a seal that was changed cannot name others."""
    named, known = sealed if isinstance(sealed, dict) else {}, covered_columns()
    return {name: [column for column in named.get(name) or [] if column in known[name]] for name in known}


def raw_hashes(
    connection: Connection, gate_run_id: int, columns: dict[str, list[str]], submissions: str | None = None
) -> dict[int, str]:
    """Return a hash of all rows of `raw`, in these columns, for each submission that a run judged.

    `submissions` is a query for some of them only.

    Only the months of the run are read. What was removed by policy counts as it was: a removal keeps the hash of each
    table, and together with what is left these must give what was sealed.
    """
    submissions = submissions or f"select submission_id from audit.judgement where gate_run_id = {gate_run_id}"
    tables = table_hashes_sql(connection, gate_run_id, columns, submissions)
    if not tables:
        return {}
    removed = f"""
        select r.submission_id, t.table_name, t.row_count, t.rows_hash
        from audit.removal as r
        cross join lateral jsonb_to_recordset(r.detail -> '{gate_run_id}')
            as t (table_name text, row_count bigint, rows_hash text)
        where r.kind = 'raw_rows' and r.submission_id in ({submissions})"""
    combined = sha256_of("string_agg(concat_ws(' ', table_name, row_count, rows_hash), '|' order by table_name)")
    rows = run(
        connection,
        f"with hashed as ({tables} union all {removed})"
        f" select submission_id, {combined} as raw_sha256 from hashed group by submission_id",
    )
    return {row.submission_id: row.raw_sha256 for row in rows}


def table_hashes_sql(connection: Connection, gate_run_id: int, columns: dict[str, list[str]], submissions: str) -> str:
    """SQL: number, table, row count and hash of rows of `raw`, in these columns, of what a run judged.

    `submissions` is a query for them. Empty when there is nothing that could be hashed.
    """
    months = run(connection, f"select distinct report_month from audit.judgement where gate_run_id = {gate_run_id}")
    of_months = ", ".join(f"date '{month}'" for month in months.scalars()) or "null"
    return " union all ".join(
        f"""
        select submission_id, '{name}' as table_name, count(*) as row_count,
            {sha256_of(f"string_agg(row({', '.join(names)})::text, '' order by {_key(name)})")} as rows_hash
        from raw.{name}
        where submission_id in ({submissions})
            {f"and report_month in ({of_months})" if "report_month" in RAW_TABLES[name].columns else ""}
        group by submission_id"""
        for name, names in columns.items()
        if names and name in RAW_TABLES
    )


def _key(table: str) -> str:
    """SQL: the columns that order the rows of a table of `raw`."""
    return ", ".join(column.name for column in RAW_TABLES[table].primary_key.columns)


def findings_hashes(connection: Connection, gate_run_id: int) -> dict[int, tuple[int, str]]:
    """Return, for each submission of a run, how many findings it has and a hash of their digests."""
    digests = sha256_of("string_agg(coalesce(digest, ''), '' order by digest)")
    rows = run(
        connection,
        f"select submission_id, count(*) as findings, {digests} as findings_sha256 from audit.finding"
        f" where gate_run_id = {gate_run_id} group by submission_id",
    )
    return {row.submission_id: (row.findings, row.findings_sha256) for row in rows}


def corrections_hashes(connection: Connection, gate_run_id: int) -> dict[int, str]:
    """Return, for each submission of a run that is corrected now, a hash of what counts instead of its cells."""
    rows = run(
        connection,
        f"""
        select submission_id, {sha256_of("string_agg(cells, '' order by cells)")} as sha256
        from (
            select submission_id, row({_CORRECTION_COLUMNS})::text as cells from raw.cell_correction
            where {_JUDGED.format(gate_run_id=gate_run_id)}
        ) as corrected
        group by submission_id""",
    )
    return {row.submission_id: row.sha256 for row in rows}


def evidence_hashes(
    connection: Connection, gate_run_id: int, columns: dict[str, list[str]]
) -> tuple[dict[str, str], dict[int, str]]:
    """Return hashes of what the evidence says of a run: by table, and by submission over all tables that name it."""
    of_table: dict[str, str] = {}
    of_submission: dict[int, list[str]] = {}
    for table, of_run in _EVIDENCE.items():
        name, submission = table.name, "submission_id" if "submission_id" in table.columns else "null::bigint"
        rows = run(
            connection,
            f"""
            select submission_id, {sha256_of("string_agg(cells, '' order by cells)")} as sha256
            from (
                select {submission} as submission_id, row({", ".join(columns[name])})::text as cells
                from audit.{name} where {of_run.format(gate_run_id=gate_run_id)}
            ) as evidence
            group by submission_id order by submission_id""",
        ).all()
        of_table[name] = _joint_sha256(f"{row.submission_id} {row.sha256}" for row in rows)
        for row in rows:
            of_submission.setdefault(row.submission_id, []).append(f"{name} {row.sha256}")
    return of_table, {number: _joint_sha256(hashes) for number, hashes in of_submission.items() if number is not None}


def _joint_sha256(hashes: Iterable[str]) -> str:
    return hashlib.sha256("|".join(hashes).encode()).hexdigest()
