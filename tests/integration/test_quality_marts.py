"""The quality marts: what became of findings, who is late or missing, what is repeated, and how that is scored."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.publication import figures, open_publication, publish
from tests.accepted import FEBRUARY, MARCH, project
from tests.evidence import BLOCK, WARN, Found, judge, judge_again, refuse
from tests.waiting import rows_of

pytestmark = pytest.mark.publishes

ONE_SERVER = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)
LONGXI, TONGWEI, ZHANGXIAN, MINQUAN = "621122", "621121", "621125", "411421"
TABLES = ("dim_check", "fct_finding", "fct_rule_run", "agg_quality_unit_month", "rpt_repeat_offenders")
FINDINGS = (
    "select unit_code, report_month, check_id, subject_label, status, fixed_in_version, version_count, is_repeat"
    " from marts.fct_finding order by unit_code, report_month, check_id, subject_label"
)


def quality(engine: Engine, unit: str, month: date) -> dict[str, Any]:
    (row,) = rows_of(
        engine,
        "select * from marts.agg_quality_unit_month where unit_code = :unit and report_month = :month",
        unit=unit,
        month=month,
    )
    return row


def shown(engine: Engine, unit: str, month: date, *names: str) -> tuple[Any, ...]:
    row = quality(engine, unit, month)
    return tuple(row[name] for name in names)


def statuses(engine: Engine) -> dict[tuple[str, date, str, str], tuple[Any, ...]]:
    return {
        (row["unit_code"], row["report_month"], row["check_id"], row["subject_label"]): (
            row["status"],
            row["fixed_in_version"],
            row["version_count"],
            row["is_repeat"],
        )
        for row in rows_of(engine, FINDINGS)
    }


def history(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    return {
        table: rows_of(engine, f"select *, ctid::text as place, xmin::text as writer from history.{table}")
        for table in TABLES
    }


def february(engine: Engine) -> None:
    """陇西县 is two days late and held back, then accepted; 通渭县 is in time, with a warning."""
    first = [Found(BLOCK), Found(BLOCK, subject="乙"), Found(WARN, "warn")]
    judge(
        engine, LONGXI, FEBRUARY, [project("甲", ytd=150), project("乙", ytd=50)],
        filed_on=date(2024, 3, 12), found=first, passed=["R02.name_twice"], accepted=False,
    )  # fmt: skip
    judge(
        engine, LONGXI, FEBRUARY, [project("甲", ytd=150), project("丙", ytd=50)],
        filed_on=date(2024, 3, 14), found=[Found(WARN, "warn")], passed=[BLOCK, "R02.name_twice", "R02.code_twice"],
    )  # fmt: skip
    judge(
        engine, TONGWEI, FEBRUARY, [project("丁")],
        filed_on=date(2024, 3, 10), found=[Found(WARN, "warn", "丁")], passed=[BLOCK],
    )  # fmt: skip


def march(engine: Engine) -> None:
    """陇西县 warns of the same project again, is revised after that; 通渭县 sends nothing that can be read."""
    judge(
        engine, LONGXI, MARCH, [project("甲", ytd=90)],
        filed_on=date(2024, 4, 10), found=[Found(WARN, "warn"), Found("R23.over_100", "info")], passed=[BLOCK],
    )  # fmt: skip
    judge(
        engine, LONGXI, MARCH, [project("甲", ytd=100)],
        filed_on=date(2024, 4, 20), found=[Found(WARN, "warn"), Found("R23.over_100", "info")], passed=[BLOCK],
    )  # fmt: skip
    refuse(engine, TONGWEI, MARCH, "通渭县2024年3月.xlsx")


def test_findings_are_followed_over_versions_and_months(engine: Engine) -> None:
    february(engine)
    publish(engine)
    march(engine)
    publish(engine)
    assert statuses(engine) == {
        (LONGXI, FEBRUARY, BLOCK, "甲"): ("fixed", 2, 1, False),
        (LONGXI, FEBRUARY, BLOCK, "乙"): ("gone", 2, 1, False),
        (LONGXI, FEBRUARY, WARN, "甲"): ("open", None, 2, False),
        (LONGXI, MARCH, WARN, "甲"): ("open", None, 2, True),
        (LONGXI, MARCH, "R23.over_100", "甲"): ("open", None, 2, False),
        (TONGWEI, FEBRUARY, WARN, "丁"): ("open", None, 1, False),
    }
    counts = ("block_count", "warn_count", "info_count", "level_1_count", "open_count", "repeat_count")
    assert shown(engine, LONGXI, FEBRUARY, *counts) == (2, 1, 0, 1, 1, 0)
    assert shown(engine, LONGXI, MARCH, *counts) == (0, 1, 1, 2, 2, 1)
    filed = ("outcome", "is_filed", "filed_on", "due_on", "days_late", "version_count", "is_in_force")
    due = date(2024, 4, 10)
    assert shown(engine, LONGXI, FEBRUARY, *filed) == (
        "warned", True, date(2024, 3, 12), date(2024, 3, 10), 2, 2, True,
    )  # fmt: skip
    assert shown(engine, LONGXI, MARCH, *filed) == ("warned", True, due, due, 0, 2, True)
    assert shown(engine, TONGWEI, MARCH, *filed) == ("refused", False, None, due, None, 0, False)
    assert shown(engine, ZHANGXIAN, MARCH, *filed) == ("missing", False, None, due, None, 0, False)
    assert shown(engine, "621100C0", MARCH, "outcome", "due_on") == ("missing", date(2024, 4, 20))
    assert shown(engine, LONGXI, MARCH, "revision_count", "revision_size_wan", "revision_rate_pct") == (1, 10, 10)
    # No other province has sent anything, and no other month is expected.
    assert {row["report_month"] for row in rows_of(engine, "select * from marts.agg_quality_unit_month")} == {
        FEBRUARY,
        MARCH,
    }
    assert rows_of(engine, "select * from marts.agg_quality_unit_month where unit_code like '41%'") == []
    assert_offenders_and_checks(engine)
    assert_scores_are_what_the_weights_say(engine)


def assert_offenders_and_checks(engine: Engine) -> None:
    """Who repeats which mistake, and what a check saw of the version judged last."""
    (offender,) = rows_of(engine, "select * from marts.rpt_repeat_offenders")
    assert offender == {
        "unit_code": LONGXI, "check_id": WARN, "months_failed": 2, "first_month": FEBRUARY, "last_month": MARCH,
        "months_in_a_row": 2, "findings": 2,
    }  # fmt: skip
    (run,) = rows_of(
        engine,
        "select * from marts.fct_rule_run where unit_code = :unit and report_month = :month and check_id = :check",
        unit=LONGXI, month=FEBRUARY, check=WARN,
    )  # fmt: skip
    assert (run["submission_id"], run["rows_checked"], run["rows_failed"], run["severity"]) == (2, 10, 1, "warn")


def assert_scores_are_what_the_weights_say(engine: Engine) -> None:
    # 陇西县, February: 2 of 10 days late, 3 of 4 checks passed (75%, nothing below 80), 2 of 10 blocking findings.
    assert shown(engine, LONGXI, FEBRUARY, "checks_made", "checks_passed", "pass_rate_pct") == (4, 3, 75)
    assert quality(engine, LONGXI, FEBRUARY)["score"] == Decimal(30 * 8) / 10 + 0 + Decimal(20 * 8) / 10 + 10 + 10
    # March: in time, 1 of 2 checks passed (what only tells is not one), one repeat of 5, revised by 10%.
    assert shown(engine, LONGXI, MARCH, "checks_made", "checks_passed") == (2, 1)
    assert quality(engine, LONGXI, MARCH)["score"] == 30 + 0 + 20 + 8 + 0
    assert quality(engine, TONGWEI, MARCH)["score"] == quality(engine, ZHANGXIAN, MARCH)["score"] == 0


@ONE_SERVER
def test_a_night_of_faulty_workbooks_publishes_new_quality_and_the_same_figures(engine: Engine) -> None:
    february(engine)
    publish(engine)
    before, figure = history(engine), figures(engine, "621100", FEBRUARY)
    judge(
        engine, TONGWEI, FEBRUARY, [project("丁", 999)],
        filed_on=date(2024, 3, 20), found=[Found(BLOCK, subject="丁")], accepted=False,
    )  # fmt: skip
    report = publish(engine)
    assert report is not None
    assert report.scope_count == 1
    assert figures(engine, "621100", FEBRUARY) == figure
    facts = "select count(*) as n from history.fct_project_month where published_from = 2 or published_to = 2"
    assert rows_of(engine, facts) == [{"n": 0}]
    assert shown(engine, TONGWEI, FEBRUARY, "outcome", "is_in_force", "version_count") == ("held_back", True, 2)
    assert statuses(engine)[TONGWEI, FEBRUARY, WARN, "丁"] == ("fixed", 2, 1, False)

    after = history(engine)
    written = {table: [row for row in after[table] if row["published_from"] == 2] for table in TABLES}
    assert {table: len(rows) for table, rows in written.items()} == {
        "dim_check": 0,
        "fct_finding": 2,
        "fct_rule_run": 1,
        "agg_quality_unit_month": 1,
        "rpt_repeat_offenders": 0,
    }
    for table in TABLES:
        closed = [row for row in after[table] if row["published_to"] == 2]
        kept = [row for row in before[table] if row in after[table]]
        assert len(kept) == len(before[table]) - len(closed), table
    assert publish(engine) is None
    assert open_publication(engine) is None


@ONE_SERVER
def test_what_is_judged_again_refused_or_late_is_published_again(engine: Engine) -> None:
    """民权县 in another province sends its months in the wrong order meanwhile."""
    number = judge(engine, LONGXI, MARCH, [project("甲")], filed_on=date(2024, 4, 1), found=[Found(WARN, "warn")])
    judge(engine, MINQUAN, MARCH, [project("甲")], filed_on=date(2024, 4, 1), found=[Found(WARN, "warn")])
    judge(
        engine, TONGWEI, MARCH, [project("甲")], filed_on=date(2024, 4, 1),
        found=[Found("R00.cover_contradiction", "warn", "张三", sheet="cover", column_name="filler_name")],
    )  # fmt: skip
    publish(engine)
    assert_repeats(engine, is_repeat=False)
    assert_readers_see_no_names_of_people(engine)

    judge_again(engine, number, LONGXI, MARCH, found=[Found(WARN, "warn", waiver_id="W1")])
    judge(engine, MINQUAN, date(2024, 1, 1), [project("甲")], filed_on=date(2024, 4, 2), found=[Found(WARN, "warn")])
    assert publish(engine) is not None
    assert statuses(engine)[LONGXI, MARCH, WARN, "甲"][0] == "waived"
    counts = ("outcome", "warn_count", "waived_count", "open_count", "version_count")
    assert shown(engine, LONGXI, MARCH, *counts) == ("accepted", 0, 1, 0, 1)
    # The report before March's is January's: the finding is a repetition.
    assert_repeats(engine, is_repeat=True)
    (offender,) = rows_of(engine, "select unit_code, months_in_a_row from marts.rpt_repeat_offenders")
    assert offender == {"unit_code": MINQUAN, "months_in_a_row": 2}

    refuse(engine, ZHANGXIAN, MARCH, "漳县2024年3月.xlsx")
    judge(engine, MINQUAN, FEBRUARY, [project("甲")], filed_on=date(2024, 4, 3), passed=[WARN])
    assert publish(engine) is not None
    assert shown(engine, ZHANGXIAN, MARCH, "outcome", "refused_count") == ("refused", 1)
    assert_repeats(engine, is_repeat=False)
    (offender,) = rows_of(engine, "select months_failed, months_in_a_row from marts.rpt_repeat_offenders")
    assert offender == {"months_failed": 2, "months_in_a_row": 1}
    assert publish(engine) is None

    # A filing replaces what was missing, and earlier publications stay as they were.
    judge(engine, ZHANGXIAN, MARCH, [project("戊")], filed_on=date(2024, 4, 11), passed=[BLOCK])
    assert publish(engine) is not None
    assert shown(engine, ZHANGXIAN, MARCH, "outcome", "days_late") == ("accepted", 1)
    with engine.begin() as connection:
        connection.execute(text("set local taizhang.publication = '1'"))
        outcome = text("select outcome from marts.agg_quality_unit_month where unit_code = :unit")
        assert connection.scalar(outcome, {"unit": ZHANGXIAN}) == "missing"


def assert_repeats(engine: Engine, *, is_repeat: bool) -> None:
    """Whether 民权县's finding of March repeats one of the report before."""
    assert statuses(engine)[MINQUAN, MARCH, WARN, "甲"][3] is is_repeat
    assert quality(engine, MINQUAN, MARCH)["repeat_count"] == int(is_repeat)


def assert_readers_see_no_names_of_people(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("set role taizhang_bi"))
        about_people = text('select "填报内容", "问题说明" from bi."核查问题" where "填报单位代码" = :unit')
        shown_to_readers = connection.execute(about_people, {"unit": TONGWEI}).one()
        assert tuple(shown_to_readers) == (None, "封面与文件不一致")
        for table in TABLES:
            assert connection.scalar(text(f"select count(*) from marts.{table}")) is not None
