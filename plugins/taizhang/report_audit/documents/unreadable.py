"""The one error for reports that cannot be read."""

from typing import Any

from taizhang.errors import FileUnreadableError
from taizhang.report_audit.wording import load


class ReportUnreadableError(FileUnreadableError):
    """The file is no report that can be read; the message says why and what to do, `reason` is its name there."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def unreadable(reason: str, **fields: Any) -> ReportUnreadableError:
    """Return the error for a reason of `unreadable.yml`; KeyError for another."""
    return ReportUnreadableError(reason, load("unreadable.yml")[reason].format(**fields))
