"""Logs stay bounded: large ones are packed away under their writers, old ones of tasks go."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

from taizhang.keeping.ledger import Ledger
from taizhang.keeping.logs import KEPT, remove_task_logs, rotate_logs

APPLYING = 1
LINE = b"a line of a log\n"


def errors_log(home: Path) -> Path:
    log = home / "logs" / "errors.log"
    log.parent.mkdir(parents=True)
    return log


def test_a_large_log_is_packed_away_and_its_writer_goes_on(home: Path) -> None:
    log = errors_log(home)
    with log.open("ab", buffering=0) as writer:
        for number in range(KEPT + 2):
            writer.write(b"%d\n" % number + LINE * 10)
            ledger = Ledger(APPLYING)
            rotate_logs(ledger, 100)
            assert len(ledger.done) == 1
        writer.write(LINE)
    assert log.read_bytes() == LINE
    packed = sorted(log.parent.glob("errors.log.*.gz"))
    assert [path.name for path in packed] == [f"errors.log.{number}.gz" for number in range(1, KEPT + 1)]
    assert [gzip.decompress(path.read_bytes())[:1] for path in packed] == [b"6", b"5", b"4", b"3", b"2"]


def test_a_small_log_and_a_dry_run_change_nothing(home: Path) -> None:
    log = errors_log(home)
    log.write_bytes(LINE)
    ledger = Ledger(APPLYING)
    rotate_logs(ledger, 100)
    assert ledger.done == []
    log.write_bytes(LINE * 10)
    ledger = Ledger()
    rotate_logs(ledger, 100)
    assert (len(ledger.done), log.stat().st_size) == (1, len(LINE) * 10)


def test_old_logs_of_tasks_go_with_their_folders(home: Path) -> None:
    tasks = home.resolve() / "airflow" / "logs" / "dag_id=ingest_submissions"
    old, young = tasks / "run_id=1" / "attempt=1.log", tasks / "run_id=2" / "attempt=1.log"
    for path in (old, young):
        path.parent.mkdir(parents=True)
        path.write_bytes(LINE)
    then = datetime(2024, 1, 1, tzinfo=UTC)
    os.utime(old, (then.timestamp() - 1,) * 2)
    remove_task_logs(Ledger(), then)
    assert old.exists()
    remove_task_logs(Ledger(APPLYING), then)
    assert (old.exists(), young.exists()) == (False, True)
    os.utime(old.parent, (then.timestamp() - 1,) * 2)
    remove_task_logs(Ledger(APPLYING), then)
    assert not old.parent.exists()
    assert young.exists()
