"""Who may log in to Airflow's pages, in which role; their passwords are generated here and shown once."""

import json
import re
import secrets
from pathlib import Path

from taizhang.errors import TaizhangError
from taizhang.server import secret_files

ADMIN_USER = "admin"
ROLES = ("viewer", "user", "op", "admin")
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,63}")


class WebUserError(TaizhangError):
    """A user cannot be added or taken away."""


class WebUsers:
    """The users in Airflow's folder: `users.json` has the roles by name, `passwords.json` the passwords (mode 0600)."""

    def __init__(self, folder: Path) -> None:
        self.roles_file = folder / "users.json"
        self.passwords_file = folder / "passwords.json"

    def roles(self) -> dict[str, str]:
        """Return the roles by name; `admin` is always among them."""
        added: dict[str, str] = json.loads(self.roles_file.read_text()) if self.roles_file.exists() else {}
        return {ADMIN_USER: "admin", **added}

    def password(self, name: str = ADMIN_USER) -> str:
        """Return a user's password; the first one, of `admin`, is generated when asked for."""
        first = secret_files.kept(self.passwords_file, lambda: _written({ADMIN_USER: secrets.token_urlsafe(12)}))
        passwords: dict[str, str] = json.loads(first)
        return passwords[name]

    def add(self, name: str, role: str) -> str:
        """Add a user and return the generated password; one that is there gets another role and password.

        WebUserError for a name that Airflow could not write down, a role that it does not know, or `admin`.
        """
        if not _NAME.fullmatch(name) or name == ADMIN_USER or role not in ROLES:
            raise WebUserError(
                f"{name} cannot be {role}: small letters and digits, not admin; one of {', '.join(ROLES)}"
            )
        password = secrets.token_urlsafe(12)
        self._keep(self.roles() | {name: role}, self._passwords() | {name: password})
        return password

    def remove(self, name: str) -> None:
        """Take a user away; WebUserError when there is none, or it is `admin`."""
        roles, passwords = self.roles(), self._passwords()
        if name == ADMIN_USER or name not in roles:
            raise WebUserError(f"there is no user {name} that could be removed")
        del roles[name]
        passwords.pop(name, None)
        self._keep(roles, passwords)

    def _passwords(self) -> dict[str, str]:
        self.password()
        passwords: dict[str, str] = json.loads(self.passwords_file.read_text())
        return passwords

    def _keep(self, roles: dict[str, str], passwords: dict[str, str]) -> None:
        # A user without a password would be given one by Airflow, which prints it into a log.
        secret_files.replace(self.passwords_file, _written(passwords))
        secret_files.replace(
            self.roles_file, _written({name: role for name, role in roles.items() if name != ADMIN_USER})
        )


def _written(content: dict[str, str]) -> str:
    return json.dumps(content, indent=2)
