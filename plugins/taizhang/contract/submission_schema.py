"""JSON Schema of a submission: cover, and the items of each sheet of the column dictionary."""

from collections.abc import Iterable

from taizhang.codelists import unit_kinds
from taizhang.contract.values import Schema, code_definition, column_schema, value_definitions
from taizhang.dictionary import Sheet, load_dictionary
from taizhang.reading.json_document import COVER, EXPLANATIONS, SHEETS, VERSION
from taizhang.template import template_version

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION_PATTERN = "^1\\.[0-9a-f]{8}$"


def submission_schema() -> Schema:
    """Return the schema; what it accepts is read without a finding on how it is written."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:taizhang:submission:{template_version()}",
        "title": "重大项目月报",
        "description": (
            "One monthly submission of one reporting unit. Amounts are in 万元, rates in percent (85.0 is 85.0%), gaps "
            "in percentage points. Figures are exact and count as fine as they are written: 312.40 has two decimals. "
            "null, or no key, is no value; nothing is taken over from the item above. An item that is a sum "
            "(合计, 小计) is compared with the others and never added to them."
        ),
        **submission_object(),
        "$defs": definitions(),
    }


def submission_object(prefix: str = "#/$defs/") -> Schema:
    """Return the schema of the whole object, with its parts under `prefix`."""
    return {
        "type": "object",
        "required": [VERSION, COVER, SHEETS],
        "additionalProperties": False,
        "properties": {
            VERSION: {
                "title": "契约版本",
                "description": f"Version of this contract that the sender follows; this is {template_version()}.",
                "type": "string",
                "pattern": VERSION_PATTERN,
            },
            COVER: {"$ref": f"{prefix}{COVER}"},
            SHEETS: {"anyOf": [{"$ref": f"{prefix}{name}"} for name in _sets_of_sheets()]},
            EXPLANATIONS: {
                "title": "说明",
                "description": "Answers to findings of an earlier answer file of the same month.",
                "type": "array",
                "items": {"$ref": f"{prefix}explanation"},
            },
        },
    }


def definitions() -> dict[str, Schema]:
    """Return all parts by name."""
    sheets = load_dictionary()
    lists = dict.fromkeys(column.code_list for sheet in sheets.values() for column in sheet.columns)
    return {
        COVER: _item(sheets[COVER]),
        **{name: _sheets(filed) for name, filed in _sets_of_sheets().items()},
        **{f"item_{name}": _item(sheet) for name, sheet in sheets.items() if sheet.layout == "table"},
        "explanation": _explanation(),
        **value_definitions(),
        **{f"codes_{name}": code_definition(name) for name in lists if name},
    }


def _sets_of_sheets() -> dict[str, list[Sheet]]:
    """The sheets that kinds of units file, all of them or some; by the name of the definition."""
    tables = [sheet for sheet in load_dictionary().values() if sheet.layout == "table"]
    some = {kind.sheets for kind in unit_kinds().values() if kind.sheets}
    partial = {
        "sheets_of_sums" + ("" if number == 1 else str(number)): [sheet for sheet in tables if sheet.sheet in filed]
        for number, filed in enumerate(sorted(some), 1)
    }
    return {"sheets_of_projects": tables, **partial}


def _sheets(filed: Iterable[Sheet]) -> Schema:
    """The lists of items by sheet; a required one has items."""
    sheets = list(filed)
    properties: Schema = {}
    for sheet in sheets:
        properties[sheet.sheet] = {
            "title": sheet.title,
            "description": sheet.grain,
            "type": "array",
            "items": {"$ref": f"#/$defs/item_{sheet.sheet}"},
        }
        if sheet.required:
            properties[sheet.sheet]["minItems"] = 1
    return {
        "type": "object",
        "required": [sheet.sheet for sheet in sheets if sheet.required],
        "additionalProperties": False,
        "properties": properties,
    }


def _item(sheet: Sheet) -> Schema:
    """One row of a sheet; required keys may be null where a cell may be blank, the name of the row never."""
    is_form = sheet.layout == "form"
    return {
        "title": sheet.title,
        "description": f"{sheet.description} Grain: {sheet.grain}.",
        "type": "object",
        "required": [column.name for column in sheet.columns if column.required],
        "additionalProperties": False,
        "properties": {
            column.name: column_schema(column, never_null=column.name == sheet.anchor or (is_form and column.required))
            for column in sheet.columns
        },
    }


def _explanation() -> Schema:
    return {
        "title": "对一条核查意见的说明",
        "type": "object",
        "required": ["finding_key", "text"],
        "additionalProperties": False,
        "properties": {
            "finding_key": {"description": "As in the answer file.", "type": "string", "pattern": "^[0-9a-f]{32}$"},
            "text": {"description": "Why the figure is right as it is.", "type": "string", "minLength": 1},
            "submission_id": {
                "description": "The submission whose answer file named the finding.",
                "type": "integer",
                "minimum": 1,
                "maximum": 999_999_999_999_999,
            },
        },
    }
