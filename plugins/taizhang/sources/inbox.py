"""The inbox: a folder into which submissions are dropped. Nothing is ever deleted from it."""

import logging
import os
import re
import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from taizhang.landing import file_sha256
from taizhang.settings import settings

log = logging.getLogger(__name__)

# Files and folders that editors and copy programs leave beside the real ones.
PASSED_OVER = (".", "~$")
_ESCAPED_BYTE = re.compile(rb"\\x([0-9a-f]{2})")

_NOT_TAKEN = text(
    """
    with listed as (
        select * from unnest(cast(:uris as text[]), cast(:modified as bigint[]), cast(:sizes as bigint[]))
        with ordinality as file (source_uri, modified_ns, byte_size, position)
    )

    select listed.position from listed
    left join ops.arrival as arrival using (source_uri, modified_ns, byte_size)
    where arrival.arrival_id is null
    order by listed.position
    """
)


@dataclass(frozen=True)
class InboxFile:
    """A file in the inbox as it was when it was listed."""

    path: Path
    byte_size: int
    modified_ns: int

    @property
    def source_uri(self) -> str:
        """The file's place within the inbox, the same on every machine; bytes that are no UTF-8 stand as `\\xd4`.

        Of a file of another folder, such as one of a backfill, the whole path.
        """
        return _uri(self.path)

    @property
    def name(self) -> str:
        """The file's name as its sender wrote it: archives packed in China often leave GB18030 names behind."""
        name = os.fsencode(self.path.name)
        for encoding in ("utf-8", "gb18030"):
            try:
                return name.decode(encoding)
            except UnicodeDecodeError:
                continue
        return name.decode(errors="backslashreplace")


def _uri(path: Path) -> str:
    inbox = settings().inbox_dir
    place = path.relative_to(inbox) if path.is_relative_to(inbox) else path
    return os.fsencode(place).decode(errors="backslashreplace")


def path_of(source_uri: str) -> Path:
    """Return where the file of this `source_uri` lies, or lay."""
    plain = settings().inbox_dir / source_uri
    if plain.exists():
        return plain
    place = _ESCAPED_BYTE.sub(lambda escaped: bytes.fromhex(escaped[1].decode()), source_uri.encode())
    return settings().inbox_dir / os.fsdecode(place)


def look_at(path: Path) -> InboxFile:
    """Return the file as it is now; OSError when it is gone or may not be looked at."""
    status = path.stat()
    return InboxFile(path, status.st_size, status.st_mtime_ns)


def submit(files: list[Path], *, keep_times: bool = False) -> list[Path]:
    """Put copies of the files into the inbox, each whole or not at all; returns where they are.

    A file counts as filed now, or with `keep_times` when it was last modified.
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
        partial = target.with_name(f".{os.getpid()}.part")
        shutil.copyfile(file, partial)
        if keep_times:
            status = file.stat()
            os.utime(partial, ns=(status.st_atime_ns, status.st_mtime_ns))
        partial.replace(target)
        placed.append(target)
    return placed


def listing(root: Path | None = None) -> list[InboxFile]:
    """List the inbox, or another folder, in order of path.

    What is no file or cannot be looked at is named in the log and passed over.
    """
    found = []
    for folder, folders, names in os.walk(root or settings().inbox_dir, onerror=_name_unreadable):
        folders[:] = [name for name in folders if not name.startswith(PASSED_OVER)]
        for name in names:
            path = Path(folder, name)
            if name.startswith(PASSED_OVER):
                continue
            try:
                if stat.S_ISREG(path.stat().st_mode) and _is_within(path):
                    found.append(look_at(path))
                elif path.is_symlink():
                    log.warning("%s is passed over: it leads out of the inbox", _uri(path))
                else:
                    log.warning("%s is passed over: it is no file", _uri(path))
            except OSError as error:
                log.warning("%s is passed over: %s", _uri(path), error.strerror)
    return sorted(found, key=lambda file: file.path)


def _is_within(path: Path) -> bool:
    """False for a link to a file outside the inbox: whoever may put a link there would have any file landed."""
    return not path.is_symlink() or path.resolve().is_relative_to(settings().inbox_dir.resolve())


def _name_unreadable(error: OSError) -> None:
    folder = Path(error.filename)
    if folder.exists():
        log.warning("the folder %s is passed over: %s", _uri(folder), error.strerror)


def new_files(engine: Engine) -> list[InboxFile]:
    """Return the files of the inbox that have not been taken yet, in order of path."""
    with engine.connect() as connection:
        return not_taken(connection, listing())


def not_taken(connection: Connection, listed: list[InboxFile]) -> list[InboxFile]:
    """Return those of the files that have not been taken yet, in the same order."""
    if not listed:
        return []
    # Everything ever sent lies in the inbox: three arrays instead of a parameter per value keep that cheap.
    values = {
        "uris": [file.source_uri for file in listed],
        "modified": [file.modified_ns for file in listed],
        "sizes": [file.byte_size for file in listed],
    }
    positions = connection.scalars(_NOT_TAKEN, values).all()
    return [listed[position - 1] for position in positions]
