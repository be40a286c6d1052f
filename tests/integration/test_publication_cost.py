"""A publication costs what its scope costs: no model reads the whole of a table that grows with every month."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import build, open_publication, publish
from taizhang.settings import settings
from tests.accepted import MARCH, accept, project
from tests.evidence import WARN, Found, judge

pytestmark = pytest.mark.publishes

FIGURES = ("fct_project_month", "agg_unit_month", "agg_region_month", "bridge_project_list", "int_project__keyed")
QUALITY = ("fct_finding", "fct_rule_run", "agg_quality_unit_month", "rpt_repeat_offenders")
EVIDENCE = ("finding", "judgement", "submission_rule_run", "rule_run", "submission", "explanation")
READ = ("project_progress", "reported_total", "summary")
KEYS = ("int_project_key_month", "int_project__named", "int_project__identified")
IDENTITY = (*KEYS, "int_project_pair", "int_project_pair__evidence", "int_project__group", "int_submission__in_scope")
GROWING = (*FIGURES, *QUALITY, *EVIDENCE, *READ, *KEYS)
BY_SCOPE = (
    *("int_project__keyed", "int_project__touched", "agg_unit_month", "agg_region_month", "dim_project"),
    *(
        "int_project_month__keyed",
        "fct_reported_total",
        "int_unit_month__touched",
        "int_submission__versions",
        *QUALITY,
        *IDENTITY,
    ),
    *("xref_project_code", "rpt_project_match_review", "int_project__version_before", "fct_annual_plan"),
)


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_models_reach_the_rows_of_their_scope_by_index(engine: Engine) -> None:
    day = date(2024, 4, 9)
    judge(engine, "621122", MARCH, [project("甲", 10, project_lists=["city_key"])], filed_on=day, found=[Found(WARN)])
    publish(engine)
    judge(engine, "621122", MARCH, [project("甲", 11)], filed_on=day, found=[Found(WARN)])
    publication_id = open_publication(engine)
    assert publication_id == 2
    build(publication_id, engine)

    compiled = settings().home / "dbt" / "target" / "compiled" / "taizhang" / "models"
    queries = {path.stem: path.read_text() for path in compiled.rglob("*.sql") if path.stem in BY_SCOPE}
    assert set(queries) == set(BY_SCOPE)
    with engine.connect() as connection:
        # What the tables hold here is read fastest as a whole; the planner has to show whether it could do otherwise.
        connection.execute(text("set enable_seqscan = off"))
        scanned = {
            (name, table)
            for name, query in queries.items()
            for (line,) in connection.exec_driver_sql(f"explain {query}", execution_options={"no_parameters": True})
            for table in GROWING
            if re.search(rf"Seq Scan on {table}(_\d+)*\b", line)
        }
    assert scanned == set()


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_an_empty_mart_is_not_read_once_for_each_row_that_it_takes(engine: Engine) -> None:
    projects = 300
    accept(engine, "621122", MARCH, [project(f"{number}号", 10) for number in range(projects)])
    # The planner takes an empty table that it knows for one that costs nothing to read.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))
    publish(engine)
    with engine.connect() as connection:
        scans = connection.execute(
            text("select relname, seq_scan, n_tup_ins from pg_stat_user_tables where schemaname = 'history'")
        ).all()
    filled = {mart: scans for mart, scans, rows in scans if rows >= projects}
    assert "fct_project_month" in filled
    # One look at what is still empty for each row costs nothing; a second one is at what the first rows have filled.
    assert {mart: scans for mart, scans in filled.items() if scans >= 2 * projects} == {}
