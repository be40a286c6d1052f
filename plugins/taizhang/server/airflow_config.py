"""Airflow's configuration: everything through environment variables, secrets generated once below the home."""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, make_url

from taizhang.server import embedded, secret_files
from taizhang.server.transport import for_asyncpg, tls_files
from taizhang.server.web_users import ADMIN_USER, WebUsers
from taizhang.settings import PROJECT_ROOT, settings

_DATABASE = "airflow"
# Where Airflow sends its own metrics is for whoever runs it to say.
METRICS = "AIRFLOW__METRICS__"
# Credentials of outside sources may stand in the environment.
CONNECTIONS = "AIRFLOW_CONN_"


def airflow_home() -> Path:
    """Return Airflow's own folder: logs, secrets, pid files."""
    return settings().home.resolve() / "airflow"


def logs_dir() -> Path:
    """Return the folder with the logs of Airflow's processes and tasks."""
    return airflow_home() / "logs"


def web_users() -> WebUsers:
    """Return who may log in to the web pages."""
    return WebUsers(airflow_home())


def passwords_file() -> Path:
    """Return the file that holds the passwords of the web pages, readable by its owner only."""
    return web_users().passwords_file


def admin_password() -> str:
    """Return the password of the web UI's user `admin`, generated when asked for the first time."""
    return web_users().password(ADMIN_USER)


def metadata_url() -> URL:
    """Return the URL of Airflow's metadata database, without a driver; starts the embedded server when it is used."""
    configured = settings().airflow_database_url
    if configured is not None:
        return make_url(configured.get_secret_value()).set(drivername="postgresql")
    return server_url().set(database=_DATABASE)


def server_url() -> URL:
    """Return the URL of the warehouse's server, without a driver; starts the embedded server when it is used."""
    configured = settings().database_url
    url = configured.get_secret_value() if configured is not None else embedded.ensure_running()
    return make_url(url).set(drivername="postgresql")


def web_port() -> int:
    """Return the port of the web UI: the configured one, or the last one, or, at the first time, a free one."""
    if settings().web_port:
        return settings().web_port
    remembered = airflow_home() / "port"
    if not remembered.exists():
        remember_web_port(embedded.free_port())
    return int(remembered.read_text())


def remember_web_port(port: int) -> None:
    """Keep the port, so that bookmarks stay true after a restart."""
    airflow_home().mkdir(parents=True, exist_ok=True)
    (airflow_home() / "port").write_text(f"{port}\n")


def web_url() -> str:
    """Return the address of the web UI."""
    return f"http://127.0.0.1:{web_port()}"


def airflow_environment() -> dict[str, str]:
    """Return the whole environment of Airflow's processes and of the `airflow` command line.

    Starts the embedded server when it is used, because its port is part of the database's URL.
    """
    admin_password()
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name.startswith((METRICS, CONNECTIONS)) or not name.startswith("AIRFLOW")
    }
    return (
        {f"{METRICS}STATSD_ON": "False", f"{METRICS}OTEL_ON": "False"}
        | inherited
        | _program_settings()
        | {f"AIRFLOW__{name}": value for name, value in _options().items()}
    )


def _program_settings() -> dict[str, str]:
    """Variables of the programs around Airflow; the loopback address is never reached through a proxy."""
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1,localhost"]))
    return {
        "AIRFLOW_HOME": str(airflow_home()),
        "TAIZHANG_HOME": str(settings().home.resolve()),
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
        **tls_files(metadata_url()),
    }


def _options() -> dict[str, str]:
    """Airflow's options by `SECTION__NAME`."""
    keys = _kept(airflow_home() / "secrets.json", _new_secrets)
    url = metadata_url()
    return {
        "CORE__EXECUTOR": settings().executor,
        "CORE__PARALLELISM": str(settings().parallelism),
        "CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "CORE__FERNET_KEY": keys["fernet_key"],
        "CORE__EXECUTION_API_SERVER_URL": f"{web_url()}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in web_users().roles().items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords_file()),
        "DATABASE__SQL_ALCHEMY_CONN": _with_driver(url, "psycopg2"),
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": for_asyncpg(url).render_as_string(hide_password=False),
        "API__HOST": "127.0.0.1",
        "API__PORT": str(web_port()),
        "API__BASE_URL": web_url(),
        "API__WORKERS": "1",
        "API__SECRET_KEY": keys["api_secret"],
        "API__INSTANCE_NAME": "台账",
        "API_AUTH__JWT_SECRET": keys["jwt_secret"],
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "LOGGING__BASE_LOG_FOLDER": str(logs_dir()),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(logs_dir() / "dag_processor"),
        "LOGGING__COLORED_CONSOLE_LOG": "False",
        "TRACES__OTEL_ON": "False",
        "SCHEDULER__CATCHUP_BY_DEFAULT": "False",
        # A supervisor that misses the end of its task keeps the slot for so many seconds; 5 if nobody says so.
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        **_lineage_options(),
        **_celery_options(url),
    }


def _lineage_options() -> dict[str, str]:
    """Options of Airflow's OpenLineage provider: runs of DAGs and tasks are told to where the program tells its own."""
    transport = settings().lineage_transport
    if transport is None:
        return {"OPENLINEAGE__DISABLED": "True"}
    return {"OPENLINEAGE__TRANSPORT": transport.get_secret_value(), "OPENLINEAGE__NAMESPACE": "taizhang"}


def _celery_options(url: URL) -> dict[str, str]:
    """Options of the CeleryExecutor: its workers bound how much runs at once, the scheduler does not."""
    broker = settings().broker_url
    if settings().executor != "CeleryExecutor" or broker is None:
        return {}
    return {
        "CORE__PARALLELISM": "64",
        "CELERY__BROKER_URL": broker.get_secret_value(),
        "CELERY__RESULT_BACKEND": f"db+{_with_driver(url, 'psycopg2')}",
        "CELERY__WORKER_CONCURRENCY": str(settings().parallelism),
        "CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
    }


def _with_driver(url: URL, driver: str) -> str:
    return url.set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)


def _new_secrets() -> dict[str, str]:
    return {
        "fernet_key": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "jwt_secret": secrets.token_urlsafe(64),
        "api_secret": secrets.token_urlsafe(32),
    }


def _kept(path: Path, generate: Callable[[], dict[str, str]]) -> dict[str, str]:
    content: dict[str, str] = json.loads(secret_files.kept(path, lambda: json.dumps(generate(), indent=2)))
    return content
