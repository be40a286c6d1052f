"""Keeping logs bounded: large ones are packed away in place, old ones of tasks are removed."""

import gzip
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from taizhang.keeping.ledger import Ledger
from taizhang.server import embedded
from taizhang.server.airflow_config import logs_dir
from taizhang.settings import settings

KEPT = 5


def rotate_logs(ledger: Ledger, limit_bytes: int) -> None:
    """Pack away each log that has grown beyond the limit.

    Its writers go on appending to the emptied file, and need not be told. A line that is written in the moment between
    copying and emptying is lost.
    """
    for log in _growing():
        size = log.stat().st_size
        if size <= limit_bytes:
            continue
        ledger.done.append(f"packed away {log.relative_to(settings().home.resolve())} ({size} bytes)")
        if ledger.applies:
            _rotate(log)


def _growing() -> Iterator[Path]:
    """The logs that processes append to as long as they live."""
    home = settings().home.resolve()
    for log in (*sorted((home / "logs").glob("*.log")), *sorted(logs_dir().glob("*.log")), embedded.server_log()):
        if log.is_file():
            yield log


def _rotate(log: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}.gz")
        if older.exists():
            older.rename(log.with_name(f"{log.name}.{number + 1}.gz"))
    with log.open("rb") as reader, gzip.open(log.with_name(f"{log.name}.1.gz"), "wb") as writer:
        shutil.copyfileobj(reader, writer, 1 << 20)
    with log.open("r+b") as emptied:
        emptied.truncate(0)


def remove_task_logs(ledger: Ledger, before: datetime) -> None:
    """Remove logs of Airflow's tasks and of parsed files that were last written to before that moment."""
    count = size = 0
    folders = [path for path in logs_dir().iterdir() if path.is_dir()] if logs_dir().is_dir() else []
    for folder in folders:
        for path in [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]:
            status = path.stat()
            if status.st_mtime < before.timestamp():
                count, size = count + 1, size + status.st_size
                if ledger.applies:
                    path.unlink()
        if ledger.applies:
            _drop_empty(folder, before)
    if count:
        ledger.done.append(f"removed {count} logs of Airflow's tasks ({size} bytes)")


def _drop_empty(folder: Path, before: datetime) -> None:
    """Remove folders without anything; young ones may be those of a task that begins."""
    for path in sorted((path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()), reverse=True):
        if path.stat().st_mtime < before.timestamp() and not any(path.iterdir()):
            path.rmdir()
