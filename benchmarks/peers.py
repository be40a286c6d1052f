"""The environment of the tools that are only measured against (soda-core, dlt, polars, fastexcel)."""

from pathlib import Path

from taizhang.errors import TaizhangError
from taizhang.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / ".venv-bench"


class PeersMissingError(TaizhangError):
    """The environment of the peers has not been made."""


def interpreter(folder: Path = FOLDER) -> Path:
    """Return the Python that has the peers; PeersMissingError when there is none."""
    python = folder / "bin" / "python"
    # The mark is written when everything is installed.
    if not (folder / ".made-from").exists() or not python.exists():
        raise PeersMissingError(f"{folder.name} with the tools to compare with is not there: `make bench` makes it")
    return python
