"""The answer to a JSON submission as JSON: what `answer.schema.json` describes."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Row

from taizhang.contract.answer_schema import ANSWER_VERSION
from taizhang.feedback.model import Feedback, Remark

SEVERITIES = ("block", "warn", "info")


def judged_answer(feedback: Feedback, file_sha256: str) -> bytes:
    """Return the answer to a submission that was judged."""
    return _written(
        {
            "answer_version": ANSWER_VERSION,
            "submission_id": feedback.submission_id,
            "file_name": feedback.file_name,
            "file_sha256": file_sha256,
            "unit_code": feedback.unit_code,
            "unit_name": feedback.unit_name,
            "report_month": _month(feedback.month),
            "outcome": feedback.outcome,
            "reason": None,
            "due_on": None if feedback.is_answered else feedback.due_on.isoformat(),
            "in_force_submission_id": feedback.in_force,
            "counts": {severity: feedback.count(severity) for severity in SEVERITIES},
            "unlisted_count": feedback.unlisted,
            "findings": [_finding(feedback, remark) for remark in feedback.remarks],
        }
    )


def _finding(feedback: Feedback, remark: Remark) -> dict[str, Any]:
    """One finding; its cell is a pointer already."""
    return {
        "finding_key": remark.finding_key,
        "rule_id": remark.rule_id,
        "check_id": remark.check_id,
        "title_zh": feedback.title(remark.check_id),
        "severity": remark.level,
        "is_waived": remark.waiver_id is not None,
        "sheet_title": remark.sheet_title,
        "pointer": remark.cell,
        "value": remark.value,
        "subject": remark.subject,
        "message_zh": remark.message,
        "advice_zh": remark.advice,
        "suggestion_zh": remark.suggestion,
        "explanation": remark.answer,
    }


def unread_answer(refused: Row[Any]) -> bytes:
    """Return the answer to a submission that was not judged; whose it is, its name may have told."""
    return _written(
        {
            "answer_version": ANSWER_VERSION,
            "submission_id": refused.submission_id,
            "file_name": refused.file_name,
            "file_sha256": refused.sha256,
            "unit_code": refused.unit_code,
            "unit_name": None,
            "report_month": _month(refused.report_month),
            "outcome": refused.state,
            "reason": None if refused.reason_zh is None else _reason(refused),
            "due_on": None,
            "in_force_submission_id": None,
            "counts": dict.fromkeys(SEVERITIES, 0),
            "unlisted_count": 0,
            "findings": [],
        }
    )


def _reason(refused: Row[Any]) -> dict[str, str | None]:
    return {"code": refused.reason_code, "message_zh": refused.reason_zh, "message_en": refused.reason_en}


def _month(month: date | None) -> str | None:
    return None if month is None else f"{month:%Y-%m}"


def _written(answer: dict[str, Any]) -> bytes:
    """Write the answer, Chinese as it is; half a character, which a name may hold, becomes a question mark."""
    return (json.dumps(answer, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
