"""What codes are called in Chinese, from `labels.yml`."""

from functools import cache
from pathlib import Path

import yaml

LABELS_FILE = Path(__file__).parent / "labels.yml"


@cache
def _all() -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = yaml.load(LABELS_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return given


def labels(of: str) -> dict[str, str]:
    """Return the labels of one kind of code, such as `severity`, by code; KeyError when there is no such kind."""
    return dict(_all()[of])
