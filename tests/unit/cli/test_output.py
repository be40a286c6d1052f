"""Tables for people: nothing is cut off, and what is one word stays one."""

import pytest
from rich.console import Console

from taizhang.cli import output


@pytest.mark.parametrize("width", [20, 80])
def test_nothing_is_cut_off(width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(output, "console", Console(width=width))
    output.print_table("表", ("规则", "总投资", "完成率"), [("R00.cover_reporting_unit_filled", "5617000", "15.94")])
    printed = capsys.readouterr().out
    for text in ("R00.cover_reporting_unit_filled", "5617000", "15.94"):
        assert text in printed


def test_long_texts_are_folded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(output, "console", Console(width=40))
    output.print_table("表", ("规则", "说明"), [("R10", "本年累计与上月累计、本月完成之和不一致，" * 3)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 5
    assert "".join(line[5:].strip() for line in lines[3:]) == "本年累计与上月累计、本月完成之和不一致，" * 3


def test_a_line_is_not_broken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(output, "console", Console(width=20))
    output.print_line("已生成 [甲县]2024年4月重大项目月报.xlsx：预填上月项目 400 个")
    assert capsys.readouterr().out == "已生成 [甲县]2024年4月重大项目月报.xlsx：预填上月项目 400 个\n"
