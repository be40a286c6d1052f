"""The published files of the contract: `docs/contract/` has what these functions give."""

import json
from collections.abc import Callable
from typing import Any

from taizhang.contract.answer_schema import answer_schema
from taizhang.contract.audit_schema import audit_schema
from taizhang.contract.openapi import openapi_document
from taizhang.contract.submission_schema import submission_schema
from taizhang.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs" / "contract"
FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "submission.schema.json": submission_schema,
    "answer.schema.json": answer_schema,
    "audit-report.schema.json": audit_schema,
    "openapi.json": openapi_document,
}


def file_text(name: str) -> str:
    """Return a file of the contract, made from the dictionary; KeyError for another name."""
    return json.dumps(FILES[name](), ensure_ascii=False, indent=1) + "\n"
