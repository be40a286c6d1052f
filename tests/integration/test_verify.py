"""Whoever changes anything behind the program's back is found out, and what was changed is named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from taizhang.evidence.verify import Kind, verify
from taizhang.landing import landed_path
from taizhang.night import run_night
from taizhang.sources import inbox
from tests.unit.reading.books import DETAIL, save, table

pytestmark = [
    pytest.mark.publishes,
    pytest.mark.usefixtures("own_counts"),
    pytest.mark.parametrize("server_url", ["embedded"], indirect=True),
]

WRONG_RATE = [[*row, rate] for row, rate in zip(DETAIL, (30, 99.5), strict=True)]


def change(engine: Engine, statement: str, keeper: str | None = None) -> None:
    """Change what only somebody can change who owns the tables and takes their keeper away."""
    with engine.begin() as connection:
        if keeper:
            connection.execute(text(f"alter table {keeper} disable trigger user"))
        changed = connection.execute(text(statement))
        assert changed.rowcount > 0
        if keeper:
            connection.execute(text(f"alter table {keeper} enable trigger user"))


def file(engine: Engine) -> None:
    with engine.connect() as connection:
        path = landed_path(str(connection.scalar(text("select sha256 from ops.submission order by 1 limit 1"))))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def raw_row(engine: Engine) -> None:
    change(engine, "update raw.project_progress set annual_plan_wan = 3001 where submission_id = 1 and row_number = 3")


def raw_row_gone(engine: Engine) -> None:
    change(engine, "delete from raw.project_progress where submission_id = 1 and row_number = 4")


def finding(engine: Engine) -> None:
    change(engine, "update audit.finding set severity = 'info' where severity = 'block'", "audit.finding")


def finding_gone(engine: Engine) -> None:
    change(engine, "delete from audit.finding where check_id = 'R23.printed_rate'", "audit.finding")


def decision(engine: Engine) -> None:
    change(engine, "update ops.submission set state = 'superseded' where state = 'quarantined'")


def rule_run(engine: Engine) -> None:
    change(engine, "update audit.rule_run set rows_failed = 0 where rows_failed > 0", "audit.rule_run")


def judgement(engine: Engine) -> None:
    change(engine, "update audit.judgement set warn_count = 9 where submission_id = 2", "audit.judgement")


def explanation_added(engine: Engine) -> None:
    change(
        engine,
        "insert into audit.explanation (submission_id, unit_code, report_month, finding_key, check_id, explanation)"
        " values (2, '621122', '2024-03-01', 'key', 'R23.printed_rate', 'said nobody')",
    )


def run_state(engine: Engine) -> None:
    change(engine, "update audit.gate_run set state = 'error' where gate_run_id = 2", "audit.gate_run")


def correction_added(engine: Engine) -> None:
    change(
        engine,
        "insert into raw.cell_correction (submission_id, sheet, row_number, column_name, correction_id, new_value)"
        " values (1, 'project_progress', 3, 'annual_plan_wan', 'C-1', '9')",
    )


def filing_day(engine: Engine) -> None:
    change(engine, "update ops.submission set filed_on = filed_on - 9 where submission_id = 1")


def seal_emptied(engine: Engine) -> None:
    change(engine, "update audit.gate_seal set content = '{}' where gate_run_id = 2", "audit.gate_seal")


def certificate_emptied(engine: Engine) -> None:
    change(engine, "update ops.publication set certificate = '{\"scope\": 1}'")


def published_row(engine: Engine) -> None:
    change(
        engine,
        "update history.fct_project_month set annual_plan_wan = annual_plan_wan + 1"
        " where project_sk = (select min(project_sk) from history.fct_project_month)",
    )


def published_row_gone(engine: Engine) -> None:
    change(engine, "delete from history.agg_region_month where region_code = '621100'")


def published_finding(engine: Engine) -> None:
    change(engine, "update history.fct_finding set status = 'fixed'")


def seal(engine: Engine) -> None:
    change(engine, "update audit.gate_seal set content = content || '{\"submission_count\": 9}'", "audit.gate_seal")


def certificate(engine: Engine) -> None:
    change(engine, 'update ops.publication set certificate = certificate || \'{"code_version": "x"}\'')


def published(engine: Engine) -> None:
    change(
        engine,
        "update history.agg_region_month set annual_plan_wan = annual_plan_wan + 1"
        " where region_level = 'nation' and list_code = 'all'",
    )


@pytest.fixture
def night(engine: Engine, tmp_path: Path) -> Engine:
    """A night with one county that is accepted and one month that is held back."""
    inbox.submit([save(tmp_path / "陇西县2024年3月重大项目月报.xlsx")])
    assert run_night(engine).accepted == 1
    header = ["序号", "项目名称", "总投资", "年度计划投资", "本月完成投资", "本年累计完成投资", "是否开工", "完成率%"]
    wrong = save(tmp_path / "陇西县2024年3月重大项目月报（更正）.xlsx", table(*WRONG_RATE, header=header))
    inbox.submit([wrong])
    assert run_night(engine).quarantined == 1
    return engine


# The archived file comes last: it is what tells which cell of a changed row was changed.
TAMPERED: list[tuple[Callable[[Engine], None], Kind, str]] = [
    (raw_row, Kind.RAW, "项目进展!D3"),
    (raw_row_gone, Kind.RAW, "项目进展 row 4 is gone"),
    (finding, Kind.FINDING, "R23.printed_rate, submission 2, H4"),
    (finding_gone, Kind.FINDING, "submission 2 (621122 2024-03)"),
    (decision, Kind.SUBMISSION, "submission 2 ("),
    (rule_run, Kind.EVIDENCE, "gate run 2"),
    (judgement, Kind.EVIDENCE, "submission 2 (621122 2024-03)"),
    (explanation_added, Kind.EVIDENCE, "gate run 2"),
    (run_state, Kind.EVIDENCE, "gate run 2"),
    (correction_added, Kind.RAW, "submission 1 (621122 2024-03) raw.cell_correction"),
    (filing_day, Kind.SUBMISSION, "submission 1 (621122 2024-03)"),
    (published_row, Kind.PUBLISHED, "publication 1 fct_project_month 2024-03 621122"),
    (published_row_gone, Kind.PUBLISHED, "publication 1 agg_region_month 2024-03 621100"),
    (published_finding, Kind.PUBLISHED, "publication 2 fct_finding 2024-03 621122"),
    (published, Kind.TOTALS, "publication 1 2024-03 all annual_plan_wan"),
    (certificate, Kind.CERTIFICATE, "publication 1"),
    (seal, Kind.SEAL, "gate run 1"),
    (certificate_emptied, Kind.CERTIFICATE, "publication 2"),
    (seal_emptied, Kind.SEAL, "gate run 2"),
    (file, Kind.FILE, "陇西县2024年3月重大项目月报"),
]


def test_what_was_tampered_with_is_named_and_nothing_else(night: Engine):
    found = verify(night)
    assert found.problems == []
    assert (found.files, found.submissions, found.gate_runs) == (2, 2, 2)
    assert found.publications > 0

    for tamper, kind, name in TAMPERED:
        known = set(verify(night).problems)
        tamper(night)
        anew = set(verify(night).problems) - known
        assert all(problem.message_zh and problem.message_en for problem in anew)
        assert any(problem.kind is kind and name in problem.subject for problem in anew), f"{tamper.__name__} {anew}"
