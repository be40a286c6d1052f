"""The tasks that pull submissions from outside sources, one for each source."""

from typing import Any

from airflow.sdk import task


@task
def sources() -> list[str]:
    """Read which sources there are; none leaves nothing to pull."""
    from taizhang.sources.declared import declared_sources

    return [source.name for source in declared_sources()]


@task(map_index_template="{{ task.op_kwargs['source'] }}")
def pull(source: str) -> dict[str, Any]:
    """Pull what is new at one source into the inbox; fails with what could not be had, after everything else."""
    from taizhang.airflow_tasks.connections import open_peer
    from taizhang.sources.declared import declared_source
    from taizhang.sources.pulling import pull as pull_source
    from taizhang.warehouse.connection import engine

    declared = declared_source(source)
    report = pull_source(engine(), declared, open_peer(declared))
    report.require_success()
    return report.counts()
