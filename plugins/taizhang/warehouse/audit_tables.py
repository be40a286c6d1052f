"""Tables of the schema `audit`: what was checked, what was found, how it ended. Rows are never changed or deleted."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from taizhang.warehouse.tables import SUBMISSION_STATES, created_at, metadata, one_of

SEVERITIES = ("block", "warn", "info")


def by_severity(column: str) -> str:
    """SQL: what weighs most comes first in this order."""
    return f"array_position(array{list(SEVERITIES)}, {column})"


gate_run = Table(
    "gate_run",
    metadata,
    Column("gate_run_id", BigInteger, Identity(always=True), primary_key=True),
    Column("state", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
    Column("catalogue_version", Text, nullable=False),
    Column("pack_version", Text, comment="Version of the rule pack as people call it."),
    Column("submission_count", Integer, nullable=False),
    Column("failure", Text),
    one_of("state", ("running", "done", "error")),
    schema="audit",
)

rule_run = Table(
    "rule_run",
    metadata,
    Column("gate_run_id", ForeignKey("audit.gate_run.gate_run_id"), nullable=False),
    Column("check_id", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("expectation_type", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("rows_checked", BigInteger, nullable=False),
    Column("rows_failed", BigInteger, nullable=False),
    Column("rows_failed_gx", BigInteger, nullable=False),
    Column("rows_untold", BigInteger, comment="Rows of which it could not be told."),
    one_of("severity", SEVERITIES),
    PrimaryKeyConstraint("gate_run_id", "check_id"),
    schema="audit",
    comment="What was checked and how it ended, also when it passed.",
)

finding = Table(
    "finding",
    metadata,
    Column("finding_id", BigInteger, Identity(always=True), primary_key=True),
    Column("gate_run_id", ForeignKey("audit.gate_run.gate_run_id"), nullable=False),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False, index=True),
    Column("check_id", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("sheet", Text),
    Column("sheet_title", Text),
    Column("row_number", Integer),
    Column("column_name", Text),
    Column("cell", Text),
    Column("value", Text),
    Column("message_zh", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    Column("advice_zh", Text),
    Column(
        "subject_key", Text, comment="What names the row across versions of a submission, such as a project's code."
    ),
    Column("subject_label", Text, comment="The same for people."),
    Column("finding_key", Text, comment="The same finding in all versions of a unit's month has the same key."),
    Column("waiver_id", Text, comment="The waiver for which it does not count."),
    Column("suggested_cell", Text, comment="The single cell whose change would mend most."),
    Column("suggested_value", Text, comment="What could stand there; never applied."),
    Column("suggestion_zh", Text),
    Column("suggestion_en", Text),
    Column("digest", Text, comment="sha256 of the finding as it was written."),
    one_of("severity", SEVERITIES),
    one_of("verdict", ("contradiction", "cannot_tell")),
    schema="audit",
    comment="Every failing row of every rule, with the cell to mend.",
)
Index("finding_by_key", finding.c.finding_key)
# Runs follow each other, and so do their rows: a range index leads to one run and costs nothing to write.
Index("finding_by_run", finding.c.gate_run_id, postgresql_using="brin")

rule_pack = Table(
    "rule_pack",
    metadata,
    Column("catalogue_version", Text, primary_key=True),
    Column("pack_version", Text, nullable=False),
    Column("files", JSONB, nullable=False, comment="Path below expectations/ to text, for every file of the pack."),
    Column("checks", JSONB, nullable=False, comment="What `taizhang rules --json` says of each check of the pack."),
    created_at(),
    schema="audit",
    comment="The rules as they stood, once per version that a gate has used.",
)

submission_rule_run = Table(
    "submission_rule_run",
    metadata,
    Column("gate_run_id", ForeignKey("audit.gate_run.gate_run_id"), nullable=False),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False),
    Column("check_id", Text, nullable=False),
    Column("rows_checked", Integer, nullable=False),
    Column("rows_failed", Integer, nullable=False),
    Column("rows_untold", Integer, nullable=False),
    PrimaryKeyConstraint("submission_id", "gate_run_id", "check_id"),
    schema="audit",
    comment="What each check saw of each submission; a check that had nothing to look at has no row.",
)
Index("submission_rule_run_by_run", submission_rule_run.c.gate_run_id, postgresql_using="brin")

judgement = Table(
    "judgement",
    metadata,
    Column("gate_run_id", ForeignKey("audit.gate_run.gate_run_id"), nullable=False),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("report_month", Date, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("block_count", Integer, nullable=False),
    Column("warn_count", Integer, nullable=False),
    Column("info_count", Integer, nullable=False),
    Column(
        "waived_count",
        Integer,
        nullable=False,
        server_default=text("0"),
        comment="Findings that a waiver took out of the other counts.",
    ),
    one_of("outcome", SUBMISSION_STATES),
    PrimaryKeyConstraint("submission_id", "gate_run_id"),
    schema="audit",
    comment="How each submission ended in each run of the gate.",
)
Index("judgement_by_unit", judgement.c.unit_code, judgement.c.report_month)
Index("judgement_by_run", judgement.c.gate_run_id)

gate_seal = Table(
    "gate_seal",
    metadata,
    Column("gate_run_id", ForeignKey("audit.gate_run.gate_run_id"), primary_key=True),
    Column("content", JSONB, nullable=False),
    Column("sha256", Text, nullable=False, comment="Of the content in canonical form."),
    created_at(),
    schema="audit",
    comment="What a run of the gate decided and found, chained by hash to the run before.",
)

amendment = Table(
    "amendment",
    metadata,
    Column("amendment_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False),
    Column("gate_run_id", ForeignKey("audit.gate_run.gate_run_id"), nullable=False),
    Column("entry", JSONB, nullable=False, comment="The entry of the file as it stood."),
    Column("finding_count", Integer, nullable=False, comment="Findings that a waiver touched; cells of a correction."),
    created_at(),
    one_of("kind", ("waiver", "correction")),
    PrimaryKeyConstraint("submission_id", "gate_run_id", "amendment_id"),
    schema="audit",
    comment="Which waivers and corrections were used when a submission was judged.",
)
Index("amendment_by_run", amendment.c.gate_run_id, postgresql_using="brin")

explanation = Table(
    "explanation",
    metadata,
    Column("explanation_id", BigInteger, Identity(always=True), primary_key=True),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False, index=True),
    Column("unit_code", Text, nullable=False),
    Column("report_month", Date, nullable=False),
    Column("finding_key", Text, nullable=False),
    Column("check_id", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    created_at(),
    schema="audit",
    comment="What a unit answered to a finding, with the workbook that brought the answer.",
)
Index("explanation_by_key", explanation.c.finding_key)

feedback = Table(
    "feedback",
    metadata,
    Column("feedback_id", BigInteger, Identity(always=True), primary_key=True),
    Column("submission_id", ForeignKey("ops.submission.submission_id"), nullable=False, index=True),
    Column("gate_run_id", ForeignKey("audit.gate_run.gate_run_id"), comment="None where the file was refused."),
    Column("file", Text, nullable=False, comment="Where it was put, below the outbox."),
    Column("sha256", Text, nullable=False, comment="Of the file as it was put there."),
    Column("finding_count", Integer, nullable=False),
    created_at(),
    schema="audit",
    comment="What was given back to the submitter: the feedback workbook, or why the file was refused.",
)
