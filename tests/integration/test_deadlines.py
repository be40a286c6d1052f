"""Who is late as of a day, who is told of it and when, each stage once; on what the warehouse knows of submissions."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.codelists import ReportingUnits, reporting_units
from taizhang.deadlines.matters import Matter, matters_on
from taizhang.deadlines.notices import find_notices
from taizhang.warehouse.audit_tables import feedback
from taizhang.warehouse.tables import publication, publication_scope, submission
from tests.calendars import calendar, committed

FEBRUARY, MARCH = date(2024, 2, 1), date(2024, 3, 1)
TONGWEI, LONGXI, WEIYUAN, LINTAO, ZHANGXIAN = "621121", "621122", "621123", "621124", "621125"
DINGXI, GANSU = "621100C0", "620000P0"


def april(day: int) -> date:
    return date(2024, 4, day)


def put(
    engine: Engine, unit: str | None, state: str, filed_on: date | None, month: date | None = MARCH, **more: Any
) -> int:
    """Put a submission of a state into the warehouse."""
    values = {
        "sha256": uuid.uuid4().hex,
        "file_name": f"{unit}.xlsx",
        "byte_size": 1,
        "source_uri": "file:///",
        "unit_code": unit,
        "report_month": month if unit else None,
        "state": state,
        "filed_on": filed_on,
    }
    with engine.begin() as connection:
        number = connection.scalar(submission.insert().values(values | more).returning(submission.c.submission_id))
    return int(number or 0)


def matters(engine: Engine, day: date) -> list[Matter]:
    with engine.begin() as connection:
        return matters_on(connection, day).matters


def filings(engine: Engine, day: date) -> dict[str, tuple[str, int]]:
    """Kind and days of each detail unit's matter of March."""
    return {
        one.unit_code or "": (one.kind, one.days)
        for one in matters(engine, day)
        if one.report_month == MARCH and one.kind.startswith("filing") and one.unit_code in {*UNITS}
    }


UNITS = (TONGWEI, LONGXI, WEIYUAN, LINTAO, ZHANGXIAN)


def told(engine: Engine, unit: str = TONGWEI) -> set[tuple[int, str, str, str]]:
    """Day of April, addressee, kind and stage of the notices of a unit's March."""
    query = text(
        "select noticed_on, addressee, kind, stage from ops.notice where unit_code = :unit and report_month = :month"
    )
    with engine.connect() as connection:
        rows = connection.execute(query, {"unit": unit, "month": MARCH})
        return {(row.noticed_on.day, row.addressee, row.kind, row.stage) for row in rows}


def run(engine: Engine, days: Iterable[int]) -> None:
    for day in days:
        find_notices(engine, april(day))


@pytest.mark.both_servers
def test_a_unit_is_late_by_what_it_has_filed_until_the_day(engine: Engine) -> None:
    put(engine, LONGXI, "accepted", april(9))
    put(engine, WEIYUAN, "quarantined", april(8))
    put(engine, LINTAO, "refused", april(10))
    put(engine, ZHANGXIAN, "accepted", april(11))
    assert filings(engine, april(10)) == {
        TONGWEI: ("filing_coming", 0),
        WEIYUAN: ("filing_coming", 0),
        LINTAO: ("filing_coming", 0),
        ZHANGXIAN: ("filing_coming", 0),
    }
    assert filings(engine, april(11)) == {
        TONGWEI: ("filing_missing", 1),
        WEIYUAN: ("filing_held_back", 1),
        LINTAO: ("filing_refused", 1),
    }
    assert filings(engine, april(6)) == {}
    assert filings(engine, april(8))[LONGXI] == ("filing_coming", -2)


def test_a_file_that_came_after_midnight_in_china_counts_for_the_new_day(engine: Engine) -> None:
    put(engine, TONGWEI, "accepted", None, received_at="2024-04-10T15:59:00+00:00")
    put(engine, LONGXI, "accepted", None, received_at="2024-04-10T16:00:00+00:00")
    assert {TONGWEI, LONGXI} & filings(engine, april(10)).keys() == {LONGXI}
    assert {TONGWEI, LONGXI} & filings(engine, april(11)).keys() == set()


def test_an_accepted_version_is_filed_whatever_came_of_later_ones(engine: Engine) -> None:
    put(engine, TONGWEI, "accepted", april(5))
    put(engine, TONGWEI, "quarantined", april(9))
    put(engine, LONGXI, "withdrawn", april(5))
    put(engine, WEIYUAN, "read", april(9))
    assert filings(engine, april(12)).keys() == {LONGXI, LINTAO, ZHANGXIAN}


def test_what_a_reviewer_has_returned_is_owed_and_what_waits_for_one_is_not(engine: Engine) -> None:
    put(engine, TONGWEI, "returned", april(9), reason_zh="与实际进度不符")
    put(engine, LONGXI, "in_review", april(9))
    put(engine, WEIYUAN, "refused", april(8), received_at="2024-04-08T01:00:00+00:00")
    put(engine, WEIYUAN, "quarantined", april(9), received_at="2024-04-09T01:00:00+00:00")
    found = filings(engine, april(12))
    assert (found[TONGWEI], found[WEIYUAN]) == (("filing_returned", 2), ("filing_held_back", 2))
    assert LONGXI not in found
    (returned,) = [one for one in matters(engine, april(12)) if one.kind == "submission_returned"]
    assert (returned.unit_code, returned.detail) == (TONGWEI, {"reason": "与实际进度不符"})


def test_a_unit_owes_only_the_months_in_which_it_exists(engine: Engine) -> None:
    found = {(one.unit_code, one.report_month) for one in matters(engine, date(2021, 2, 12))}
    assert (TONGWEI, date(2021, 1, 1)) in found
    assert [month for _, month in found if month is not None and month < date(2021, 1, 1)] == []


@pytest.mark.both_servers
def test_each_stage_is_told_once_to_the_unit_and_then_to_those_above_it(engine: Engine) -> None:
    run(engine, [*range(6, 19), 12, 18])
    coming = {(day, TONGWEI, "filing_coming", stage) for day, stage in ((7, "-3"), (9, "-1"), (10, "-0"))}
    late = {(day, TONGWEI, "filing_missing", stage) for day, stage in ((11, "1"), (13, "3"), (17, "7"))}
    city = {(day, DINGXI, "filing_missing", stage) for day, stage in ((13, "3"), (17, "7"))}
    assert told(engine) == coming | late | city | {(17, GANSU, "filing_missing", "7")}


def test_a_stage_of_a_day_that_was_missed_is_told_on_the_next(engine: Engine) -> None:
    run(engine, [6, 8, 12, 16])
    assert told(engine) == {
        (8, TONGWEI, "filing_coming", "-3"),
        (12, TONGWEI, "filing_missing", "1"),
        (16, TONGWEI, "filing_missing", "3"),
        (16, DINGXI, "filing_missing", "3"),
    }


def test_a_unit_that_has_ended_is_told_of_the_months_that_it_owes(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = reporting_units().units
    ended = units | {TONGWEI: replace(units[TONGWEI], valid_to=date(2024, 3, 1))}
    monkeypatch.setattr("taizhang.deadlines.addressees.reporting_units", lambda: ReportingUnits(ended))
    monkeypatch.setattr("taizhang.deadlines.matters.reporting_units", lambda: ReportingUnits(ended))
    run(engine, [13])
    assert told(engine) == set()
    query = text("select distinct addressee from ops.notice where unit_code = :unit and report_month = :month")
    with engine.connect() as connection:
        addressees = set(connection.scalars(query, {"unit": TONGWEI, "month": FEBRUARY}))
    assert addressees == {TONGWEI, DINGXI, GANSU}


def test_what_has_been_filed_is_told_no_more(engine: Engine) -> None:
    run(engine, [11])
    put(engine, TONGWEI, "accepted", april(12))
    run(engine, [13, 17])
    assert told(engine) == {(11, TONGWEI, "filing_missing", "1")}


def test_a_day_again_changes_nothing(engine: Engine) -> None:
    first = find_notices(engine, april(13))
    assert find_notices(engine, april(13)) == first
    assert first["filing_missing"] > len(UNITS)
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from ops.notice")) == sum(first.values())


def test_a_file_that_was_held_back_leads_to_its_feedback_until_another_comes(engine: Engine) -> None:
    held = put(engine, TONGWEI, "quarantined", april(8))
    put(engine, LONGXI, "refused", april(8), reason_zh="缺少单位行")
    put(engine, WEIYUAN, "quarantined", april(7), received_at="2024-04-07T01:00:00+00:00")
    put(engine, WEIYUAN, "read", april(8), received_at="2024-04-08T01:00:00+00:00")
    with engine.begin() as connection:
        for number, file in ((held, "2024-03/621121/旧.xlsx"), (held, "2024-03/621121/新.xlsx")):
            connection.execute(feedback.insert().values(submission_id=number, file=file, sha256="0", finding_count=2))
    found = {one.unit_code: one for one in matters(engine, april(9)) if one.kind.startswith("submission")}
    assert found.keys() == {TONGWEI, LONGXI}
    assert (found[TONGWEI].kind, found[TONGWEI].detail) == (
        "submission_held_back",
        {"feedback": "2024-03/621121/新.xlsx", "finding_count": 2},
    )
    assert (found[LONGXI].kind, found[LONGXI].detail) == ("submission_refused", {"reason": "缺少单位行"})
    run(engine, [9, 10])
    rows = {row for row in told(engine, LONGXI) if row[2].startswith("submission")}
    assert rows == {(9, LONGXI, "submission_refused", "none")}


def test_a_file_of_nobody_knows_whom_is_told_to_the_operators(engine: Engine) -> None:
    put(engine, None, "refused", april(8), file_name="报表.xlsx", reason_zh="文件名没有单位")
    run(engine, [9])
    with engine.connect() as connection:
        (row,) = connection.execute(text("select * from ops.notice where addressee = 'operators'")).mappings()
    assert (row["kind"], row["label"], row["detail"]) == (
        "submission_refused",
        "报表.xlsx",
        {"reason": "文件名没有单位"},
    )


def test_a_publication_is_told_once_to_the_cities_and_provinces_of_its_units(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            publication.insert().values(
                publication_id=7, state="published", published_at="2024-04-11T17:30:00+00:00", code_version="1",
                catalogue_version="1",
            )
        )  # fmt: skip
        for unit in (TONGWEI, LONGXI):
            connection.execute(publication_scope.insert().values(publication_id=7, unit_code=unit, report_month=MARCH))
    run(engine, [11, 12, 13])
    with engine.connect() as connection:
        rows = connection.execute(
            text("select noticed_on, addressee, since, detail from ops.notice where kind = 'publication'")
        ).all()
    assert {(row.noticed_on, row.addressee, row.since) for row in rows} == {
        (april(12), DINGXI, april(12)),
        (april(12), GANSU, april(12)),
    }
    assert {row.detail["unit_months"] for row in rows} == {2}


def test_a_month_whose_due_day_nobody_knows_is_told_to_the_operators(engine: Engine, tmp_path: Path) -> None:
    moving = [committed()["filing"][0] | {"on_a_day_off": "next_working_day"}]
    with calendar(tmp_path / "config", filing=moving):
        found = find_notices(engine, date(2026, 11, 21))
        assert found["calendar_unknown"] == 2
        assert find_notices(engine, date(2026, 11, 22)).get("calendar_unknown") is None
    with engine.connect() as connection:
        labels = connection.scalars(text("select label from ops.notice where kind = 'calendar_unknown'"))
        assert set(labels) == {"2026-12", "2027-01"}


def test_before_the_first_publication_items_are_not_known_and_it_says_so(engine: Engine) -> None:
    with engine.begin() as connection:
        assert matters_on(connection, april(12)).has_marts is False


def test_it_looks_back_as_far_as_the_calendar_says(engine: Engine) -> None:
    assert committed()["watching"]["look_back_days"] == 92
    months = {one.report_month for one in matters(engine, april(11)) if one.unit_code == TONGWEI}
    assert months == {date(2023, 12, 1), date(2024, 1, 1), FEBRUARY, MARCH}
    months = {one.report_month for one in matters(engine, april(12)) if one.unit_code == TONGWEI}
    assert months == {date(2024, 1, 1), FEBRUARY, MARCH}
