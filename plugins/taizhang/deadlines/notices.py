"""From matters to notices: one per addressee, matter and day, for each stage of it that was not told before."""

from datetime import date

from sqlalchemy import Connection, Engine, text

from taizhang.deadlines.addressees import OPERATORS, chains
from taizhang.deadlines.calendar import FilingCalendar, filing_calendar
from taizhang.deadlines.matters import SHORTEST_MONTH, as_json, fill_matters, months_before, query, unknown_months
from taizhang.warehouse.connection import exclusive

_UNKNOWN = text("""
    insert into matter (family, kind, report_month, subject, label, since, stage, detail)
    values ('operators', 'calendar_unknown', :month, 'calendar:' || :label, :label, :day, :label, '{}'::jsonb)
""")
_COUNTS = text("select kind, count(*) as count from ops.notice where noticed_on = :day group by kind order by kind")


def find_notices(engine: Engine, day: date) -> dict[str, int]:
    """Store the notices of a day; what is stored stays, so it may be done again. Returns how many there are by kind."""
    with exclusive(engine, "notices"), engine.begin() as connection:
        fill_matters(connection, day)
        _add_unknown_months(connection, day)
        connection.execute(
            query("notices"),
            {
                "day": day,
                "addressees": as_json(_addressees(day)),
                "reminders": as_json(_reminders(filing_calendar())),
                "operators": OPERATORS,
            },
        )
        return {row["kind"]: row["count"] for row in connection.execute(_COUNTS, {"day": day}).mappings()}


def _add_unknown_months(connection: Connection, day: date) -> None:
    for month in unknown_months(day):
        connection.execute(_UNKNOWN, {"month": month, "label": f"{month:%Y-%m}", "day": day})


def _addressees(day: date) -> list[dict[str, object]]:
    """Whom each unit's matters are told: level 0 is the unit, 1 the one above it; by the register of that time.

    A unit that has ended is told, and those above it, as long as months that it owes are looked back at.
    """
    known: dict[str, list[str]] = {}
    for month in months_before(day, filing_calendar().watching.look_back_days // SHORTEST_MONTH + 2):
        known |= chains(month)
    return [
        {"unit_code": unit_code, "level": level, "addressee": addressee}
        for unit_code, chain in known.items()
        for level, addressee in enumerate(chain)
    ]


def _reminders(calendar: FilingCalendar) -> list[dict[str, object]]:
    filings, items = calendar.watching.filings, calendar.watching.items
    return [
        {
            "family": "filing",
            "before": filings.remind_before_days,
            "after": filings.remind_after_days,
            "escalate": filings.escalate_after_days,
        },
        {"family": "item", "before": [], "after": items.remind_after_days, "escalate": items.escalate_after_days},
    ]
