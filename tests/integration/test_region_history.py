"""Where units are counted: on the geography of the time, and on that of another year; one warehouse for all."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import figures, publish
from tests import conftest
from tests.accepted import accept, project

BEFORE, AFTER = date(2018, 11, 1), date(2019, 6, 1)
LATE = date(2022, 6, 1)

# unit, kind, parent, valid from, valid to; and what it files: month and total investment.
UNITS = """
    371202 莱城区 county 371200 2015-01-01 2019-01-01
    371203 钢城区 county 371200 2015-01-01 -
    371200B0 莱芜市本级 direct 371200 2015-01-01 -
    371200K1 莱芜高新区 zone 371200 2015-01-01 -
    370116 莱芜区 county 370100 2019-01-01 -
    370102 历下区 county 370100 2015-01-01 -
    370000B0 山东省本级 direct 370000 2015-01-01 -
    429004 仙桃市 county 420000 2015-01-01 -
    420102 江岸区 county 420100 2015-01-01 -
    441900 东莞市 county 440000 2015-01-01 -
    469003 儋州市 county 460000 2010-01-01 2015-03-01
    460400 儋州市 county 460000 2015-03-01 -
    500101 万州区 county 500000 2015-01-01 -
    500229 城口县 county 500000 2015-01-01 -
    500000B0 重庆市本级 direct 500000 2015-01-01 -
    330103 下城区 county 330100 2015-01-01 2021-04-01
    330104 江干区 county 330100 2015-01-01 2021-04-01
    330105 拱墅区 county 330100 2015-01-01 -
    330113 临平区 county 330100 2021-04-01 -
    532526 弥勒县 county 532500 2010-01-01 2013-02-01
    532504 弥勒市 county 532500 2013-02-01 -
"""
FILED = {
    date(2013, 1, 1): {"532526": 100, "469003": 7},
    date(2015, 3, 1): {"532504": 110, "460400": 8},
    BEFORE: {
        "371202": 1000, "371203": 100, "371200B0": 10, "371200K1": 1, "370102": 5000, "370000B0": 30,
        "429004": 40, "420102": 50, "441900": 60, "500101": 70, "500229": 80, "500000B0": 90,
        "330103": 200, "330104": 300, "330105": 400,
    },
    AFTER: {"370116": 2000, "371203": 200, "371200B0": 20, "371200K1": 2, "370102": 6000, "370000B0": 31},
    LATE: {"330105": 700, "330113": 50},
}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Everything filed and published, by units of our own register."""
    with conftest.own_warehouse(tmp_path_factory.mktemp("regions")) as engine:
        _register(engine)
        for month, filed in FILED.items():
            for unit, total in filed.items():
                accept(engine, unit, month, [project("甲", total), project("乙", 1)])
        publish(engine)
        yield engine


def _register(engine: Engine) -> None:
    rows = [line.split() for line in UNITS.split("\n") if line.strip()]
    statement = text(
        "insert into staging.reporting_unit (unit_code, unit_name, unit_kind, parent_region_code, valid_from, valid_to)"
        " values (:unit, :name, :kind, :parent, :starts, :ends)"
    )
    with engine.begin() as connection:
        connection.execute(text("delete from staging.reporting_unit"))
        for unit, name, kind, parent, starts, ends in rows:
            values = {"unit": unit, "name": name, "kind": kind, "parent": parent, "starts": starts}
            connection.execute(statement, values | {"ends": None if ends == "-" else ends})


def total(engine: Engine, region: str, month: date) -> Decimal | None:
    """Total investment of a region without the second project of each unit; None if it has no figures."""
    rows = figures(engine, region, month, "all")
    return rows[0]["total_investment_wan"] - rows[0]["project_count"] // 2 if rows else None


def restated(engine: Engine, region: str, year: int, month: date) -> Decimal | None:
    """The same on the geography of a year."""
    query = text(
        "select total_investment_wan - project_count / 2 from marts.region_month_restated(:year)"
        " where region_code = :region and report_month = :month and list_code = 'all'"
    )
    with engine.connect() as connection:
        return connection.scalar(query, {"region": region, "year": year, "month": month})


@pytest.mark.parametrize(
    ("region", "month", "expected"),
    [
        # 莱芜: a city of its own until December 2018, merged into 济南 then, with its zone and 本级.
        ("371200", BEFORE, 1111),
        ("370100", BEFORE, 5000),
        ("371202", BEFORE, 1000),
        ("371200", AFTER, None),
        ("370100", AFTER, 8222),
        ("370116", AFTER, 2000),
        # 钢城区 still files under its old code.
        ("370117", AFTER, 200),
        ("371200K1", AFTER, 2),
        # 本级 of a province.
        ("370000", BEFORE, 6141),
        ("370000", AFTER, 8253),
        # A county that reports to the province, a city without counties, a municipality.
        ("420000", BEFORE, 90),
        ("429004", BEFORE, 40),
        ("441900", BEFORE, 60),
        ("441900A0", BEFORE, 60),
        ("440000", BEFORE, 60),
        ("500000", BEFORE, 240),
        # A county becomes a city without counties; another one a city on county level, under a new code.
        ("460000", date(2013, 1, 1), 7),
        ("460400", date(2015, 3, 1), 8),
        ("532526", date(2013, 1, 1), 100),
        ("532504", date(2015, 3, 1), 110),
        ("532500", date(2013, 1, 1), 100),
        # 杭州 before and after 2021.
        ("330100", BEFORE, 900),
        ("330105", LATE, 700),
        ("330100", LATE, 750),
        ("100000", BEFORE, 7431),
    ],
)
def test_units_count_where_they_were_at_the_time(
    warehouse: Engine, region: str, month: date, expected: int | None
) -> None:
    assert total(warehouse, region, month) == expected


@pytest.mark.parametrize(
    ("region", "year", "month", "expected"),
    [
        ("370100", 2020, BEFORE, 6111),
        ("371200", 2020, BEFORE, None),
        ("370116", 2020, BEFORE, 1000),
        ("371200", 2017, AFTER, 2222),
        ("371202", 2017, AFTER, 2000),
        ("370100", 2017, AFTER, 6000),
        ("532504", 2020, date(2013, 1, 1), 100),
        ("532526", 2012, date(2015, 3, 1), 110),
        ("460400", 2020, date(2013, 1, 1), 7),
        ("469003", 2014, date(2015, 3, 1), 8),
        # 下城区 went to 拱墅区 wholly, 江干区 by shares to 上城区 and 钱塘区.
        ("330105", 2022, BEFORE, 600),
        ("330102", 2022, BEFORE, 240),
        ("330114", 2022, BEFORE, 60),
        ("330110", 2020, LATE, 50),
        ("330100", 2022, BEFORE, 900),
        ("100000", 2003, BEFORE, 7431),
    ],
)
def test_figures_restated_to_the_geography_of_a_year(
    warehouse: Engine, region: str, year: int, month: date, expected: int | None
) -> None:
    assert restated(warehouse, region, year, month) == expected


def test_every_level_adds_up_in_every_year(warehouse: Engine) -> None:
    query = text(
        "select region_level, sum(total_investment_wan), sum(project_count), bool_or(is_estimated)"
        " from marts.region_month_restated(:year) where list_code = 'all' and report_month = :month group by 1"
    )
    with warehouse.connect() as connection:
        for year in range(2000, 2026):
            found = {row[0]: tuple(row[1:]) for row in connection.execute(query, {"year": year, "month": BEFORE})}
            assert {level: found[level][:2] for level in ("county", "province", "nation")} == dict.fromkeys(
                ("county", "province", "nation"), (7446, 30)
            )
            assert found["county"][2] == (year >= 2021)
            assert found["nation"][2] is False


def test_an_earlier_publication_is_restated_as_it_was(warehouse: Engine) -> None:
    accept(warehouse, "371202", BEFORE, [project("甲", 999), project("乙", 1)])
    report = publish(warehouse)
    assert report is not None
    query = text(
        "select total_investment_wan from marts.region_month_restated(2020)"
        " where region_code = '370116' and report_month = :month and list_code = 'all'"
    )
    with warehouse.begin() as connection:
        assert connection.scalar(query, {"month": BEFORE}) == 1000
        connection.execute(text("set local taizhang.publication = '1'"))
        assert connection.scalar(query, {"month": BEFORE}) == 1001
        written = text(
            "select count(*) from history.agg_region_month where published_from = :publication and list_code = 'all'"
        )
        # 莱城区, 莱芜市, 山东省 and the nation.
        assert connection.scalar(written, {"publication": report.publication_id}) == 4


def test_the_planner_sees_through_the_function(warehouse: Engine) -> None:
    query = text("explain select ytd_completed_wan from marts.region_month_restated(2020) where report_month = :month")
    with warehouse.connect() as connection:
        plan = "\n".join(connection.scalars(query, {"month": BEFORE}))
    assert "Function Scan" not in plan
    assert "agg_unit_month" in plan
    assert f"report_month = '{BEFORE}'" in plan


def test_versions_of_regions(warehouse: Engine) -> None:
    query = text(
        "select region_name, city_name, province_name, valid_from, valid_to, is_latest from marts.dim_region"
        " where region_code = :code order by valid_from"
    )
    expected = {
        "532526": [("弥勒县", "红河哈尼族彝族自治州", "云南省", date(2000, 1, 1), date(2013, 1, 24), True)],
        "371200K1": [
            ("莱芜高新区", "莱芜市", "山东省", date(2015, 1, 1), date(2018, 12, 26), False),
            ("莱芜高新区", "济南市", "山东省", date(2018, 12, 26), None, True),
        ],
        "429004": [("仙桃市", None, "湖北省", date(2000, 1, 1), None, True)],
        "411421": [("民权县", "商丘市", "河南省", date(2000, 1, 1), None, True)],
    }
    with warehouse.connect() as connection:
        found = {code: [tuple(row) for row in connection.execute(query, {"code": code})] for code in expected}
    assert found == expected
