"""The columns of the marts: taken over from the sheets where they come from there, else defined in `marts/*.yml`."""

from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from taizhang.codelists import personal_columns
from taizhang.dictionary.model import SQL_TYPES, UNITS, Additivity, ColumnType, load_dictionary

MARTS_DIR = Path(__file__).parent / "marts"
SHARED = "shared"
STAGING_PREFIX = "stg_"

# Whose rows a reader who is bound to regions may see, by the column that tells it; the first that a mart has decides.
Visibility = Literal["unit", "region", "project", "everyone"]
VISIBILITY_COLUMNS: dict[Visibility, str] = {"unit": "unit_code", "region": "region_code", "project": "project_sk"}

# Types of which the template's hint says how to pick a value, and not what the column means.
_PICKED = (ColumnType.CHOICE, ColumnType.CHOICES, ColumnType.FLAG)

# Marts have what sheets have, and keys, plain days and figures of any kind.
MART_SQL_TYPES: dict[str, str] = {kind.value: name for kind, name in SQL_TYPES.items()} | {
    "key": "bigint",
    "ordinal": "integer",
    "ordinals": "integer[]",
    "figure": "numeric(20,6)",
    "days": "integer",
    "width": "numeric",
    "day": "date",
    "moment": "timestamp with time zone",
    "document": "jsonb",
}
MART_UNITS: dict[str, str] = {kind.value: unit for kind, unit in UNITS.items()} | {"days": "天"}


class MartColumn(BaseModel):
    """One column of a mart or of a staging model; a `personal` one names a person, or tells how to reach one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    type: str
    description: str
    additivity: Additivity = "none"
    numerator: str | None = None
    denominator: str | None = None
    hint: str = ""
    personal: bool = False

    @property
    def sql_type(self) -> str:
        """PostgreSQL type of the column."""
        return MART_SQL_TYPES[self.type]

    @property
    def unit(self) -> str | None:
        """Unit of the figures, None for everything else."""
        return MART_UNITS.get(self.type)

    @property
    def labelled_unit(self) -> str:
        """Label with its unit, the column's name in the BI views, e.g. `总投资(万元)`."""
        return f"{self.label}({self.unit})" if self.unit else self.label

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.type not in MART_SQL_TYPES:
            raise ValueError(f"{self.name}: unknown type {self.type}")
        if (self.unit is not None) == (self.additivity == "none"):
            raise ValueError(f"{self.name}: a measure states its additivity, and nothing else does")
        return self


class Mart(BaseModel):
    """One table of the star schema, or one staging model.

    `seen_by` says who may see which rows where no column tells it, or where another rule than the column's holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mart: str
    label: str
    grain: str
    keys: tuple[str, ...]
    provenance: tuple[str, ...] = ()
    description: str
    seen_by: Visibility | None = None
    columns: tuple[MartColumn, ...]

    @property
    def visibility(self) -> Visibility | None:
        """The rule by which readers bound to regions see its rows; None: there is no rule, so they see none."""
        names = {column.name for column in self.columns}
        told = (rule for rule, column in VISIBILITY_COLUMNS.items() if column in names)
        return self.seen_by or next(told, None)

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """Names of its columns that name a person."""
        return tuple(column.name for column in self.columns if column.personal)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [column.name for column in self.columns]
        labels = [column.labelled_unit for column in self.columns]
        if len(names) != len(set(names)) or len(labels) != len(set(labels)):
            raise ValueError(f"{self.mart}: a column name or label stands twice")
        for name in (*self.keys, *self.provenance):
            if name not in names:
                raise ValueError(f"{self.mart}: {name} is no column of the mart")
        if VISIBILITY_COLUMNS.get(self.seen_by or "everyone", names[0]) not in names:
            raise ValueError(f"{self.mart}: it has no column by which a {self.seen_by} is known")
        return self


def _sheet_columns() -> dict[str, dict[str, Any]]:
    """The sheets' columns as mart columns, under `sheet.column`."""
    return {
        f"{sheet.sheet}.{column.name}": {
            "name": column.name,
            "label": column.label,
            "type": column.type.value,
            "description": column.description,
            "additivity": column.additivity,
            "numerator": column.numerator,
            "denominator": column.denominator,
            "hint": "" if column.type in _PICKED else column.hint,
            "personal": (sheet.sheet, column.name) in personal_columns(),
        }
        for sheet in load_dictionary().values()
        for column in sheet.columns
    }


def _resolved(entry: dict[str, Any], known: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A column entry as full definitions: `like` takes one over (other keys win), `all_of` all of a sheet."""
    if "all_of" in entry:
        return [column for name, column in known.items() if name.startswith(f"{entry['all_of']}.")]
    if "like" in entry:
        own = {key: value for key, value in entry.items() if key != "like"}
        # What is described anew no longer means what the sheet's hint says.
        return [known[entry["like"]] | ({"hint": ""} if "description" in own else {}) | own]
    return [entry]


@cache
def load_marts() -> dict[str, Mart]:
    """Load the definition of every staging model and mart; ValueError or KeyError when one is malformed."""
    known = _sheet_columns()
    shared = yaml.load((MARTS_DIR / f"{SHARED}.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    known |= {f"{SHARED}.{column['name']}": column for column in shared["columns"]}
    marts = {}
    for path in sorted(MARTS_DIR.glob("*.yml")):
        if path.stem == SHARED:
            continue
        entry = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        entry["columns"] = [column for item in entry["columns"] for column in _resolved(item, known)]
        marts[path.stem] = Mart.model_validate(entry)
    if not marts:
        raise ValueError(f"no mart is defined under {MARTS_DIR}")
    return marts


def published_marts() -> dict[str, Mart]:
    """Return the definition of every mart that readers see, by name: all but the staging models."""
    return {name: mart for name, mart in load_marts().items() if not name.startswith(STAGING_PREFIX)}


def measures(mart: str, *kinds: ColumnType) -> tuple[str, ...]:
    """Names of the mart's columns of these kinds, e.g. its counts and amounts, in their order."""
    wanted = {kind.value for kind in kinds}
    return tuple(column.name for column in load_marts()[mart].columns if column.type in wanted)
