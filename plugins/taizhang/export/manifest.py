"""Exporting marts to a folder, with a manifest that says what each file is and which publication it shows."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from taizhang.dictionary.mart import published_marts
from taizhang.export.request import ExportError, Selection, Shown, mart_named, output_folder, selection, shown
from taizhang.export.tables import Format, Written, header, write_table

MANIFEST = "manifest.json"


def export_marts(
    engine: Engine,
    folder: Path,
    kind: Format,
    *,
    marts: Sequence[str] = (),
    publication: int | None = None,
    labels: bool = False,
    with_personal: bool = False,
) -> dict[str, Any]:
    """Write marts (all by default) of a publication (the current one by default); return the manifest.

    All files show the same publication. With `labels` columns have their Chinese names. Columns that name persons are
    left out unless `with_personal`. Raises ExportError for an unknown mart, a FiguresError for an unknown publication.
    """
    wanted = [mart_named(name) for name in marts] or list(published_marts().values())
    output_folder(folder)
    with shown(engine, publication) as (connection, state):
        found = {mart.mart: selection(connection, mart, with_personal=with_personal) for mart in wanted}
        not_built = [name for name, one in found.items() if one is None]
        if not_built and marts:
            raise ExportError(f"{', '.join(not_built)}: not built yet, it comes with the next publication")
        chosen = [one for one in found.values() if one is not None]
        files = [write_table(connection, one, state, folder, kind, labels=labels) for one in chosen]
    about = {"format": kind, "with_personal": with_personal}
    tables = [_described(one, file, labels=labels) for one, file in zip(chosen, files, strict=True)]
    return write_manifest(folder, state, about | {"not_built": not_built, "tables": tables})


def write_manifest(folder: Path, state: Shown, content: dict[str, Any]) -> dict[str, Any]:
    """Write the manifest last, so that it names complete files only; return it."""
    manifest = {
        "publication": state.publication_id,
        "published_at": state.published_at.isoformat(),
        "certificate_sha256": state.certificate_sha256,
        **content,
    }
    part = folder / f".{MANIFEST}.part"
    part.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    os.replace(part, folder / MANIFEST)
    return manifest


def _described(chosen: Selection, file: Written, *, labels: bool) -> dict[str, Any]:
    columns = [
        {
            "header": header(column, labels=labels),
            "name": column.name,
            "label": column.label,
            "type": column.sql_type,
            "unit": column.unit,
            "additivity": column.additivity,
            "personal": column.personal,
        }
        for column in chosen.columns
    ]
    return {
        "mart": chosen.mart.mart,
        "label": chosen.mart.label,
        "keys": list(chosen.mart.keys),
        "file": file.file,
        "rows": file.rows,
        "bytes": file.byte_size,
        "sha256": file.sha256,
        "columns": columns,
    }
