"""The tasks of `audit_reports`: find the new reports, audit them chunk by chunk."""

from dataclasses import asdict
from typing import Any

from airflow.sdk import task


@task
def discover_reports() -> list[list[str]]:
    """Find the reports that have not been audited, in at most 16 chunks of about equal bytes; none leaves no chunk."""
    from taizhang.report_audit import arriving
    from taizhang.warehouse.connection import engine

    return arriving.discover(engine())


@task(map_index_template="{{ task.op_kwargs['chunk'] | length }} reports")
def audit_chunk(chunk: list[str]) -> dict[str, Any]:
    """Audit the reports of one chunk and keep what was found; fails at the end if the program failed on one."""
    from taizhang.report_audit import arriving
    from taizhang.warehouse.connection import engine

    report = arriving.audit_chunk(engine(), chunk)
    report.require_all()
    return asdict(report)
