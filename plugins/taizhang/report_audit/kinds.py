"""What the kinds of relations are called, from `relations.yml`, and from `marts.yml` that of figures and marts."""

from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent
FILES = (HERE / "relations.yml", HERE / "marts.yml")


@cache
def _labels() -> dict[str, str]:
    loaded = [yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in FILES]
    return {code: str(entry["label"]) for kinds in loaded for code, entry in kinds["kinds"].items()}


def kind_label(kind: str) -> str:
    """Return the Chinese name of a kind; KeyError for one that neither file has."""
    return _labels()[kind]
