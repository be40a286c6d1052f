"""The command that makes feedback workbooks again: feedback."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import text

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, print_json, print_line

_LATEST = text(
    """
    select judgement.submission_id, max(judgement.gate_run_id) as gate_run_id
    from audit.judgement as judgement
    where
        judgement.submission_id = :submission
        or (judgement.unit_code = :unit and judgement.report_month = cast(:month as date))
    group by judgement.submission_id

    union all

    select submission.submission_id, null
    from ops.submission as submission
    where submission.submission_id = :submission and submission.state = 'refused'
    order by 1
    """
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(feedback)


def feedback(
    unit: Annotated[str | None, typer.Option(help="Reporting unit: code or name; with --month.")] = None,
    month: Annotated[str | None, typer.Option(help="Report month, like 2024-03; with --unit.")] = None,
    submission: Annotated[int | None, typer.Option(help="Number of a submission.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder instead of the outbox.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make feedback workbooks from the archived files.

    Of a unit's month, of one submission, or without either of all that want feedback and have none. The findings are
    those of the last judgement; nothing is judged anew.
    """
    from taizhang.feedback.delivery import deliver, pending
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade

    if (unit is None) != (month is None) or (unit is not None and submission is not None):
        raise typer.BadParameter("give --unit and --month, or --submission, or none of them")
    upgrade()
    occasions = pending(engine()) if unit is None and submission is None else _occasions(unit, month, submission)
    report = deliver(engine(), occasions, output)
    if as_json:
        print_json({"files": report.files, "failures": report.failures})
    else:
        for file in report.files:
            print_line(f"已生成 {file}")
        if not report.files and not report.failures:
            print_line("没有需要生成的反馈")
    report.require_all()


def _occasions(unit: str | None, month: str | None, submission: int | None) -> list[tuple[int, int | None]]:
    """The judgements that are meant; a usage error when there is none."""
    from taizhang.cli.submitters import one_unit
    from taizhang.warehouse.connection import engine

    values = {
        "submission": submission,
        "unit": one_unit(unit)[0] if unit else None,
        "month": parse_month(month) if month else None,
    }
    with engine().connect() as connection:
        found = [(row.submission_id, row.gate_run_id) for row in connection.execute(_LATEST, values)]
    if not found:
        what = f"submission {submission}" if submission is not None else f"submission of {unit} for {month}"
        raise typer.BadParameter(f"no {what} has been judged or refused")
    return found
