"""Versions of the rule pack: each change of what the rules say gets one, with the hash of what they say."""

from pathlib import Path

import yaml

from taizhang.quality.catalogue import CATALOGUE_DIR
from taizhang.quality.register import (
    PACK_FILE,
    CatalogueError,
    Pack,
    PackVersion,
    content_sha256,
    parse,
    read_files,
)

HEADER = "# Versions of the rule pack, the newest first; `taizhang rules stamp` adds one when these change.\n"


def unstamped_change(folder: Path = CATALOGUE_DIR) -> str | None:
    """Return what is wrong with the pack's version: rules or checks are not those that its newest version names."""
    files = read_files(folder)
    newest = parse(Pack, PACK_FILE, files[PACK_FILE]).newest
    if content_sha256(files) == newest.content_sha256:
        return None
    return f"rules or checks have changed since pack version {newest.version}: taizhang rules stamp"


def stamp_pack(
    changes_zh: str | None, changes_en: str | None, version: str | None, again: bool, folder: Path = CATALOGUE_DIR
) -> str:
    """Write a new version into the pack, or with `again` the newest one anew; returns what was done.

    CatalogueError when a new version does not say what changed, or is not above the one before.
    """
    files = read_files(folder)
    pack = parse(Pack, PACK_FILE, files[PACK_FILE])
    newest, sha256 = pack.newest, content_sha256(files)
    if sha256 == newest.content_sha256:
        return f"规则与版本 {newest.version} 一致，无需更新"
    if again:
        said = (changes_zh or newest.changes_zh, changes_en or newest.changes_en)
        entry, older = _entry(version or newest.version, *said, sha256), pack.versions[1:]
    else:
        if not changes_zh or not changes_en:
            raise CatalogueError("rules or checks have changed: say with --zh and --en what changed")
        entry, older = _entry(version or _next(newest), changes_zh, changes_en, sha256), pack.versions
    text = yaml.safe_dump(
        {"versions": [each.model_dump() for each in (entry, *older)]}, allow_unicode=True, sort_keys=False, width=110
    )
    parse(Pack, PACK_FILE, text)
    (folder / PACK_FILE).write_text(HEADER + text, encoding="utf-8")
    return f"规则包版本 {entry.version}，内容 {sha256[:12]}"


def _entry(version: str, changes_zh: str, changes_en: str, sha256: str) -> PackVersion:
    return PackVersion(version=version, changes_zh=changes_zh, changes_en=changes_en, content_sha256=sha256)


def _next(newest: PackVersion) -> str:
    *series, last = newest.order
    return ".".join(map(str, (*series, last + 1)))
