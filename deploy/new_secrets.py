"""`python3 deploy/new_secrets.py [FOLDER]`: the secrets that docker-compose.yml mounts, generated once.

Needs nothing but Python. The folder is for its owner only; the files in it are readable, for in a container they are
read by users whom this machine does not know. A folder that is there already is left as it is.
"""

import base64
import json
import secrets
import sys
from pathlib import Path

FOLDER = Path("secrets")
WEB_USER = "admin"


def generate() -> dict[str, str]:
    """Return a new secret for each name; the passwords stand in the addresses too, so they have no special letters."""
    warehouse, airflow, redis, web = (secrets.token_hex(24) for _ in range(4))
    return {
        "postgres_password": warehouse,
        "airflow_postgres_password": airflow,
        "redis_password": redis,
        "taizhang_database_url": f"postgresql://taizhang:{warehouse}@db:5432/taizhang",
        "taizhang_airflow_database_url": f"postgresql://airflow:{airflow}@db:5432/airflow",
        "taizhang_broker_url": f"redis://:{redis}@redis:6379/0",
        "airflow_fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "airflow_api_secret": secrets.token_hex(32),
        "airflow_jwt_secret": secrets.token_hex(64),
        "airflow_passwords": json.dumps({WEB_USER: web}),
    }


def write(folder: Path) -> None:
    """Write all of them into a new folder; FileExistsError when it is there."""
    folder.mkdir(mode=0o700)
    for name, value in generate().items():
        (folder / name).write_text(value, encoding="ascii")
        (folder / name).chmod(0o444)


def main() -> int:
    """Write them and say where the password of the web UI is; 1 when the folder is there already."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    try:
        write(folder)
    except FileExistsError:
        print(f"{folder} is there already: nothing is changed", file=sys.stderr)
        return 1
    print(f"Secrets for docker compose: {folder}. Web UI: user {WEB_USER}, password in {folder / 'airflow_passwords'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
