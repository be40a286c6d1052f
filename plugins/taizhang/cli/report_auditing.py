"""The command `audit-report`: figures of narrative reports, judged against each other and against the marts."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, errors, print_json, print_line
from taizhang.errors import FileUnreadableError

if TYPE_CHECKING:
    from taizhang.report_audit.audited import AuditedReport
    from taizhang.report_audit.model import Relation

    Outcome = AuditedReport | FileUnreadableError

CONTRADICTED_EXIT, UNREADABLE_EXIT = 1, FileUnreadableError.exit_code
HTML_ENDINGS = (".html", ".htm")
INDENT = "    "


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("audit-report")(audit_report)


def audit_report(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Reports: txt, md, html, docx, pdf, doc.")],
    html: Annotated[Path | None, typer.Option(help="Page to write; a folder where there are several reports.")] = None,
    month: Annotated[str | None, typer.Option(help="Month that they report on, like 2024-03.")] = None,
    against_marts: Annotated[
        bool, typer.Option("--against-marts", help="Compare with what is published, too; asks the warehouse.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Audit the figures of narrative reports: which agree, which contradict each other, which cannot be told.

    Several files get one line each; a file that cannot be read is named, and the others go on. The exit code is 1 when
    there is a contradiction, 2 when a file cannot be read.
    """
    many = len(files) > 1
    if many and html is not None and html.suffix.lower() in HTML_ENDINGS:
        raise typer.BadParameter(f"{html} is one page; give a folder for {len(files)} reports")
    of_month = parse_month(month) if month else None
    outcomes = [_outcome(file, of_month, is_alone=not many) for file in files]
    if against_marts:
        outcomes = _against_marts(outcomes)
    pages = _write_pages(outcomes, html) if html is not None else []
    if as_json:
        found = [_as_json(file, outcome) for file, outcome in zip(files, outcomes, strict=True)]
        print_json(found if many else found[0])
    else:
        _print_outcomes(files, outcomes, pages)
    raise typer.Exit(_exit_code(outcomes))


def _outcome(file: Path, month: date | None, *, is_alone: bool) -> "Outcome":
    """The audit of a file, or why it cannot be read; that is raised where it is the only one."""
    from taizhang.report_audit.audited import audit_file

    try:
        return audit_file(file, month)
    except FileUnreadableError as error:
        if is_alone:
            raise
        return error


def _against_marts(outcomes: "Sequence[Outcome]") -> "list[Outcome]":
    """The reports with what the published marts say of them."""
    from taizhang.report_audit.marts import compare
    from taizhang.warehouse.connection import engine

    reports = [outcome for outcome in outcomes if not isinstance(outcome, FileUnreadableError)]
    compared = iter(compare(engine(), reports))
    return [outcome if isinstance(outcome, FileUnreadableError) else next(compared) for outcome in outcomes]


def _write_pages(outcomes: "Sequence[Outcome]", html: Path) -> list[Path]:
    """Write the pages; returns where each readable report's lies, in their order."""
    from taizhang.report_audit.page import page_of

    reports = [outcome for outcome in outcomes if not isinstance(outcome, FileUnreadableError)]
    if html.suffix.lower() in HTML_ENDINGS:
        pages = [html]
        if not html.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {html.parent}")
    else:
        html.mkdir(parents=True, exist_ok=True)
        # Archives of many counties hold files of the same name.
        pages = [html / f"{report.file_name}.{report.sha256[:8]}.html" for report in reports]
    for report, page in zip(reports, pages, strict=True):
        page.write_text(page_of(report), encoding="utf-8")
    return pages


def _as_json(file: Path, outcome: "Outcome") -> dict[str, Any]:
    from taizhang.report_audit.as_json import report_object, unreadable_object

    if isinstance(outcome, FileUnreadableError):
        return unreadable_object(file.name, outcome)
    return report_object(outcome)


def _exit_code(outcomes: "Sequence[Outcome]") -> int:
    if any(isinstance(outcome, FileUnreadableError) for outcome in outcomes):
        return UNREADABLE_EXIT
    contradicted = any(not isinstance(entry, FileUnreadableError) and entry.contradictions for entry in outcomes)
    return CONTRADICTED_EXIT if contradicted else 0


def _print_outcomes(files: Sequence[Path], outcomes: "Sequence[Outcome]", pages: Sequence[Path]) -> None:
    from taizhang.report_audit.wording_of_results import counts_text

    left = iter(pages)
    for file, outcome in zip(files, outcomes, strict=True):
        if isinstance(outcome, FileUnreadableError):
            errors.print(f"{file}: {outcome}", style="red", markup=False, highlight=False, soft_wrap=True)
            continue
        print_line(f"{file}：{counts_text(outcome)}")
        if len(files) == 1:
            _print_report(outcome)
        if pages:
            print_line(f"{INDENT}网页 {next(left)}")


def _print_report(report: "AuditedReport") -> None:
    """What the report is of, and each relation that somebody has to look at."""
    from taizhang.report_audit.model import Verdict
    from taizhang.report_audit.wording_of_results import verdict_label

    month = f"{report.month.year}年{report.month.month}月" if report.month else "未能判断"
    print_line(f"地区 {report.region or '未能判断'}，报告期 {month}")
    for position, relation in enumerate(report.contradictions, 1):
        _print_contradiction(report, relation, position)
    for relation in report.audit.relations:
        if relation.verdict is Verdict.STYLE:
            print_line(f"{verdict_label(relation.verdict)}：{relation.reason_zh}")
    if not report.contradictions:
        print_line("没有发现矛盾；能够重算的关系以外，数字本身是否属实不在核对之内")


def _print_contradiction(report: "AuditedReport", relation: "Relation", position: int) -> None:
    from taizhang.report_audit.kinds import kind_label
    from taizhang.report_audit.wording_of_results import bounds_texts, mend_text, quotes_of, verdict_label

    print_line("")
    print_line(f"{verdict_label(relation.verdict)} {position}  {kind_label(relation.kind)}")
    quotes = "；".join(f"“{quote}”" for quote in quotes_of(report.audit, relation))
    stated, computed = bounds_texts(report.audit, relation)
    lines = {
        "原文": quotes,
        "关系": relation.formula,
        "文中": stated,
        "推算": computed,
        "说明": relation.reason_zh,
        "建议": mend_text(report.audit, relation),
    }
    for label, said in lines.items():
        if said:
            print_line(f"{INDENT}{label}  {said}")
