"""When the figures of a month are all due: the one place that asks the filing calendar for closing a month."""

from datetime import date

from taizhang.codelists import unit_kinds
from taizhang.deadlines.calendar import due_on


def last_due_day(month: date) -> date | None:
    """Return the last day on which units of any kind file a month; None for a month before the calendar begins."""
    return max(filter(None, (due_on(kind, month) for kind in unit_kinds())), default=None)
