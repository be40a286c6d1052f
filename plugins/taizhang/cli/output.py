"""What commands print: JSON for programs, tables for people."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from taizhang.decimals import json_number, plain

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]

# Piped output is not folded to the width of a terminal that nobody looks at.
PIPED_WIDTH = 200
# In characters of a terminal: the longest text that is never folded, the least that a folded column gets.
LONGEST_WHOLE = 40
FOLDED_WIDTH = 16
COLUMN_GAP = 2

console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
errors = Console(stderr=True)


def _encode(value: Any) -> Any:
    if isinstance(value, Decimal):
        return json_number(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_json(value: Any) -> None:
    """Print a value as JSON, Chinese as it is, decimals as numbers."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_encode))


def print_line(text: str) -> None:
    """Print a line as it is; the terminal folds it, not we, so that it can be copied whole."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def print_table(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table; numbers stand to the right; they, codes and names are never broken, long texts are folded.

    Where the terminal is too narrow even for that, the table is wider than it: nothing is cut off.
    """
    listed = [[_cell(value) for value in row] for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    needed = -COLUMN_GAP
    for index, header in enumerate(headers):
        cells = [row[index] for row in listed]
        numeric = bool(cells) and all(map(_is_number, cells))
        whole = numeric or all(map(_is_short, cells))
        needed += (max(map(cell_len, (header, *cells))) if whole else FOLDED_WIDTH) + COLUMN_GAP
        table.add_column(header, justify="right" if numeric else "left", no_wrap=whole, overflow="fold")
    for row in listed:
        table.add_row(*map(escape, row))
    print_line(title)
    wide_enough = console if needed <= console.width else Console(width=needed)
    wide_enough.print(table)
    print_line("")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)


def _is_short(text: str) -> bool:
    return " " not in text and cell_len(text) <= LONGEST_WHOLE


def _is_number(text: str) -> bool:
    return text == "" or text.replace(".", "", 1).replace("-", "", 1).isdigit()
