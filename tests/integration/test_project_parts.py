"""A project and its parts in one sheet, from the workbook to what is said of them."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from taizhang.quality.check import check_reading
from tests.unit.reading.books import HEADER, read, table

COLUMNS = [*HEADER, "项目代码", "所属总项目"]
CODE = "2401-621122-04-01-100001"


def said(engine: Engine, folder: Path, *rows: list[Any]) -> set[tuple[str, str | None]]:
    """Which checks of wholes and parts find something, and in which cell."""
    detail = [[number, *row] for number, row in enumerate(rows, 1)]
    findings = check_reading(read(folder, progress=table(*detail, header=COLUMNS)), engine).findings
    return {(each.check_id, each.cell) for each in findings if each.check_id.startswith("R53.parts")}


def test_parts_that_add_up_to_their_whole_are_silent(engine: Engine, tmp_path: Path) -> None:
    whole = ["园区打包项目", 1000, 300, 20, 90, "是", CODE, None]
    parts = [
        ["标准厂房", 600, 200, 15, 60, "是", None, CODE],
        ["园区道路", 400, 100, 5, 30, "是", None, "园区打包项目"],
    ]
    assert said(engine, tmp_path, whole, *parts) == set()


def test_a_whole_that_differs_from_its_parts_is_told(engine: Engine, tmp_path: Path) -> None:
    whole = ["园区打包项目", 1000, 300, 20, 90, "是", CODE, None]
    parts = [["标准厂房", 600, 200, 15, 60, "是", None, CODE], ["园区道路", 300, 100, 5, 30, "是", None, CODE]]
    assert said(engine, tmp_path, whole, *parts) == {("R53.parts_total_investment", "C3")}


def test_who_names_nobody_itself_or_two_has_no_parts(engine: Engine, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["同名项目", 1000, 300, 20, 90, "是", CODE, None],
        ["同名项目", 500, 300, 20, 90, "是", "2401-621122-04-01-100002", None],
        ["其一", 1, 1, 0, 0, "是", None, "同名项目"],
        ["其二", 1, 1, 0, 0, "是", None, "外县项目"],
        ["其三", 1, 1, 0, 0, "是", None, "其三"],
    ]
    assert said(engine, tmp_path, *rows) == set()
