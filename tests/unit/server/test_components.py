"""Pid files of Airflow's components: what is ours is ended, down to the last child, and nothing else."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from taizhang.server import components, processes
from taizhang.server.components import Component

# A parent that starts a child which ignores SIGTERM, as idle workers of the LocalExecutor do.
FAMILY = """
import signal, subprocess, sys, time
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
process.stdout.readline()
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def family(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Component]:
    """A component that runs FAMILY instead of Airflow."""
    component = Component("family", ("none",))
    monkeypatch.setattr(components, "COMPONENTS", (component,))
    component.pid_file.parent.mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, start_new_session=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        component._remember(parent.pid)
        yield component
        for process in processes.in_session(parent.pid):
            processes.send(process, signal.SIGKILL)


def test_all_members_are_ended(family: Component) -> None:
    assert len(family.members()) == 2
    assert components.end_all() == 2
    assert family.members() == []
    assert not family.pid_file.exists()


def test_children_are_found_after_their_parent_was_killed(family: Component) -> None:
    leader = family.leader()
    assert leader is not None
    processes.send(leader, signal.SIGKILL)
    assert processes.wait_until(lambda: family.leader() is None, 10)
    assert len(family.members()) == 1
    assert components.end_all() == 1
    assert family.members() == []


def test_a_restart_ends_what_a_killed_process_left_behind(family: Component) -> None:
    leader = family.leader()
    assert leader is not None
    processes.send(leader, signal.SIGKILL)
    assert processes.wait_until(lambda: family.leader() is None, 10)
    (orphan,) = family.members()
    family.start({"PATH": ""})
    try:
        assert processes.wait_until(lambda: not processes.is_alive(orphan), 10)
    finally:
        components.end_all()


@pytest.mark.parametrize("field", ["start_ticks", "boot_id"])
def test_a_pid_file_of_another_process_ends_nothing(family: Component, field: str) -> None:
    content = json.loads(family.pid_file.read_text())
    pid = content["pid"]
    content[field] = {"start_ticks": content["start_ticks"] + 1, "boot_id": "another"}[field]
    family.pid_file.write_text(json.dumps(content))
    assert family.leader() is None
    assert components.end_all() == 0
    assert len(processes.in_session(pid)) == 2


def test_nothing_to_end_is_no_error(home: Path) -> None:
    assert components.end_all() == 0
