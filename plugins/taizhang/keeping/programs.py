"""PostgreSQL's own programs for backups: which ones fit a server, and running them without showing the password."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from taizhang.errors import TaizhangError
from taizhang.server.embedded import programs_dir
from taizhang.settings import settings
from taizhang.warehouse.connection import DRIVER, address

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


class ProgramError(TaizhangError):
    """A program of PostgreSQL is missing, has the wrong version or failed; the message says which and why."""


def server_major(url: URL) -> int:
    """Return the major version of the server at this URL."""
    server = create_engine(url.set(drivername=DRIVER), poolclass=NullPool)
    with server.connect() as connection:
        return int(connection.scalar(text("show server_version_num"))) // 10_000


def program_major(program: Path) -> int:
    """Return the major version of a program; ProgramError when it does not say one."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = _VERSION.search(done.stdout)
    if found is None:
        raise ProgramError(f"{program} --version says no version of PostgreSQL: {(done.stdout + done.stderr).strip()}")
    return int(found[1])


def program(name: str, least_major: int) -> Path:
    """Return the program to use: the packaged one for the embedded server, else the oldest that is new enough.

    `least_major` is the version of the server, or of the program that wrote a dump. One of the PATH goes before the
    packaged one of the same version. Raises ProgramError when there is none.
    """
    packaged = programs_dir() / name
    if settings().database_url is None:
        return packaged
    on_path = shutil.which(name)
    candidates = [Path(on_path)] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    candidates += [packaged] if packaged.exists() else []
    fitting = [(program_major(one), place, one) for place, one in enumerate(candidates)]
    fitting = [entry for entry in fitting if entry[0] >= least_major]
    if not fitting:
        known = ", ".join(map(str, candidates)) or "none"
        raise ProgramError(
            f"no {name} of PostgreSQL {least_major} or newer (found: {known}); install postgresql-client-{least_major}"
        )
    return min(fitting)[2]


def run(command: Path, url: URL, *arguments: str | Path) -> None:
    """Run a program against the database of the URL; the password goes by the environment, never by the arguments.

    ProgramError shows the end of what the program said.
    """
    home = {"HOME": os.environ["HOME"]} if "HOME" in os.environ else {}  # certificates lie there
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGPASSWORD": url.password or "", **home}
    # `set` would keep the password.
    plain = address(url._replace(password=None))
    line = [str(command), f"--dbname={plain}", "--no-password", *map(str, arguments)]
    done = subprocess.run(
        line, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())[-600:]
        raise ProgramError(f"{command.name} failed with {done.returncode}: {said}")
