"""A publication costs what its scope costs: no model reads the whole of a table that grows with every month."""

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import build, open_publication, publish
from taizhang.settings import settings
from tests.accepted import MARCH, accept, project

GROWING = ("fct_project_month", "agg_unit_month", "agg_region_month", "bridge_project_list", "int_project__keyed")
BY_SCOPE = ("int_project__keyed", "int_project__touched", "agg_unit_month", "agg_region_month", "dim_project")


@pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
def test_models_reach_the_rows_of_their_scope_by_index(engine: Engine) -> None:
    accept(engine, "621122", MARCH, [project("甲", 10, project_lists=["city_key"])])
    publish(engine)
    accept(engine, "621122", MARCH, [project("甲", 11)])
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
            if f"Seq Scan on {table}" in line
        }
    assert scanned == set()
