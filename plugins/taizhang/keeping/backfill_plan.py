"""The plan of a backfill: which files of a folder belong to which month, told by the files themselves."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from taizhang.errors import TaizhangError
from taizhang.reading.confined import ReaderFailedError, read_workbook
from taizhang.reading.identity import claimed_by_name
from taizhang.reading.result import Refusal
from taizhang.settings import settings
from taizhang.sources.inbox import InboxFile, listing

log = logging.getLogger(__name__)

# So many files are looked into before what was learnt is kept: a plan that was killed goes on there.
AT_ONCE = 50

_OPEN = text(
    """
    insert into ops.backfill (folder, first_month, last_month)
    values (:folder, :first_month, :last_month)
    on conflict (folder, first_month, last_month) do update set finished_at = null
    returning backfill_id
    """
)
_UNPLANNED = text(
    """
    with listed as (
        select * from unnest(cast(:uris as text[]), cast(:modified as bigint[]), cast(:sizes as bigint[]))
        with ordinality as file (source_uri, modified_ns, byte_size, position)
    )

    select listed.position from listed
    left join ops.backfill_file as planned
        on listed.source_uri = planned.source_uri and listed.modified_ns = planned.modified_ns
        and listed.byte_size = planned.byte_size and planned.backfill_id = :backfill_id
    left join ops.arrival as arrival
        on listed.source_uri = arrival.source_uri and listed.modified_ns = arrival.modified_ns
        and listed.byte_size = arrival.byte_size
    where planned.backfill_id is null and arrival.arrival_id is null
    order by listed.position
    """
)
# A backfill fills what is missing: it may hold the first version of what the unit has since mended.
_PLAN = text(
    """
    insert into ops.backfill_file (
        backfill_id, source_uri, modified_ns, byte_size, unit_code, report_month, passed_over
    )
    select
        b.backfill_id, :source_uri, :modified_ns, :byte_size, :unit_code, cast(:report_month as date),
        case
            when cast(:report_month as date) not between b.first_month and b.last_month then 'outside'
            when exists (
                select from ops.submission as s
                where s.unit_code = :unit_code and s.report_month = cast(:report_month as date)
                    and s.state = 'accepted'
            ) then 'in_force'
        end
    from ops.backfill as b
    where b.backfill_id = :backfill_id
    """
)
_MONTHS = text(
    """
    select
        f.report_month,
        count(*) filter (where f.passed_over is null) as wanted,
        count(*) filter (where f.passed_over is null and a.arrival_id is null) as waiting,
        count(*) filter (where f.passed_over = 'in_force') as in_force,
        count(*) filter (where f.passed_over = 'outside') as outside
    from ops.backfill_file as f
    left join ops.arrival as a
        on f.source_uri = a.source_uri and f.modified_ns = a.modified_ns and f.byte_size = a.byte_size
    where f.backfill_id = :backfill_id
    group by f.report_month
    order by f.report_month nulls last
    """
)
# Of several versions of a unit's month the one that was filed last counts, and so is taken last.
_WAITING = text(
    """
    select f.source_uri
    from ops.backfill_file as f
    left join ops.arrival as a
        on f.source_uri = a.source_uri and f.modified_ns = a.modified_ns and f.byte_size = a.byte_size
    where f.backfill_id = :backfill_id and f.passed_over is null and a.arrival_id is null
        and f.report_month is not distinct from cast(:report_month as date)
    order by f.modified_ns, f.source_uri
    """
)


class BackfillError(TaizhangError):
    """The backfill cannot be done as it was asked for; the message says why."""


@dataclass(frozen=True)
class PlannedMonth:
    """A month of the plan, None: the files that tell none; how many files it has, and how many still wait."""

    report_month: date | None
    wanted: int
    waiting: int
    in_force: int
    outside: int


def open_plan(engine: Engine, first: date, last: date, folder: Path | None) -> int:
    """Open a backfill, or take up the one of the same months and folder; returns its number.

    BackfillError when the months are in the wrong order or the folder is none.
    """
    root = (folder or settings().inbox_dir).resolve()
    if first > last:
        raise BackfillError(f"{first:%Y-%m} comes after {last:%Y-%m}")
    if not root.is_dir():
        raise BackfillError(f"there is no folder {root}")
    with engine.begin() as connection:
        values = {"folder": str(root), "first_month": first, "last_month": last}
        return int(connection.execute(_OPEN, values).scalar_one())


def plan(engine: Engine, backfill_id: int) -> Iterator[int]:
    """Look into each file that the plan does not have yet; yields how many it has looked into, batch by batch."""
    with engine.connect() as connection:
        folder = connection.scalar(
            text("select folder from ops.backfill where backfill_id = :number"), {"number": backfill_id}
        )
        # What lies in the inbox is named by its place there, as the night names it.
        inbox = settings().inbox_dir
        root = inbox if inbox.resolve() == Path(str(folder)) else Path(str(folder))
        files = _unplanned(connection, backfill_id, listing(root))
    for start in range(0, len(files), AT_ONCE):
        rows = [_planned(backfill_id, file) for file in files[start : start + AT_ONCE]]
        with engine.begin() as connection:
            connection.execute(_PLAN, rows)
        yield len(rows)


def _unplanned(connection: Connection, backfill_id: int, listed: Sequence[InboxFile]) -> list[InboxFile]:
    values = {
        "backfill_id": backfill_id,
        "uris": [file.source_uri for file in listed],
        "modified": [file.modified_ns for file in listed],
        "sizes": [file.byte_size for file in listed],
    }
    return [listed[position - 1] for position in connection.scalars(_UNPLANNED, values)]


def _planned(backfill_id: int, file: InboxFile) -> dict[str, object]:
    unit_code, month = _identity(file) or (None, None)
    return {
        "backfill_id": backfill_id,
        "source_uri": file.source_uri,
        "modified_ns": file.modified_ns,
        "byte_size": file.byte_size,
        "unit_code": unit_code,
        "report_month": month,
    }


def _identity(file: InboxFile) -> tuple[str, date] | None:
    """Tell whose the file is and of which month: by what stands in it; of one that cannot be read, by its name.

    A name may lie, and a month that was judged before the one ahead of it would be compared with nothing.
    """
    try:
        reading = read_workbook(file.path, file.name)
    except (Refusal, ReaderFailedError, OSError) as error:
        log.info("%s does not tell its month: %s", file.source_uri, error)
        return claimed_by_name(file.name)
    return reading.unit_code, reading.report_month


def months(connection: Connection, backfill_id: int) -> list[PlannedMonth]:
    """Return the months of the plan in their order, the files that tell none last."""
    rows = connection.execute(_MONTHS, {"backfill_id": backfill_id}).mappings()
    return [PlannedMonth(**row) for row in rows]


def waiting(connection: Connection, backfill_id: int, month: date | None) -> list[str]:
    """Return the files of a month that have not been taken yet, in the order in which they count."""
    return list(connection.scalars(_WAITING, {"backfill_id": backfill_id, "report_month": month}))
