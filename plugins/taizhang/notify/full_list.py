"""The whole list behind a digest that had to be cut, as a CSV file in the outbox that spreadsheets open."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from taizhang.feedback import outbox
from taizhang.notify.digest import Notice, line_of, unit_name, words
from taizhang.report.rendering import FORMULA_SIGNS

HEADER = ("类型", "单位", "报告期", "事项", "起始日", "天数", "说明", "怎么办")
FOLDER = "提醒"


def place_of_list(recipient: str, day: date) -> str:
    """Return where the list of a recipient and day lies, relative to the outbox."""
    return f"{day:%Y-%m}/{FOLDER}/{outbox.safe_name(recipient)}_{day}.csv"


def write_list(recipient: str, day: date, notices: Sequence[Notice]) -> str:
    """Write the list; returns where it lies, relative to the outbox: another list of that day keeps its name."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    writer.writerows([[_plain(value) for value in _row(notice)] for notice in notices])
    wanted = place_of_list(recipient, day)
    return f"{wanted.rpartition('/')[0]}/{outbox.put(wanted, buffer.getvalue().encode('utf-8-sig')).name}"


def _row(notice: Notice) -> tuple[object, ...]:
    said = words()["kinds"][notice.kind]
    month = f"{notice.report_month:%Y-%m}" if notice.report_month else ""
    return (
        said["title"],
        unit_name(notice.unit_code),
        month,
        notice.label,
        notice.since,
        notice.days,
        line_of(notice),
        said["advice"],
    )


def _plain(value: object) -> object:
    """A text that a spreadsheet would take for a formula, with a sign before it that keeps it a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
