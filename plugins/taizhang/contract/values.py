"""What a value of one column may be, as JSON Schema: by its type in the column dictionary."""

from typing import Any

from taizhang.codelists import code_list
from taizhang.dictionary import Column, ColumnType
from taizhang.reading.json_cells import LONGEST_TEXT
from taizhang.reading.vocabulary import vocabulary
from taizhang.template.validation import LARGEST_AMOUNT

Schema = dict[str, Any]

LARGEST_RATE = 100_000_000
LARGEST_COUNT = 2_147_483_647
DECIMAL = r"^-?[0-9]{1,11}(\.[0-9]{1,6})?$"
PERCENTAGE = r"^-?[0-9]{1,8}(\.[0-9]{1,6})?$"
# A name must hold something to call it by.
SPEAKING = r"[0-9A-Za-z\u4e00-\u9fff]"

_YEAR = r"(19(49|[5-9][0-9])|20[0-9]{2})"
_MONTH = rf"{_YEAR}-(0[1-9]|1[0-2])"
_LEAP_YEAR = r"(19(5[26]|[68][048]|[79][26])|20([02468][048]|[13579][26]))"
_DAY = (
    rf"({_YEAR}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    rf"|{_LEAP_YEAR}-02-29)"
)
DATE = rf"^({_DAY}|{_MONTH}|{_YEAR}|{_DAY}至{_DAY})$"
MONTH = rf"^{_MONTH}$"


def value_definitions() -> dict[str, Schema]:
    """Return the definitions that columns refer to, by name: one for each kind of value."""
    number = {"type": "number", "minimum": -LARGEST_AMOUNT, "maximum": LARGEST_AMOUNT}
    rate = {"type": "number", "minimum": -LARGEST_RATE, "maximum": LARGEST_RATE}
    count = {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT}
    marks = sorted(mark[1:] for mark in vocabulary().error_marks)
    escaped = "|".join(mark.replace("?", r"\?") for mark in marks)
    return {
        "text": _or_null({"type": "string", "maxLength": LONGEST_TEXT, "not": {"pattern": rf"^\s*#\s*({escaped})"}}),
        "name": {
            "type": "string",
            "maxLength": LONGEST_TEXT,
            "pattern": SPEAKING,
            "not": {"pattern": rf"^\s*#\s*({escaped})"},
        },
        "decimal": _or_null(number, {"type": "string", "pattern": DECIMAL}),
        "percentage": _or_null(rate, {"type": "string", "pattern": PERCENTAGE}),
        "count": _or_null(count, {"type": "string", "pattern": r"^[0-9]{1,9}$"}),
        "flag": _or_null({"type": "boolean"}, {"enum": ["是", "否"]}),
        "date": _or_null({"type": "string", "pattern": DATE}),
        "month": {"type": "string", "pattern": MONTH},
    }


def _or_null(*choices: Schema) -> Schema:
    return {"anyOf": [*choices, {"type": "null"}]}


_DEFINITIONS = {
    ColumnType.TEXT: "text",
    ColumnType.PROJECT_CODE: "text",
    ColumnType.FLAG: "flag",
    ColumnType.COUNT: "count",
    ColumnType.AMOUNT: "decimal",
    ColumnType.RATE: "percentage",
    ColumnType.POINTS: "percentage",
    ColumnType.GROWTH: "percentage",
    ColumnType.QUANTITY: "decimal",
    ColumnType.DATE: "date",
    ColumnType.MONTH: "month",
}


def code_definition(name: str) -> Schema:
    """Return the codes and the names of a code list, each of which may be written."""
    names = code_list(name).names
    listed = "；".join(f"{code} = {label}" for code, label in names.items())
    return {"title": name, "description": listed, "enum": list(dict.fromkeys([*names, *names.values()]))}


def column_schema(column: Column, *, never_null: bool) -> Schema:
    """Return what a column's value may be, with its label, meaning and unit."""
    words = f"{column.description} {column.hint}".strip()
    about: Schema = {"title": column.label, "description": words}
    if column.unit:
        about["x-unit"] = column.unit
    if column.code_list:
        codes: Schema = {"$ref": f"#/$defs/codes_{column.code_list}"}
        if column.type is ColumnType.CHOICES:
            codes = {"type": "array", "items": codes, "uniqueItems": True}
        return about | (codes if never_null else _or_null(codes))
    name = "name" if never_null and column.type is ColumnType.TEXT else _DEFINITIONS[column.type]
    return about | {"$ref": f"#/$defs/{name}"}
