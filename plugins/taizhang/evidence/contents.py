"""What a seal and a certificate must hold before anything can be compared with them."""

from typing import Any

from pydantic import BaseModel, ValidationError


class _SealedSubmission(BaseModel):
    submission_id: int
    unit_code: str
    report_month: str
    file_sha256: str
    filed_on: str | None
    outcome: str
    raw_sha256: str | None
    corrections_sha256: str | None
    evidence_sha256: str
    finding_count: int
    findings_sha256: str | None


class SealContent(BaseModel):
    """A seal."""

    gate_run_id: int
    catalogue_version: str
    pack_version: str | None
    submission_count: int
    previous_gate_run_id: int | None
    previous_sha256: str | None
    columns: dict[str, list[str]]
    evidence: dict[str, str]
    submissions: list[_SealedSubmission]


class _CertifiedUnit(BaseModel):
    unit_code: str
    report_month: str
    submission_id: int | None


class _CertifiedRows(BaseModel):
    columns: dict[str, list[str]]
    hashes: dict[str, dict[str, str]]


class CertificateContent(BaseModel):
    """A certificate."""

    publication_id: int
    previous_certificate_sha256: str | None
    gate_run_id: int | None
    gate_seal_sha256: str | None
    scope: list[_CertifiedUnit]
    control_totals: dict[str, dict[str, dict[str, str | None]]]
    rows: _CertifiedRows


def missing_of(model: type[BaseModel], content: Any) -> list[str]:
    """Return where the content is not what it must be, such as `scope.0.unit_code`; empty when it is whole."""
    try:
        model.model_validate(content, strict=True)
    except ValidationError as error:
        return [".".join(map(str, fault["loc"])) or type(content).__name__ for fault in error.errors()]
    return []
