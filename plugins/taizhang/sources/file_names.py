"""Names that sources give to files: which kinds are submissions, and how a name is made safe for a folder of ours."""

import os
import unicodedata
from pathlib import PurePosixPath

from taizhang.sources.inbox import PASSED_OVER
from taizhang.sources.items import ItemRefusedError

# What the reader opens, or refuses with an answer that helps its sender.
SUBMISSION_KINDS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".csv", ".json")
ARCHIVE_KINDS = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
# What copy programs call a file that they have not finished.
UNFINISHED_KINDS = (".part", ".filepart", ".tmp", ".crdownload", ".partial", ".swp")
_MOST_BYTES = 255
_FORBIDDEN = '/\\:*?"<>|'


def base_name(name: str) -> str:
    """The last part of a path, whichever way its sender's system separates folders."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def is_unfinished(name: str) -> bool:
    """Whether a name says that the file is hidden, a lock of an editor, or not whole yet."""
    return base_name(name).startswith(PASSED_OVER) or name.lower().endswith(UNFINISHED_KINDS)


def refusal_of(name: str) -> ItemRefusedError | None:
    """Why a file of this name is not taken; None when it may be a submission."""
    suffix = PurePosixPath(base_name(name)).suffix.lower()
    if suffix in SUBMISSION_KINDS:
        return None
    if suffix in ARCHIVE_KINDS:
        return ItemRefusedError("archive", f"{suffix} is packed: its sender must send the workbooks themselves")
    return ItemRefusedError("unknown_kind", f"{suffix or 'a name without ending'} is no kind of submission")


def decoded(name: str) -> str:
    """A name whose bytes were no UTF-8, as GB18030 if they are that; other bytes stand as `\\xd4`."""
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "backslashreplace").decode()
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


def storable(text: str) -> str:
    """Text that a database takes: no NUL, no lone surrogates."""
    return decoded(text).replace("\0", "\\0")


def safe_name(name: str) -> str:
    """The name as a file of ours: without folders, control and format characters, at most 255 bytes, kind kept."""
    kept = "".join(
        "_" if character in _FORBIDDEN else character
        for character in unicodedata.normalize("NFC", decoded(base_name(name)))
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ).strip()
    if not kept or kept.startswith(PASSED_OVER):
        kept = f"_{kept}"
    stem, suffix = os.path.splitext(kept)
    room = _MOST_BYTES - len(suffix.encode())
    if room < 1:
        stem, suffix, room = kept, "", _MOST_BYTES
    return stem.encode()[:room].decode("utf-8", "ignore") + suffix
