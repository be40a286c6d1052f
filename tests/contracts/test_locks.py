"""Every lock pins exact versions with hashes, and the environment has nothing else."""

import pytest

from taizhang.settings import PROJECT_ROOT
from tools import check_lock

LOCKS = [
    "requirements.lock",
    "bi/superset/requirements.lock",
    "benchmarks/requirements.lock",
    "deploy/requirements.lock",
    "tools/audit/requirements.lock",
]
HASH = "--hash=sha256:" + "0" * 64


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_exact_and_hashed(lock: str) -> None:
    assert check_lock.problems((PROJECT_ROOT / lock).read_text(encoding="utf-8")) == []


def test_no_lock_is_forgotten() -> None:
    folders = [path for path in PROJECT_ROOT.iterdir() if path.is_dir() and path.name[0] != "." and path.name != "var"]
    found = [*PROJECT_ROOT.glob("*.lock"), *(lock for folder in folders for lock in folder.rglob("requirements.lock"))]
    assert {str(path.relative_to(PROJECT_ROOT)) for path in found} == set(LOCKS)


def test_the_environment_is_the_lock_s() -> None:
    assert check_lock.strangers((PROJECT_ROOT / "requirements.lock").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (f"a>=1 {HASH}", "no exact version"),
        (f"a @ https://example.org/a.whl {HASH}", "no exact version"),
        ("a==1", "without a hash"),
        ("a==1 --hash=md5:00", "without a hash"),
        (f"a==1 \\\n    {HASH}", ""),
        (f"a[x]==1.2 ; python_version < '3.12' {HASH}", ""),
    ],
)
def test_what_is_wrong_is_named(entry: str, wrong: str) -> None:
    assert [problem.rpartition(": ")[2] for problem in check_lock.problems(entry)] == ([wrong] if wrong else [])


def test_an_empty_lock_is_an_error() -> None:
    with pytest.raises(ValueError, match="names nothing"):
        check_lock.problems("# nothing")


def test_what_cannot_be_audited_is_no_success() -> None:
    """Without `--strict` pip-audit skips packages that it has no data of, and finds no weakness in them."""
    (command,) = (line for line in (PROJECT_ROOT / "Makefile").read_text().splitlines() if "/pip-audit " in line)
    assert "--strict" in command.split()
