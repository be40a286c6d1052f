"""The gate's predicates in other tools: Great Expectations as it comes, soda-core, dbt tests; each a process."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL

from taizhang.quality.catalogue import GX_EXPECTATIONS, Catalogue, by_table

HERE = Path(__file__).parent
DBT_SCHEMA = "dbt_peer"
DBT_FOLDERS = {"test-paths": ["tests"], "target-path": "target", "log-path": "logs"}
DBT_PROFILE = """
peer:
  target: bench
  outputs:
    bench:
      type: postgres
      host: "{{ env_var('PEER_HOST') }}"
      port: "{{ env_var('PEER_PORT') | as_number }}"
      user: "{{ env_var('PEER_USER') }}"
      password: "{{ env_var('PEER_PASSWORD') }}"
      dbname: "{{ env_var('PEER_DBNAME') }}"
      schema: dbt_peer
      threads: 2
"""


class Waiting:
    """A tool in a process of its own, which has imported what it needs and waits: its start-up is not measured."""

    def __init__(
        self, program: str, job: dict[str, Any], interpreter: Path | None = None, env: dict[str, str] | None = None
    ) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            [interpreter or Path(sys.executable), HERE / program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | (env or {}),
        )
        self._tell(json.dumps(job, default=str))
        self._answer()

    def __enter__(self) -> Self:
        """The process is ready."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def ask(self) -> dict[str, Any]:
        """Let it judge once; returns `seconds` and `counts`. RuntimeError when it has ended instead."""
        self._tell("again")
        found: dict[str, Any] = json.loads(self._answer())
        return found

    def count(self) -> dict[str, int]:
        """Let it judge once; returns the number of failing rows by check."""
        counts: dict[str, int] = self.ask()["counts"]
        return counts

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"{self._process.args!r}: {self._errors.read()[-2000:]}")
        return line


def _expectations(catalogue: Catalogue, schema: str) -> dict[str, list[dict[str, Any]]]:
    """Great Expectations' own types as they are, every other rule as a query of failing rows; by judged table."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, checks in by_table(catalogue.checks).items():
        for check in checks:
            own: dict[str, Any] = {"type": check.entry.type, "kwargs": check.kwargs}
            if check.entry.type not in GX_EXPECTATIONS:
                test = check.predicate(schema).contradicted.replace("{", "{{").replace("}", "}}")
                query = f"select * from {{batch}} where {test}"
                own = {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query}}
            entry = own | {"meta": {"check_id": check.meta.check_id}}
            tables.setdefault(f"judged_{table}", []).append(entry)
    return tables


def great_expectations(url: URL, catalogue: Catalogue, schemas: Iterable[str]) -> Waiting:
    """Great Expectations with its defaults, result format SUMMARY: one checkpoint for the judged tables of a schema."""
    address = url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    job = {"url": address, "schemas": {schema: _expectations(catalogue, schema) for schema in schemas}}
    return Waiting("gate_gx.py", job)


def plain_gx(url: URL, catalogue: Catalogue) -> dict[str, Any]:
    """What Great Expectations with its defaults takes for the judged tables once: `seconds`, `counts`."""
    with great_expectations(url, catalogue, ["gate"]) as waiting:
        return waiting.ask()


def soda(interpreter: Path, url: URL, catalogue: Catalogue, folder: Path) -> Waiting:
    """soda-core: a contract per judged table, a check on failed rows per rule."""
    source = folder / "source.json"
    connection = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    source.touch(mode=0o600)
    source.write_text(
        json.dumps({"type": "postgres", "name": "bench", "connection": connection | {"database": url.database}}),
        encoding="utf-8",
    )
    contracts = []
    for table, checks in by_table(catalogue.checks).items():
        rules = [
            {
                "failed_rows": {
                    "name": check.meta.check_id,
                    "qualifier": check.meta.check_id.replace(".", "_"),
                    "expression": check.predicate("gate").contradicted,
                }
            }
            for check in checks
        ]
        path = folder / f"{table}.json"
        contract = {"dataset": f"bench/{url.database}/gate/judged_{table}", "columns": [], "checks": rules}
        path.write_text(json.dumps(contract), encoding="utf-8")
        contracts.append(str(path))
    return Waiting("gate_soda.py", {"source": str(source), "contracts": contracts}, interpreter)


def dbt_tests(url: URL, catalogue: Catalogue, folder: Path) -> Waiting:
    """A dbt project with a singular test per check, which keeps the failing rows in a table; two threads."""
    (folder / "tests").mkdir(parents=True)
    project = {"name": "peer", "version": "1.0", "config-version": 2, "profile": "peer"} | DBT_FOLDERS
    (folder / "dbt_project.yml").write_text(json.dumps(project), encoding="utf-8")
    (folder / "profiles.yml").write_text(DBT_PROFILE, encoding="utf-8")
    names: dict[str, str] = {}
    for number, check in enumerate(catalogue.checks):
        names[name := f"check_{number}"] = check.meta.check_id
        query = f"select * from gate.{check.table.table} where {check.predicate('gate').contradicted}"
        test = "{{ config(severity='warn') }}\n{% raw %}" + query + "{% endraw %}\n"
        (folder / "tests" / f"{name}.sql").write_text(test, encoding="utf-8")
    env = {
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PEER_HOST": url.host or "",
        "PEER_PORT": str(url.port or 5432),
        "PEER_USER": url.username or "",
        "PEER_PASSWORD": url.password or "",
        "PEER_DBNAME": url.database or "",
    }
    return Waiting("gate_dbt.py", {"project": str(folder), "checks": names}, env=env)
