"""JSON Schema of what `taizhang audit-report --json` prints."""

from taizhang.contract.submission_schema import DIALECT
from taizhang.contract.values import MONTH, Schema
from taizhang.report_audit.as_json import SCHEMA_VERSION
from taizhang.report_audit.model import Verdict

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_FLAG_OR_NULL: Schema = {"type": ["boolean", "null"]}
_PLACE: Schema = {"type": "integer", "minimum": 0}
_DAY: Schema = {"type": "string", "format": "date"}
_DECIMAL = r"^-?\d+(\.\d+)?$"


def audit_schema() -> Schema:
    """Return the schema: a report for one file, a list for several, in which unreadable files stand with the reason."""
    report, unreadable = ({"$ref": f"#/$defs/{name}"} for name in ("report", "unreadable"))
    return {
        "$schema": DIALECT,
        "$id": f"urn:taizhang:audit-report:{SCHEMA_VERSION}",
        "title": "报告核对",
        "description": "Figures of narrative reports and the relations between them, judged by their printed digits.",
        "anyOf": [report, {"type": "array", "items": {"anyOf": [report, unreadable]}}],
        "$defs": {
            "report": _report(),
            "unreadable": _object(
                {
                    "schema_version": {"const": SCHEMA_VERSION},
                    "name": _TEXT,
                    "error": {"type": "string", "minLength": 1},
                }
            ),
            "figure": _figure(),
            "relation": _relation(),
            "quote": _object({"start": _PLACE, "end": _PLACE, "text": _TEXT}),
        },
    }


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _report() -> Schema:
    counts = {verdict.value: {"type": "integer", "minimum": 0} for verdict in Verdict}
    return _object(
        {
            "schema_version": {"const": SCHEMA_VERSION},
            "name": {"description": "Name of the file.", "type": "string"},
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "document_kind": {"description": "Ending of the file's name.", "type": "string"},
            "region": {"description": "Region that most figures are of, as the report has it.", **_TEXT_OR_NULL},
            "region_code": _TEXT_OR_NULL,
            "month": _or_null({"description": "What it reports on.", "type": "string", "pattern": MONTH}),
            "counts": {"description": "Relations by verdict.", **_object(counts)},
            "figures": {"type": "array", "items": {"$ref": "#/$defs/figure"}},
            "relations": {"type": "array", "items": {"$ref": "#/$defs/relation"}},
            "text": {"description": "The report's text; places count its characters from 0.", "type": "string"},
        }
    )


def _bounds(prefix: str, of: str) -> Schema:
    bound = {"type": ["string", "null"], "pattern": _DECIMAL}
    return {
        f"{prefix}low": {"description": f"Lower bound of {of}; null: there is none.", **bound},
        f"{prefix}high": {"description": f"Upper bound of {of}; null: there is none.", **bound},
        f"{prefix}has_high": {"description": "Whether the upper bound belongs to it.", **_FLAG_OR_NULL},
    }


def _figure() -> Schema:
    period = _object({"start": _DAY, "end": {"description": "The day after the last.", **_DAY}, "label": _TEXT})
    damage = _object({"printed": _TEXT, "read_as": _TEXT})
    return _object(
        {
            "id": _TEXT,
            "text": {"description": "As printed.", "type": "string"},
            "start": _PLACE,
            "end": {"description": "Behind the last character.", **_PLACE},
            "value": {"description": "In `unit`.", "type": "string", "pattern": _DECIMAL},
            "unit": {"description": "万元 for money, % for rates, 个百分点, 个; else as in the report.", **_TEXT},
            "decimals": {"description": "Printed decimals.", "type": "integer", "minimum": 0},
            **_bounds("", "what the printed figure may mean"),
            "indicator": {"description": "What it measures: a code, like annual_plan.", "type": "string"},
            "subject": {"description": "Of what, from the wider to the narrower.", "type": "array", "items": _TEXT},
            "period": _or_null(period),
            "region": _TEXT_OR_NULL,
            "region_code": _TEXT_OR_NULL,
            "is_approximate": {"type": "boolean"},
            "damage": _or_null({"description": "What was printed, and what was read for it.", **damage}),
        }
    )


def _relation() -> Schema:
    mend = _object({"figure_id": _TEXT, "printed": _TEXT})
    return _object(
        {
            "id": _TEXT,
            "kind": _TEXT,
            "figure_ids": {"type": "array", "items": _TEXT},
            "formula": _TEXT,
            **_bounds("stated_", "what the report says"),
            **_bounds("computed_", "what the other figures give"),
            "verdict": {"enum": [verdict.value for verdict in Verdict]},
            "confidence": {"description": "From 0 to 1.", "type": "string", "pattern": _DECIMAL},
            "reason_zh": {"type": "string", "minLength": 1},
            "quotes": {"type": "array", "items": {"$ref": "#/$defs/quote"}},
            "mend": _or_null({"description": "The single figure whose other value would mend it.", **mend}),
        }
    )
