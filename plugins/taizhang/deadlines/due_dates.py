"""The filing calendar as the table `ops.due_date`, for the marts: written from the file before each build."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, text

from taizhang.codelists import unit_kinds
from taizhang.deadlines.calendar import FILE, CalendarError, due_rows, filing_calendar
from taizhang.warehouse.due_tables import due_date

NAMED = 3
_MONTHS = text(
    "select report_month from ops.submission where report_month is not null"
    " union select report_month from ops.publication_scope"
)


def refresh(connection: Connection) -> None:
    """Let the table hold what the calendar says of all months of which anything was sent; the rest goes.

    CalendarError when the due day of such a month is not known for want of holidays: no mart may guess who was late.
    """
    months = sorted(connection.scalars(_MONTHS))
    require_known(months)
    wanted = due_rows(months)
    stands = [dict(row) for row in connection.execute(due_date.select()).mappings()]
    if sorted(map(_key, stands)) == sorted(map(_key, wanted)):
        return
    connection.execute(due_date.delete())
    if wanted:
        connection.execute(due_date.insert(), wanted)


def _key(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[column.name] for column in due_date.columns)


def require_known(months: Iterable[date]) -> None:
    """CalendarError that names the months, of these, whose due day is not known for want of holidays."""
    unknown = [
        f"{month:%Y-%m} ({kind})"
        for month in months
        for kind in unit_kinds()
        if filing_calendar().is_unknown(kind, month)
    ]
    if unknown:
        raise CalendarError(
            f"{FILE} does not tell when {', '.join(unknown[:NAMED])} is due: a day off moves it, and `holidays` lacks"
            " the year; enter the year's holidays, or an exception"
        )
