"""`make demo`: real submissions from an inbox through Airflow, Great Expectations and dbt into published marts."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from rich.console import Console
from sqlalchemy import Engine

from demo import results
from demo.display import Display
from demo.night import Client, run_night
from demo.submissions import DemoFile, corrected_month, generate
from taizhang.errors import TaizhangError
from taizhang.server import airflow
from taizhang.server.airflow_client import connect
from taizhang.settings import settings
from taizhang.warehouse.connection import engine

WAVES = {1: "First night: three months of 32 units", 2: "Second night: a corrected month and one sent anew"}
SAMPLE = "通渭县2024年3月重大项目月报.xlsx"
ERROR_EXIT = 3


class Connect(Protocol):
    """Logs in to a running Airflow."""

    def __call__(self) -> AbstractContextManager[Client]:
        """Return a context with the client."""


def main() -> int:
    """Run the whole demonstration; 0 when every figure and every file is as it must be, else 1."""
    display = Display(Console())
    display.heading("Taizhang: from county workbooks to published marts")
    display.say("Generating the submissions and starting PostgreSQL and Airflow (about a minute)")
    folder = settings().home / "demo"
    with ThreadPoolExecutor(1) as pool:
        generated = pool.submit(generate_all, folder)
        url = airflow.up(display.say)
        files = generated.result()
    agrees = demonstrate(display, engine(), connect, files)
    display.farewell(url, airflow.ADMIN_USER, airflow.passwords_file(), folder / "1" / SAMPLE)
    return 0 if agrees else 1


def generate_all(folder: Path) -> dict[int, list[DemoFile]]:
    """Write the files of each wave into a folder of its own."""
    return {wave: generate(folder / str(wave), wave) for wave in WAVES}


def demonstrate(display: Display, warehouse: Engine, log_in: Connect, files: dict[int, list[DemoFile]]) -> bool:
    """Take each wave through a night and show what came of it; True if everything is as it must be."""
    for wave, heading in WAVES.items():
        display.heading(heading)
        before = results.marks(warehouse)
        # A new login for each night: a token does not live for ever.
        with log_in() as client, display.waiting("Airflow takes the files") as watch:
            night = run_night(client, [file.path for file in files[wave]], watch)
        display.night(night, results.arrivals_since(warehouse, before), results.publications_since(warehouse, before))
    return show_results(display, warehouse, [file for wave in WAVES for file in files[wave]])


def show_results(display: Display, warehouse: Engine, files: list[DemoFile]) -> bool:
    """Show what was held back and published, and the figures beside the reports'; True if all is as it must be."""
    display.held_back(results.held_back(warehouse), results.accepted_counts(warehouse))
    unexpected = results.unexpected(warehouse, files)
    display.unexpected(unexpected, len(files))
    display.coverage(results.coverage(warehouse))
    unit, month = corrected_month()
    display.corrected(unit.unit_name, month, results.versions(warehouse, unit.unit_code, month))
    compared = results.comparisons(warehouse)
    display.comparisons(compared)
    return not unexpected and all(found.agrees for found in compared)


def run(step: Callable[[], int]) -> int:
    """Run the demonstration; an error that we know is one line on standard error."""
    try:
        return step()
    except TaizhangError as error:
        Console(stderr=True).print(f"demo: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return ERROR_EXIT


if __name__ == "__main__":
    sys.exit(run(main))
