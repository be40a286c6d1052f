"""Processes are known by id and start time, and nobody else's process is ever ended."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from taizhang.server import processes
from taizhang.server.processes import Process

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own."""
    with subprocess.Popen(SLEEP, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"up\n"
        yield child
        child.kill()


def test_a_living_process_is_found_with_its_start_time(sleeper: subprocess.Popen[bytes]) -> None:
    found = processes.find(sleeper.pid)
    assert found is not None
    assert found.pid == sleeper.pid
    assert processes.is_alive(found)


def test_a_process_that_nobody_has_collected_counts_as_gone(sleeper: subprocess.Popen[bytes]) -> None:
    sleeper.send_signal(signal.SIGKILL)
    assert processes.wait_until(lambda: processes.find(sleeper.pid) is None, 10)
    assert sleeper.returncode is None


def test_a_recycled_id_gets_no_signal(sleeper: subprocess.Popen[bytes]) -> None:
    found = processes.find(sleeper.pid)
    assert found is not None
    processes.send(Process(found.pid, found.start_ticks - 1), signal.SIGKILL)
    time.sleep(0.2)
    assert sleeper.poll() is None


def test_the_right_process_gets_its_signal(sleeper: subprocess.Popen[bytes]) -> None:
    found = processes.find(sleeper.pid)
    assert found is not None
    processes.send(found, signal.SIGTERM)
    assert sleeper.wait(10) == -signal.SIGTERM


def test_members_of_a_session_are_found(sleeper: subprocess.Popen[bytes]) -> None:
    assert [process.pid for process in processes.in_session(sleeper.pid)] == [sleeper.pid]


def test_waiting_ends_when_the_time_is_over() -> None:
    assert processes.wait_until(lambda: False, 0.1) is False
    assert processes.wait_until(lambda: True, 0) is True


def test_command_line_shows_the_program(sleeper: subprocess.Popen[bytes]) -> None:
    assert "time.sleep(60)" in processes.command_line(sleeper.pid)
    assert processes.command_line(2**22 + 1) == ""
