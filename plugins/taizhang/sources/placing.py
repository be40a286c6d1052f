"""Placing: a fetched file into the inbox, whole or not at all."""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from taizhang.landing import file_sha256
from taizhang.settings import settings
from taizhang.sources.file_names import safe_name

# The inbox passes over what begins with a dot.
_FETCHING = ".pulling"
# Digits of an item's key that name its folder: enough for all that a source ever sends.
_KEY_DIGITS = 16


def clear_unfinished(source_name: str) -> None:
    """Remove what an earlier pull of this source has left half fetched."""
    shutil.rmtree(_unfinished(source_name), ignore_errors=True)


def new_partial(source_name: str) -> Path:
    """Return an empty file of its own beside the inbox's files, on the same disk and unseen by the night."""
    folder = _unfinished(source_name)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    os.close(descriptor)
    return Path(name)


def place(partial: Path, source_name: str, item_key: str, file_name: str, filed_at: datetime) -> Path:
    """Move a fetched file into the inbox, dated when it was filed; returns where it is.

    The place follows from the item alone, so that an interrupted pull which comes again puts no second copy there.
    """
    target = settings().inbox_dir / source_name / item_key[:_KEY_DIGITS] / safe_name(file_name)
    if target.exists() and file_sha256(target) == file_sha256(partial):
        partial.unlink()
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.chmod(0o644)
    nanoseconds = int(filed_at.timestamp()) * 1_000_000_000
    os.utime(partial, ns=(nanoseconds, nanoseconds))
    _sync(partial)
    partial.replace(target)
    _sync(target.parent)
    return target


def _unfinished(source_name: str) -> Path:
    return settings().inbox_dir / _FETCHING / source_name


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
