"""Which rows of `raw` are not what the archived workbook says: read it again, load it aside, compare."""

from sqlalchemy import Connection, text

from taizhang.dictionary import load_dictionary
from taizhang.evidence.archive import ArchivedWorkbook, ArchiveError
from taizhang.quality.statements import run
from taizhang.reading.addresses import cell_address
from taizhang.warehouse.load import Loadable, write_readings
from taizhang.warehouse.tables import metadata


def changed_rows(connection: Connection, submission_id: int) -> list[str]:
    """Name the cells and rows that differ, such as `项目进展!N4`; empty when the archive cannot tell.

    The archived reading lies in temporary tables of the caller's transaction until that ends.
    """
    row = connection.execute(
        text("select sha256, file_name from ops.submission where submission_id = :number"), {"number": submission_id}
    ).one()
    try:
        reading = ArchivedWorkbook(row.sha256, row.file_name).reading
    except ArchiveError as error:
        return [f"({error})"]
    for table in metadata.sorted_tables:
        if table.schema == "raw":
            run(connection, f"drop table if exists pg_temp.{table.name}")
            run(connection, f"create temporary table {table.name} (like raw.{table.name} including defaults)")
    write_readings(connection, [Loadable(submission_id, reading)], schema="pg_temp")
    places = [place for name in load_dictionary() for place in _changed(connection, name, submission_id)]
    return places or _changed_records(connection, submission_id)


def _changed(connection: Connection, sheet: str, submission_id: int) -> list[str]:
    """Cells of a sheet whose value differs, and rows that are there on one side only."""
    definition = load_dictionary()[sheet]
    number = "1" if definition.layout == "form" else "row_number"
    both = f"where submission_id = {submission_id}"
    rows = run(
        connection,
        f"""
        with stored as (select {number} as place, to_jsonb(r) as cells from raw.{sheet} as r {both}),
        archived as (select {number} as place, to_jsonb(r) as cells from pg_temp.{sheet} as r {both})
        select coalesce(s.place, a.place) as place, c.key as column_name, s.place is null as is_missing,
            a.place is null as is_added
        from stored as s
        full join archived as a on a.place = s.place
        cross join lateral jsonb_each(coalesce(s.cells, a.cells)) as c
        where (s.cells -> c.key) is distinct from (a.cells -> c.key)
        order by place, column_name""",
    ).all()
    title, letters = _places(connection, sheet, submission_id)
    named = []
    for row in rows:
        if row.is_missing or row.is_added:
            named.append(f"{title} row {row.place} {'is gone' if row.is_missing else 'was added'}")
        else:
            letter = letters.get(row.column_name, row.column_name)
            named.append(f"{title}!{cell_address(letter, row.place)}")
    return list(dict.fromkeys(named))


def _places(connection: Connection, sheet: str, submission_id: int) -> tuple[str, dict[str, str]]:
    """Title of the sheet and letter of each of its columns as archived."""
    title = run(connection, f"select sheet_title from pg_temp.read_sheet where sheet = '{sheet}'").scalar()
    rows = run(
        connection,
        f"select column_name, min(letter) as letter from pg_temp.sheet_column"
        f" where sheet = '{sheet}' and column_name is not null and submission_id = {submission_id}"
        " group by column_name",
    )
    return str(title or sheet), {row.column_name: row.letter for row in rows}


def _changed_records(connection: Connection, submission_id: int) -> list[str]:
    """Tables about the sheets (columns, totals, issues) whose records differ."""
    names = [table.name for table in metadata.sorted_tables if table.schema == "raw"]
    differing = []
    for name in names:
        one, other = (
            f"select jsonb_strip_nulls(to_jsonb(r)) from {schema}.{name} as r where submission_id = {submission_id}"
            for schema in ("raw", "pg_temp")
        )
        count = run(connection, f"select count(*) from (({one} except {other}) union all ({other} except {one})) as d")
        if count.scalar_one():
            differing.append(f"raw.{name}")
    return differing
