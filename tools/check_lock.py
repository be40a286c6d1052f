"""What can be told of a lock without any network: each pin is exact, hashed, and neither an address nor a path.

Ends with 1 and names what is wrong; whether a pinned version has a known weakness only `make audit` tells.
"""

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

_PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[a-z0-9,_-]+\])?==[A-Za-z0-9.!+]+(?:\s*;.*)?")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def problems(lock: str) -> list[str]:
    """Return what is wrong with a lock's text; ValueError for one without any pin."""
    found, pins = [], 0
    for entry in lock.replace("\\\n", " ").splitlines():
        pin, *hashes = re.split(r"\s+(?=--)", entry.split(" #")[0].strip())
        if not pin or pin.startswith("#"):
            continue
        pins += 1
        if not _PIN.fullmatch(pin):
            found.append(f"{pin}: no exact version")
        elif not hashes or not all(_HASH.fullmatch(one) for one in hashes):
            found.append(f"{pin}: without a hash")
    if not pins:
        raise ValueError("the lock names nothing")
    return found


def strangers(lock: str) -> list[str]:
    """Return what is installed here and not in the lock, or in another version."""
    pinned = dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[.*?\])?==([^\s;\\]+)", lock))
    wanted = {_plain(name): version for name, version in pinned.items()}
    here = {_plain(one.metadata["Name"]): one.version for one in distributions()}
    return sorted(
        f"{name} {version}: the lock has {wanted.get(name, 'nothing')}"
        for name, version in here.items()
        if name not in ("taizhang", "pip", "setuptools") and wanted.get(name) != version
    )


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Check the locks of the project and of its tools, and the environment that this runs in."""
    locks = [Path("requirements.lock"), *sorted(Path().glob("*/**/requirements.lock"))]
    locks = [path for path in locks if not any(part.startswith(".") or part == "var" for part in path.parts)]
    wrong = [f"{path}: {problem}" for path in locks for problem in problems(path.read_text(encoding="utf-8"))]
    wrong += strangers(Path("requirements.lock").read_text(encoding="utf-8"))
    print("\n".join(wrong) or f"{len(locks)} locks: every pin is exact and hashed, and nothing else is installed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
