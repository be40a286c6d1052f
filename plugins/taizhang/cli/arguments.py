"""Arguments that several commands take."""

import re
from datetime import date

import typer

MONTH = re.compile(r"(\d{4})-(\d{2})")


def parse_month(text: str) -> date:
    """Read `2024-03` as the first day of the month; a usage error when it is no month."""
    match = MONTH.fullmatch(text)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise typer.BadParameter(f"{text} is no month; write it like 2024-03")
    return date(int(match[1]), int(match[2]), 1)
