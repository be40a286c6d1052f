"""The manifest of a backup: what it holds, with hashes and counts, so that a restore can tell that it is whole."""

import json
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from taizhang.errors import TaizhangError
from taizhang.landing import file_sha256

MANIFEST = "manifest.json"
# A backup in the making, or one that was interrupted, has another name: only what is whole counts.
UNFINISHED = ".unfinished"
STAMP = "%Y%m%dT%H%M%SZ"


class BackupError(TaizhangError):
    """There is no such backup, or it is not whole; the message says what of it is missing or changed."""


class BackedUpFile(BaseModel):
    """A file of a backup: its place in the backup's folder, bytes and hash.

    Of a file of the inbox also where it lay there, and when it was last modified.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    byte_size: int
    sha256: str
    source_uri: str | None = None
    modified_ns: int | None = None


class Manifest(BaseModel):
    """What a backup holds. `landed` are the hashes of the landed files, which all backups of a folder share.

    `row_counts` are those of the tables as the dump saw them; `publication_id` is the current publication.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    taken_at: datetime
    code_version: str
    server_major: int
    program_major: int
    schema_version: str
    publication_id: int | None
    row_counts: dict[str, int]
    databases: list[str]
    landed: list[str]
    files: list[BackedUpFile]


def described(folder: Path, path: Path) -> BackedUpFile:
    """Return the entry of a file of the backup in `folder`."""
    place = path.relative_to(folder).as_posix()
    return BackedUpFile(path=place, byte_size=path.stat().st_size, sha256=file_sha256(path))


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a backup, as the last of its files."""
    text = json.dumps(manifest.model_dump(mode="json"), ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup; BackupError when there is none or it is not whole."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BackupError(f"{folder} is no backup: it has no {MANIFEST}") from None
    except ValidationError as error:
        raise BackupError(f"{folder / MANIFEST} is damaged: {error.error_count()} faults") from None


def backups(root: Path) -> list[Path]:
    """Return the finished backups below a folder, the oldest first."""
    folder = root / "backups"
    return sorted(one for one in folder.glob("*Z") if (one / MANIFEST).exists()) if folder.is_dir() else []


def require_whole(folder: Path, manifest: Manifest) -> None:
    """BackupError when a file that the manifest names is missing or is not what it was."""
    for entry in manifest.files:
        path = folder / entry.path
        if not path.exists():
            raise BackupError(f"the backup is not whole: {path} is missing")
        if path.stat().st_size != entry.byte_size or file_sha256(path) != entry.sha256:
            raise BackupError(f"the backup is damaged: {path} is not what was written")
