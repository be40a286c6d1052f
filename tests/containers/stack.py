"""The containers of docker-compose.yml under a name of their own: built, started, looked at, taken down."""

import json
import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from taizhang.server.embedded import free_port
from taizhang.settings import PROJECT_ROOT

PROJECT = "taizhang-check"
IMAGE = "taizhang:check"
FILE = PROJECT_ROOT / "docker-compose.yml"
BASE_IMAGES = ("python:3.11-slim-bookworm", "postgres:15-bookworm", "redis:7-bookworm")
# A program started in a running container gets limits anew; podman's own may be more than the kernel lets it set.
LIMITS = "--ulimit nofile=16384:16384 --ulimit nproc=16384:16384"
# What must answer before the rest is started: podman does not wait for a service to be healthy.
FIRST = ("db", "redis")


def missing() -> str | None:
    """Why the containers cannot be run here; None when they can."""
    for program in ("podman", "podman-compose"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    for image in BASE_IMAGES:
        if subprocess.run(["podman", "image", "exists", image], check=False).returncode:
            return f"podman has not the image {image}"
    return None


@dataclass
class Stack:
    """All services of the compose file, with secrets and a port of their own."""

    folder: Path
    web_port: int = field(default_factory=free_port)

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """The services that run without a profile, as the compose file describes them."""
        services = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
        return {name: service for name, service in services.items() if "profiles" not in service}

    def secret(self, name: str) -> str:
        return (self.secrets / name).read_text(encoding="ascii")

    def build(self) -> None:
        """Generate the secrets and build the image; what pip needs here comes from the environment."""
        subprocess.run(["python3", PROJECT_ROOT / "deploy/new_secrets.py", self.secrets], check=True)
        self.compose("build", "migrate")

    def up(self) -> None:
        """Start one after the other what docker starts when what it needs is healthy, and wait until all is.

        Without --no-deps podman would start what needs the migration, which has ended, only together with it.
        """
        self._start(*FIRST)
        self._start("migrate", seconds=0)
        self.until(lambda: self.state("migrate")["Status"] == "exited", 300, "the migration has ended")
        assert self.state("migrate")["ExitCode"] == 0, self.log("migrate")
        self._start("api-server")
        self._start(*(name for name in self.staying() if name not in (*FIRST, "api-server")))

    def _start(self, *names: str, seconds: float = 400) -> None:
        self.compose("up", "--detach", "--no-build", "--no-deps", *names)
        for name in names if seconds else ():
            self.until(partial(self.is_healthy, name), seconds, f"{name} is healthy")

    def down(self) -> None:
        """Remove containers, volumes and network."""
        self.compose("down", "--volumes")

    def staying(self) -> list[str]:
        return [name for name, service in self.services.items() if service["restart"] != "no"]

    def compose(self, *arguments: str) -> None:
        """Run podman-compose; its output goes to a log, whose end an AssertionError shows."""
        log = self.folder / "compose.log"
        variables = {
            "SECRETS_DIR": str(self.secrets),
            "WEB_PORT": str(self.web_port),
            "IMAGE_VERSION": IMAGE.partition(":")[2],
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        }
        named = ["--project-name", PROJECT, "--file", FILE, f"--podman-run-args={LIMITS}"]
        command = ["podman-compose", *named, *arguments]
        with log.open("a") as output:
            environment = os.environ | variables
            done = subprocess.run(command, env=environment, cwd=PROJECT_ROOT, stdout=output, stderr=output, check=False)
        assert done.returncode == 0, f"{arguments} failed:\n{_end(log.read_text(errors='replace'))}"

    def container(self, service: str) -> str:
        """Name of the container of a service."""
        wanted = [f"label=io.podman.compose.project={PROJECT}", f"label=com.docker.compose.service={service}"]
        filters = [part for one in wanted for part in ("--filter", one)]
        return podman("ps", "--all", "--format", "{{.Names}}", *filters).strip()

    def inspected(self, service: str) -> dict[str, Any]:
        (found,) = json.loads(podman("inspect", self.container(service)))
        return dict(found)

    def state(self, service: str) -> dict[str, Any]:
        return dict(self.inspected(service)["State"])

    def run_in(self, service: str, *command: str) -> str:
        """Run a command in the container of a service; returns what it printed."""
        return podman("exec", self.container(service), *command)

    def is_healthy(self, service: str) -> bool:
        """Ask the service's own health check, as the compose file says it."""
        kind, *test = self.services[service]["healthcheck"]["test"]
        command = test if kind == "CMD" else ["sh", "-c", test[0].replace("$$", "$")]
        done = subprocess.run(["podman", "exec", self.container(service), *command], capture_output=True, check=False)
        return done.returncode == 0

    def users(self, service: str) -> set[str]:
        """Numbers of the users that the processes of a service run as, in the container."""
        return set(podman("top", self.container(service), "uid").split()[1:])

    def listening(self, service: str) -> set[int]:
        """Ports that a container listens on at more than its loopback address."""
        text = self.run_in(service, "sh", "-c", "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null")
        lines = re.findall(r"^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A ", text, re.MULTILINE)
        return {int(port, 16) for address, port in lines if not address.endswith("0100007F")}

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            stopped = [name for name in self.staying() if self.container(name) and not self.state(name)["Running"]]
            logs = "\n".join(f"--- {name}\n{self.log(name)}" for name in stopped)
            assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}\n{logs}"
            time.sleep(2)

    def log(self, service: str) -> str:
        done = subprocess.run(
            ["podman", "logs", self.container(service)], capture_output=True, text=True, errors="replace", check=False
        )
        return _end(done.stdout + done.stderr)


def podman(*arguments: str) -> str:
    """Run podman; returns what it printed, AssertionError with what it complained about when it fails."""
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, f"podman {shlex.join(arguments)}:\n{_end(done.stdout + done.stderr)}"
    return done.stdout


def _end(text: str, lines: int = 25) -> str:
    return "\n".join(text.splitlines()[-lines:])
