"""What a digest says, and how a long one is cut."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from taizhang.deadlines.calendar import filing_calendar
from taizhang.notify.digest import Notice, compose, kinds_of, line_of, words
from taizhang.notify.full_list import HEADER, write_list
from taizhang.notify.recipients import Topic
from taizhang.settings import settings

DAY, MARCH = date(2024, 4, 12), date(2024, 3, 1)
ROOM = 20_000
LATE = Notice("filing_missing", "621122", MARCH, "陇西县", date(2024, 4, 10), 2, {"standing": "filing_missing"})


def details() -> dict[str, Any]:
    return {
        "standing": "filing_held_back",
        "measured": 12.5,
        "unit": "个百分点",
        "before": "yellow",
        "unit_months": 3,
        "feedback": "2024-04/a.xlsx",
    }


@pytest.mark.parametrize("kind", sorted(words()["kinds"]))
def test_every_kind_of_notice_has_a_line_without_gaps(kind: str) -> None:
    line = line_of(Notice(kind, "621122", MARCH, "某项目", date(2024, 4, 10), 2, details()))
    assert line == " ".join(line.split())
    assert "{" not in line
    assert "None" not in line
    assert words()["kinds"][kind]["advice"]


def test_every_kind_belongs_to_a_topic_that_one_can_choose() -> None:
    topics = set(get_args(Topic))
    assert {said["topic"] for said in words()["kinds"].values()} == topics
    assert sorted(kinds_of(topics)) == sorted(words()["kinds"])


def test_a_digest_of_all_kinds_numbers_each_of_them() -> None:
    notices = [replace(LATE, kind=kind, detail=details()) for kind in words()["kinds"]]
    assert f"十五、{words()['kinds']['calendar_unknown']['title']}" in compose("甲", DAY, notices, None, ROOM).text


def test_a_line_says_what_who_which_month_and_since_when() -> None:
    assert line_of(LATE) == "陇西县（621122） 2024年3月月报应于 2024-04-10 前报送，已逾期 2 天，尚未收到文件"


@pytest.mark.parametrize(("days", "said"), [(-3, "还有 3 天"), (-1, "还有 1 天"), (0, "今天到期")])
def test_what_is_coming_says_how_long_there_is(days: int, said: str) -> None:
    assert said in line_of(replace(LATE, kind="filing_coming", days=days))


def test_a_file_sent_back_says_why_or_where_the_answer_is() -> None:
    held = Notice("submission_held_back", "621122", MARCH, "a.xlsx", DAY, 0, {"feedback": "2024-04/a（核查反馈）.xlsx"})
    assert "反馈文件：2024-04/a（核查反馈）.xlsx" in line_of(held)
    assert "原因：缺少单位行" in line_of(replace(held, kind="submission_refused", detail={"reason": "缺少单位行"}))
    assert "未能生成反馈文件" in line_of(replace(held, detail={}))


def test_the_text_and_the_page_say_the_same_and_what_to_do() -> None:
    digest = compose("定西市<发改委>", DAY, [LATE, replace(LATE, kind="light_red", detail=details())], None, ROOM)
    assert digest.title == "台账提醒 2024-04-12：定西市<发改委>，2 项"
    assert digest.text.splitlines()[:5] == [
        "定西市<发改委>：截至 2024-04-12，有下列 2 项须知悉或办理。",
        "",
        "一、逾期未报（1 项）",
        f"1. {line_of(LATE)}",
        "怎么办：请立即用当月模板填报并投递；确有困难的，向上级说明原因和预计报送日期",
    ]
    assert "二、新亮红灯（1 项）" in digest.text
    assert "定西市&lt;发改委&gt;：截至" in digest.html
    assert f"<li>{line_of(LATE)}</li>" in digest.html
    assert not digest.is_cut


@pytest.mark.parametrize("most_bytes", [1000, 2048, 20_000])
def test_a_long_list_is_cut_to_what_there_is_room_for_and_says_how_much_is_missing(most_bytes: int) -> None:
    notices = [replace(LATE, days=number) for number in range(1, 301)]
    digest = compose("定西市发改委", DAY, notices, "2024-04/提醒/dingxi_2024-04-12.csv", most_bytes)
    listed = sum(line.split(".")[0].isdigit() for line in digest.text.splitlines())
    assert digest.is_cut
    assert f"另有 {300 - listed} 项未列出，全部 300 项见发件箱 2024-04/提醒/dingxi_2024-04-12.csv" in digest.text
    assert len(f"{digest.title}\r\n{digest.text}".encode()) <= most_bytes
    assert listed == {1000: 2, 2048: 10, 20_000: 50}[most_bytes]


def test_no_room_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no room in 50 bytes"):
        compose("定西市发改委", DAY, [LATE], None, 50)


def test_the_whole_list_opens_in_a_spreadsheet_and_runs_nothing(home: object) -> None:
    place = write_list("dingxi/../x", DAY, [LATE, replace(LATE, kind="issue_overdue", label="=cmd|' /C calc'!A0")])
    file = settings().outbox_dir / place
    assert place.startswith("2024-04/提醒/dingxi")
    assert file.resolve().is_relative_to(settings().outbox_dir.resolve())
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(HEADER)
    assert len(lines) == 3
    assert ",'=cmd" in lines[2]


def test_reminders_of_the_committed_calendar_are_those_that_the_handbook_names() -> None:
    filings = filing_calendar().watching.filings
    assert (filings.remind_before_days, filings.escalate_after_days) == ((3, 1, 0), (3, 7))
