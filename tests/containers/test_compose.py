"""The containers are built and run, take a month in and publish it, with few rights and nothing open to others."""

import json
import socket
from collections.abc import Iterator

import httpx
import psutil
import pytest

from demo import generate
from demo.night import INGEST, PUBLISH
from taizhang.server.airflow_client import AirflowClient
from taizhang.server.airflow_config import ADMIN_USER
from tests.containers import stack
from tests.containers.stack import PROJECT, Stack, podman

MISSING = stack.missing()
pytestmark = pytest.mark.skipif(MISSING is not None, reason=f"the containers cannot be run here: {MISSING}")

SECONDS = 180
UNITS = "621122", "621123", "621124"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All containers, healthy; taken down at the end."""
    one = Stack(tmp_path_factory.mktemp("compose"))
    one.build()
    try:
        one.up()
        yield one
    finally:
        one.down()


@pytest.fixture(scope="module")
def client(running: Stack) -> Iterator[AirflowClient]:
    """Airflow through its published port, with the password from the secrets."""
    url = f"http://127.0.0.1:{running.web_port}"
    credentials = {"username": ADMIN_USER, "password": json.loads(running.secret("airflow_passwords"))[ADMIN_USER]}
    answer = httpx.post(f"{url}/auth/token", json=credentials, timeout=SECONDS, trust_env=False).raise_for_status()
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    with httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=SECONDS, trust_env=False) as http:
        yield AirflowClient(http)


@pytest.fixture(scope="module")
def published(running: Stack, client: AirflowClient, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A month of a few units, submitted to a worker's container and taken all the way; the units."""
    files = [file for file in generate(tmp_path_factory.mktemp("books"), 1) if file.unit_code in UNITS]
    month = min(file.month for file in files if file.month)
    mine = [file.path for file in files if file.month == month]
    assert len(mine) == len(UNITS)
    for path in mine:
        podman("cp", str(path), f"{running.container('worker-1')}:/opt/taizhang/var/inbox/{path.name}")
    for dag_id in (INGEST, PUBLISH):
        client.unpause(dag_id, seconds=180)
    ingest = client.wait(client.trigger(INGEST))
    assert ingest.state == "success", ingest.summary()
    publish = client.wait(client.run_caused_by(ingest, PUBLISH))
    assert publish.state == "success", publish.summary()
    return list(UNITS)


def test_a_month_is_published_and_read_from_another_container(running: Stack, published: list[str]) -> None:
    found = _asked(
        running, "select unit_code, project_count from marts.agg_unit_month where list_code = 'all' order by 1"
    )
    rows = [line.split("|") for line in found.splitlines()]
    assert [code for code, _ in rows] == published
    assert all(int(count) > 0 for _, count in rows)
    assert _asked(running, "select state from ops.publication") == "published"
    # Each worker did something, and what one wrote the other sees.
    workers = _asked(running, "select distinct hostname from task_instance where task_id = 'ingest_chunk'", "airflow")
    assert workers
    assert running.run_in("worker-2", "sh", "-c", "ls var/landing | wc -l").strip() != "0"


def _asked(running: Stack, query: str, database: str = "taizhang") -> str:
    """Ask the database from a container of its own, over the network of the others."""
    login = "taizhang" if database == "taizhang" else "airflow"
    password = running.secret("postgres_password" if login == "taizhang" else "airflow_postgres_password")
    (network,) = running.inspected("db")["NetworkSettings"]["Networks"]
    command = ["--host", "db", "--username", login, "--dbname", database, "--no-align", "--tuples-only"]
    return podman(
        *("run", "--rm", "--network", network, "--env", f"PGPASSWORD={password}", "--entrypoint", "psql"),
        *("postgres:15-bookworm", *command, "--command", query),
    ).strip()


def test_airflow_sees_nothing_of_the_warehouse(running: Stack) -> None:
    password = running.secret("airflow_postgres_password")
    (network,) = running.inspected("db")["NetworkSettings"]["Networks"]
    with pytest.raises(AssertionError, match="permission denied"):
        podman(
            *("run", "--rm", "--network", network, "--env", f"PGPASSWORD={password}", "--entrypoint", "psql"),
            *("postgres:15-bookworm", "--host", "db", "--username", "airflow", "--dbname", "taizhang"),
            *("--command", "select * from ops.submission"),
        )


def test_nothing_runs_as_root_and_no_file_system_can_be_written(running: Stack) -> None:
    for service in running.staying():
        assert "0" not in running.users(service), service
        with pytest.raises(AssertionError, match="Read-only file system"):
            running.run_in(service, "sh", "-c", "echo changed >/etc/motd || echo changed >/opt/changed")
        assert running.inspected(service)["HostConfig"]["ReadonlyRootfs"] is True


def test_nothing_listens_beyond_the_published_port_of_the_loopback_address(running: Stack) -> None:
    published = {
        (service, f"{entry['HostIp']}:{entry['HostPort']}")
        for service in running.staying()
        for entries in (running.inspected(service)["NetworkSettings"]["Ports"] or {}).values()
        for entry in entries or []
    }
    assert published == {("api-server", f"127.0.0.1:{running.web_port}")}
    outside = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family is socket.AF_INET and not address.address.startswith("127.")
    ]
    for host in outside:
        with socket.socket() as probe:
            probe.settimeout(2)
            assert probe.connect_ex((host, running.web_port)) != 0, host
    # Inside, each listens for the others on what they need it for; the scheduler's is its health check.
    assert {service: running.listening(service) for service in running.staying()} == {
        "db": {5432},
        "redis": {6379},
        "api-server": {8080},
        "scheduler": {8974},
        **{service: set() for service in ("dag-processor", "triggerer", "worker-1", "worker-2")},
    }


def test_no_secret_stands_in_the_environment_or_in_the_image(running: Stack) -> None:
    secrets = {path.name: path.read_text() for path in running.secrets.iterdir()}
    for service in running.staying():
        shown = str(running.inspected(service))
        assert [name for name, value in secrets.items() if value in shown] == [], service
    history = podman("history", "--no-trunc", stack.IMAGE)
    assert [name for name, value in secrets.items() if value in history] == []
    assert PROJECT not in history
