"""Audited reports are kept once per file, with their figures and relations exactly as they were printed and judged."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.model import Span
from taizhang.report_audit.store import UnreadableReport, known_reports, store
from tests.unit.report_audit.made import FIGURES, HARM, RELATIONS, TEXT, made_report

pytestmark = pytest.mark.both_servers
UNREADABLE = UnreadableReport("坏.pdf", "cd" * 32, 12, "pdf", "no document")


def rows(engine: Engine, statement: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(statement)).mappings()]


def keep(engine: Engine, *reports: AuditedReport | UnreadableReport) -> int:
    with engine.begin() as connection:
        return store(connection, reports)


def test_a_report_is_kept_with_all_that_was_found(engine: Engine) -> None:
    assert keep(engine, made_report(), UNREADABLE) == 2
    kept = rows(engine, "select * from audit.report order by report_id")
    columns = ("file_name", "figure_count", "related_count", "unreadable_reason")
    assert [tuple(row[column] for column in columns) for row in kept] == [
        ("青禾县2024年6月通报.txt", 9, 8, None),
        ("坏.pdf", 0, 0, "no document"),
    ]
    figures = rows(engine, "select * from audit.report_figure order by span_start")
    assert [(row["printed"], row["value"], row["low"]) for row in figures] == [
        (figure.text, figure.value, figure.interval.low) for figure in sorted(FIGURES, key=lambda f: f.span.start)
    ]
    assert [(row["high"], row["period_start"]) for row in figures][-1] == (None, None)
    (damaged,) = (row for row in figures if row["damage_printed"])
    assert (damaged["damage_read_as"], damaged["subject"], damaged["has_high"]) == ("31个", ["新建项目"], True)
    relations = rows(engine, "select * from audit.report_relation order by relation_id")
    assert [row["reason_zh"] for row in relations] == [relation.reason_zh for relation in RELATIONS]
    rate = relations[1]
    assert (rate["verdict"], rate["computed_high"], rate["confidence"]) == (
        "contradiction",
        Decimal("47.8"),
        Decimal("0.9"),
    )
    assert (rate["figure_ids"], rate["mend_printed"]) == (["f4", "f3", "f2"], "47.7%")
    assert [quote["text"] for quote in rate["quotes"]] == ["累计完成投资29.8亿元", "占年度计划的51.3%"]


def test_the_same_file_twice_is_one_report(engine: Engine) -> None:
    again = made_report(file_name="又一份.txt")
    assert keep(engine, made_report(), again) == 1
    assert keep(engine, again) == 0
    (kept,) = rows(engine, "select file_name from audit.report")
    assert kept["file_name"] == "青禾县2024年6月通报.txt"
    assert rows(engine, "select count(*) as n from audit.report_figure") == [{"n": len(FIGURES)}]
    assert known_reports(engine, ["ab" * 32, "ef" * 32]) == {"ab" * 32}


def test_what_a_report_may_hold_is_kept_as_text(engine: Engine) -> None:
    odd = 'a\tb\\n"c"\n{x},'
    relation = replace(RELATIONS[3], reason_zh=f"{HARM}{odd}", quotes=(Span(len(TEXT) - 1, len(TEXT) + 1),))
    figure = replace(FIGURES[0], text=odd, subject=(odd, HARM))
    made = made_report()
    keep(engine, replace(made, audit=replace(made.audit, text=TEXT + "\0", figures=(figure,), relations=(relation,))))
    assert rows(engine, "select printed, subject from audit.report_figure") == [
        {"printed": odd, "subject": [odd, HARM]}
    ]
    (kept,) = rows(engine, "select reason_zh, quotes from audit.report_relation")
    assert kept["reason_zh"] == f"{HARM}{odd}"
    # PostgreSQL stores no NUL.
    assert [quote["text"] for quote in kept["quotes"]] == ["\n"]


def test_nothing_to_keep_is_no_error(engine: Engine) -> None:
    assert keep(engine) == 0
    assert rows(engine, "select * from audit.report") == []
