"""Waivers and corrections written into files, as the data team writes them."""

from pathlib import Path
from typing import Any

import yaml

from taizhang.quality.amendments import Amendments, load_amendments
from taizhang.quality.catalogue import load_catalogue
from tests.waiting import month

TODAY = month(6)

WAIVER = {
    "id": "W-1",
    "rule": "R10",
    "unit": "621122",
    "months": {"from": "2024-01", "to": "2024-03"},
    "reason": "省里批复调整口径",
    "author": "李",
    "expires": "2024-12-31",
}
CORRECTION = {
    "id": "C-1",
    "unit": "621122",
    "month": "2024-01",
    "sheet": "项目进展",
    "project": "项目4",
    "column": "本月完成投资",
    "old_value": "20",
    "new_value": "30",
    "reason": "电话核实，漏填一位",
    "author": "李",
    "approver": "王",
}


def waiver(**changed: Any) -> dict[str, Any]:
    """A waiver of R10 for 陇西县; a value of None leaves the key out."""
    return _without_nothing(WAIVER | changed)


def correction(**changed: Any) -> dict[str, Any]:
    """A correction of 项目4 of 陇西县 in January; a value of None leaves the key out."""
    return _without_nothing(CORRECTION | changed)


def _without_nothing(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None}


def write(folder: Path, *entries: dict[str, Any]) -> Path:
    """Write the entries, and nothing else, into the files of a folder; returns the folder."""
    for kind in ("waivers", "corrections"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        listed = [entry for entry in entries if ("rule" in entry) == (kind == "waivers")]
        (folder / kind / "2024.yml").write_text(yaml.safe_dump(listed, allow_unicode=True), encoding="utf-8")
    return folder


def amendments(folder: Path, *entries: dict[str, Any], on: Any = TODAY) -> Amendments:
    """Write entries and load them again, as of a day."""
    return load_amendments(load_catalogue(), write(folder, *entries), on)
