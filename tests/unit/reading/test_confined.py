"""Reading in a process of its own: it gives what reading here gives; what a file does to it is told as a refusal."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from taizhang.reading import confined
from taizhang.reading.result import Refusal
from taizhang.reading.workbook import read_workbook
from taizhang.settings import PROJECT_ROOT, settings
from taizhang.warehouse.formatted import format_reading
from tests.unit.reading.books import NAME, save, table


@pytest.fixture(autouse=True)
def limits(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Set limits by name; the reader of one test is not that of another."""

    def limit(**values: int) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"TAIZHANG_{name.upper()}", str(value))
        settings.cache_clear()

    yield limit
    confined.close()


def process_id() -> int:
    assert confined._current is not None
    return confined._current.process.pid


def refusal_of(path: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        confined.read_workbook(path)
    assert "{" not in caught.value.message_zh + caught.value.message_en
    return caught.value


def test_a_reading_is_the_same_as_without_the_process(tmp_path: Path) -> None:
    path = save(tmp_path / NAME, change=lambda sheet: setattr(sheet.row_dimensions[4], "hidden", True))
    expected = format_reading(read_workbook(path))
    assert confined.read_workbook(path) == expected
    assert expected.rows["project_progress"].count("\n") == 1
    assert expected.issues


def test_a_refusal_is_the_same_as_without_the_process(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(Refusal) as here:
        read_workbook(path)
    found = refusal_of(path)
    assert vars(found) == vars(here.value)
    assert found.code == "unsupported_format"


def test_one_process_reads_all_files(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    confined.read_workbook(path)
    first = process_id()
    confined.read_workbook(path, "陇西县2024年3月重大项目月报.xlsx")
    assert process_id() == first


def test_other_limits_take_another_process(tmp_path: Path, limits: Callable[..., None]) -> None:
    path = save(tmp_path / NAME)
    confined.read_workbook(path)
    limits(max_file_bytes=100)
    assert refusal_of(path).code == "too_large"


def test_too_much_of_the_processor_s_time(tmp_path: Path, limits: Callable[..., None]) -> None:
    limits(reading_seconds=1, max_file_bytes=100_000_000)
    path = tmp_path / "陇西县2024年3月月报.csv"
    path.write_text("a,b\n" * 12_000_000)
    found = refusal_of(path)
    assert (found.code, "1 秒" in found.message_zh) == ("reading_too_slow", True)
    assert confined.read_workbook(save(tmp_path / NAME)).unit_code == "621122"


def test_a_reader_that_hangs(tmp_path: Path, limits: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    limits(reading_seconds=1)
    monkeypatch.setattr(confined, "PATIENCE", 1)
    path = tmp_path / NAME
    os.mkfifo(path)
    assert refusal_of(path).code == "reading_too_slow"
    assert confined.read_workbook(save(tmp_path / "other.xlsx", table())).unit_code == "621122"


def test_too_much_memory(tmp_path: Path, limits: Callable[..., None]) -> None:
    limits(reading_memory_bytes=500_000_000)
    path = save(tmp_path / NAME)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/sharedStrings.xml", "w") as part:
        for _ in range(450):
            part.write(bytes(1_000_000))
    found = refusal_of(path)
    assert (found.code, "500000000" in found.message_zh) == ("reading_too_large", True)
    path.unlink()
    assert confined.read_workbook(save(path)).unit_code == "621122"


def killed_while_reading(path: Path, *, times: int, replaced_by: Path | None = None) -> threading.Thread:
    """Kill the reader so many times, each time when it waits for the pipe at the path; then put another file there."""
    os.mkfifo(path)

    def kill() -> None:
        for number in range(1, times + 1):
            # Opens as soon as the reader opens the other end.
            with path.open("wb"):
                if replaced_by is not None and number == times:
                    replaced_by.replace(path)
                os.kill(process_id(), signal.SIGKILL)
                while confined._current is not None and confined._current.process.poll() is None:
                    time.sleep(0.01)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_a_reader_that_dies_twice(tmp_path: Path) -> None:
    path = tmp_path / NAME
    thread = killed_while_reading(path, times=2)
    found = refusal_of(path)
    thread.join()
    assert (found.code, "SIGKILL" in found.message_zh) == ("reader_died", True)


def test_a_reader_that_is_killed_once_reads_the_file_again(tmp_path: Path) -> None:
    path = tmp_path / NAME
    thread = killed_while_reading(path, times=1, replaced_by=save(tmp_path / "whole.xlsx"))
    assert confined.read_workbook(path).unit_code == "621122"
    thread.join()


def test_a_fault_of_the_reader_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(confined.ReaderFailedError) as caught:
        confined.read_workbook(tmp_path / "gone.xlsx")
    assert caught.value.kind == "FileNotFoundError"
    assert "open_package" in caught.value.details


def test_no_process_is_no_file_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(confined.WorkerStartError):
        confined.read_workbook(save(tmp_path / NAME))


def test_the_process_has_no_secret_and_no_open_file_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql://clerk:s3cret@127.0.0.1:1/warehouse")
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", "s3cret")
    settings.cache_clear()
    with (tmp_path / "open").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        confined.read_workbook(save(tmp_path / NAME))
        process = Path("/proc", str(process_id()))
        assert b"s3cret" not in (process / "environ").read_bytes()
        assert b"TAIZHANG_DATABASE_URL" not in (process / "environ").read_bytes()
        assert str(tmp_path / "open") not in [os.readlink(entry) for entry in (process / "fd").iterdir()]


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open(TARGET, 'w')",
        "import os; os.open(TARGET, os.O_CREAT)",
    ],
)
def test_the_process_calls_nobody_and_writes_nothing(tmp_path: Path, attempt: str) -> None:
    target = tmp_path / "written"
    code = (
        "from taizhang.reading import confined_worker as worker; worker._confine(2_000_000_000)\n"
        f"TARGET = {str(target)!r}\n"
        f"try:\n    {attempt}\nexcept (PermissionError, OSError) as error:\n    print(type(error).__name__, error)"
    )
    environment = {"PYTHONPATH": str(PROJECT_ROOT / "plugins"), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "a reader may not do this" in done.stdout
    assert not target.exists()


def _read_in_child(path: str, answers: Any) -> None:
    answers.send(confined.read_workbook(Path(path)).unit_code)


def test_a_daemonic_process_may_start_it_as_celery_s_do(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    confined.read_workbook(path)
    own = process_id()
    receiver, sender = multiprocessing.Pipe(duplex=False)
    # Forked while the parent has a reader, which the child must leave alone.
    child = multiprocessing.get_context("fork").Process(target=_read_in_child, args=(str(path), sender), daemon=True)
    child.start()
    assert receiver.poll(60)
    assert receiver.recv() == "621122"
    child.join()
    confined.read_workbook(path)
    assert process_id() == own


def test_the_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    path = save(tmp_path / NAME)
    code = (
        "import os, sys; from pathlib import Path; from taizhang.reading import confined\n"
        f"confined.read_workbook(Path({str(path)!r})); print(confined._current.process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    environment = os.environ | {"PYTHONPATH": str(PROJECT_ROOT / "plugins")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    reader = Path("/proc", done.stdout.strip(), "stat")
    deadline = time.monotonic() + 20
    while reader.exists() and reader.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert done.returncode == -signal.SIGKILL
