"""The outbox: where each unit finds what is given back to it. Nothing in it is ever overwritten by something else."""

import os
import re
import tempfile
from datetime import date
from pathlib import Path

from taizhang.settings import settings

SUFFIX = "（核查反馈）"
NOTE_SUFFIX = "（退回原因）"
DECISION_SUFFIXES = {"returned": NOTE_SUFFIX, "held": "（已关账待重述）"}
UNREADABLE_FOLDER = "无法读取"
# File systems count bytes: 255 for a name, and a Chinese character takes three.
LONGEST_NAME = 240

# Among them what shows a name otherwise than it is: marks of direction and characters without width.
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
_EARLIER = re.compile(rf"{SUFFIX}_\d+(?:-\d+)?(?: ?\(\d+\))?")


def safe_name(text: str, room: int = LONGEST_NAME) -> str:
    """Return a text as part of a file's name on every system, cut to a number of bytes; never empty."""
    plain = _UNSAFE.sub("_", text).strip(" .")
    return plain.encode()[:room].decode(errors="ignore").strip(" .") or "_"


def workbook_place(
    unit_code: str, unit_name: str, month: date, file_name: str, version: str, kind: str = "xlsx"
) -> str:
    """Return where a feedback file lies, relative to the outbox; the name of one sent back is not lengthened."""
    ending = f"{SUFFIX}_{version}.{kind}"
    stem = _EARLIER.sub("", Path(file_name.replace("\\", "/")).stem)
    name = safe_name(stem, LONGEST_NAME - len(ending.encode())) + ending
    return f"{month:%Y-%m}/{safe_name(f'{unit_code}_{unit_name}')}/{name}"


def note_place(received: date, file_name: str, submission_id: int, kind: str = "txt") -> str:
    """Return where the note on a refused file lies, relative to the outbox."""
    ending = f"{NOTE_SUFFIX}_{submission_id}.{kind}"
    name = safe_name(Path(file_name.replace("\\", "/")).stem, LONGEST_NAME - len(ending.encode())) + ending
    return f"{received:%Y-%m}/{UNREADABLE_FOLDER}/{name}"


def decision_place(unit_code: str, unit_name: str, month: date, file_name: str, submission_id: int, state: str) -> str:
    """Return where the note lies that says what people do with a file: beside the unit's feedback workbooks."""
    ending = f"{DECISION_SUFFIXES[state]}_{submission_id}.txt"
    name = safe_name(Path(file_name.replace("\\", "/")).stem, LONGEST_NAME - len(ending.encode())) + ending
    return f"{month:%Y-%m}/{safe_name(f'{unit_code}_{unit_name}')}/{name}"


def put(place: str, content: bytes, folder: Path | None = None) -> Path:
    """Write a file below the outbox, or into another folder, whole or not at all; returns where it is.

    A file of that name stays: the same content is not written again, another gets a number.
    """
    wanted = settings().outbox_dir / place if folder is None else folder / Path(place).name
    target, number = wanted, 1
    while target.exists():
        if target.read_bytes() == content:
            return target
        number += 1
        target = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".feedback-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.chmod(0o644)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return target
