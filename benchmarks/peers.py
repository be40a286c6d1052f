"""The environment of the tools that are only measured against (soda-core, dlt, polars, fastexcel)."""

from pathlib import Path

from taizhang.errors import TaizhangError
from taizhang.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / ".venv-bench"


class PeersMissingError(TaizhangError):
    """The environment of the peers has not been made."""


def interpreter(folder: Path | None = None) -> Path:
    """Return the Python that has the peers; PeersMissingError when there is none."""
    folder = folder or FOLDER
    python = folder / "bin" / "python"
    # The mark is written when everything is installed.
    if not (folder / ".made-from").exists() or not python.exists():
        raise PeersMissingError(f"{folder.name} with the tools to compare with is not there: `make bench` makes it")
    return python


def interpreter_or_note(notes: list[str], tools: str) -> Path | None:
    """Return the Python that has the peers, or say in the notes of a section that these tools were not measured."""
    try:
        return interpreter()
    except PeersMissingError as error:
        notes.append(f"Not measured: {tools}. {error}")
        return None
