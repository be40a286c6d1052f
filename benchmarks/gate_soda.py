"""soda-core that waits for orders, run by the peers' interpreter; see `others.Waiting`.

The first line of the standard input is a job: `source` and `contracts`, files. Each further line verifies all contracts
and is answered with seconds and the number of failing rows by check.
"""

import json
import logging
import os
import sys
import time

os.environ["SODA_TELEMETRY_ENABLED"] = "false"

from soda_core.contracts import verify_contract_locally


def main() -> None:
    """Answer until the input ends."""
    job = json.loads(sys.stdin.readline())
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    print("ready", file=answers, flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        results = [
            one
            for contract in job["contracts"]
            for one in verify_contract_locally(
                data_source_file_path=job["source"], contract_file_path=contract
            ).contract_verification_results
        ]
        seconds = time.perf_counter() - begin
        counts = {
            found.check.name: (found.diagnostic_metric_values or {}).get("failed_rows_count")
            for one in results
            for found in one.check_results
        }
        print(json.dumps({"seconds": seconds, "counts": counts}), file=answers, flush=True)


if __name__ == "__main__":
    main()
