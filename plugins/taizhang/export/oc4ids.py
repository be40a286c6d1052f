"""Projects in the Open Contracting for Infrastructure Data Standard (OC4IDS) 0.9, as one project package.

Each project is checked before it is written, against the part of the standard's schema that stands beside this file.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Connection, Engine

from taizhang.export.manifest import write_manifest
from taizhang.export.oc4ids_project import mapping, project
from taizhang.export.request import ExportError, Shown, output_folder, shown

PACKAGE_FILE = "oc4ids.json"
SCHEMA_FILE = Path(__file__).parent / "oc4ids_subset.schema.json"

_BATCH = 2_000
# Each project once, with what its newest month says of it.
_PROJECTS = """
    with newest as (
        select distinct on (project_sk) *
        from marts.fct_project_month
        order by project_sk, report_month desc
    )

    select
        project.project_sk,
        project.unit_code,
        unit.unit_name,
        project.project_name,
        project.project_code,
        project.project_location,
        project.industry_class,
        project.industry_code,
        project.construction_nature,
        project.construction_content,
        project.responsible_org,
        region.region_code,
        region.region_name,
        region.region_kind,
        region.province_name,
        newest.report_month,
        newest.project_status,
        newest.is_started,
        lower(newest.start_date) as start_day,
        upper(newest.completion_date) - 1 as completion_day,
        newest.total_investment_wan,
        newest.annual_plan_wan,
        newest.ytd_completed_wan,
        newest.since_start_wan,
        newest.funds_received_wan,
        newest.funds_paid_wan,
        (
            select array_agg(membership.list_code order by membership.list_code)
            from marts.bridge_project_list as membership
            where membership.project_sk = project.project_sk and membership.report_month = newest.report_month
        ) as list_codes
    from newest
    inner join marts.dim_project as project on newest.project_sk = project.project_sk and project.is_latest
    inner join marts.dim_reporting_unit as unit on project.unit_code = unit.unit_code
    inner join marts.dim_region as region on unit.region_code = region.region_code and region.is_latest
    order by project.project_sk
"""


def export_oc4ids(
    engine: Engine, folder: Path, *, publisher: str, prefix: str, uri: str | None = None, publication: int | None = None
) -> dict[str, Any]:
    """Write all projects of a publication as a project package; return the manifest.

    `prefix` begins each project's id: the one that the standard's help desk gives to a publisher. No person is named.
    Raises ExportError when there is no project, when one does not fit the schema, or a code is not mapped.
    """
    path = output_folder(folder) / PACKAGE_FILE
    part = path.with_name(f".{path.name}.part")
    with shown(engine, publication) as (connection, state):
        head = _head(state, publisher, uri)
        try:
            count = _write(part, head, _projects(connection, prefix, state))
            with part.open("rb") as handle:
                digest = hashlib.file_digest(handle, "sha256").hexdigest()
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    file = {"file": path.name, "projects": count, "bytes": path.stat().st_size, "sha256": digest}
    return write_manifest(folder, state, {"format": "oc4ids", "with_personal": False, **file})


def _head(state: Shown, publisher: str, uri: str | None) -> dict[str, Any]:
    return {
        "uri": uri or f"urn:taizhang:publication:{state.publication_id}:{state.certificate_sha256}",
        "publishedDate": state.published_at.astimezone(UTC).isoformat(),
        "publisher": {"name": publisher},
        "version": mapping()["version"],
    }


def _projects(connection: Connection, prefix: str, state: Shown) -> Iterator[dict[str, Any]]:
    """The projects, fetched in batches by a cursor of the server."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor(name="oc4ids", row_factory=dict_row) as cursor:
        cursor.itersize = _BATCH
        for row in cursor.execute(_PROJECTS):
            yield project(row, prefix, state.published_at)


def _write(path: Path, head: dict[str, Any], projects: Iterator[dict[str, Any]]) -> int:
    """Write the package project by project; the same bytes for the same publication."""
    count = 0
    with path.open("w", encoding="utf-8") as handle:
        handle.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "projects": [')
        for count, one in enumerate(projects, start=1):
            # The head is checked with the first project, each other one in its place.
            _check({**head, "projects": [one]})
            handle.write(",\n" if count > 1 else "\n")
            handle.write(json.dumps(one, ensure_ascii=False))
        handle.write("\n]}\n")
    if count == 0:
        raise ExportError("the publication has no project, and a package must have one")
    return count


def _check(package: dict[str, Any]) -> None:
    """ExportError with the place of the first fault, unless the package fits the schema."""
    error = next(_validator().iter_errors(package), None)
    if error is not None:
        place = "/".join(map(str, error.absolute_path))
        raise ExportError(f"{package['projects'][0]['id']}: {place}: {error.message}")


@cache
def _validator() -> Any:
    from jsonschema import Draft4Validator

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)
