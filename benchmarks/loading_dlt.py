"""dlt as a loader that waits for orders; run by the peers' interpreter, see `loading_peers.Dlt`.

Argument: a folder of parquet files, one per table. LOADING_URL says where the warehouse is. For each line of the
standard input, the name of a new dataset, it loads all tables into that and answers with a line.
"""

import sys
from os import environ
from pathlib import Path

import dlt
import pyarrow.parquet as pq
from dlt.destinations import postgres


def main() -> None:
    """Load again and again until the input ends."""
    folder = Path(sys.argv[1])
    tables = {file.stem: pq.read_table(file) for file in sorted(folder.glob("*.parquet"))}
    print("ready", flush=True)
    for line in sys.stdin:
        dataset = line.strip()
        pipeline = dlt.pipeline(
            pipeline_name=dataset,
            pipelines_dir=str(folder / "pipelines"),
            destination=postgres(credentials=environ["LOADING_URL"]),
            dataset_name=dataset,
        )
        pipeline.run([dlt.resource(table, name=name) for name, table in tables.items()]).raise_on_failed_jobs()
        print("loaded", flush=True)


if __name__ == "__main__":
    main()
