"""Great Expectations as it comes, that waits for orders; see `others.Waiting`.

The first line of the standard input is a job: `url`, and `schemas`, each with its tables and their expectations. Every
schema is one checkpoint with one suite per table. Each further line runs all checkpoints and is answered with seconds
and the number of failing rows by check, summed over the schemas.
"""

import json
import os
import sys
import time
import warnings
from collections import Counter
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "false"
warnings.simplefilter("ignore")

import great_expectations as gx  # noqa: E402 - it reads its settings when it is imported
from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: E402


def main() -> None:
    """Answer until the input ends."""
    job = json.loads(sys.stdin.readline())
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_postgres("plain", connection_string=job["url"], create_temp_table=False)
    checkpoints = [_checkpoint(context, source, schema, tables) for schema, tables in job["schemas"].items()]
    print("ready", file=answers, flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        results = [checkpoint.run() for checkpoint in checkpoints]
        seconds = time.perf_counter() - begin
        counts: Counter[str] = Counter()
        for result in results:
            _count(result, counts)
        print(json.dumps({"seconds": seconds, "counts": counts}), file=answers, flush=True)


def _checkpoint(context: Any, source: Any, schema: str, tables: dict[str, list[dict[str, Any]]]) -> Any:
    definitions = []
    for table, entries in tables.items():
        name = f"{schema}.{table}"
        asset = source.add_table_asset(name, table_name=table, schema_name=schema)
        suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=entries))
        batch = asset.add_batch_definition_whole_table(name)
        definition = gx.ValidationDefinition(name=name, data=batch, suite=suite)
        definitions.append(context.validation_definitions.add(definition))
    return context.checkpoints.add(gx.Checkpoint(name=schema, validation_definitions=definitions))


def _count(result: Any, counts: Counter[str]) -> None:
    for one in result.run_results.values():
        for found in one.results:
            count = found.result.get("unexpected_count", found.result.get("observed_value"))
            if count is None and not found.result.get("element_count", 1):
                count = 0  # a table without rows
            counts[found.expectation_config.meta["check_id"]] += count


if __name__ == "__main__":
    main()
