"""The filing calendar as the table `ops.due_date`, for the marts: written from the file before each build."""

from sqlalchemy import Connection, text

from taizhang.deadlines.calendar import due_rows
from taizhang.warehouse.due_tables import due_date

_MONTHS = text(
    "select report_month from ops.submission where report_month is not null"
    " union select report_month from ops.publication_scope"
)


def refresh(connection: Connection) -> None:
    """Let the table hold what the calendar says of all months of which anything was sent; the rest goes."""
    wanted = due_rows(connection.scalars(_MONTHS))
    connection.execute(due_date.delete())
    if wanted:
        connection.execute(due_date.insert(), wanted)
