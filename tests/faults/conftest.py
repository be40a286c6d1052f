"""The scene of the fault suite, one case of it per test, and what the full run keeps of what it did."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import shared_server
from tests.faults.account import Account
from tests.faults.scene import Case, Scene, open_case, open_scene

OpenCase = Callable[[], AbstractContextManager[Case]]


@pytest.fixture(scope="session")
def is_full(request: pytest.FixtureRequest) -> bool:
    """Whether everything is tried, or of each kind of mishap only one."""
    return bool(request.config.getoption("--all-faults"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The short form leaves out what is marked `in_full`."""
    if item.get_closest_marker("in_full") and not item.config.getoption("--all-faults"):
        pytest.skip("make faults")


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest, is_full: bool) -> int:
    """What all chance follows from; the short form always does the same unless it is told another."""
    given = request.config.getoption("--fault-seed")
    return int(given) if given is not None else random.randrange(10**6) if is_full else 0


@pytest.fixture
def chance(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """Chance of this test's own; `--fault-seed` repeats it."""
    print(f"--fault-seed {seed}")
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture(scope="session")
def account(request: pytest.FixtureRequest, is_full: bool, seed: int) -> Iterator[Account]:
    """What was tried and seen; a full run keeps it where TAIZHANG_FAULTS_JOURNAL says."""
    journal = os.environ.get("TAIZHANG_FAULTS_JOURNAL")
    kept = Account(Path(journal) if is_full and journal else None, seed)
    yield kept
    kept.failed(request.session.testsfailed)


@pytest.fixture(scope="session")
def scene() -> Scene:
    """Where every case begins."""
    return open_scene(shared_server("embedded"))


@pytest.fixture
def cases(scene: Scene, tmp_path: Path) -> OpenCase:
    """Opens cases, each with a warehouse and a home of its own."""
    numbers = count(1)
    return lambda: open_case(shared_server("embedded"), scene, tmp_path / f"home{next(numbers)}")


@pytest.fixture
def case(cases: OpenCase) -> Iterator[Case]:
    """One case."""
    with ExitStack() as stack:
        yield stack.enter_context(cases())
