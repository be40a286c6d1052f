"""What a feedback workbook says, from the judgement, the findings and the answers in the warehouse."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, TextClause, text

from taizhang.codelists import reporting_units
from taizhang.deadlines.calendar import due_on
from taizhang.dictionary import load_dictionary
from taizhang.feedback.model import Feedback, Remark
from taizhang.settings import settings
from taizhang.warehouse.audit_tables import by_severity

# So many findings are listed in a workbook; Excel can link from no more than 65,530 cells of a sheet.
LISTED = 20_000

# The judgements in question, by the numbers of their submissions and runs of the gate.
_WANTED = """
    with wanted as (
        select submission_id, gate_run_id
        from unnest(cast(:submissions as bigint[]), cast(:runs as bigint[])) as wanted (submission_id, gate_run_id)
    )
"""

_JUDGEMENTS = text(
    f"""
    {_WANTED}

    select
        judgement.submission_id,
        judgement.gate_run_id,
        judgement.unit_code,
        judgement.report_month,
        judgement.outcome,
        submission.file_name,
        submission.sha256,
        gate_run.catalogue_version,
        (gate_run.finished_at at time zone 'Asia/Shanghai')::date as judged_on,
        (
            select in_force.submission_id
            from ops.submission as in_force
            where
                in_force.unit_code = judgement.unit_code
                and in_force.report_month = judgement.report_month
                and in_force.state = 'accepted'
        ) as in_force,
        (
            select count(*)
            from audit.judgement as earlier
            where earlier.submission_id = judgement.submission_id and earlier.gate_run_id <= judgement.gate_run_id
        ) as ordinal
    from wanted
    inner join audit.judgement as judgement
        on wanted.submission_id = judgement.submission_id and wanted.gate_run_id = judgement.gate_run_id
    inner join ops.submission as submission on judgement.submission_id = submission.submission_id
    inner join audit.gate_run as gate_run on judgement.gate_run_id = gate_run.gate_run_id
    """  # noqa: S608
)

_REMARKS = text(
    f"""
    {_WANTED},

    found as (
        select
            finding.*,
            row_number() over (
                partition by finding.submission_id, finding.gate_run_id
                order by
                    {by_severity("case when finding.waiver_id is null then finding.severity else 'info' end")},
                    finding.rule_id,
                    finding.check_id,
                    finding.sheet,
                    finding.row_number,
                    finding.cell,
                    finding.finding_id
            ) as place
        from wanted
        inner join audit.finding as finding
            on wanted.submission_id = finding.submission_id and wanted.gate_run_id = finding.gate_run_id
    )

    select
        found.submission_id,
        found.gate_run_id,
        coalesce(found.finding_key, '') as finding_key,
        found.check_id,
        found.rule_id,
        found.severity,
        found.message_zh as message,
        found.sheet_title,
        found.cell,
        found.value,
        found.subject_label as subject,
        found.advice_zh as advice,
        found.suggestion_zh as suggestion,
        found.waiver_id,
        answer.explanation as answer
    from found
    left join lateral (
        select explanation.explanation
        from audit.explanation as explanation
        where explanation.finding_key = found.finding_key
        order by explanation.explanation_id desc
        limit 1
    ) as answer on true
    where found.place <= :listed
    order by found.submission_id, found.gate_run_id, found.place
    """  # noqa: S608
)

_COUNTS = text(
    f"""
    {_WANTED}

    select
        finding.submission_id,
        finding.gate_run_id,
        case when finding.waiver_id is null then finding.severity else 'info' end as level,
        finding.check_id,
        count(*) as findings
    from wanted
    inner join audit.finding as finding
        on wanted.submission_id = finding.submission_id and wanted.gate_run_id = finding.gate_run_id
    group by 1, 2, 3, 4
    """  # noqa: S608
)

_ROWS = text(
    """
    select submission_id, sheet_title, detail_count
    from raw.read_sheet
    where submission_id = any(cast(:submissions as bigint[])) and sheet = any(:sheets)
    order by submission_id, array_position(:sheets, sheet)
    """
)

_TITLES = text(
    """
    select rule_pack.catalogue_version, entry.value ->> 'check_id' as check_id, entry.value ->> 'title_zh' as title
    from audit.rule_pack
    cross join lateral jsonb_array_elements(rule_pack.checks) as entry
    where rule_pack.catalogue_version = any(:versions) and entry.value ->> 'check_id' = any(:checks)
    """
)

# A submission and the run of the gate that judged it.
Key = tuple[int, int]


@dataclass(frozen=True)
class Judged:
    """A feedback and where it belongs: the file that was judged, and the how manieth judgement of it this was."""

    feedback: Feedback
    sha256: str
    ordinal: int


class Collection:
    """What the warehouse has to say about some judgements: five queries, however many judgements they are."""

    def __init__(self, connection: Connection, keys: Sequence[Key]) -> None:
        wanted = {"submissions": [key[0] for key in keys], "runs": [key[1] for key in keys]}
        self._judgements = {_key(row): row for row in _rows(connection, _JUDGEMENTS, wanted)}
        self._remarks = _grouped(_rows(connection, _REMARKS, {**wanted, "listed": LISTED}))
        self._counts = _grouped(_rows(connection, _COUNTS, wanted))
        tables = [name for name, sheet in load_dictionary().items() if sheet.layout == "table"]
        self._read: dict[int, dict[str, int]] = {}
        for row in _rows(connection, _ROWS, {"submissions": wanted["submissions"], "sheets": tables}):
            self._read.setdefault(row["submission_id"], {})[row["sheet_title"]] = row["detail_count"]
        versions = {row["catalogue_version"] for row in self._judgements.values()}
        checks = {row["check_id"] for rows in self._counts.values() for row in rows}
        self._titles: dict[str, dict[str, str]] = {}
        for row in _rows(connection, _TITLES, {"versions": sorted(versions), "checks": sorted(checks)}):
            self._titles.setdefault(row["catalogue_version"], {})[row["check_id"]] = row["title"]

    def judged(self, key: Key) -> Judged:
        """Return what is to be said of one of them; LookupError when there is no such judgement."""
        row = self._judgements.get(key)
        if row is None:
            raise LookupError(f"submission {key[0]} was not judged by run {key[1]} of the gate")
        counts = Counter(
            {(entry["level"], entry["check_id"]): entry["findings"] for entry in self._counts.get(key, [])}
        )
        titles = self._titles.get(row["catalogue_version"], {})
        unit = reporting_units().units[row["unit_code"]]
        feedback = Feedback(
            submission_id=row["submission_id"],
            unit_code=unit.unit_code,
            unit_name=unit.unit_name,
            month=row["report_month"],
            file_name=row["file_name"],
            outcome=row["outcome"],
            due_on=correction_due(unit.unit_kind, row["report_month"], row["judged_on"]),
            remarks=[_remark(**entry) for entry in self._remarks.get(key, [])],
            counts=counts,
            titles={check: titles[check] for _, check in counts if check in titles},
            accepted_rows=self._read.get(row["submission_id"], {}),
            in_force=row["in_force"],
        )
        return Judged(feedback, row["sha256"], row["ordinal"])


def _rows(connection: Connection, statement: TextClause, values: dict[str, Any]) -> Iterable[RowMapping]:
    return connection.execute(statement, values).mappings()


def _key(row: RowMapping) -> Key:
    return row["submission_id"], row["gate_run_id"]


def _grouped(rows: Iterable[RowMapping]) -> dict[Key, list[RowMapping]]:
    """The rows of each judgement, in the order in which they come."""
    found: dict[Key, list[RowMapping]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return found


def _remark(submission_id: int, gate_run_id: int, **said: Any) -> Remark:
    """A finding as the submitter sees it, whichever judgement it is of."""
    return Remark(**said)


def correction_due(unit_kind: str, report_month: date, judged_on: date) -> date:
    """Return by when corrections must be back: some days after the judgement, yet not before the filing day itself."""
    filing_day = due_on(unit_kind, report_month)
    correction_day = judged_on + timedelta(days=settings().correction_days)
    return correction_day if filing_day is None else max(correction_day, filing_day)
