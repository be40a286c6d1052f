"""Secrets that are generated once and kept in a file that only its owner may read."""

import os
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, generate: Callable[[], str]) -> str:
    """Return what the file holds; written with mode 0600 when it does not exist, whoever comes first wins.

    The file appears complete or not at all, so that a process killed meanwhile leaves no half of a secret.
    """
    if not path.exists():
        new = _written_beside(path, generate())
        try:
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return path.read_text()


def replace(path: Path, content: str) -> None:
    """Write the file anew with mode 0600; it is the old one or the new one, never half of one."""
    _written_beside(path, content).replace(path)


def _written_beside(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    return new
