"""A check speaks only about months from its first one on, in our own SQL and in Great Expectations alike."""

import shutil
from pathlib import Path

import yaml
from sqlalchemy import Engine

from taizhang.quality.catalogue import CATALOGUE_DIR, Catalogue, by_table, load_catalogue
from taizhang.quality.checkpoint import run_checkpoint
from taizhang.quality.findings import Tally, count_rows
from taizhang.quality.statements import WAREHOUSE
from tests.judged_rows import load_case, prepare_empty_tables, put_rows

# Rows of the cases are of March 2024 where they say nothing else, and of no year after 2025.
AFTER_ALL_CASES = "2030-01"


def beginning(folder: Path, month: str) -> Catalogue:
    """The catalogue with every rule and check valid from this month on."""
    pack = Path(shutil.copytree(CATALOGUE_DIR, folder / "expectations"))
    for path in [*(pack / "rules").glob("*.yml"), *(pack / "suites").glob("*.yml")]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "valid_from" in content:
            content["valid_from"] = month
        for entry in content.get("expectations", []):
            entry["meta"].pop("valid_from", None)
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return load_catalogue(pack)


def judge(engine: Engine, catalogue: Catalogue) -> tuple[dict[str, Tally], dict[str, int]]:
    with engine.begin() as connection:
        tallies = count_rows(connection, catalogue.checks, WAREHOUSE)
    return tallies, run_checkpoint(engine.url, catalogue, WAREHOUSE.gate)


def test_no_check_speaks_about_months_before_its_first(engine: Engine, tmp_path: Path):
    prepare_empty_tables(engine)
    catalogue = beginning(tmp_path, AFTER_ALL_CASES)
    with engine.begin() as connection:
        first = dict.fromkeys(by_table(catalogue.checks), 1)
        for check in catalogue.checks:
            first[check.table.name] += put_rows(
                connection, check.table, load_case(check)["fail"], first[check.table.name]
            )
    assert min(first.values()) > 1
    tallies, counts = judge(engine, catalogue)
    assert {check_id for check_id, tally in tallies.items() if tally.rows_checked or tally.rows_untold} == set()
    assert {check_id for check_id, count in counts.items() if count} == set()


def test_a_check_begins_with_its_first_month(engine: Engine, tmp_path: Path):
    prepare_empty_tables(engine)
    catalogue = beginning(tmp_path, "2024-03")
    wanted = {
        "expect_column_values_to_be_between": "R13.funds_own_not_negative",
        "expect_interval_at_most": "R14.paid_within_received",
        "expect_column_values_to_match_regex": "R01.code_form",
    }
    checks = [catalogue.check(check_id) for check_id in wanted.values()]
    assert [check.entry.type for check in checks] == list(wanted)
    row = {"funds_own_wan": "-1.0", "funds_paid_wan": "5.0", "funds_received_wan": "2.0", "project_code": "x"}
    rows = [{**row, "report_month": f"2024-{month:02}-01", "submission_id": month} for month in (1, 2, 3, 4)]
    with engine.begin() as connection:
        put_rows(connection, checks[0].table, rows)
    tallies, counts = judge(engine, catalogue)
    for check_id in wanted.values():
        assert (tallies[check_id].rows_checked, tallies[check_id].rows_failed, counts[check_id]) == (2, 2, 2)
