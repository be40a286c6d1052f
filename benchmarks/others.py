"""The same predicates in other tools: Great Expectations as it comes, soda-core; each in a process of its own.

Each program below is run by an interpreter, reads a JSON job from its standard input, and prints one JSON line: seconds
of the import, of the evaluation, and the number of failing rows by check.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from taizhang.quality.catalogue import GX_EXPECTATIONS, Catalogue, by_table

SODA = "soda-postgres==4.28.0"

PLAIN_GX = """
import json, os, sys, time, warnings
os.environ["GX_ANALYTICS_ENABLED"] = "false"
warnings.simplefilter("ignore")
job = json.load(sys.stdin)
begin = time.perf_counter()
import great_expectations as gx
from great_expectations.data_context.types.base import ProgressBarsConfig
imported = time.perf_counter() - begin
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = ProgressBarsConfig(globally=False)
source = context.data_sources.add_postgres("plain", connection_string=job["url"], create_temp_table=False)
definitions = []
for table, entries in job["tables"].items():
    batch = source.add_table_asset(table, table_name=table, schema_name="gate").add_batch_definition_whole_table(table)
    suite = context.suites.add(gx.ExpectationSuite(name=table, expectations=entries))
    definition = gx.ValidationDefinition(name=table, data=batch, suite=suite)
    definitions.append(context.validation_definitions.add(definition))
checkpoint = context.checkpoints.add(gx.Checkpoint(name="plain", validation_definitions=definitions))
begin = time.perf_counter()
result = checkpoint.run()
seconds = time.perf_counter() - begin
counts = {}
for one in result.run_results.values():
    for found in one.results:
        count = found.result.get("unexpected_count", found.result.get("observed_value"))
        if count is None and not found.result.get("element_count", 1):
            count = 0
        counts[found.expectation_config.meta["check_id"]] = count
print(json.dumps({"import": imported, "seconds": seconds, "counts": counts}))
"""

SODA_LOCAL = """
import json, logging, os, sys, time
os.environ["SODA_TELEMETRY_ENABLED"] = "false"
job = json.load(sys.stdin)
begin = time.perf_counter()
from soda_core.contracts import verify_contract_locally
imported = time.perf_counter() - begin
logging.disable(logging.CRITICAL)
begin = time.perf_counter()
results = [
    one
    for contract in job["contracts"]
    for one in verify_contract_locally(
        data_source_file_path=job["source"], contract_file_path=contract
    ).contract_verification_results
]
seconds = time.perf_counter() - begin
counts = {}
for one in results:
    for found in one.check_results:
        counts[found.check.name] = (found.diagnostic_metric_values or {}).get("failed_rows_count")
print(json.dumps({"import": imported, "seconds": seconds, "counts": counts}))
"""


def plain_gx(url: URL, catalogue: Catalogue) -> dict[str, Any]:
    """Great Expectations with its defaults: its own types as they are, every other rule as a query of failing rows."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, checks in by_table(catalogue.checks).items():
        for check in checks:
            own: dict[str, Any] = {"type": check.entry.type, "kwargs": check.kwargs}
            if check.entry.type not in GX_EXPECTATIONS:
                test = check.predicate("gate").contradicted.replace("{", "{{").replace("}", "}}")
                query = f"select * from {{batch}} where {test}"
                own = {"type": "unexpected_rows_expectation", "kwargs": {"unexpected_rows_query": query}}
            entry = own | {"meta": {"check_id": check.meta.check_id}}
            tables.setdefault(f"judged_{table}", []).append(entry)
    address = url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)
    return _run(Path(sys.executable), PLAIN_GX, {"url": address, "tables": tables})


def install_soda(folder: Path) -> Path:
    """Make an environment with soda-core in it; returns its interpreter. CalledProcessError when that fails."""
    interpreter = folder / "bin" / "python"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", SODA], check=True)
        (folder / "installed").write_text(SODA, encoding="utf-8")
    return interpreter


def soda(interpreter: Path, url: URL, catalogue: Catalogue, folder: Path) -> dict[str, Any]:
    """soda-core: a contract per judged table, a check on failed rows per rule."""
    folder.mkdir(parents=True, exist_ok=True)
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
    return _run(interpreter, SODA_LOCAL, {"source": str(source), "contracts": contracts})


def _run(interpreter: Path, program: str, job: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [interpreter, "-c", program], input=json.dumps(job, default=str), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{interpreter}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
