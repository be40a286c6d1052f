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


@pytest.mark.parametrize("command", ["read", "check"])
def test_a_folder_is_named_as_one(tmp_path: Path, command: str) -> None:
    with pytest.raises(TaizhangError, match="is a folder"):
        CliRunner().invoke(app, [command, str(tmp_path)], catch_exceptions=False)
