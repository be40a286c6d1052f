"""The night as it is often written: pandas reads and writes, Great Expectations as it comes, dbt builds all."""

import time
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd
from sqlalchemy import Engine, text

from benchmarks import others
from taizhang.quality.catalogue import Catalogue

SCHEMA = "naive"


def read_and_write(engine: Engine, files: Sequence[Path]) -> float:
    """Seconds of pandas.read_excel with openpyxl and DataFrame.to_sql, for every sheet of these files."""
    with engine.begin() as connection:
        connection.execute(text(f"drop schema if exists {SCHEMA} cascade"))
        connection.execute(text(f"create schema {SCHEMA}"))
    begin = time.perf_counter()
    for number, path in enumerate(files):
        try:
            sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl", header=None, dtype=str)
        except (BadZipFile, ValueError):
            continue  # one of the files that cannot be read
        for place, frame in enumerate(sheets.values()):
            # Own tables for each file: counties order their columns as they like.
            frame.to_sql(f"book_{number}_{place}", engine, schema=SCHEMA, index=False)
    return time.perf_counter() - begin


def judge(engine: Engine, catalogue: Catalogue) -> float:
    """Seconds of Great Expectations with its defaults over the tables that the gate has judged, without its import."""
    return float(others.plain_gx(engine.url, catalogue)["seconds"])
