"""The register of rules: what each rule states and where it comes from, apart from the checks that carry it out.

One file per rule under `expectations/rules/`; `planned_sheets.yml` names what is not collected yet, `pack.yml` the
versions of the whole.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from taizhang.dictionary import load_dictionary
from taizhang.errors import TaizhangError
from taizhang.settings import PROJECT_ROOT

DBT_DIR = PROJECT_ROOT / "dbt_project"
PACK_FILE = "pack.yml"
SHEETS_FILE = "planned_sheets.yml"
# What makes up a pack; waivers, corrections and the cases beside the checks are no part of it.
PACK_FILES = ("rules/*.yml", "suites/*.yml", SHEETS_FILE, PACK_FILE)


class CatalogueError(TaizhangError):
    """The catalogue is empty or one of its entries is not valid."""


class Severity(StrEnum):
    """What a contradiction does to the submission: holds it back, needs an explanation, is only said."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


class Strict(BaseModel):
    """Base of everything in the catalogue: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _month(value: Any) -> Any:
    """Read `2024-03` as the first day of that month; anything else is left to the validation."""
    if isinstance(value, str) and (match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", value)):
        return date(int(match[1]), int(match[2]), 1)
    raise ValueError(f"{value} is no month; write it like 2024-03")


Month = Annotated[date, BeforeValidator(_month)]
Version = Annotated[int, Field(ge=1)]


class Rule(Strict):
    """A rule: what holds between figures.

    `level` is how far it looks, as in the European Statistical System: 0 the form, 1 within one file, 2 other months of
    the same unit, 3 other units, 4 other statistics, 5 sources outside government. `requires` names the sheets that it,
    or a part of it, waits for. A rule on the marts is judged by dbt `models` or tests.
    """

    id: str = Field(pattern=r"^[RN]\d\d$")
    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    statement_zh: str = Field(min_length=1)
    statement_en: str = Field(min_length=1)
    level: int = Field(ge=0, le=5)
    severity: tuple[Severity, ...] = Field(min_length=1)
    source: str = Field(min_length=1)
    version: Version
    valid_from: Month
    requires: tuple[str, ...] = ()
    judged_by: Literal["gate", "mart"]
    models: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _models_of_marts(self) -> Self:
        if (self.judged_by == "mart") != bool(self.models):
            raise ValueError(f"{self.id}: a rule that the marts judge names their models, and no other rule does")
        return self


class PlannedSheet(Strict):
    """A sheet that some rule needs and that is not collected yet."""

    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)


class PackVersion(Strict):
    """One version of the pack, what changed with it, and the hash of its rules, checks and planned sheets."""

    version: str = Field(pattern=r"^\d{4}\.\d{1,2}\.\d+$")
    changes_zh: str = Field(min_length=1)
    changes_en: str = Field(min_length=1)
    content_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def order(self) -> tuple[int, ...]:
        """The version as numbers."""
        return tuple(map(int, self.version.split(".")))


class Pack(Strict):
    """All versions of the pack, the newest first."""

    versions: tuple[PackVersion, ...] = Field(min_length=1)

    @property
    def newest(self) -> PackVersion:
        """The version that these files are."""
        return self.versions[0]

    @model_validator(mode="after")
    def _newest_first(self) -> Self:
        orders = [entry.order for entry in self.versions]
        if orders != sorted(set(orders), reverse=True):
            raise ValueError("versions stand newest first, each once")
        return self


@dataclass(frozen=True)
class Register:
    """The rules by id, the sheets that are not collected yet by name, and the pack."""

    rules: Mapping[str, Rule]
    planned: Mapping[str, PlannedSheet]
    pack: Pack

    def missing(self, rule: Rule) -> list[str]:
        """Sheets that the rule waits for."""
        return [name for name in rule.requires if name in self.planned]

    def require_sound(self, checked: Mapping[str, Collection[object]]) -> None:
        """CatalogueError unless each rule is judged by something of today or waits for something that is not there.

        `checked` gives the checks of each rule.
        """
        faults = [fault for rule in self.rules.values() for fault in self._faults(rule, bool(checked.get(rule.id)))]
        if collected := sorted(self.planned.keys() & load_dictionary().keys()):
            faults.append(f"{SHEETS_FILE}: {', '.join(collected)} is collected already")
        if faults:
            raise CatalogueError("; ".join(faults))

    def _faults(self, rule: Rule, is_checked: bool) -> list[str]:
        faults = []
        if unknown := [name for name in rule.requires if name not in self.planned and name not in load_dictionary()]:
            faults.append(f"{rule.id}: no sheet {', '.join(unknown)} is collected or planned")
        if gone := [name for name in rule.models if not _in_dbt(name)]:
            faults.append(f"{rule.id}: the dbt project has no {', '.join(gone)}")
        if not is_checked and not rule.models:
            if not rule.requires:
                faults.append(f"{rule.id}: no check carries it out, and it waits for nothing")
            elif not unknown and not self.missing(rule):
                faults.append(f"{rule.id}: what it waits for is collected now, yet no check carries it out")
        if is_checked and rule.models:
            faults.append(f"{rule.id}: it is judged in the marts, yet has checks in the gate")
        return faults


def _in_dbt(name: str) -> bool:
    """True if the dbt project has a model or test of this name."""
    return any(next((DBT_DIR / kind).rglob(f"{name}.sql"), None) for kind in ("models", "tests"))


def read_files(folder: Path) -> dict[str, str]:
    """Return the text of every file of a pack by its path below the folder."""
    paths = sorted(path for pattern in PACK_FILES for path in folder.glob(pattern))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def fingerprint(files: Mapping[str, str]) -> str:
    """Return the sha256 of files, names and texts."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].encode() + b"\0")
    return digest.hexdigest()


def content_sha256(files: Mapping[str, str]) -> str:
    """Return the hash of what a pack says, the pack's own file apart: it names this hash."""
    return fingerprint({name: text for name, text in files.items() if name != PACK_FILE})


_Model = TypeVar("_Model", bound=BaseModel)


def parse(model: type[_Model], name: str, text: str) -> _Model:
    """Read one YAML text of the catalogue; CatalogueError names the file."""
    try:
        parsed: _Model = _parsed(model, text)
    except (ValidationError, yaml.YAMLError) as error:
        raise CatalogueError(f"{name}: {error}") from error
    return parsed


@lru_cache(maxsize=2000)
def _parsed(model: type[BaseModel], text: str) -> Any:
    # Half a second for the whole catalogue in PyYAML's own scanner; what is parsed cannot be changed.
    return model.model_validate(yaml.load(text, yaml.CSafeLoader))


class _PlannedSheets(Strict):
    sheets: dict[str, PlannedSheet]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        return {"sheets": value or {}}


def load_register(files: Mapping[str, str]) -> Register:
    """Read rules, planned sheets and pack from the texts of a pack; CatalogueError when one is missing or not valid."""
    if missing := [name for name in (SHEETS_FILE, PACK_FILE) if name not in files]:
        raise CatalogueError(f"the catalogue has no {', '.join(missing)}")
    rules = {}
    for name in sorted(files):
        if name.startswith("rules/"):
            rule = parse(Rule, name, files[name])
            if rule.id != PurePosixPath(name).stem:
                raise CatalogueError(f"{name}: the rule calls itself {rule.id}")
            rules[rule.id] = rule
    planned = parse(_PlannedSheets, SHEETS_FILE, files[SHEETS_FILE]).sheets
    return Register(rules, planned, parse(Pack, PACK_FILE, files[PACK_FILE]))
