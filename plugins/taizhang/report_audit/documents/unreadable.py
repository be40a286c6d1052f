"""The one error for reports that cannot be read."""

from typing import Any

from taizhang.errors import FileUnreadableError
from taizhang.report_audit.wording import load


class ReportUnreadableError(FileUnreadableError):
    """The file is no report that can be read; the message says why and what to do (`unreadable.yml`)."""


def unreadable(reason: str, **fields: Any) -> ReportUnreadableError:
    """The error for a reason of `unreadable.yml`."""
    return ReportUnreadableError(load("unreadable.yml")[reason].format(**fields))
