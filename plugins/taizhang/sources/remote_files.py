"""Files of a folder or an object store, through any filesystem that fsspec opens."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from fsspec import AbstractFileSystem

from taizhang.sources.declared import FilesSource
from taizhang.sources.file_names import base_name, is_unfinished, refusal_of
from taizhang.sources.items import Batch, Item, ItemChangedError, ItemRefusedError, SourceError
from taizhang.sources.patience import persistently

# As many as an SFTP client asks for at once without much ado: what a cut loses.
BLOCK_BYTES = 1 << 18
# Names under which filesystems tell when a file was changed, and what else changes with its content.
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "modified", "modify")
_TAGS = ("ETag", "etag", "VersionId")
# A prefix of an object store without objects cannot be told from one that is not there.
_OBJECT_STORES = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "wasb", "oss", "oci")

Info = dict[str, Any]


class RemoteFiles:
    """The files below a URL; `open_filesystem` makes a new connection whenever the last one has failed."""

    def __init__(
        self,
        source: FilesSource,
        open_filesystem: Callable[[], AbstractFileSystem],
        hidden: Sequence[str] = (),
    ) -> None:
        self.source = source
        self.hidden = hidden
        self.moves_taken = source.move_taken_to is not None
        self._open_filesystem = open_filesystem
        self._opened: AbstractFileSystem | None = None

    def batches(self, cursor: str | None) -> Iterator[Batch]:
        """List everything, the oldest first, in one batch; SourceError when the folder is not there."""
        del cursor  # a folder has none
        failures: list[str] = []
        items = [item for info in persistently(lambda: self._listing(failures)) if (item := self._item(info))]
        items.sort(key=lambda item: (item.modified_at or datetime.min.replace(tzinfo=UTC), item.remote_id))
        yield Batch(items, failures=tuple(failures))

    def fetch(self, item: Item, target: Path) -> None:
        """Copy a file, going on where a cut connection has left off; ItemChangedError when it is not the one listed."""
        persistently(lambda: self._connected(lambda filesystem: self._copy(filesystem, item, target)))

    def move_taken(self, taken: Sequence[tuple[Item, Path]]) -> None:
        """Put what was taken below `move_taken_to`, then remove it where it was, if it is still the same.

        The copy comes from our side, because not every server can rename; nothing is ever displaced by it.
        """
        for item, copy in taken:
            self._connected(lambda filesystem, item=item, copy=copy: self._move(filesystem, item, copy))  # type: ignore[misc]

    def close(self) -> None:
        """Give up the connection: fsspec closes it with the last reference to it."""
        self._opened = None

    def _connected(self, use: Callable[[AbstractFileSystem], Any]) -> Any:
        """Use the connection; one that has failed, or was left in the middle of something, is not used again."""
        filesystem = self._opened or self._open_filesystem()
        self._opened = None
        result = use(filesystem)
        self._opened = filesystem
        return result

    def _listing(self, failures: list[str]) -> list[Info]:
        failures.clear()
        found: list[Info] = self._connected(lambda filesystem: self._walk(filesystem, failures))
        return found

    def _walk(self, filesystem: AbstractFileSystem, failures: list[str]) -> list[Info]:
        root = filesystem._strip_protocol(self.source.url)
        filesystem.invalidate_cache()
        if not _is_there(filesystem, root):
            raise SourceError(f"there is no folder {self.source.url}")
        away = self._away(filesystem)
        found: list[Info] = []
        errors: list[Exception] = []
        for _, folders, files in filesystem.walk(root, detail=True, on_error=errors.append):
            for name in list(folders):
                if name.startswith(".") or _is_link(folders[name]) or _same(folders[name]["name"], away):
                    del folders[name]
            found += [info for info in files.values() if not _same(info["name"], root)]
        # The folder of the source itself must be listed; of those below it one may fail.
        for error in errors if found else [one for one in errors if not isinstance(one, FileNotFoundError)]:
            failures.append(f"a folder cannot be listed: {type(error).__name__}: {error}")
        return found

    def _away(self, filesystem: AbstractFileSystem) -> str | None:
        return filesystem._strip_protocol(self.source.move_taken_to) if self.source.move_taken_to else None

    def _item(self, info: Info) -> Item | None:
        path = str(info["name"])
        name = base_name(path)
        if not name or is_unfinished(name):
            return None
        modified_at = modified(info)
        provenance = {"url": self.source.url, "path": path, "etag": tag(info) or ""}
        return Item(
            remote_id=path,
            version=version(info),
            file_name=name,
            locator=path,
            byte_size=info.get("size"),
            modified_at=modified_at,
            provenance={key: value for key, value in provenance.items() if value},
            settle=timedelta(seconds=self.source.settle_seconds),
            refusal=refusal_of(name) if _is_file(info) else ItemRefusedError("no_file", "is a link, or no file at all"),
        )

    def _copy(self, filesystem: AbstractFileSystem, item: Item, target: Path) -> None:
        self._must_be_listed_one(filesystem, item)
        with target.open("ab") as ours:
            start = os.fstat(ours.fileno()).st_size
            if start != item.byte_size:
                with filesystem.open(item.locator, "rb") as theirs:
                    if start:
                        theirs.seek(start)
                    size = None if item.byte_size is None else item.byte_size - start
                    copy_limited(theirs, ours, size, self.source.limits.item_bytes - start)
            have = os.fstat(ours.fileno()).st_size
        self._must_be_listed_one(filesystem, item)
        if item.byte_size is not None and have != item.byte_size:
            raise OSError(f"{have} bytes came instead of {item.byte_size}")

    def _must_be_listed_one(self, filesystem: AbstractFileSystem, item: Item) -> None:
        filesystem.invalidate_cache()
        if version(filesystem.info(item.locator)) != item.version:
            raise ItemChangedError

    def _move(self, filesystem: AbstractFileSystem, item: Item, copy: Path) -> None:
        folder = f"{str(self._away(filesystem)).rstrip('/')}/{copy.parent.name}"
        filesystem.makedirs(folder, exist_ok=True)
        target = f"{folder}/{copy.name}"
        filesystem.put_file(str(copy), target)
        filesystem.invalidate_cache()
        if filesystem.size(target) != copy.stat().st_size:
            raise OSError(f"{target} has not arrived whole; {item.locator} stays where it is")
        self._must_be_listed_one(filesystem, item)
        filesystem.rm_file(item.locator)


def copy_limited(theirs: IO[bytes], ours: IO[bytes], size: int | None, most: int) -> None:
    """Copy so many bytes, or all there are; ItemRefusedError when these are more than `most`."""
    left = size if size is not None else most + 1
    while left and (block := theirs.read(min(BLOCK_BYTES, left))):
        ours.write(block)
        left -= len(block)
    if size is None and not left:
        raise ItemRefusedError("too_large", f"has more than the {most} bytes that an item may have")


def version(info: Info) -> str:
    """What changes whenever the file does, as far as its filesystem tells."""
    changed = modified(info)
    return " ".join(filter(None, (tag(info), changed.isoformat() if changed else None, str(info.get("size")))))


def tag(info: Info) -> str | None:
    """The filesystem's own mark of a version; None where it has none."""
    return next((str(info[name]).strip('"') for name in _TAGS if info.get(name)), None)


def modified(info: Info) -> datetime | None:
    """When the file was changed, by its server's clock; None where it does not say."""
    value = next((info[name] for name in _TIMES if info.get(name) is not None), None)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return None


def _is_there(filesystem: AbstractFileSystem, root: str) -> bool:
    """Whether the folder is there; of a prefix that has no object yet, whether its bucket is."""
    protocols = (filesystem.protocol,) if isinstance(filesystem.protocol, str) else filesystem.protocol
    if set(protocols) & set(_OBJECT_STORES):
        return bool(filesystem.exists(root.partition("/")[0]))
    return bool(filesystem.isdir(root))


def _is_link(info: Info) -> bool:
    return bool(info.get("islink")) or info.get("type") == "link"


def _is_file(info: Info) -> bool:
    return not _is_link(info) and info.get("type", "file") == "file"


def _same(path: str, other: str | None) -> bool:
    return other is not None and path.strip("/") == other.strip("/")
