"""The rule pack as it stood: kept in `audit.rule_pack` once per version, and found again by version."""

import json
from pathlib import Path

from sqlalchemy import Connection, text

from taizhang.errors import TaizhangError
from taizhang.quality.catalogue import Catalogue, build_catalogue, load_catalogue
from taizhang.quality.description import describe_check

CURRENT = "current"


class UnknownPackError(TaizhangError):
    """No pack of this version is stored, or several are."""


def store_pack(connection: Connection, catalogue: Catalogue) -> None:
    """Keep the texts of the pack and what they say of each check, unless that version is kept already."""
    connection.execute(
        text(
            "insert into audit.rule_pack (catalogue_version, pack_version, files, checks)"
            " values (:version, :pack_version, cast(:files as jsonb), cast(:checks as jsonb))"
            " on conflict (catalogue_version) do nothing"
        ),
        {
            "version": catalogue.version,
            "pack_version": catalogue.pack_version,
            "files": json.dumps(dict(catalogue.files), ensure_ascii=False),
            "checks": json.dumps([describe_check(check) for check in catalogue.checks], ensure_ascii=False),
        },
    )


def find_pack(connection: Connection, name: str) -> Catalogue:
    """Return the catalogue that a name stands for: `current`, a folder, or a version that is stored, or its beginning.

    CatalogueError when what is found cannot be used with the columns of today.
    """
    if name == CURRENT:
        return load_catalogue()
    if Path(name).is_dir():
        return load_catalogue(Path(name), is_current=False)
    return _stored(connection, name)


def _stored(connection: Connection, name: str) -> Catalogue:
    found = connection.execute(
        text(
            "select catalogue_version, pack_version, files from audit.rule_pack"
            " where starts_with(catalogue_version, :name) or pack_version = :name order by created_at desc"
        ),
        {"name": name},
    ).all()
    if len(found) != 1:
        versions = ", ".join(f"{row.catalogue_version[:12]} ({row.pack_version})" for row in found)
        fault = f"stands for several packs: {versions}" if found else "is neither a folder nor a stored rule pack"
        raise UnknownPackError(f"{name} {fault}")
    return build_catalogue(found[0].files, is_current=False)
