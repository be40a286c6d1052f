"""The dbt project says of each column what the dictionary says, and the other way round."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.dialects import postgresql

from taizhang.dictionary import load_dictionary
from taizhang.dictionary.mart import Mart, load_marts, published_marts
from taizhang.publication.marts_build import DBT_PROJECT
from taizhang.warehouse import audit_tables, report_tables

MODELS = DBT_PROJECT / "models"
SQL_FILES = sorted(MODELS.rglob("*.sql"))
SOURCES = sorted((MODELS / "staging").glob("sources_*.yml"))
MAX_IDENTIFIER_BYTES = 63
TABLES = audit_tables.metadata.tables | report_tables.metadata.tables


def entry(path: Path, kind: str = "models") -> dict[str, Any]:
    """The one model (or seed) that a yml file describes."""
    (only,) = yaml.safe_load(path.read_text(encoding="utf-8"))[kind]
    assert only["name"] == path.stem
    return dict(only)


def described(model: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Type, description and label of each column as the yml has them."""
    return {
        column["name"]: (column["data_type"], column["description"], column["config"]["meta"]["label"])
        for column in model["columns"]
    }


def sources() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in SOURCES:
        (source,) = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        for table in source["tables"]:
            yield source["name"], table["name"], {column["name"]: column for column in table["columns"]}


def test_there_are_models() -> None:
    assert {"staging", "intermediate", "marts"} == {path.parent.name for path in SQL_FILES}
    assert set(load_marts()) <= {path.stem for path in SQL_FILES}


@pytest.mark.parametrize("sql", SQL_FILES, ids=lambda path: path.stem)
def test_each_model_has_its_yml_with_grain_key_and_columns(sql: Path) -> None:
    model = entry(sql.with_suffix(".yml"))
    assert "Grain:" in model["description"]
    assert "Key:" in model["description"]
    assert model["columns"]
    assert all(column["description"].strip() for column in model["columns"])


def test_each_yml_has_its_model() -> None:
    of_all = [MODELS / "exposures.yml", MODELS / "semantic_models.yml"]
    alone = [path for path in MODELS.rglob("*.yml") if not path.with_suffix(".sql").exists()]
    assert sorted(alone) == sorted([*of_all, *SOURCES])
    assert [path.stem for path in SOURCES] == ["sources_audit", "sources_ops", "sources_raw"]


@pytest.mark.parametrize("path", sorted(DBT_PROJECT.rglob("*.yml")), ids=lambda path: path.stem)
def test_no_yml_uses_the_deprecated_key_tests(path: Path) -> None:
    # dbt would read it today and drop it silently one day.
    assert re.search(r"^\s*(- )?tests:", path.read_text(encoding="utf-8"), re.MULTILINE) is None


@pytest.mark.parametrize("name", load_marts())
def test_columns_are_those_of_the_dictionary(name: str) -> None:
    mart = load_marts()[name]
    model = entry(next(MODELS.rglob(f"{name}.yml")))
    wanted = {c.name: (c.sql_type, c.description, c.labelled_unit) for c in mart.columns}
    found = described(model)
    assert {column: found.get(column) for column in wanted} == wanted
    assert [column for column in found if column not in wanted] == []
    assert list(found) == list(wanted)
    assert model["config"]["meta"]["label"] == mart.label
    assert mart.description.strip() in " ".join(model["description"].split())


def test_each_mart_is_in_the_dictionary() -> None:
    # Readers' views are made from there.
    assert {path.stem for path in (MODELS / "marts").rglob("*.sql")} == set(published_marts())


@pytest.mark.parametrize("mart", published_marts().values(), ids=lambda mart: mart.mart)
def test_each_mart_says_whose_rows_a_reader_of_a_region_sees(mart: Mart) -> None:
    # Without a rule such readers see no row: say `seen_by` where no column tells it.
    assert mart.visibility is not None


def test_columns_that_sound_like_persons_are_marked_personal() -> None:
    person = re.compile("姓名|电话|手机|联系人|填报人|审核人|签发人|责任人|负责人|领导")
    # An office that somebody holds names nobody.
    offices = {"leader_role"}
    suspects = {
        (source, column.name, column.personal)
        for source, mart in load_marts().items()
        for column in mart.columns
        if person.search(column.label) and column.name not in offices and column.type == "text"
    }
    assert {name for _, name, _ in suspects} >= {"lead_official"}
    assert [(source, name) for source, name, personal in sorted(suspects) if not personal] == []


@pytest.mark.parametrize("name", [name for name in load_marts() if not name.startswith("stg_")])
def test_versioned_models_have_the_keys_of_the_dictionary(name: str) -> None:
    sql = next(MODELS.rglob(f"{name}.sql")).read_text(encoding="utf-8")
    settings = dict(re.findall(r"\b(keys|provenance)=(\[.*?\])", sql))
    assert yaml.safe_load(settings["keys"]) == list(load_marts()[name].keys)
    assert yaml.safe_load(settings.get("provenance", "[]")) == list(load_marts()[name].provenance)


def test_labels_are_identifiers_that_postgresql_does_not_cut() -> None:
    labels = [mart.label for mart in load_marts().values()]
    assert len(labels) == len(set(labels))
    labels += [column.labelled_unit for mart in load_marts().values() for column in mart.columns]
    assert [label for label in labels if len(label.encode()) > MAX_IDENTIFIER_BYTES] == []


@pytest.mark.parametrize(
    ("schema", "table", "columns"), list(sources()), ids=lambda value: value if str(value) == value else ""
)
def test_sources_are_the_tables_of_the_warehouse(schema: str, table: str, columns: dict[str, Any]) -> None:
    dialect = postgresql.dialect()
    real = {
        column.name: column.type.compile(dialect).lower().replace(", ", ",")
        for column in TABLES[f"{schema}.{table}"].columns
    }
    found = {name: column["data_type"] for name, column in columns.items()}
    assert {name: real.get(name) for name in found} == found
    if schema == "raw":
        assert list(found) == list(real)
        wanted = {column.name: column.description for column in load_marts()[f"stg_{table}"].columns}
        assert {name: column["description"] for name, column in columns.items()} == wanted


def test_every_figure_of_the_sheet_summary_becomes_a_reported_total() -> None:
    sql = (MODELS / "marts" / "fct_reported_total.sql").read_text(encoding="utf-8")
    listed = re.findall(r"'(\w+)'", re.search(r"summary_measures = \[(.*?)\]", sql, re.DOTALL)[1])  # type: ignore[index]
    assert listed == [column.name for column in load_dictionary()["summary"].measures]


@pytest.mark.parametrize("path", sorted((DBT_PROJECT / "seeds").glob("*.csv")), ids=lambda path: path.stem)
def test_each_seed_is_described_and_typed(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    seed = entry(path.with_suffix(".yml"), "seeds")
    assert list(seed["config"]["column_types"]) == header
    assert [column["name"] for column in seed["columns"]] == header
