"""The tasks of the DAGs: each calls one function of the package, which is imported when the task runs.

Every task may be repeated: the functions look at the state of the warehouse, not at what a task before them said.
"""

import sys
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, setup, task, teardown
from airflow.sdk.exceptions import AirflowSkipException

# Without a URI: its scheme would be looked up in every provider, and parsing would import those of clouds.
ACCEPTED_SUBMISSIONS = Asset("accepted_submissions", extra={"meaning": "something to publish"})


def set_up_logs(context: object) -> None:
    """Let the package log as the settings say; a task's log takes what it writes to standard output."""
    from taizhang.observe import logs

    logs.set_up(sys.stdout)


DEFAULT_ARGS = {
    "owner": "data-team",
    "retries": 2,
    "retry_delay": timedelta(seconds=20),
    "execution_timeout": timedelta(hours=3),
    "on_execute_callback": set_up_logs,
}


@task(trigger_rule="all_done")
def discover() -> list[list[str]]:
    """Find the new files of the inbox: paths relative to it, in 8 to 16 chunks; also when a source failed."""
    from taizhang import ingest
    from taizhang.warehouse.connection import engine

    return ingest.discover(engine())


@task(map_index_template="{{ task.op_kwargs['chunk'] | length }} files")
def ingest_chunk(chunk: list[str]) -> dict[str, Any]:
    """Land, read and load the files of one chunk; returns the counts."""
    from taizhang import ingest
    from taizhang.warehouse.connection import engine

    return asdict(ingest.ingest_chunk(engine(), chunk))


@task(trigger_rule="none_failed")
def judge() -> dict[str, int]:
    """Judge and decide all that has been read, also what an earlier night left undecided; returns the counts."""
    from taizhang.observe import lineage
    from taizhang.quality.gate import judge_batch
    from taizhang.warehouse.connection import NIGHT_PATIENCE_SECONDS, engine, patiently

    report = patiently(lambda: judge_batch(engine()), NIGHT_PATIENCE_SECONDS)
    lineage.tell_gate_run(engine(), report.gate_run_id)
    waiting = len(report.in_review) + len(report.held)
    return {"accepted": len(report.accepted), "quarantined": len(report.quarantined), "waiting": waiting}


@task
def pending_feedback() -> list[list[tuple[int, int | None]]]:
    """Find the judgements and refusals that want feedback and have none, in at most 8 chunks."""
    from taizhang.feedback import delivery
    from taizhang.warehouse.connection import engine

    return delivery.pending_chunks(engine())


# Of the four tasks that run at the same time one is left to the publication, which readers wait for: letters that have
# come before it held it up for half a minute.
@task(map_index_template="{{ task.op_kwargs['chunk'] | length }} workbooks", max_active_tis_per_dagrun=3)
def give_feedback(chunk: list[list[int | None]]) -> list[str]:
    """Write the feedback of one chunk into the outbox; fails with those that could not be written, after the others."""
    from taizhang.feedback import delivery
    from taizhang.warehouse.connection import engine

    report = delivery.deliver(engine(), chunk)
    report.require_all()
    return report.files


@task(outlets=[ACCEPTED_SUBMISSIONS])
def announce() -> None:
    """Announce the asset when there is something to publish; otherwise the task is skipped and nothing announced."""
    from taizhang.publication.pending import has_pending
    from taizhang.warehouse.connection import engine

    if not has_pending(engine()):
        raise AirflowSkipException("nothing to publish")


@setup
def open_publication() -> int:
    """Open a publication, or take up the one that an earlier attempt opened; skipped when nothing is in scope."""
    from taizhang import publication
    from taizhang.warehouse.connection import NIGHT_PATIENCE_SECONDS, engine, patiently

    publication_id = patiently(lambda: publication.open_publication(engine()), NIGHT_PATIENCE_SECONDS)
    if publication_id is None:
        raise AirflowSkipException("nothing in scope")
    return publication_id


@task
def build(publication_id: int) -> None:
    """Build the marts of the publication with dbt, in this process."""
    from taizhang import publication

    publication.build(publication_id)


@task
def reconcile(publication_id: int) -> None:
    """Compare the control totals from raw to nation; fails with the differing rows."""
    from taizhang import publication
    from taizhang.warehouse.connection import engine

    publication.reconcile(engine(), publication_id)


@task
def flip(publication_id: int) -> None:
    """Show the publication to all readers and certify it; done already when an attempt was killed after that."""
    from taizhang import publication
    from taizhang.observe import lineage
    from taizhang.publication.pending import state_of
    from taizhang.warehouse.connection import engine

    if state_of(engine(), publication_id) != "published":
        publication.flip(engine(), publication_id)
    lineage.tell_publication(engine(), publication_id)


@task
def report(publication_id: int) -> int:
    """Write the quality reports that the publication touches; returns how many. Readers see the marts already."""
    from taizhang.report.quality import write_reports
    from taizhang.warehouse.connection import engine

    return len(write_reports(engine(), publication_id))


@teardown
def abandon_unfinished(publication_id: int) -> None:
    """Close a publication that a step before could not finish; readers never saw it. Nothing to do after a flip."""
    from taizhang import publication
    from taizhang.publication.pending import state_of
    from taizhang.warehouse.connection import engine

    if state_of(engine(), publication_id) == "building":
        publication.abandon(engine(), publication_id, "a step of the DAG publish_marts failed")
