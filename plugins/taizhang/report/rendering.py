"""From a report to its pages: the same words and figures in HTML, PDF and CSV."""

import csv
import json
import tempfile
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from taizhang.labels import labels
from taizhang.report.charts import font_file
from taizhang.report.model import (
    AmendmentLine,
    FindingLine,
    QualityReport,
    RepeatLine,
    RestatementLine,
    RuleLine,
    TrendPoint,
    UnitLine,
)

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
TIMEZONE = ZoneInfo("Asia/Shanghai")
# More than a browser, or a person with paper, wants to see; the CSV has all.
SHOWN_IN_HTML, SHOWN_IN_PDF = 2000, 300
NAMED_CHANGES = 5
OUTCOME_CLASSES = {"accepted": "good", "warned": "warn", "held_back": "block", "refused": "block", "missing": "block"}
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@cache
def words() -> dict[str, dict[Any, str]]:
    """What the codes of a report and the columns of its CSV are called."""
    own: dict[str, dict[Any, str]] = yaml.load((HERE / "words.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    shared = {"severity": labels("severity"), "kind": labels("amendment")}
    return own | shared | {"status": labels("finding_status") | own["status"]}


def title_of(report: QualityReport) -> str:
    """Title of a report."""
    return f"{report.region_name}{report.report_month.year}年{report.report_month.month}月填报质量报告"


def html_of(report: QualityReport, charts: dict[str, str], contents_link: str) -> str:
    """Return the report as one HTML page that needs nothing else."""
    template = environment().get_template("quality.html.j2")
    return template.render(
        r=report,
        title=title_of(report),
        style=style(),
        contents_link=contents_link,
        charts={"rules": None} | charts,
        comparison=comparison(report),
        changes=changes(report),
        words=words(),
        outcome_class=OUTCOME_CLASSES,
        shown=report.findings[:SHOWN_IN_HTML],
    )


def style() -> str:
    """The style sheet of all pages."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Templates; whatever comes from a submission is escaped."""
    found = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    found.filters |= {
        "percent": percent,
        "places": places,
        "figure": figure,
        "change": change,
        "moment": moment,
        "history": history,
        "status": status_of,
    }
    return found


def pdf_of(report: QualityReport, charts: dict[str, str]) -> bytes:
    """Return the report as PDF, A4, the Chinese font embedded."""
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for chart, svg in charts.items():
            (folder / f"{chart}.svg").write_text(svg, encoding="utf-8")
        content = _plain_content(report) | {"charts": [f"{chart}.svg" for chart in charts]}
        (folder / "report.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        page = folder / "quality.typ"
        page.write_text((TEMPLATES / "quality.typ").read_text(encoding="utf-8"), encoding="utf-8")
        pdf: bytes = typst.compile(page, root=folder, font_paths=[font_file().parent], ignore_system_fonts=True)
    return pdf


def write_csv(report: QualityReport, path: Path) -> None:
    """Write all findings as CSV that Excel opens with its Chinese; no text can become a formula."""
    names = words()
    with path.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(names["csv"].values())
        for finding in report.findings:
            cells = {name: getattr(finding, name) for name in names["csv"]}
            cells |= {name: names[name][cells[name]] for name in ("severity", "verdict")}
            cells |= {"status": status_of(finding), "is_repeat": names["flag"][finding.is_repeat]}
            writer.writerow([_inert(value) for value in cells.values()])


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def _plain_content(report: QualityReport) -> dict[str, Any]:
    """The report as texts, row by row, for the PDF."""
    shown = report.findings[:SHOWN_IN_PDF]
    rest = f"，此处列出 {len(shown)} 条，其余见同名网页和 CSV" if len(report.findings) > len(shown) else ""
    return {
        "title": title_of(report),
        "publication": str(report.publication_id),
        "note": f"第 {report.publication_id} 期发布，{moment(report.published_at)}；规则包 {report.pack_version}；"
        f"证书 {report.certificate_sha256[:16]}",
        "cards": _card_texts(report),
        "comparison": [
            [label, figure(before), figure(after), change((before, after))]
            for label, before, after in comparison(report)
        ],
        "changes": changes(report),
        "rules": [_rule_texts(rule) for rule in report.rules],
        "cells": [_texts(line.sheet, line.column, line.findings, line.units) for line in report.cells],
        "units": [_unit_texts(unit) for unit in report.units],
        "repeats": [_repeat_texts(line) for line in report.repeats],
        "amendments": [_amendment_texts(line) for line in report.amendments],
        "restatements": [_restatement_texts(line) for line in report.restatements],
        "findings": [_finding_texts(finding) for finding in shown],
        "findings_note": f"共 {len(report.findings)} 条，未整改的在前{rest}",
    }


def _texts(*values: Any) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def _card_texts(report: QualityReport) -> list[list[str]]:
    now = report.now
    return [
        [f"{now.filed}/{now.expected}", "已报/应报"],
        [str(report.outcome_count("accepted", "warned")), "通过核查"],
        [str(now.held_back), "退回"],
        [str(now.late), "逾期报送"],
        [str(now.missing), "未报或无法读取"],
        [percent(now.pass_rate_pct), "核查通过率"],
        [places(now.score, 1), "平均得分"],
    ]


def _unit_texts(unit: UnitLine) -> list[str]:
    return [
        *_texts(unit.unit_name, words()["outcome"][unit.outcome], unit.filed_on, unit.days_late or None),
        *_texts(unit.version_count, percent(unit.pass_rate_pct), unit.block_count, unit.warn_count),
        *_texts(places(unit.score, 1), places(unit.score_before, 1)),
    ]


def _repeat_texts(line: RepeatLine) -> list[str]:
    counts = (line.months_failed, line.months_in_a_row, line.findings)
    return _texts(line.unit_name, line.check_id, line.title_zh, *counts)


def _amendment_texts(line: AmendmentLine) -> list[str]:
    people = (line.author, line.approver)
    return _texts(line.unit_name, words()["kind"][line.kind], line.amendment_id, line.reason, *people, line.expires)


def _restatement_texts(line: RestatementLine) -> list[str]:
    what = line.file_name or line.amendment_id
    by_whom = (line.requested_by, line.approved_by, line.approval_reason)
    return _texts(line.unit_name, what, line.reason, *by_whom, moment(line.approved_at))


def _rule_texts(rule: RuleLine) -> list[str]:
    counts = (rule.findings, rule.units, rule.open_findings, rule.findings_before)
    return [rule.check_id, rule.title_zh, words()["severity"][rule.severity], *map(str, counts)]


def _finding_texts(finding: FindingLine) -> list[str]:
    place = "!".join(filter(None, (finding.sheet, finding.cell)))
    message = finding.message_zh + (f"（线索：{finding.suggestion_zh}）" if finding.suggestion_zh else "")
    status = "；".join([status_of(finding), *history(finding)])
    severity = words()["severity"][finding.severity]
    return [finding.unit_name, severity, finding.check_id, f"{finding.file_name} {place}", message, status]


def comparison(report: QualityReport) -> list[tuple[str, Any, Any]]:
    """What there was last month and this: label, before, now; empty when last month has nothing to compare with."""
    before, now = report.before, report.now
    if before is None:
        return []

    def pair(label: str, name: str) -> tuple[str, Any, Any]:
        return label, getattr(before, name), getattr(now, name)

    return [
        ("按时报送单位", _in_time(before), _in_time(now)),
        pair("逾期报送单位", "late"),
        pair("未报送或无法读取单位", "missing"),
        pair("退回单位", "held_back"),
        pair("须改正问题", "block_count"),
        pair("须说明问题", "warn_count"),
        pair("核查通过率（%）", "pass_rate_pct"),
        pair("平均质量得分", "score"),
    ]


def _in_time(point: TrendPoint) -> int:
    return point.filed - point.late


def changes(report: QualityReport) -> list[str]:
    """In words, what changed since last month: rules that failed anew or no more, units that rose or fell most."""
    if report.before is None:
        return []
    anew = [rule.title_zh for rule in report.rules if rule.findings and not rule.findings_before]
    gone = [rule.title_zh for rule in report.rules if not rule.findings and rule.findings_before]
    moved = sorted(
        (unit.score - unit.score_before, unit.unit_name) for unit in report.units if unit.score_before is not None
    )
    risen = [f"{name}（+{places(by, 1)}）" for by, name in reversed(moved) if by > 0][:NAMED_CHANGES]
    fallen = [f"{name}（{places(by, 1)}）" for by, name in moved if by < 0][:NAMED_CHANGES]
    said = (("本月新出现的问题", anew), ("本月不再出现的问题", gone), ("得分上升", risen), ("得分下降", fallen))
    return [f"{label}：{'、'.join(entries)}。" for label, entries in said if entries]


def status_of(finding: FindingLine) -> str:
    """What is called the state of a finding; what only tells need not be mended."""
    only_tells = finding.severity == "info" and finding.status == "open"
    return words()["status"]["told" if only_tells else finding.status]


def history(finding: FindingLine) -> list[str]:
    """In words, what became of a finding: versions, repeats, explanation, waiver."""
    said = []
    if finding.version_count > 1:
        said.append(f"见于 {finding.version_count} 版")
    if finding.fixed_in_version:
        said.append(f"第 {finding.fixed_in_version} 版已无")
    if finding.is_repeat:
        said.append("上次报送也有")
    if finding.explanation:
        said.append(f"说明：{finding.explanation}")
    if finding.waiver_id:
        said.append(f"豁免：{finding.waiver_id}")
    return said


def percent(value: Decimal | None) -> str:
    """Write a percentage with one decimal, nothing for none."""
    return "" if value is None else f"{value:.1f}%"


def places(value: Decimal | None, decimals: int) -> str:
    """Write a figure with so many decimals, nothing for none."""
    return "" if value is None else f"{value:.{decimals}f}"


def figure(value: Decimal | int | None) -> str:
    """Write a count as it is, any other figure with one decimal."""
    return str(value) if isinstance(value, int) else places(value, 1)


def change(pair: tuple[Any, Any]) -> str:
    """Write by how much the second figure is more than the first."""
    before, now = pair
    if before is None or now is None:
        return ""
    by = now - before
    return ("+" if by > 0 else "") + figure(by)


def moment(value: datetime) -> str:
    """Write a moment in the time of Beijing."""
    return f"{value.astimezone(TIMEZONE):%Y-%m-%d %H:%M}"
