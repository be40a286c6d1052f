"""The address of a cell: B7 of a workbook, `/sheets/permits/3/permit_kind` of a JSON submission.

What `raw.sheet_column` keeps of a column makes an address together with the number of a row: the letter of a workbook's
column, the pattern `/sheets/permits/*/permit_kind` of a JSON submission (RFC 6901), or the whole address of a form's
field. Rows count from 1, items of JSON in a pointer from 0.
"""

from collections.abc import Sequence

from taizhang.reading.text import column_letter

ROW_MARK = "*"
POINTER_START = "/"
_ESCAPES = str.maketrans({"~": "~0", "/": "~1"})


def cell_address(letter: str, row_number: int) -> str:
    """Return the address of a column's cell in a row (from 1)."""
    if is_pointer(letter):
        return letter.replace(ROW_MARK, str(row_number - 1), 1)
    return letter if letter[-1:].isdigit() else f"{letter}{row_number}"


def cell_address_sql(letter: str, row_number: str) -> str:
    """SQL: the same of two expressions; a null row is no row of its own."""
    item = f"coalesce(({row_number} - 1)::text, '{ROW_MARK}')"
    return (
        f"case when left({letter}, 1) = '{POINTER_START}' then regexp_replace({letter}, '[{ROW_MARK}]', {item})"
        f" when {letter} ~ '[0-9]$' then {letter} else {letter} || {row_number} end"
    )


def is_pointer(address: str) -> bool:
    """True for the address of a value in JSON."""
    return address.startswith(POINTER_START)


def pointer(*steps: str | int) -> str:
    """Return the JSON pointer that goes these steps from the top."""
    return "".join(f"/{str(step).translate(_ESCAPES)}" for step in steps)


def steps_of(address: str) -> list[str]:
    """Return the steps of a JSON pointer."""
    return [step.replace("~1", "/").replace("~0", "~") for step in address.split("/")[1:]]


def grid_address(row: int, column: int) -> str:
    """Return the address of a cell of a workbook: row from 1, column from 0."""
    return f"{column_letter(column)}{row}"


class ItemAddresses:
    """The addresses of the cells of a list of items: row from 1, column from 0."""

    def __init__(self, sheet: str, keys: Sequence[str]) -> None:
        self.patterns = [pointer("sheets", sheet, ROW_MARK, key) for key in keys]

    def __call__(self, row: int, column: int) -> str:
        """Return the pointer to a value."""
        return cell_address(self.patterns[column], row)
