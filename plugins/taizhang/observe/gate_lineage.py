"""The lineage of a run of the gate: from the sources to what it decided and found."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from openlineage.client.event_v2 import RunEvent
from openlineage.client.facet_v2 import data_quality_assertions_dataset
from sqlalchemy import Connection, Engine, text

from taizhang.observe.lineage_events import PRODUCER, Told, inbox, landing, source, table
from taizhang.warehouse.tables import SHEET_TABLES, metadata

# Judged tables that are made of one table of raw which is named otherwise.
RAW_OF = {"submission": "cover"}

_RUN = text("select * from audit.gate_run where gate_run_id = :gate_run_id")
# What has come since the run before had begun, and what this run judged.
_FILES = text(
    """
    with before as (
        select coalesce(max(started_at), '-infinity') as started_at
        from audit.gate_run where gate_run_id < :gate_run_id and state = 'done'
    ),

    own as (select * from audit.gate_run where gate_run_id = :gate_run_id)

    select
        count(*) as files,
        coalesce(sum(submission.byte_size), 0) as size,
        count(*) filter (where submission.state <> 'refused') as read,
        min(submission.received_at) as began,
        max(submission.received_at) as ended
    from ops.submission as submission, before, own
    where submission.received_at > before.started_at and submission.received_at <= own.started_at
    """
)
_PULLED = text(
    """
    select item.source_name, count(*) as files
    from ops.source_item as item
    inner join ops.arrival as arrival on item.inbox_uri = arrival.source_uri
    inner join ops.submission as submission using (submission_id)
    where submission.received_at between :began and :ended
    group by item.source_name order by item.source_name
    """
)
_CHECKED = text(
    """
    with described as (
        select described ->> 'check_id' as check_id, described ->> 'judged_table' as judged_table,
            described ->> 'column' as column_name, described ->> 'title_en' as title
        from audit.gate_run as gate_run
        inner join audit.rule_pack as pack using (catalogue_version)
        cross join lateral jsonb_array_elements(pack.checks) as described
        where gate_run.gate_run_id = :gate_run_id
    )

    select checked.*, described.judged_table, described.column_name, described.title
    from audit.rule_run as checked
    inner join described using (check_id)
    where checked.gate_run_id = :gate_run_id
    order by check_id
    """
)


def events_of_gate_run(engine: Engine, gate_run_id: int) -> list[RunEvent]:
    """Return the events of pulling, landing, reading and judging; LookupError when there is no such run."""
    with engine.connect() as connection:
        run = connection.execute(_RUN, {"gate_run_id": gate_run_id}).one_or_none()
        if run is None:
            raise LookupError(f"there is no run {gate_run_id} of the gate")
        files = connection.execute(_FILES, {"gate_run_id": gate_run_id}).one()
        events = _arrivals(connection, gate_run_id, files) if files.files else []
        ended = run.finished_at or run.started_at
        failure = run.failure if run.state == "error" else None
        judging = Told("judge", str(gate_run_id), run.started_at, ended, failure)
        return events + judging.events(_judged(connection, gate_run_id), _decided(connection, gate_run_id))


def _arrivals(connection: Connection, gate_run_id: int, files: Any) -> list[RunEvent]:
    """From the sources into `raw`."""
    span: tuple[datetime, datetime] = (files.began, files.ended)
    about = str(gate_run_id)
    pulled = connection.execute(_PULLED, {"began": files.began, "ended": files.ended}).all()
    events = []
    if pulled:
        inputs = [source(row.source_name).read(files=row.files) for row in pulled]
        events += Told("pull", about, *span).events(inputs, [inbox().written(files=sum(row.files for row in pulled))])
    landed = landing().written(files=files.files, size=int(files.size))
    events += Told("land", about, *span).events([inbox().read(files=files.files)], [landed])
    url = connection.engine.url
    counts = _raw_counts(connection, *span)
    written = [table(url, "raw", name).written(rows=count) for name, count in counts.items()]
    kept = table(url, "ops", "submission").written(rows=files.files)
    return events + Told("read", about, *span).events([landing().read(files=files.read)], [kept, *written])


def _raw_counts(connection: Connection, began: datetime, ended: datetime) -> dict[str, int]:
    """Rows that were loaded in this time, of each table of `raw` that belongs to submissions."""
    names = [one.name for one in metadata.sorted_tables if one.schema == "raw" and one.name != "cell_correction"]
    numbers = "(select submission_id from ops.submission where received_at between :began and :ended)"
    query = " union all ".join(
        f"select '{name}' as name, count(*) as rows from raw.{name} where submission_id in {numbers}"  # noqa: S608
        for name in sorted(names)
    )
    rows = connection.execute(text(query), {"began": began, "ended": ended})
    return {row.name: row.rows for row in rows if row.rows}


def _judged(connection: Connection, gate_run_id: int) -> list[Any]:
    """What the gate looked at, with what each check said of it."""
    said: dict[str, list[Any]] = defaultdict(list)
    looked_at: dict[str, int] = defaultdict(int)
    for row in connection.execute(_CHECKED, {"gate_run_id": gate_run_id}):
        name = RAW_OF.get(row.judged_table, row.judged_table)
        place = name if f"raw.{name}" in metadata.tables else "read_sheet"
        looked_at[place] = max(looked_at[place], row.rows_checked)
        said[place].append(
            data_quality_assertions_dataset.Assertion(
                assertion=row.check_id,
                success=row.rows_failed == 0,
                column=row.column_name,
                severity={"block": "error", "warn": "warn"}.get(row.severity, "info"),
                description=row.title,
                actual=f"{row.rows_failed} of {row.rows_checked} rows fail",
            )
        )
    facet = data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet
    url = connection.engine.url
    return [
        table(url, "raw", name).read(
            looked_at.get(name),
            **({"dataQualityAssertions": facet(said[name], producer=PRODUCER)} if name in said else {}),
        )
        for name in sorted({*SHEET_TABLES, *said})
    ]


def _decided(connection: Connection, gate_run_id: int) -> list[Any]:
    """What the gate wrote."""
    count = "select count(*) from audit.{} where gate_run_id = :gate_run_id"
    rows = {
        name: connection.scalar(text(count.format(name)), {"gate_run_id": gate_run_id})
        for name in ("judgement", "finding", "rule_run")
    }
    url = connection.engine.url
    states = table(url, "ops", "submission").written(rows=rows["judgement"])
    return [states, *(table(url, "audit", name).written(rows=number) for name, number in rows.items())]
