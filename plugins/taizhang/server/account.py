"""The account that PostgreSQL runs under: it refuses to run as root, so root lends it another one.

No permission of a folder above the data is touched. Where such a folder is closed to the account (a clone in a private
folder of root), the server gets the one capability of passing through closed folders instead.
"""

import contextlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from taizhang.errors import TaizhangError

_NAME = "taizhang"
# What the server may need to pass closed folders, the weakest first; a container may withhold some of them.
_CAPABILITIES = ("", "dac_read_search", "dac_override")


class AccountError(TaizhangError):
    """There is no account that the server can run under; the message says why."""


@dataclass(frozen=True)
class Account:
    """Who runs the server: user and group id, and the words to put before a command to run it so."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def own(self, folder: Path) -> None:
        """Give the folder and all in it to the account; only root can and needs to."""
        if os.geteuid() != 0:
            return
        for path in (folder, *folder.rglob("*")):
            if path.lstat().st_uid != self.uid:
                os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account(folder: Path, needed: tuple[Path, ...]) -> Account:
    """Return the account for a server with its data below `folder` that must reach `needed` too.

    An ordinary user is its own account. Root takes the folder's owner, or the system user `taizhang`, which it creates
    when missing. Raises AccountError when data belong to somebody else or no account can be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    owner = folder.stat().st_uid
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise AccountError(f"{folder} belongs to user id {owner}; run as that user, or as root")
        return Account(os.geteuid(), os.getegid())
    entry = _system_user() if owner == 0 else pwd.getpwuid(owner)
    Account(entry.pw_uid, entry.pw_gid).own(folder)
    for capability in _CAPABILITIES:
        account = Account(entry.pw_uid, entry.pw_gid, _prefix(entry, capability))
        if _reaches(account, (folder, *needed)):
            return account
    raise AccountError(f"user {entry.pw_name} cannot reach {folder}: a folder above it is closed to other users")


def _system_user() -> pwd.struct_passwd:
    """The system user for the server, created if missing; another process may create it at the same moment."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(_NAME)
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME]
    environment = {"PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    try:
        return pwd.getpwnam(_NAME)
    except KeyError as missing:
        reason = done.stderr.strip()
        raise AccountError(f"cannot create the system user {_NAME} for PostgreSQL: {reason}") from missing


def _prefix(entry: pwd.struct_passwd, capability: str) -> tuple[str, ...]:
    words = ("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    if capability:
        capabilities = f"-all,+{capability}"
        # Without this bit access(2) would forget the capability for whoever is not root.
        keep = "--securebits=+no_setuid_fixup"
        return (*words, keep, f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}")
    return words


def _reaches(account: Account, paths: tuple[Path, ...]) -> bool:
    """Tell whether the account can reach all the paths as it is."""
    tests = [["test", "-x", str(path)] for path in paths]
    return all(
        subprocess.run([*account.prefix, *test], cwd="/", check=False, capture_output=True).returncode == 0
        for test in tests
    )
