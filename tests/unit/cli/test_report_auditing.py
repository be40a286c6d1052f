"""`taizhang audit-report` tells a person and a program what was found, goes on after a bad file, and exits by it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from taizhang.cli.app import app
from taizhang.errors import FileUnreadableError
from taizhang.report_audit import audited
from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.model import Verdict
from tests.unit.report_audit.made import made_report

BAD, CLEAN, CONTRADICTED = Path("坏.pdf"), Path("无误.txt"), Path("青禾县2024年6月通报.txt")


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, date | None]]:
    """Audits made by hand in place of files; what was asked for."""
    found: list[tuple[Path, date | None]] = []

    def audit_file(path: Path, month: date | None = None) -> AuditedReport:
        found.append((path, month))
        if path.name == BAD.name:
            raise FileUnreadableError("坏.pdf: no text")
        made = made_report(file_name=path.name)
        if path.name == CONTRADICTED.name:
            return made
        sound = tuple(entry for entry in made.audit.relations if entry.verdict is not Verdict.CONTRADICTION)
        return replace(made, audit=replace(made.audit, relations=sound), sha256="cd" * 32)

    monkeypatch.setattr(audited, "audit_file", audit_file)
    return found


def invoke(*arguments: Any) -> Result:
    return CliRunner().invoke(app, ["audit-report", *map(str, arguments)])


def test_a_contradiction_is_told_in_full() -> None:
    result = invoke(CONTRADICTED)
    assert result.exit_code == 1
    said = result.stdout
    assert "数字 9 处，关系 6 个，矛盾 2，用语 1，有余数 1，隐含 1，相符 1" in said
    assert "地区 青禾县，报告期 2024年6月" in said
    first = said[said.index("矛盾 1  比率") : said.index("矛盾 2  ")]
    assert "原文  “1—6月累计完成投资29.8亿元”；“占年度计划的51.3%”" in first
    assert "关系  完成率 = 完成投资 ÷ 年度计划投资 × 100%" in first
    assert "文中  [51.25, 51.35)%" in first
    assert "推算  [47.56, 47.8)%" in first
    assert "说明  29.8亿元÷62.5亿元得47.68%，报告写的是51.3%。" in first
    assert "若把“51.3%”改为“47.7%”" in first
    assert "用语：7.7%是两个百分数之差" in said


def test_no_contradiction_is_said_and_exits_with_0() -> None:
    result = invoke(CLEAN)
    assert (result.exit_code, "没有发现矛盾" in result.stdout) == (0, True)


def test_a_file_that_cannot_be_read_raises_what_exits_with_2() -> None:
    result = invoke(BAD)
    assert isinstance(result.exception, FileUnreadableError)
    assert result.exception.exit_code == 2


def test_many_files_get_one_line_each_and_a_bad_one_stops_nothing() -> None:
    result = invoke(CONTRADICTED, BAD, CLEAN)
    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        f"{CONTRADICTED}：数字 9 处，关系 6 个，矛盾 2，用语 1，有余数 1，隐含 1，相符 1",
        f"{CLEAN}：数字 9 处，关系 4 个，矛盾 0，用语 1，有余数 1，隐含 1，相符 1",
    ]
    assert result.stderr.splitlines() == [f"{BAD}: 坏.pdf: no text"]
    assert invoke(CLEAN, CONTRADICTED).exit_code == 1


def test_json_is_an_object_for_one_file_and_a_list_for_several() -> None:
    one, several = json.loads(invoke(CONTRADICTED, "--json").stdout), json.loads(invoke(CLEAN, BAD, "--json").stdout)
    assert one["counts"]["contradiction"] == 2
    assert [(entry["name"], entry.get("error")) for entry in several] == [
        (CLEAN.name, None),
        (BAD.name, "坏.pdf: no text"),
    ]


def test_the_month_is_handed_on(asked: list[tuple[Path, date | None]]) -> None:
    invoke(CLEAN, "--month", "2024-06")
    assert asked == [(CLEAN, date(2024, 6, 1))]


def test_pages_are_written(tmp_path: Path) -> None:
    page = tmp_path / "one.html"
    assert invoke(CONTRADICTED, "--html", page).exit_code == 1
    assert "青禾县2024年6月通报.txt" in page.read_text(encoding="utf-8")
    result = invoke(CONTRADICTED, BAD, CLEAN, "--html", tmp_path / "pages")
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == [
        "无误.txt.cdcdcdcd.html",
        "青禾县2024年6月通报.txt.abababab.html",
    ]
    assert f"网页 {tmp_path / 'pages' / '无误.txt.cdcdcdcd.html'}" in result.stdout


def test_one_page_is_not_for_several_reports(tmp_path: Path) -> None:
    result = invoke(CONTRADICTED, CLEAN, "--html", tmp_path / "one.html")
    assert result.exit_code != 0
    assert list(tmp_path.iterdir()) == []


def test_a_page_into_no_folder_is_an_error(tmp_path: Path) -> None:
    result = invoke(CLEAN, "--html", tmp_path / "none" / "one.html")
    assert isinstance(result.exception, FileNotFoundError)
