"""Hashes of what the warehouse holds, computed in the database: the same SQL when sealing and when verifying.

Columns that a later version adds change no hash: a seal names those of `raw` that it covers, and a row of evidence is
hashed as its JSON without nulls.
"""

import hashlib
import json
from typing import Any

from sqlalchemy import Connection

from taizhang.quality.statements import run
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
# Evidence that a run of the gate writes, with the column that tells which run or which submission it belongs to.
OF_RUN = ("rule_run", "submission_rule_run", "judgement", "amendment")


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


def _row_hash(alias: str) -> str:
    return sha256_of(f"jsonb_strip_nulls(to_jsonb({alias}))::text")


def raw_columns() -> dict[str, list[str]]:
    """Return the columns of each table of `raw` that a seal covers when it is made."""
    return {name: [column.name for column in table.columns] for name, table in RAW_TABLES.items()}


def known_columns(sealed: dict[str, list[str]] | None) -> dict[str, list[str]]:
    """Return the columns that a seal names, as far as there are such: a seal that was changed cannot name others."""
    known = raw_columns()
    return {name: [column for column in (sealed or {}).get(name, []) if column in known[name]] for name in known}


def raw_hashes(connection: Connection, gate_run_id: int, columns: dict[str, list[str]]) -> dict[int, str]:
    """Return a hash of all rows of `raw`, in these columns, for each submission that a run judged.

    Only the months of the run are read.
    """
    judged = f"from audit.judgement where gate_run_id = {gate_run_id}"
    months = run(connection, f"select distinct report_month {judged}").scalars()
    of_months = ", ".join(f"date '{month}'" for month in months) or "null"
    submissions = f"select submission_id {judged}"
    tables = " union all ".join(
        f"""
        select submission_id, '{name}' as table_name, count(*) as row_count,
            {sha256_of(f"string_agg(row({', '.join(names)})::text, '' order by {_key(name)})")} as rows_hash
        from raw.{name}
        where submission_id in ({submissions})
            {f"and report_month in ({of_months})" if "report_month" in RAW_TABLES[name].columns else ""}
        group by submission_id"""
        for name, names in columns.items()
        if names
    )
    combined = sha256_of("string_agg(concat_ws(' ', table_name, row_count, rows_hash), '|' order by table_name)")
    rows = run(
        connection,
        f"with hashed as ({tables}) select submission_id, {combined} as raw_sha256 from hashed group by submission_id",
    )
    return {row.submission_id: row.raw_sha256 for row in rows}


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


def run_hashes(connection: Connection, gate_run_id: int) -> dict[str, str]:
    """Return a hash of what each table of evidence says of a run."""
    hashes = {}
    for name in OF_RUN:
        rows = run(
            connection,
            f"""
            select {sha256_of("coalesce(string_agg(row_hash, '' order by row_hash), '')")}
            from (
                select {_row_hash("t")} as row_hash from audit.{name} as t where t.gate_run_id = {gate_run_id}
            ) as hashed""",
        )
        hashes[name] = str(rows.scalar_one())
    return hashes
