"""JSON Schema of the answer file that a JSON submission gets back."""

from taizhang.contract.submission_schema import DIALECT
from taizhang.contract.values import MONTH, Schema

ANSWER_VERSION = "1"
OUTCOMES = ("accepted", "in_review", "held", "quarantined", "superseded", "refused", "returned")


def answer_schema() -> Schema:
    """Return the schema of an answer."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:taizhang:answer:{ANSWER_VERSION}",
        "title": "核查反馈",
        "description": "What became of a JSON submission, and what is to be corrected or explained, by JSON pointer.",
        **answer_object(),
        "$defs": {"finding": _finding()},
    }


def answer_object(prefix: str = "#/$defs/") -> Schema:
    """Return the schema of the whole object, with a finding under `prefix`."""
    properties = _whose() | _verdict() | {"findings": {"type": "array", "items": {"$ref": f"{prefix}finding"}}}
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _whose() -> Schema:
    """Which submission is answered."""
    return {
        "answer_version": {"const": ANSWER_VERSION},
        "submission_id": {"description": "Number of the submission.", "type": "integer"},
        "file_name": {"type": "string"},
        "file_sha256": {"description": "Of the file that was judged.", "type": "string", "pattern": "^[0-9a-f]{64}$"},
        "unit_code": {"type": ["string", "null"]},
        "unit_name": {"type": ["string", "null"]},
        "report_month": {"anyOf": [{"type": "string", "pattern": MONTH}, {"type": "null"}]},
    }


def _verdict() -> Schema:
    """What became of it."""
    return {
        "outcome": {
            "description": (
                "accepted; in_review: a reviewer decides; held: the month is closed, an approval is awaited; "
                "returned: by a reviewer; quarantined: held back until the findings of severity block are "
                "corrected; superseded: a later submission counts; refused: could not be read, for the reason given."
            ),
            "enum": list(OUTCOMES),
        },
        "reason": _reason(),
        "due_on": {
            "description": "Day by which corrections and explanations are due.",
            "type": ["string", "null"],
            "format": "date",
        },
        "in_force_submission_id": {
            "description": "The submission whose figures count for the month.",
            "type": ["integer", "null"],
        },
        "counts": {
            "description": "All findings by severity; waived ones count as info.",
            "type": "object",
            "required": ["block", "warn", "info"],
            "additionalProperties": False,
            "properties": {name: {"type": "integer", "minimum": 0} for name in ("block", "warn", "info")},
        },
        "unlisted_count": {"description": "Findings beyond those that are listed.", "type": "integer", "minimum": 0},
    }


def _reason() -> Schema:
    """Why it was not judged, or returned."""
    return {
        "anyOf": [
            {
                "type": "object",
                "required": ["code", "message_zh", "message_en"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": ["string", "null"]},
                    "message_zh": {"type": "string"},
                    "message_en": {"type": ["string", "null"]},
                },
            },
            {"type": "null"},
        ]
    }


def _finding() -> Schema:
    text_or_null = {"type": ["string", "null"]}
    properties: Schema = {
        "finding_key": {"description": "Names the finding in an explanation.", "type": "string"},
        "rule_id": {"type": "string"},
        "check_id": {"type": "string"},
        "title_zh": {"description": "What the check is called.", "type": "string"},
        "severity": {"enum": ["block", "warn", "info"]},
        "is_waived": {"description": "True where an approved waiver covers it.", "type": "boolean"},
        "sheet_title": text_or_null,
        "pointer": {
            "description": "RFC 6901 pointer into the submission; null where no single value is meant.",
            "type": ["string", "null"],
        },
        "value": {"description": "The value as submitted.", "type": ["string", "null"]},
        "subject": {"description": "The project or class that is meant.", "type": ["string", "null"]},
        "message_zh": {"type": "string"},
        "advice_zh": text_or_null,
        "suggestion_zh": {"description": "A clue, never applied by the program.", "type": ["string", "null"]},
        "explanation": {"description": "What the unit has answered so far.", "type": ["string", "null"]},
    }
    return {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}
