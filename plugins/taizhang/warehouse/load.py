"""Loading readings into `raw`: one COPY per table for the whole batch, in the caller's transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection

from taizhang.dictionary import load_dictionary
from taizhang.reading.result import WorkbookReading
from taizhang.warehouse.copying import copy_into, format_any, joined
from taizhang.warehouse.formatted import RECORDS, FormattedReading, columns_of, format_reading

Reading = WorkbookReading | FormattedReading


@dataclass(frozen=True)
class Loadable:
    """A reading and the submission that it belongs to."""

    submission_id: int
    reading: Reading


def write_readings(connection: Connection, batch: Sequence[Loadable], schema: str = "raw") -> None:
    """COPY readings into the tables of `raw` (or of another schema that has the same tables, for a check).

    The caller commits; the partitions of the months must be there (`ensure_partitions`).
    """
    formatted = [(loadable.submission_id, _formatted(loadable.reading)) for loadable in batch]
    for table in (*load_dictionary(), *RECORDS):
        lines = [_numbered(number, reading.rows[table]) for number, reading in formatted if table in reading.rows]
        if lines:
            copy_into(connection, f"{schema}.{table}", columns_of(table), lines)
    _write_issues(connection, f"{schema}.reading_issue", batch)


def _formatted(reading: Reading) -> FormattedReading:
    return reading if isinstance(reading, FormattedReading) else format_reading(reading)


def _numbered(number: int, rows: str) -> str:
    """Put the submission's number in front of every row; a line break ends a row and stands nowhere within one."""
    return f"{number}\t" + rows[:-1].replace("\n", f"\n{number}\t") + "\n"


def _write_issues(connection: Connection, table: str, batch: Sequence[Loadable]) -> None:
    records = list(_reading_issues(batch))
    if records:
        columns = zip(*(record.values() for record in records), strict=True)
        copy_into(connection, table, records[0], [joined([format_any(values) for values in columns])])


def _reading_issues(batch: Iterable[Loadable]) -> Iterator[dict[str, Any]]:
    for loadable in batch:
        for number, issue in enumerate(loadable.reading.issues, start=1):
            record = {field.name: getattr(issue, field.name) for field in fields(issue)}
            yield {"submission_id": loadable.submission_id, "issue_no": number, **record}
