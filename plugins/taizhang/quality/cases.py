"""The cases beside the catalogue: for each check rows that pass and rows that fail, as small tables."""

from typing import Any

import yaml

from taizhang.quality.catalogue import CATALOGUE_DIR

CASES_DIR = CATALOGUE_DIR / "cases"


def load_case(check_id: str) -> dict[str, Any]:
    """Return the rows of a check by `pass`, `fail` and perhaps `cannot_tell`; FileNotFoundError when it has none."""
    case: dict[str, Any] = yaml.safe_load((CASES_DIR / f"{check_id}.yml").read_text(encoding="utf-8"))
    return case
