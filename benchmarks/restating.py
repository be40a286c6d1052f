"""Units that file a month once more: the same rows with other figures, as new submissions in force."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, Table, text

from taizhang.warehouse.tables import SHEET_TABLES, read_sheet, reported_total, sheet_column

COPIED = (*SHEET_TABLES.values(), read_sheet, sheet_column, reported_total)
CHANGED = ("month_completed_wan", "ytd_completed_wan", "since_start_wan")

_NEW = text(
    """
    with former as (
        update ops.submission set state = 'superseded'
        where state = 'accepted' and report_month = :month and unit_code = any(:units)
        returning submission_id, unit_code, report_month, file_name, template_version, filed_on
    ),

    filed as (
        insert into ops.submission (
            sha256, file_name, byte_size, source_uri, unit_code, report_month, state, template_version, filed_on
        )
        select
            md5(unit_code || report_month || clock_timestamp()), file_name, 1, 'file:///', unit_code, report_month,
            'read', template_version, filed_on
        from former
        returning submission_id, unit_code
    )

    select former.submission_id as former_id, filed.submission_id as new_id
    from former inner join filed using (unit_code)
    """
)


def restate(engine: Engine, units: Sequence[str], month: date, by: int) -> None:
    """Put a copy of each unit's month in force in which every project has completed so many 万元 more."""
    with engine.begin() as connection:
        pairs = connection.execute(_NEW, {"units": list(units), "month": month}).all()
        if len(pairs) != len(units):
            raise ValueError(f"{len(units)} units were to file again, and {len(pairs)} have filed {month:%Y-%m}")
        connection.execute(text("create temporary table again (former_id bigint, new_id bigint) on commit drop"))
        connection.execute(text("insert into again values (:former_id, :new_id)"), [pair._asdict() for pair in pairs])
        for table in COPIED:
            _copy(connection, table, by)
        connection.execute(
            text("update ops.submission set state = 'accepted' from again where submission_id = again.new_id")
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze ops.submission")


def _copy(connection: Connection, table: Table, by: int) -> None:
    progress = table is SHEET_TABLES["project_progress"]
    names = [column.name for column in table.columns if column.identity is None]
    values = [
        "again.new_id" if name == "submission_id" else f"{name} + {by}" if progress and name in CHANGED else name
        for name in names
    ]
    connection.execute(
        text(
            f"insert into {table.fullname} ({', '.join(names)}) select {', '.join(values)}"
            f" from {table.fullname} inner join again on submission_id = again.former_id"
        )
    )
