"""What is read alike in a workbook and in a JSON submission: whose it is, of which month, its cover, its sheets."""

from abc import ABC, abstractmethod
from datetime import date
from typing import Any

from taizhang.codelists import ReportingUnit
from taizhang.dictionary import ColumnType, Sheet, load_dictionary
from taizhang.reading.cover import FormValue
from taizhang.reading.dates import DaySpan, UnreadableDateError, date_of_cell, date_of_number, read_date
from taizhang.reading.identity import (
    check_month,
    choose_unit,
    is_above,
    months_of_name,
    months_without_year,
    read_month,
    units_named,
)
from taizhang.reading.messages import IssueLog, refusal
from taizhang.reading.result import Explanation, ReadColumn, ReadingIssue, SheetReading, WorkbookReading
from taizhang.reading.text import cell_text

COVER = "cover"


class SubmissionReader(ABC):
    """Reads one opened file; `taken` has the title of each sheet of the dictionary that is in it."""

    def __init__(self, file_name: str, taken: dict[str, str]) -> None:
        self.file_name = file_name
        self.taken = taken
        self.is_csv = False
        self.log = IssueLog()
        self.cover_log = IssueLog(COVER, taken.get(COVER))
        self.cover: dict[str, FormValue] = {}

    @abstractmethod
    def printed(self, sheet_title: str, address: str) -> str:
        """Return the text of a cell as it stands in the file."""

    @abstractmethod
    def _titles(self) -> list[tuple[str, str, str]]:
        """Return what stands above the tables: sheet title, cell and text."""

    @abstractmethod
    def _read_table(self, definition: Sheet, month: date) -> tuple[SheetReading, list[ReadingIssue]]:
        """Read one sheet that is there."""

    @abstractmethod
    def _note_others(self) -> None:
        """Note what of the file is none of the dictionary's sheets."""

    @abstractmethod
    def _version(self) -> str | None:
        """Return the version of template or contract that the file names."""

    @abstractmethod
    def _answers(self) -> list[Explanation]:
        """Return what the submitter answers to findings."""

    def read(self) -> WorkbookReading:
        """Read everything."""
        titles = self._titles()
        month = self._month(titles)
        unit = self._unit(titles, month)
        issues: list[ReadingIssue] = []
        sheets: dict[str, SheetReading] = {}
        for name, definition in load_dictionary().items():
            if name not in self.taken or not unit.kind.files(name):
                continue
            if definition.layout == "form":
                sheets[name] = self._read_form(definition, month)
                issues += self.cover_log.issues
            else:
                sheets[name], noted = self._read_table(definition, month)
                issues += noted
        self._note_sheets(unit)
        issues = self.log.issues + issues
        return WorkbookReading(
            self.file_name,
            unit.unit_code,
            unit.unit_name,
            month,
            self._version(),
            sheets,
            issues,
            explanations=self._answers(),
        )

    def _month(self, titles: list[tuple[str, str, str]]) -> date:
        """Return the report month: the cover's, else what file name or titles say; Refusal when nothing tells."""
        hints = {"file_name": months_of_name(self.file_name)}
        hints["title"] = [month for _, _, text in titles for month in months_of_name(text)]
        given = self.cover.get("report_period")
        value = given.value if given else None
        months = self._given_months(value, hints)
        if not months:
            place, months = next(((place, found[:1]) for place, found in hints.items() if found), ("", []))
            self._refuse_without_cover(bool(months))
            month = check_month(value, months, [])
            self._note_guess("report_period", place, f"{month:%Y-%m}")
            return month
        month = check_month(value, months, [hint for found in hints.values() for hint in found])
        for place, found in hints.items():
            others = [other for other in found if other != month]
            if others:
                self._note_contradiction("report_period", given, place, f"{month:%Y-%m}", f"{others[0]:%Y-%m}")
        return month

    def _given_months(self, value: object, hints: dict[str, list[date]]) -> list[date]:
        """Return the months that the cover's period may mean; 3月 without a year is the month told elsewhere."""
        try:
            return read_month(value)
        except ValueError as error:
            for place, found in hints.items():
                if months := months_without_year(value, found):
                    self._note_guess("report_period", place, f"{months[0]:%Y-%m}")
                    return months
            raise refusal("month_invalid", value=cell_text(value)) from error

    def _unit(self, titles: list[tuple[str, str, str]], month: date) -> ReportingUnit:
        """Return the reporting unit: the cover's, else what file name or titles say; Refusal when nothing tells."""
        texts = {"file_name": self.file_name, "title": " ".join(text for _, _, text in titles)}
        given = self.cover.get("reporting_unit")
        said = cell_text(given.value) if given else ""
        if not said:
            place = next((place for place, text in texts.items() if units_named(text)), "")
            self._refuse_without_cover(bool(place))
            if not place:
                raise refusal("unit_missing")
            unit = choose_unit(texts[place], " ".join(texts.values()), month)
            self._note_guess("reporting_unit", place, unit.unit_name)
            return unit
        unit = choose_unit(said, " ".join(texts.values()), month)
        for place, text in texts.items():
            others = units_named(text)
            if others and unit not in others and not all(is_above(other, unit, month) for other in others):
                self._note_contradiction("reporting_unit", given, place, unit.unit_name, others[0].unit_name)
        return unit

    def _refuse_without_cover(self, found: bool) -> None:
        if not found and COVER not in self.taken:
            raise refusal("cover_missing")

    def _note_guess(self, name: str, place: str, other: str) -> None:
        if not self.is_csv:
            self.cover_log.add("guessed_place", name=name, place=place, other=other)

    def _note_contradiction(self, name: str, given: FormValue | None, place: str, said: str, other: str) -> None:
        row, column = (given.row, given.place) if given else (None, None)
        self.cover_log.add(
            "cover_contradiction", row=row, column=column, name=name, value=other, cover=said, place=place, other=other
        )

    def _note_sheets(self, unit: ReportingUnit) -> None:
        """Note missing sheets and those that the unit does not file; a CSV file has but one sheet."""
        is_lone_table = self.is_csv and unit.has_details
        for name, definition in load_dictionary().items():
            if name in self.taken and not unit.kind.files(name):
                self._note_sheet(self.taken[name], "sheet_not_collected", unit=unit.unit_name)
            elif name not in self.taken and definition.required and unit.kind.files(name) and not is_lone_table:
                log = IssueLog(name, definition.title)
                log.add("sheet_missing", title=definition.title)
                self.log.issues += log.issues
        self._note_others()

    def _note_sheet(self, title: str, message: str, **words: Any) -> None:
        log = IssueLog(None, title)
        log.add(message, **words)
        self.log.issues += log.issues

    def _read_form(self, definition: Sheet, month: date) -> SheetReading:
        """Turn the cover's values into one row; a form's columns name a whole cell (B3) instead of a letter."""
        row: dict[str, object] = {}
        columns, seen = [], set[str]()
        for column in definition.columns:
            given = self.cover.get(column.name)
            if given is None:
                row[column.name] = None
                if column.required:
                    self.cover_log.add("field_missing", name=column.name, label=column.label)
                continue
            row[column.name] = self._form_value(column.type, column.name, given, month)
            if given.cell not in seen:
                columns.append(ReadColumn(given.cell, column.label, column.name))
                seen.add(given.cell)
        return SheetReading(
            definition.sheet,
            self.taken[definition.sheet],
            columns,
            [1],
            {name: [value] for name, value in row.items()},
        )

    def _form_value(self, kind: ColumnType, name: str, given: FormValue, month: date) -> object:
        if kind is ColumnType.MONTH:
            return month
        if kind is not ColumnType.DATE:
            return cell_text(given.value) or None
        try:
            return _form_date(given.value)
        except UnreadableDateError:
            self.cover_log.add("date_unreadable", row=given.row, column=given.place, name=name, value=given.value)
            return None


def _form_date(value: object) -> DaySpan | None:
    if isinstance(value, date):
        return date_of_cell(value)
    return date_of_number(value) if isinstance(value, float) else read_date(cell_text(value))
