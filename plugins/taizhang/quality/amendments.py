"""Waivers and corrections: what people decide about a finding or a figure, in files that are validated at load.

They lie under `expectations/waivers` and `expectations/corrections`, a list of entries in each file. Nothing in them
may fail open: an entry that is not valid, or an id that stands twice, is an error.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from taizhang.codelists import code_list, reporting_units
from taizhang.configuration import UniqueKeys, said
from taizhang.dictionary import Column, Sheet, load_dictionary
from taizhang.errors import TaizhangError
from taizhang.quality.catalogue import CATALOGUE_DIR, Catalogue
from taizhang.quality.cell_values import CellValue, read_value
from taizhang.quality.register import Month, Strict
from taizhang.reading.wording import find_code

TIME_ZONE = ZoneInfo("Asia/Shanghai")
NO_ENTRIES = ("README.md", ".gitkeep")


class AmendmentError(TaizhangError):
    """A file of waivers or corrections is not valid; `faults` has one line for each entry that is not."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(self.faults))


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


def _known_unit(code: str) -> str:
    if code not in reporting_units().units:
        raise ValueError(f"the register has no unit {code}")
    return code


Unit = Annotated[Text, AfterValidator(_known_unit)]


def today() -> date:
    """The day on which something is judged, where the submitters are."""
    return datetime.now(TIME_ZONE).date()


class Amendment(Strict):
    """What every entry says: a name of its own, whose month it is about, why, and who answers for it."""

    id: Id
    unit: Unit
    reason: Text
    author: Text
    expires: date | None = None

    def has_expired(self, on: date) -> bool:
        """True when the last day on which it counts has passed."""
        return self.expires is not None and self.expires < on

    @property
    def entry(self) -> dict[str, Any]:
        """The entry as it stands, as plain values; what is not stated is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Months(Strict):
    """The first and the last month, both included."""

    first: Month = Field(alias="from")
    last: Month = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "Months":
        if self.first > self.last:
            raise ValueError(f"the months end ({self.last:%Y-%m}) before they begin ({self.first:%Y-%m})")
        return self


class Waiver(Amendment):
    """Takes a rule's contradictions out of the decision for a unit and some months; it always ends.

    `rule` is a rule or one of its checks; `subject` narrows it to one project (code or name) or class.
    """

    rule: Text
    months: Months
    subject: Text | None = None
    expires: date


class Correction(Amendment):
    """Another value for one cell of a unit's month, by somebody and approved by somebody else.

    The row is named by `project` (code or name) or, in 汇总, by `breakdown` and `item`. Values are written as in a
    cell: figures in the stored unit (万元, %, 个) unless they name another, an empty text for an empty cell.
    """

    month: Month
    sheet: Text
    column: Text
    project: Text | None = None
    breakdown: Text | None = None
    item: Text | None = None
    old_value: str
    new_value: str
    approver: Text

    @cached_property
    def definition(self) -> Sheet:
        """The dictionary's sheet."""
        return _sheet(self.sheet)

    @cached_property
    def target(self) -> Column:
        """The dictionary's column."""
        return _column(self.definition, self.column)

    @cached_property
    def corrected(self) -> CellValue:
        """What is to stand in the cell."""
        return read_value(self.target, self.new_value)

    @property
    def subject(self) -> str:
        """The row as the entry names it."""
        return self.project or f"{self.breakdown}/{self.item}"

    @property
    def breakdown_code(self) -> str | None:
        """Code of the breakdown; None when there is none of this name."""
        return find_code(code_list("breakdown"), self.breakdown or "")

    @model_validator(mode="after")
    def _sound(self) -> "Correction":
        if self.author == self.approver:
            raise ValueError(f"author and approver are the same person: {self.author}")
        if self.definition.layout != "table":
            raise ValueError(f"{self.definition.title} cannot be corrected: it is no table")
        names = {column.name for column in self.definition.columns}
        by_project = "project_name" in names
        if by_project != (self.project is not None) or by_project == bool(self.breakdown or self.item):
            raise ValueError(f"a row of {self.definition.title} is named by " + _row_is_named_by(by_project))
        if not by_project and (not self.item or self.breakdown_code is None):
            raise ValueError(f"a row of {self.definition.title} is named by " + _row_is_named_by(by_project))
        if self.corrected.value == _readable(self.target, self.old_value):
            raise ValueError(f"old_value and new_value are the same: {self.new_value or 'empty'}")
        return self


def _row_is_named_by(by_project: bool) -> str:
    return "project: a code or a name" if by_project else "breakdown and item"


def _sheet(name: str) -> Sheet:
    for sheet in load_dictionary().values():
        if name in (sheet.sheet, sheet.title):
            return sheet
    raise ValueError(f"there is no sheet {name}")


def _column(sheet: Sheet, name: str) -> Column:
    for column in sheet.columns:
        if name in (column.name, column.label):
            return column
    raise ValueError(f"{sheet.title} has no column {name}")


def _readable(column: Column, text: str) -> object:
    """The value of a text; the text itself where a cell of the column can only be found unreadable with it."""
    try:
        return read_value(column, text).value
    except ValueError:
        return text


@dataclass(frozen=True)
class Amendments:
    """All waivers and corrections, and the day on which they are looked at."""

    waivers: tuple[Waiver, ...] = ()
    corrections: tuple[Correction, ...] = ()
    on: date = date.max

    @property
    def active_waivers(self) -> tuple[Waiver, ...]:
        """Those that have not expired."""
        return tuple(waiver for waiver in self.waivers if not waiver.has_expired(self.on))

    @property
    def active_corrections(self) -> tuple[Correction, ...]:
        """Those that have not expired."""
        return tuple(correction for correction in self.corrections if not correction.has_expired(self.on))


class _Loader(UniqueKeys, yaml.BaseLoader):
    """Every scalar as the text that stands there, so that 312.40 keeps its digits."""


_Entry = TypeVar("_Entry", Waiver, Correction)


def _load(folder: Path, model: type[_Entry], faults: list[str]) -> list[_Entry]:
    """Read every file of a folder; what is wrong is added to `faults`."""
    adapter = TypeAdapter(model)
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = f"{folder.name}/{path.name}"
        if path.name in NO_ENTRIES:
            continue
        if path.suffix != ".yml":
            faults.append(f"{name}: the name of a file ends in .yml")
            continue
        try:
            listed = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a BaseLoader makes texts only
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{name}: {' '.join(str(error).split())}")
            continue
        if not isinstance(listed, list):
            faults.append(f"{name}: a file is a list of entries")
            continue
        for number, entry in enumerate(listed, start=1):
            try:
                found.append(adapter.validate_python(entry))
            except ValidationError as error:
                faults.append(f"{name}: {_name(entry, number)}: {said(error)}")
    return found


def _name(entry: Any, number: int) -> str:
    return str(entry.get("id") or f"entry {number}") if isinstance(entry, dict) else f"entry {number}"


def load_amendments(catalogue: Catalogue, folder: Path | None = None, on: date | None = None) -> Amendments:
    """Load and validate all waivers and corrections below a folder; AmendmentError with every fault that they have."""
    folder = folder or CATALOGUE_DIR
    faults: list[str] = []
    waivers = _load(folder / "waivers", Waiver, faults)
    corrections = _load(folder / "corrections", Correction, faults)
    known = set(catalogue.register.rules) | {check.meta.check_id for check in catalogue.checks}
    faults += [f"waiver {one.id}: there is no rule {one.rule}" for one in waivers if one.rule not in known]
    times = Counter(entry.id for entry in (*waivers, *corrections))
    faults += [f"the id {name} stands {count} times" for name, count in times.items() if count > 1]
    amendments = Amendments(tuple(waivers), tuple(corrections), on or today())
    cells: dict[object, list[str]] = {}
    for one in amendments.active_corrections:
        cells.setdefault((one.unit, one.month, one.definition.sheet, one.subject, one.target.name), []).append(one.id)
    faults += [f"{', '.join(ids)} correct the same cell" for ids in cells.values() if len(ids) > 1]
    if faults:
        raise AmendmentError(faults)
    return amendments
