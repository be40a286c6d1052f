"""What a feedback workbook says, before it is a workbook."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from taizhang.feedback.words import severity_words
from taizhang.reading.text import column_index

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True)
class Remark:
    """One finding as the submitter sees it; a waived one counts as information."""

    finding_key: str
    check_id: str
    rule_id: str
    severity: str
    message: str
    sheet_title: str | None = None
    cell: str | None = None
    value: str | None = None
    subject: str | None = None
    advice: str | None = None
    suggestion: str | None = None
    answer: str | None = None
    waiver_id: str | None = None

    @property
    def level(self) -> str:
        """The severity by which it is shown."""
        return "info" if self.waiver_id else self.severity

    @property
    def called(self) -> str:
        """What the submitter reads for its severity."""
        return severity_words()["waived" if self.waiver_id else self.severity]

    @property
    def place(self) -> tuple[int, int] | None:
        """The 1-based row and 0-based column of its cell; None without a cell of a sheet."""
        found = _CELL.fullmatch(self.cell or "")
        if found is None or self.sheet_title is None:
            return None
        row, column = int(found[2]), column_index(found[1])
        return (row, column) if row <= LAST_ROW and column < LAST_COLUMN else None


@dataclass
class Feedback:
    """Everything that one feedback workbook says.

    `remarks` stand in the order in which they are listed; `counts` has all findings by (level, check), also those that
    are too many to be listed. `in_force` is the submission that counts for the month, `accepted_rows` the rows read by
    sheet title, `titles` what the checks are called.
    """

    submission_id: int
    unit_code: str
    unit_name: str
    month: date
    file_name: str
    outcome: str
    due_on: date
    remarks: list[Remark]
    counts: Counter[tuple[str, str]]
    titles: dict[str, str] = field(default_factory=dict)
    accepted_rows: dict[str, int] = field(default_factory=dict)
    in_force: int | None = None
    copied_from: str | None = None

    def count(self, level: str) -> int:
        """Number of findings shown by this severity."""
        return sum(number for (found, _), number in self.counts.items() if found == level)

    @property
    def is_answered(self) -> bool:
        """True if it was accepted and the unit has explained every warning, so that nothing need come back."""
        explained = sum(remark.level == "warn" and bool(remark.answer) for remark in self.remarks)
        return self.outcome == "accepted" and 0 < explained == self.count("warn")

    @property
    def unlisted(self) -> int:
        """Number of findings that are in no list of the workbook."""
        return sum(self.counts.values()) - len(self.remarks)

    def title(self, check_id: str) -> str:
        """What a check is called."""
        return self.titles.get(check_id, check_id)
