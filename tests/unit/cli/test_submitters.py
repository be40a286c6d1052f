"""`taizhang read` and `taizhang check` where they need no database."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from taizhang.cli import submitters
from taizhang.errors import TaizhangError
from tests.unit.reading.books import save

app = typer.Typer()
submitters.register(app)


def test_a_reading_for_people(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["read", str(save(tmp_path / "月报.xlsx"))], catch_exceptions=False)
    assert result.exit_code == 0
    assert "月报.xlsx：陇西县 621122，2024-03" in result.output
    assert "项目进展：2 行明细" in result.output
    assert "total_investment_wan" in result.output


def test_the_cover_of_a_reading_shows_its_values(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["read", str(save(tmp_path / "月报.xlsx"))], catch_exceptions=False)
    row = next(line for line in result.output.splitlines() if "reporting_unit" in line)
    assert row.split()[1:] == ["填报单位", "reporting_unit", "陇西县"]


def test_the_advice_for_what_must_be_mended_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    finding = {
        "check_id": "R10.january", "rule_id": "R10", "severity": "block", "sheet": "项目进展", "cell": "N5",
        "value": "10", "message_zh": "本年累计 10 ≠ 本月 9", "advice_zh": "核对后改正。", "waiver_id": None,
        "suggestion_zh": None,
    }  # fmt: skip
    remark = finding | {"check_id": "R01.code_absent", "rule_id": "R01", "severity": "info", "advice_zh": "无需处理。"}
    findings = [finding, finding | {"cell": "N6"}, remark]
    submitters._print_check(
        Path("月报.xlsx"), {"verdict": "quarantined", "reason": "须改正 2 处", "findings": findings, "skipped": []}
    )
    printed = capsys.readouterr().out
    assert printed.count("R10 怎么办：核对后改正。") == 1
    assert "项目进展!N6" in printed
    assert "无需处理" not in printed


@pytest.mark.parametrize("command", ["read", "check"])
def test_a_folder_is_named_as_one(tmp_path: Path, command: str) -> None:
    with pytest.raises(TaizhangError, match="is a folder"):
        CliRunner().invoke(app, [command, str(tmp_path)], catch_exceptions=False)
