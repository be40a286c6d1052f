"""Verifying that files, rows, findings, decisions, certificates and published totals are as they were left."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Engine, text

from taizhang.evidence.archived_rows import changed_rows
from taizhang.evidence.closed_months import faults
from taizhang.evidence.contents import CertificateContent, SealContent, missing_of
from taizhang.evidence.hashing import content_sha256, finding_digest, known_columns
from taizhang.evidence.removals import broken_runs
from taizhang.evidence.seal import sealed_content
from taizhang.landing import file_sha256, landed_path
from taizhang.publication.published_totals import published_totals
from taizhang.publication.written_rows import written_hashes

SHOWN_MISSING = 5


class Kind(StrEnum):
    """What was tampered with."""

    FILE = "file"
    SUBMISSION = "submission"
    RAW = "raw"
    FINDING = "finding"
    EVIDENCE = "evidence"
    SEAL = "seal"
    CERTIFICATE = "certificate"
    TOTALS = "totals"
    PUBLISHED = "published"
    REMOVAL = "removal"
    DECISION = "decision"


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was left."""

    kind: Kind
    subject: str
    message_zh: str
    message_en: str


@dataclass
class Verification:
    """What was looked at and what was wrong with it."""

    files: int = 0
    submissions: int = 0
    gate_runs: int = 0
    publications: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify(engine: Engine) -> Verification:
    """Compute every hash and total again; each thing that was tampered with becomes a problem that names it."""
    found = Verification()
    with engine.connect() as connection:
        found.problems += _files(connection, found)
        found.problems += _states(connection, found)
        found.problems += _gate_runs(connection, found)
        found.problems += _publications(connection, found)
        found.problems += (Problem(Kind.DECISION, *fault) for fault in faults(connection))
        found.problems += _removals(connection)
        connection.rollback()
    return found


def _files(connection: Connection, found: Verification) -> Iterator[Problem]:
    """Compare every archived file with the hash under which it was received."""
    rows = connection.execute(
        text("select submission_id, sha256, file_name from ops.submission order by submission_id")
    )
    for row in rows.all():
        found.files += 1
        path = landed_path(row.sha256)
        subject = f"{row.file_name} (submission {row.submission_id}, {path})"
        if not path.exists():
            yield Problem(Kind.FILE, subject, "存档文件不存在", "the archived file is missing")
        elif (now := file_sha256(path)) != row.sha256:
            yield Problem(
                Kind.FILE,
                subject,
                f"存档文件已被改动：收到时 {row.sha256[:12]}，现为 {now[:12]}",
                f"the archived file was changed: {row.sha256[:12]} when received, {now[:12]} now",
            )


_STATES = text(
    """
    with last as (
        select distinct on (submission_id) submission_id, state
        from ops.submission_event order by submission_id, event_id desc
    )
    select s.submission_id, s.file_name, s.state, last.state as event_state
    from ops.submission as s
    left join last on s.submission_id = last.submission_id
    order by s.submission_id
    """
)


def _states(connection: Connection, found: Verification) -> Iterator[Problem]:
    """Compare the state of every submission with the last event that is on record."""
    for row in connection.execute(_STATES).all():
        found.submissions += 1
        if row.state != row.event_state:
            yield Problem(
                Kind.SUBMISSION,
                f"submission {row.submission_id} ({row.file_name})",
                f"状态为 {row.state}，最后一次记录为 {row.event_state}",
                f"its state is {row.state}, the last event on record says {row.event_state}",
            )


def _gate_runs(connection: Connection, found: Verification) -> Iterator[Problem]:
    """Compute every seal again, in order."""
    runs = connection.execute(
        text(
            "select r.gate_run_id, r.state, s.content, s.sha256 from audit.gate_run as r"
            " left join audit.gate_seal as s on r.gate_run_id = s.gate_run_id"
            " where r.state = 'done' or s.gate_run_id is not null order by r.gate_run_id"
        )
    ).all()
    newest = connection.execute(text("select submission_id, max(gate_run_id) from audit.judgement group by 1"))
    newest_runs = {row[0]: row[1] for row in newest}
    for run in runs:
        found.gate_runs += 1
        subject = f"gate run {run.gate_run_id}"
        if run.sha256 is None:
            yield Problem(Kind.SEAL, subject, "缺少封印", "its seal is missing")
            continue
        if run.state != "done":
            message = f"已封印，状态却为 {run.state}", f"it is sealed, yet its state is {run.state}"
            yield Problem(Kind.EVIDENCE, subject, *message)
        yield from _findings(connection, run.gate_run_id)
        yield from _broken(Kind.SEAL, subject, SealContent, run.content, run.sha256)
        if missing_of(SealContent, run.content):
            continue
        now = sealed_content(connection, run.gate_run_id, known_columns(run.content["columns"]))
        yield from _differences(connection, subject, run.content, now, newest_runs)


def _broken(kind: Kind, subject: str, model: type[BaseModel], content: Any, sha256: str) -> Iterator[Problem]:
    """Say whether a seal or certificate does not match its hash, and what of it is missing."""
    name_zh, name_en = ("封印", "seal") if kind is Kind.SEAL else ("证书", "certificate")
    if content_sha256(content) != sha256:
        yield Problem(kind, subject, f"{name_zh}与其哈希不符", f"its {name_en} does not match its hash")
    if missing := missing_of(model, content):
        named = ", ".join(missing[:SHOWN_MISSING])
        yield Problem(
            kind, subject, f"{name_zh}残缺，无从比对：{named}", f"its {name_en} proves nothing, it lacks {named}"
        )


def _findings(connection: Connection, gate_run_id: int) -> Iterator[Problem]:
    """Find the findings of a run that no longer say what was written."""
    rows = connection.execute(
        text(
            "select finding_id, check_id, submission_id, cell from audit.finding"
            f" where gate_run_id = :gate_run_id and digest is distinct from {finding_digest('gate_run_id')}"
            " order by finding_id"
        ),
        {"gate_run_id": gate_run_id},
    )
    for row in rows.all():
        yield Problem(
            Kind.FINDING,
            f"finding {row.finding_id} ({row.check_id}, submission {row.submission_id}, {row.cell or '-'})",
            "核查意见已被改动",
            "the finding was changed",
        )


def _differences(
    connection: Connection,
    subject: str,
    sealed: dict[str, Any],
    now: dict[str, Any],
    newest_runs: dict[int, int],
) -> Iterator[Problem]:
    """Say what of a run is not as its seal says."""
    for name in ("previous_gate_run_id", "previous_sha256", "catalogue_version", "pack_version", "submission_count"):
        if sealed[name] != now[name]:
            yield Problem(
                Kind.SEAL, subject, f"{name} 与封印不符", f"{name} is {now[name]}, the seal says {sealed[name]}"
            )
    for name, sha256 in sealed["evidence"].items():
        if now["evidence"].get(name) != sha256:
            yield Problem(Kind.EVIDENCE, subject, f"audit.{name} 已被改动", f"rows of audit.{name} were changed")
    judged = {entry["submission_id"]: entry for entry in now["submissions"]}
    for entry in sealed["submissions"]:
        number = entry["submission_id"]
        is_newest = newest_runs.get(number) == sealed["gate_run_id"]
        yield from _of_submission(connection, entry, judged.get(number), is_newest)


def _of_submission(
    connection: Connection, sealed: dict[str, Any], now: dict[str, Any] | None, is_newest: bool
) -> Iterator[Problem]:
    """Say what of a submission is not as it was judged; the corrections in effect are those of its newest judgement."""
    subject = f"submission {sealed['submission_id']} ({sealed['unit_code']} {sealed['report_month']})"
    if now is None:
        yield Problem(Kind.EVIDENCE, subject, "裁定记录已被删除", "its judgement was removed")
        return
    yield from _of_its_rows(connection, subject, sealed, now, is_newest)
    if now["evidence_sha256"] != sealed["evidence_sha256"]:
        yield Problem(
            Kind.EVIDENCE,
            subject,
            "裁定、规则结果、豁免和更正或填报说明已被改动",
            "its judgement, rule results, waivers and corrections, or explanations were changed",
        )
    if now["finding_count"] != sealed["finding_count"]:
        yield Problem(
            Kind.FINDING,
            subject,
            f"核查意见原有 {sealed['finding_count']} 条，现有 {now['finding_count']} 条",
            f"it had {sealed['finding_count']} findings, now it has {now['finding_count']}",
        )
    elif now["findings_sha256"] != sealed["findings_sha256"]:
        yield Problem(Kind.FINDING, subject, "核查意见已被替换", "its findings were exchanged")
    for name in ("file_sha256", "filed_on", "outcome", "unit_code", "report_month"):
        if now[name] != sealed[name]:
            yield Problem(
                Kind.SUBMISSION, subject, f"{name} 与封印不符", f"{name} is {now[name]}, the seal says {sealed[name]}"
            )


def _of_its_rows(
    connection: Connection, subject: str, sealed: dict[str, Any], now: dict[str, Any], is_newest: bool
) -> Iterator[Problem]:
    """Say which of a submission's rows and corrections are not those that were judged."""
    if now["raw_sha256"] != sealed["raw_sha256"]:
        changed = changed_rows(connection, sealed["submission_id"]) or ["?"]
        for place in changed:
            yield Problem(
                Kind.RAW, f"{subject} {place}", "入库数据已被改动", "rows in raw are not those that were judged"
            )
    if is_newest and now["corrections_sha256"] != sealed["corrections_sha256"]:
        yield Problem(
            Kind.RAW,
            f"{subject} raw.cell_correction",
            "生效的更正已被改动",
            "the corrections in effect are not those that it was judged with",
        )


def _publications(connection: Connection, found: Verification) -> Iterator[Problem]:
    """Check the chain of certificates, their scopes, the seals that they name and the totals that readers see."""
    rows = connection.execute(
        text(
            "select publication_id, certificate, certificate_sha256 from ops.publication"
            " where state = 'published' order by publication_id"
        )
    ).all()
    seals = {row.gate_run_id: row.sha256 for row in connection.execute(text("select * from audit.gate_seal"))}
    previous: str | None = None
    for row in rows:
        found.publications += 1
        subject = f"publication {row.publication_id}"
        content = row.certificate
        yield from _broken(Kind.CERTIFICATE, subject, CertificateContent, content, row.certificate_sha256)
        before, previous = previous, row.certificate_sha256
        if missing_of(CertificateContent, content):
            continue
        if content["publication_id"] != row.publication_id:
            yield Problem(Kind.CERTIFICATE, subject, "证书属于另一期", "it carries the certificate of another")
        if content["previous_certificate_sha256"] != before:
            yield Problem(Kind.CERTIFICATE, subject, "证书链断开", "its certificate does not follow the one before")
        run = content["gate_run_id"]
        if run is not None and seals.get(run) != content["gate_seal_sha256"]:
            yield Problem(Kind.SEAL, subject, f"第 {run} 次核查的封印不是证书所记", f"gate run {run} has another seal")
        yield from _scope(connection, subject, row.publication_id, content["scope"])
        yield from _totals(connection, subject, row.publication_id, content["control_totals"])
        yield from _rows(connection, subject, row.publication_id, content["rows"])


def _removals(connection: Connection) -> Iterator[Problem]:
    """Check the chain of housekeeping: what was removed by policy is still on record as it was written."""
    for number, message_zh, message_en in broken_runs(connection):
        yield Problem(Kind.REMOVAL, f"housekeeping run {number}", message_zh, message_en)


def _scope(
    connection: Connection, subject: str, publication_id: int, certified: list[dict[str, Any]]
) -> Iterator[Problem]:
    """Compare the scope of a publication with the one that its certificate names."""
    rows = connection.execute(
        text(
            "select unit_code, to_char(report_month, 'YYYY-MM') as report_month, submission_id"
            " from ops.publication_scope where publication_id = :publication_id"
        ),
        {"publication_id": publication_id},
    )
    now = {(row.unit_code, row.report_month): row.submission_id for row in rows}
    then = {(entry["unit_code"], entry["report_month"]): entry["submission_id"] for entry in certified}
    for key in sorted(now.keys() | then.keys()):
        if now.get(key, "-") != then.get(key, "-"):
            unit_code, month = key
            yield Problem(
                Kind.CERTIFICATE,
                f"{subject} {unit_code} {month}",
                f"发布范围与证书不符：现为 {now.get(key, '无')}，证书为 {then.get(key, '无')}",
                f"its scope is {now.get(key, '-')}, its certificate says {then.get(key, '-')}",
            )


def _totals(connection: Connection, subject: str, publication_id: int, certified: dict[str, Any]) -> Iterator[Problem]:
    """Compare what readers of a publication see of the nation with its certified control totals."""
    shown = published_totals(connection, publication_id)
    for month, lists in certified.items():
        for list_code, measures in lists.items():
            for name, value in measures.items():
                now = shown.get((month, list_code), {}).get(name)
                if now != value:
                    yield Problem(
                        Kind.TOTALS,
                        f"{subject} {month} {list_code} {name}",
                        f"全国合计现为 {now}，证书为 {value}",
                        f"the nation's total is {now}, its certificate says {value}",
                    )


def _rows(connection: Connection, subject: str, publication_id: int, certified: dict[str, Any]) -> Iterator[Problem]:
    """Compare the rows that a publication has written with the hashes that its certificate names."""
    now = written_hashes(connection, publication_id, certified["columns"])
    for table, then in certified["hashes"].items():
        there = now.get(table, {})
        for place in sorted(then.keys() | there.keys()):
            if then.get(place) != there.get(place):
                yield Problem(
                    Kind.PUBLISHED,
                    " ".join(filter(None, (subject, table, place))),
                    "已发布的数据行已被改动",
                    "rows that it published were changed",
                )
