"""What the container files and the example settings say agrees with the program."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from taizhang.server import airflow_config
from taizhang.server.components import COMPONENTS
from taizhang.settings import PROJECT_ROOT, Settings, settings


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, read."""
    content: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


def test_containers_run_the_same_components(compose: dict[str, Any]) -> None:
    commands = {name: service["command"] for name, service in compose["services"].items() if "command" in service}
    del commands["migrate"]
    assert commands == {component.name: ["airflow", *component.arguments] for component in COMPONENTS}


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    staying = {name: service for name, service in compose["services"].items() if name != "migrate"}
    assert len(staying) == 5
    assert [name for name, service in staying.items() if "healthcheck" not in service] == []


def test_secrets_come_from_the_environment_only(compose: dict[str, Any]) -> None:
    example = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")
    text = (PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required == set(re.findall(r"^(\w+)=$", example, re.MULTILINE))
    assert {"POSTGRES_PASSWORD", "AIRFLOW_FERNET_KEY", "AIRFLOW_JWT_SECRET"} <= required


def test_containers_and_make_up_set_the_same_options(
    compose: dict[str, Any], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", "postgresql://clerk@db.example/warehouse")
    settings.cache_clear()
    local = {name for name in airflow_config.airflow_environment() if name.startswith("AIRFLOW__")}
    contained = {name for name in compose["services"]["scheduler"]["environment"] if name.startswith("AIRFLOW__")}
    assert contained - local == {"AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK"}


def test_example_names_every_setting_with_its_default() -> None:
    example = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")
    named = dict(re.findall(r"^#(TAIZHANG_\w+)=(.*)$", example, re.MULTILINE))
    fields = {f"TAIZHANG_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert named.keys() == fields.keys()
    numbers = {name: str(field.default) for name, field in fields.items() if isinstance(field.default, int)}
    assert {name: named[name] for name in numbers} == numbers
