"""Hashes of the rows that a publication writes into the versioned tables, and of those that it closes."""

from typing import Any

from sqlalchemy import Connection, text

from taizhang.evidence.hashing import sha256_of, write_alike
from taizhang.publication.history import versioned_tables
from taizhang.quality.statements import run

VERSION_COLUMNS = {"published_from", "published_to"}
# What tells the rows of a table apart for people: its month, and the first of these that it has. Registers have none.
_PLACES = ("unit_code", "region_code")


def written_columns(connection: Connection) -> dict[str, list[str]]:
    """Return the columns of each versioned table that a certificate covers when it is made."""
    tables = versioned_tables(connection)
    rows = connection.execute(
        text(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'history' and table_name = any(:tables) order by table_name, ordinal_position"
        ),
        {"tables": tables},
    )
    columns: dict[str, list[str]] = {table: [] for table in tables}
    for row in rows:
        if row.column_name not in VERSION_COLUMNS:
            columns[row.table_name].append(row.column_name)
    return columns


def written_hashes(
    connection: Connection, publication_id: int, columns: dict[str, list[str]]
) -> dict[str, dict[str, str]]:
    """Return, by table and by month and unit (such as `2024-03 621122`), a hash of what a publication has written.

    Only columns that there still are count; only the rows that the publication itself has written or closed are read.
    """
    write_alike(connection)
    known = written_columns(connection)
    return {
        table: _of_table(connection, publication_id, table, [name for name in columns.get(table, []) if name in names])
        for table, names in known.items()
        if table in columns
    }


def _of_table(connection: Connection, publication_id: int, table: str, names: list[str]) -> dict[str, str]:
    place = next((f"row_in.{name}" for name in _PLACES if name in names), "null")
    month = "to_char(row_in.report_month, 'YYYY-MM')" if "report_month" in names else "null"
    group = f"concat_ws(' ', {month}, {place})" if month != "null" else "''"
    cells = f"row({', '.join(f'row_in.{name}' for name in names)})::text"
    rows = run(
        connection,
        f"""
        with written as (
            select {group} as place, 'new ' || {cells} as cells
            from history.{table} as row_in where row_in.published_from = {publication_id}
            union all
            select {group} as place, 'closed ' || {cells} as cells
            from history.{table} as row_in where row_in.published_to = {publication_id}
        )
        select place, {sha256_of("string_agg(cells, '' order by cells)")} as sha256 from written
        group by place order by place""",  # noqa: S608 - names come from the catalogue of the database
    )
    return {row.place: row.sha256 for row in rows}


def written_content(connection: Connection, publication_id: int) -> dict[str, Any]:
    """Return what a certificate says of the rows of its publication: the columns that count, and their hashes."""
    columns = written_columns(connection)
    return {"columns": columns, "hashes": written_hashes(connection, publication_id, columns)}
