"""Marts and projects of a publication as files, read back."""

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from psycopg.types.range import Range
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from demo.months import progress_rows
from taizhang.cli.app import app
from taizhang.codelists import reporting_units
from taizhang.dictionary import load_dictionary
from taizhang.dictionary.mart import published_marts
from taizhang.export.manifest import export_marts
from taizhang.export.oc4ids import export_oc4ids
from taizhang.export.request import ExportError
from taizhang.export.tables import BYTE_ORDER_MARK
from taizhang.publication import publish
from taizhang.publication.figures import UnknownPublicationError
from tests import conftest
from tests.accepted import MARCH, accept, project

UNIT = "621122"
GOLDEN = Path(__file__).parent / "oc4ids_project.json"
MONTHS = [date(2024, 1, 1), date(2024, 2, 1), MARCH]


def demo_project() -> dict[str, Any]:
    """The first project of the demonstration's 陇西县 in March."""
    row = progress_rows(reporting_units().units[UNIT], MONTHS, MARCH)[0]
    dates = {column.name for column in load_dictionary()["project_progress"].columns if column.type == "date"}
    return {
        name: Range(value, value, "[]") if name in dates and value else value
        for name, value in row.items()
        if name in SHEET_COLUMNS
    }


SHEET_COLUMNS = {column.name for column in load_dictionary()["project_progress"].columns}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two publications: a project of the demonstration, then also one whose texts are troublesome."""
    with conftest.own_warehouse(tmp_path_factory.mktemp("export")) as engine:
        accept(engine, UNIT, MARCH, [demo_project()])
        publish(engine)
        odd = project('=1+1,"甲"\n乙', Decimal("-0.5"), lead_official="张三", project_location="", remark="＝SUM(A1)")
        accept(engine, UNIT, MARCH, [demo_project(), odd])
        publish(engine)
        yield engine


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_mart_is_exported_with_a_manifest(warehouse: Engine, tmp_path: Path) -> None:
    manifest = export_marts(warehouse, tmp_path, "parquet")
    assert json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8")) == manifest
    with warehouse.connect() as connection:
        certificate = connection.scalar(text("select certificate_sha256 from ops.publication where publication_id = 2"))
        assert (manifest["publication"], manifest["certificate_sha256"]) == (2, certificate)
        assert [table["mart"] for table in manifest["tables"]] == list(published_marts())
        for table in manifest["tables"]:
            content = (tmp_path / table["file"]).read_bytes()
            assert (table["sha256"], table["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
            counted = connection.scalar(text(f"select count(*) from marts.{table['mart']}"))
            assert table["rows"] == pq.read_metadata(tmp_path / table["file"]).num_rows == counted
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["manifest.json", *(table["file"] for table in manifest["tables"])]
    )


@pytest.mark.parametrize("mart", ["dim_project", "fct_project_month", "dim_month", "dim_region", "fct_reported_total"])
def test_parquet_has_what_the_view_has(warehouse: Engine, tmp_path: Path, mart: str) -> None:
    export_marts(warehouse, tmp_path, "parquet", marts=[mart])
    read = pq.read_table(tmp_path / f"{mart}.parquet")
    columns = [column for column in published_marts()[mart].columns if not column.personal]
    assert read.schema.names == [column.name for column in columns]
    keys = ", ".join(
        f'{key} collate "C"' if types(mart)[key] == "text" else key for key in published_marts()[mart].keys
    )
    with warehouse.connect() as connection:
        stored = [
            dict(row) for row in connection.execute(text(f"select * from marts.{mart} order by {keys}")).mappings()
        ]
    assert len(stored) > 0
    assert [{name: plain(value) for name, value in row.items()} for row in stored] == read.to_pylist()
    described = read.schema.field(columns[-1].name).metadata
    assert described[b"label"].decode() == columns[-1].label
    assert read.schema.metadata[b"publication"] == b"2"


def types(mart: str) -> dict[str, str]:
    return {column.name: column.sql_type for column in published_marts()[mart].columns}


def plain(value: object) -> object:
    """A value as Parquet has it: arrays and ranges as text."""
    if isinstance(value, list):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, Range):
        return f"[{value.lower},{value.upper})"
    return value


def test_csv_opens_in_a_spreadsheet_and_computes_nothing(warehouse: Engine, tmp_path: Path) -> None:
    export_marts(warehouse, tmp_path, "csv", marts=["项目", "fct_project_month"], labels=True)
    assert (tmp_path / "dim_project.csv").read_bytes().startswith(BYTE_ORDER_MARK)
    found = {row["项目名称"]: row for row in rows_of(tmp_path / "dim_project.csv")}
    odd = found['\'=1+1,"甲"\n乙']
    assert (odd["填报单位代码"], odd["建设地点"], odd["项目代码"]) == (UNIT, "", "")
    assert "包抓领导" not in odd
    amounts = {row["总投资(万元)"]: row["备注"] for row in rows_of(tmp_path / "fct_project_month.csv")}
    assert amounts["-0.500000"] == "'＝SUM(A1)"


def test_names_of_persons_are_exported_only_if_asked_for(warehouse: Engine, tmp_path: Path) -> None:
    for kind in ("csv", "parquet"):
        export_marts(warehouse, tmp_path, kind)
        for path in tmp_path.iterdir():
            assert "谢兴旺".encode() not in path.read_bytes()
            assert b"lead_official" not in path.read_bytes()
    manifest = export_marts(warehouse, tmp_path, "csv", marts=["dim_project", "dim_month"], with_personal=True)
    assert manifest["with_personal"] is True
    assert {row["lead_official"] for row in rows_of(tmp_path / "dim_project.csv")} == {"谢兴旺", "张三"}


def test_an_earlier_publication_is_exported_the_same_each_time(warehouse: Engine, tmp_path: Path) -> None:
    first, second = (
        export_marts(warehouse, tmp_path / name, "csv", publication=1, marts=["dim_project", "agg_region_month"])
        for name in ("a", "b")
    )
    assert first == second
    assert first["publication"] == 1
    assert [row["project_name"] for row in rows_of(tmp_path / "a" / "dim_project.csv")] == [
        demo_project()["project_name"]
    ]


def test_what_is_not_there_is_refused_and_leaves_no_file(warehouse: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnknownPublicationError, match="no published publication 9"):
        export_marts(warehouse, tmp_path, "csv", publication=9)
    with pytest.raises(ExportError, match="unknown mart fct_nothing"):
        export_marts(warehouse, tmp_path, "csv", marts=["fct_nothing"])
    with warehouse.begin() as connection:
        connection.execute(text("alter view marts.dim_month rename to dim_month_away"))
    try:
        with pytest.raises(ExportError, match="dim_month: not built yet"):
            export_marts(warehouse, tmp_path, "csv", marts=["dim_month"])
        assert export_marts(warehouse, tmp_path / "rest", "csv")["not_built"] == ["dim_month"]
    finally:
        with warehouse.begin() as connection:
            connection.execute(text("alter view marts.dim_month_away rename to dim_month"))
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_project_of_the_demonstration_as_oc4ids(warehouse: Engine, tmp_path: Path) -> None:
    manifest = export_oc4ids(
        warehouse, tmp_path, publisher="甘肃省发展和改革委员会", prefix="oc4ids-abc123", publication=1
    )
    content = (tmp_path / "oc4ids.json").read_bytes()
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["projects"] == 1
    package = json.loads(content)
    (one,) = package.pop("projects")
    assert package == {
        "uri": f"urn:taizhang:publication:1:{manifest['certificate_sha256']}",
        "publishedDate": manifest["published_at"],
        "publisher": {"name": "甘肃省发展和改革委员会"},
        "version": "0.9",
    }
    assert one.pop("updated") == manifest["published_at"]
    with warehouse.connect() as connection:
        connection.execute(text("set taizhang.publication = '1'"))
        number = connection.scalar(text("select project_sk from marts.dim_project"))
    assert one.pop("id") == f"oc4ids-abc123-{number}"
    assert one == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert "谢兴旺".encode() not in content


def test_every_project_is_in_the_package_of_the_current_publication(warehouse: Engine, tmp_path: Path) -> None:
    uri = "https://example.org/projects/2"
    assert export_oc4ids(warehouse, tmp_path, publisher="甲", prefix="x", uri=uri)["projects"] == 2
    package = json.loads((tmp_path / "oc4ids.json").read_text(encoding="utf-8"))
    assert package["uri"] == uri
    assert {one["title"] for one in package["projects"]} == {demo_project()["project_name"], '=1+1,"甲"\n乙'}


def test_the_command(warehouse: Engine, tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["export", "--to", str(tmp_path), *arguments])

    done = run("--format", "csv", "--mart", "地区月度汇总", "--publication", "1", "--json")
    assert done.exit_code == 0, done.output
    manifest = json.loads(done.output)
    assert [(table["mart"], table["file"]) for table in manifest["tables"]] == [
        ("agg_region_month", "agg_region_month.csv")
    ]
    assert "第 2 期，1 个文件" in run("--mart", "dim_list").output
    assert run("--format", "oc4ids").exit_code == 2
    assert run("--format", "oc4ids", "--publisher", "甲", "--with-personal").exit_code == 2
    assert "oc4ids.json  2 行" in run("--format", "oc4ids", "--publisher", "甲").output
