"""The inbox: a folder into which submissions are dropped. Nothing is ever deleted from it."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, select, tuple_

from taizhang.landing import file_sha256
from taizhang.settings import settings
from taizhang.warehouse.tables import arrival

# Files that editors and copy programs leave beside the real ones.
PASSED_OVER = (".", "~$")


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox as it was when it was listed."""

    path: Path
    byte_size: int
    modified_ns: int

    @property
    def source_uri(self) -> str:
        """The file's place within the inbox, the same on every machine."""
        return self.path.relative_to(settings().inbox_dir).as_posix()


def submit(files: list[Path]) -> list[Path]:
    """Put copies of the files into the inbox, each whole or not at all; returns where they are.

    Files of the same name do not displace each other: each lies in a folder named after the day and its content.
    FileNotFoundError names a file that is not there; nothing is copied then.
    """
    for file in files:
        if not file.is_file():
            raise FileNotFoundError(f"there is no file {file}")
    day = datetime.now(UTC).strftime("%Y%m%d")
    placed = []
    for file in files:
        target = settings().inbox_dir / day / file_sha256(file)[:12] / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        shutil.copyfile(file, partial)
        partial.replace(target)
        placed.append(target)
    return placed


def listing() -> list[InboxFile]:
    """List the inbox, in order of path."""
    found = []
    for folder, _, names in os.walk(settings().inbox_dir):
        for name in names:
            if name.startswith(PASSED_OVER):
                continue
            path = Path(folder, name)
            status = path.stat()
            found.append(InboxFile(path, status.st_size, status.st_mtime_ns))
    return sorted(found, key=lambda file: file.path)


def new_files(engine: Engine) -> list[InboxFile]:
    """Return the files of the inbox that have not been taken yet, in order of path."""
    listed = listing()
    if not listed:
        return []
    keys = [(file.source_uri, file.modified_ns, file.byte_size) for file in listed]
    place = tuple_(arrival.c.source_uri, arrival.c.modified_ns, arrival.c.byte_size)
    with engine.connect() as connection:
        taken = {
            tuple(row)
            for start in range(0, len(keys), 5000)
            for row in connection.execute(
                select(arrival.c.source_uri, arrival.c.modified_ns, arrival.c.byte_size).where(
                    place.in_(keys[start : start + 5000])
                )
            )
        }
    return [file for file, key in zip(listed, keys, strict=True) if key not in taken]
