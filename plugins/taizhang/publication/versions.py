"""Which code a publication was made with."""

import shutil
import subprocess

from taizhang import __version__
from taizhang.settings import PROJECT_ROOT


def code_version() -> str:
    """Return the package's version, with the git commit where the project is a readable git checkout."""
    git = shutil.which("git")
    if git is None or not (PROJECT_ROOT / ".git").exists():
        return __version__
    found = subprocess.run(
        [git, "-C", str(PROJECT_ROOT), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
    )
    commit = found.stdout.strip()
    return f"{__version__}+{commit}" if found.returncode == 0 and commit else __version__
