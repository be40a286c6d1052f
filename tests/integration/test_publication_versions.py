"""Publications follow change: what a resubmission touches, what readers see, and what stays as it was."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from taizhang.evidence.verify import Kind, Problem, verify
from taizhang.publication import (
    NothingPublishedError,
    UnknownListError,
    UnknownMonthError,
    UnknownPublicationError,
    UnknownRegionError,
    figures,
    open_publication,
    publications,
    publish,
)
from tests.accepted import FEBRUARY, MARCH, accept, project, set_state

pytestmark = pytest.mark.publishes

CODE = "2401-621122-04-01-100001"
TOTAL = Decimal("5617000.123456")


def publish_first(engine: Engine) -> None:
    """Three units of 定西市 and one of 商丘市; 陇西县 with two projects, one of them on two lists."""
    accept(
        engine,
        "621122",
        MARCH,
        [
            project("甲", TOTAL, project_code=CODE, project_lists=["city_listed", "city_key"]),
            project("乙", 20, is_started=False),
        ],
    )
    accept(engine, "621121", MARCH, [project("甲", 7)])
    accept(engine, "621100B0", MARCH, [project("丙", 1)])
    accept(engine, "411421", FEBRUARY, [project("丁", 3)])
    report = publish(engine)
    assert report is not None
    assert report.scope_count == 4


def resubmit(engine: Engine) -> None:
    """陇西县 again: 甲 leaves a list and stays as it is otherwise, 乙 is corrected, and the rows change places."""
    accept(
        engine,
        "621122",
        MARCH,
        [
            project("乙", 21, is_started=False),
            project("甲", TOTAL, project_code=CODE, project_lists=["city_listed"]),
        ],
    )


def history(connection: Connection, table: str, condition: str = "true") -> list[dict[str, Any]]:
    rows = connection.execute(text(f"select *, ctid, xmin::text as xmin from history.{table} where {condition}"))
    return [dict(row) for row in rows.mappings()]


def total(engine: Engine, region: str, publication: int | None = None, list_code: str = "all") -> Decimal:
    (row,) = figures(engine, region, "2024-03", list_code, publication)
    return Decimal(row["total_investment_wan"])


def test_nothing_to_publish_opens_nothing(engine: Engine) -> None:
    assert open_publication(engine) is None
    assert publish(engine) is None
    assert publications(engine) == []
    with pytest.raises(NothingPublishedError):
        figures(engine, "621122", "2024-03")


def test_a_resubmission_rewrites_only_what_it_changed_and_projects_keep_their_numbers(engine: Engine) -> None:
    publish_first(engine)
    tables = ["fct_project_month", "dim_project", "bridge_project_list", "agg_unit_month", "agg_region_month"]
    tables += ["dim_region", "dim_reporting_unit", "dim_list", "dim_month", "fct_reported_total"]
    with engine.connect() as connection:
        before = {table: history(connection, table) for table in tables}
    resubmit(engine)
    report = publish(engine)
    assert report is not None
    assert report.scope_count == 1

    with engine.connect() as connection:
        after = {table: history(connection, table) for table in tables}
    written = {table: [row for row in after[table] if row["published_from"] == 2] for table in tables}
    closed = {table: [row for row in after[table] if row["published_to"] == 2] for table in tables}
    kept = {table: [row for row in before[table] if row in after[table]] for table in tables}

    assert [row["total_investment_wan"] for row in written["fct_project_month"]] == [21]
    assert [row["total_investment_wan"] for row in closed["fct_project_month"]] == [20]
    assert [(row["list_code"], row["published_to"]) for row in closed["bridge_project_list"]] == [("city_key", 2)]
    assert {row["list_code"] for row in written["agg_unit_month"]} == {"all"}
    assert {row["list_code"] for row in closed["agg_unit_month"]} == {"all", "city_key"}
    assert {row["region_code"] for row in written["agg_region_month"]} == {"621122", "621100", "620000", "100000"}
    for table in ("dim_project", "dim_region", "dim_reporting_unit", "dim_list", "dim_month", "fct_reported_total"):
        assert (written[table], closed[table]) == ([], []), table
    # Rows that did not change lie where they lay: no version of them was written, not even an equal one.
    for table in tables:
        assert len(kept[table]) == len(before[table]) - len(closed[table]), table
        assert kept[table], table

    # The row that did not change keeps the submission that first stated it.
    (stated,) = [row for row in after["fct_project_month"] if row["total_investment_wan"] == TOTAL]
    assert stated["submission_id"] == 1
    assert stated["row_number"] == 5
    assert publish(engine) is None
    assert_projects_keep_their_numbers(engine)


def assert_projects_keep_their_numbers(engine: Engine) -> None:
    """A new name under a known code is the same project; a name that another unit uses is another project."""
    keys = text("select unit_code, key_kind, key_value, project_sk from history.int_project__keyed order by project_sk")
    with engine.connect() as connection:
        first = connection.execute(keys).all()
    accept(engine, "621122", MARCH, [project("丙", 1), project("甲（二期）", 5, project_code=CODE)])
    publish(engine)
    with engine.connect() as connection:
        second = connection.execute(keys).all()
        names = connection.execute(
            text("select project_name from marts.dim_project where unit_code = '621122' order by project_name")
        ).scalars()
        assert list(names) == ["丙", "甲（二期）"]
    assert len(first) == 5
    assert second[:5] == first
    assert [tuple(row) for row in second[5:]] == [("621122", "name", "丙", 6)]


@pytest.mark.both_servers
def test_readers_see_the_publication_that_they_ask_for(engine: Engine) -> None:
    publish_first(engine)
    accept(engine, "621122", MARCH, [project("甲", 10, project_code=CODE, project_lists=["city_key"])])
    publish(engine)
    set_state(engine, "621121", MARCH, "withdrawn")
    publish(engine)

    assert [total(engine, "621100", number) for number in (1, 2, 3)] == [TOTAL + 28, 18, 11]
    assert total(engine, "621100") == 11
    assert total(engine, "621100", 1, "市列重点") == TOTAL
    assert total(engine, "100000", 1) == total(engine, "620000", 1) == TOTAL + 28
    assert figures(engine, "621121", "2024-03") == []
    (city,) = figures(engine, "621100", "2024-03", "all")
    assert (city["units_expected"], city["units_reported"]) == (9, 2)
    assert [row["list_code"] for row in figures(engine, "621122", MARCH, publication=1)] == [
        "all",
        "city_key",
        "city_listed",
    ]

    statement = text("select total_investment_wan from marts.agg_region_month where region_code = '621121'")
    chinese = text('select "总投资(万元)" from bi."地区月度汇总" where "地区代码" = \'621121\'')
    with engine.connect() as connection:
        assert connection.scalars(statement).all() == []
        connection.execute(text("set taizhang.publication = '1'"))
        assert connection.scalars(statement).all() == [7]
        assert connection.scalars(chinese).all() == [7]
        # As a pooled connection finds it after somebody else's transaction.
        connection.execute(text("set taizhang.publication = ''"))
        assert connection.scalars(statement).all() == []
        connection.execute(text("set taizhang.publication = '99'"))
        assert connection.scalars(text("select region_code from marts.dim_region")).all() == []

    assert_unknown_things_are_named(engine)
    assert [row["publication_id"] for row in publications(engine)] == [3, 2, 1]
    assert [row["is_current"] for row in publications(engine)] == [True, False, False]
    assert_certificates_hold(engine)


def assert_unknown_things_are_named(engine: Engine) -> None:
    """Each thing that may be asked for and does not exist has an error of its own."""
    with pytest.raises(UnknownRegionError):
        figures(engine, "999999", "2024-03")
    for month in ("2024-13", "March", "2019-01"):
        with pytest.raises(UnknownMonthError):
            figures(engine, "621122", month)
    with pytest.raises(UnknownListError):
        figures(engine, "621122", "2024-03", "没有的清单")
    with pytest.raises(UnknownPublicationError):
        figures(engine, "621122", "2024-03", publication=4)


def assert_certificates_hold(engine: Engine) -> None:
    """The chain of three certificates holds, and breaks where a certificate is changed."""
    assert certificate_problems(engine) == []
    with engine.begin() as connection:
        contents = connection.scalars(text("select certificate from ops.publication order by publication_id")).all()
        first, second, third = contents
        assert first["control_totals"]["2024-03"]["all"]["total_investment_wan"] == str(TOTAL + 28)
        assert first["control_totals"]["2024-02"]["all"]["project_count"] == "1"
        assert second["scope"][0]["file_sha256"] == connection.scalar(
            text("select sha256 from ops.submission where state = 'accepted' and unit_code = '621122'")
        )
        assert third["scope"] == [
            {"unit_code": "621121", "report_month": "2024-03", "submission_id": None, "file_sha256": None}
        ]
        connection.execute(
            text(
                "update ops.publication set certificate = jsonb_set(certificate, '{code_version}', '\"9.9.9\"') "
                "where publication_id = 2"
            )
        )
    (problem,) = certificate_problems(engine)
    assert (problem.subject, problem.message_en) == ("publication 2", "its certificate does not match its hash")


def certificate_problems(engine: Engine) -> list[Problem]:
    """What is wrong with certificates, and with the totals that they certify."""
    found = verify(engine)
    assert found.publications == 3
    return [problem for problem in found.problems if problem.kind in (Kind.CERTIFICATE, Kind.TOTALS)]
