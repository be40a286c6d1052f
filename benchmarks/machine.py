"""The machine and the versions that a measurement was made with."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "apache-airflow",
    "dbt-core",
    "great-expectations",
    "pandas",
    "psycopg",
    "python-calamine",
    "sqlalchemy",
    "xlsxwriter",
)


def description() -> str:
    """One line: processor, memory, system, versions of the packages that matter."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    return (
        f"{_processor()}, {os.cpu_count()} processors, {memory:.0f} GiB of memory; {platform.system()};"
        f" Python {platform.python_version()}; {packages}."
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
