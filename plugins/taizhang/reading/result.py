"""What reading a workbook yields: typed rows with their place, columns with their unit, and what could not be taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from taizhang.dictionary import sheet as sheet_definition

if TYPE_CHECKING:
    # Half a second that tasks which read no workbook need not spend.
    import pandas as pd


class IssueKind(StrEnum):
    """What the reader noticed; the rule catalogue says how much each kind matters."""

    SHEET_MISSING = "sheet_missing"
    HEADER_MISSING = "header_missing"
    HEADER_TWICE = "header_twice"
    UNIT_UNKNOWN = "unit_unknown"
    NO_ROWS = "no_rows"
    SHEET_UNKNOWN = "sheet_unknown"
    HIDDEN_SHEET = "hidden_sheet"
    HIDDEN_ROW = "hidden_row"
    HIDDEN_COLUMN = "hidden_column"
    ERROR_CELL = "error_cell"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    NUMBER_UNREADABLE = "number_unreadable"
    NUMBER_APPROXIMATE = "number_approximate"
    DATE_UNREADABLE = "date_unreadable"
    CHOICE_UNKNOWN = "choice_unknown"
    FLAG_UNREADABLE = "flag_unreadable"
    RATE_SCALE_UNKNOWN = "rate_scale_unknown"
    PERCENT_FOR_POINTS = "percent_for_points"
    EXTRA_COLUMN = "extra_column"
    EXTERNAL_LINK = "external_link"
    COVER_CONTRADICTION = "cover_contradiction"
    SHEET_TWICE = "sheet_twice"
    SHEET_NOT_COLLECTED = "sheet_not_collected"


@dataclass(frozen=True)
class ReadingIssue:
    """One thing that the reader could not take as it stood, with its cell (`sheet` is None for the whole file)."""

    kind: IssueKind
    message_zh: str
    message_en: str
    sheet: str | None = None
    sheet_title: str | None = None
    row_number: int | None = None
    column_name: str | None = None
    cell: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class ReadColumn:
    """One column of a sheet as it stands in the workbook; `name` is None for a column of the unit's own.

    Stored value = printed value x `factor`; `decimals` counts the printed places in the printed unit. `unit`, `factor`
    and `decimals` are None for columns without figures, and `unit` also when it is stated nowhere.
    """

    letter: str
    header_path: str
    name: str | None
    unit: str | None = None
    factor: Decimal | None = None
    decimals: int | None = None

    @property
    def half_width(self) -> Decimal | None:
        """Half of the last printed place in the stored unit: the figure v means [v - h, v + h)."""
        if self.factor is None or self.decimals is None:
            return None
        return Decimal(5).scaleb(-self.decimals - 1) * self.factor


@dataclass(frozen=True)
class SkippedRow:
    """A row below the header that is no detail; `reason` is a word such as total, band, note, hidden."""

    row_number: int
    reason: str
    row_text: str


@dataclass(frozen=True)
class ReportedTotal:
    """One figure of a totals row and the row numbers that it claims to add up (kind: total, subtotal, of_which).

    `half_width` is that of its own digits, where these are fewer than its column has.
    """

    row_number: int
    column_name: str
    kind: str
    label: str
    detail_rows: tuple[int, ...]
    value: Decimal
    half_width: Decimal | None = None


@dataclass(frozen=True)
class CellPrecision:
    """A figure that is printed coarser or finer than its column: its own half width in the stored unit."""

    row_number: int
    column_name: str
    half_width: Decimal


@dataclass
class SheetReading:
    """One sheet: the numbers of its rows (1-based, as Excel shows them) and their values by column of the dictionary.

    A column that the sheet lacks has no values. Cell values (None where empty): text str; choice str (code); choices
    list[str] (codes); flag bool; count int; amount Decimal in 万元; rate Decimal in percent; points Decimal in
    percentage points; date (first day, day after the last) as a tuple of dates; month date (first day). `extras` is a
    dict of header path to text, or None.
    A form has exactly one row.
    """

    sheet: str
    sheet_title: str
    columns: list[ReadColumn]
    row_numbers: list[int]
    values: dict[str, Sequence[object]]
    header_rows: tuple[int, int] | None = None
    totals: list[ReportedTotal] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    precisions: list[CellPrecision] = field(default_factory=list)

    @property
    def rows(self) -> "pd.DataFrame":
        """A new frame of objects with `row_number`, one column per dictionary column, and `extras`."""
        import pandas as pd

        count = len(self.row_numbers)
        names = [*(column.name for column in sheet_definition(self.sheet).columns), "extras"]
        values: dict[str, Any] = {name: self.values.get(name, [None] * count) for name in names}
        frame = pd.DataFrame({name: pd.Series(own, dtype=object) for name, own in values.items()})
        frame.insert(0, "row_number", pd.Series(self.row_numbers, dtype="int64"))
        return frame


@dataclass(frozen=True)
class Explanation:
    """What the submitter answered to a finding, with the submission to which it was made and the row of the answer."""

    finding_key: str
    text: str
    submission_id: int | None
    sheet_title: str
    row_number: int


@dataclass
class WorkbookReading:
    """A workbook that could be read: whose it is, of which month, and its sheets by dictionary name."""

    file_name: str
    unit_code: str
    unit_name: str
    report_month: date
    template_version: str | None
    sheets: dict[str, SheetReading]
    issues: list[ReadingIssue]
    explanations: list[Explanation] = field(default_factory=list)


class Refusal(Exception):  # noqa: N818 - a verdict on the file, not a fault of ours
    """The file cannot be read as a submission at all; it is kept, refused with this reason, and the night goes on."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en
