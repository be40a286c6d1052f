"""Digests go out once to each recipient by each channel; what fails is tried again, and holds up nobody else."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr
from sqlalchemy import Engine, text

from taizhang.deadlines.notices import find_notices
from taizhang.notify import delivery
from taizhang.notify.channels import Channel, DeliveryError
from taizhang.notify.delivery import INTERRUPTED, NotDeliveredError, from_environment, send_digests
from taizhang.notify.failed_runs import FailedRun, tell
from taizhang.settings import PROJECT_ROOT, settings
from tests.integration.test_deadlines import TONGWEI, april, put
from tests.unit.notify.receivers import Mailbox, Requests, mail_server, web_server

CHANNELS = {"mail": {"environment": "TAIZHANG_TEST_MAIL"}, "hook": {"environment": "TAIZHANG_TEST_HOOK"}}
BY_MAIL = {"channel": "mail", "addresses": ["tongwei@example.org"]}
TONGWEI_OFFICE = {"name": "通渭县发展改革局", "units": [TONGWEI], "to": [BY_MAIL]}
DINGXI_OFFICE = {"name": "定西市发展改革委", "regions": ["621100"], "to": [{"channel": "hook"}]}
Write = Callable[..., None]


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as running:
        url = f"mailto://127.0.0.1:{running.port}?from=taizhang@example.org&mode=insecure"
        monkeypatch.setenv("TAIZHANG_TEST_MAIL", url)
        yield running


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Requests]:
    with web_server() as running:
        monkeypatch.setenv("TAIZHANG_TEST_HOOK", f"json://127.0.0.1:{running.port}/hook/geheim")
        yield running


@pytest.fixture
def write(engine: Engine, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes notifications.yml with some of its entries replaced, beside the committed calendar."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "calendar.yml").write_bytes((PROJECT_ROOT / "config" / "calendar.yml").read_bytes())

    def put_file(**entries: Any) -> None:
        monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(folder))
        settings.cache_clear()
        file = {
            "send": True,
            "channels": CHANNELS,
            "recipients": {"tongwei": TONGWEI_OFFICE, "dingxi": DINGXI_OFFICE},
        }
        (folder / "notifications.yml").write_text(yaml.safe_dump(file | entries), encoding="utf-8")

    put_file()
    return put_file


def deliveries(engine: Engine) -> dict[tuple[str, int], tuple[str, int]]:
    """State and attempts by recipient and day of April."""
    with engine.connect() as connection:
        rows = connection.execute(text("select recipient, noticed_on, state, attempts from ops.notice_delivery"))
        return {(row.recipient, row.noticed_on.day): (row.state, row.attempts) for row in rows}


def send(engine: Engine, day: date) -> delivery.Sending:
    find_notices(engine, day)
    return send_digests(engine, day, from_environment)


def test_each_recipient_gets_one_digest_a_day(engine: Engine, write: Write, mailbox: Mailbox, web: Requests) -> None:
    put(engine, TONGWEI, "quarantined", april(9))
    first = send(engine, april(13))
    assert sorted(first.sent) == ["dingxi by hook of 2024-04-13", "tongwei by mail of 2024-04-13"]
    again = send(engine, april(13))
    assert (again.sent, again.failed) == ([], [])
    (mail,) = mailbox.messages
    assert mail["To"] == "tongwei@example.org"
    assert mail["Subject"].startswith("台账提醒 2024-04-13：通渭县发展改革局，")
    page = mail.get_body(("html",))
    assert page is not None
    assert "通渭县（621121） 2024年3月月报应于 2024-04-10 前报送，已逾期 3 天，所报文件未通过核查" in page.get_content()
    ((_, digest),) = web.posted
    assert digest["title"].startswith("台账提醒 2024-04-13：定西市发展改革委，")
    # Told to the county and to the city above it, which here hears for both: it stands there once.
    assert digest["message"].count("通渭县（621121） 2024年3月月报应于") == 1
    assert "陇西县（621122） 2024年3月月报应于 2024-04-10 前报送，已逾期 3 天，尚未收到文件" in digest["message"]
    assert deliveries(engine) == {("tongwei", 13): ("sent", 1), ("dingxi", 13): ("sent", 1)}


def test_a_failed_channel_stops_no_other_and_is_tried_again(
    engine: Engine, write: Write, mailbox: Mailbox, web: Requests
) -> None:
    mailbox.refuses = "451 try later"
    failed = send(engine, april(13))
    assert failed.sent == ["dingxi by hook of 2024-04-13"]
    with pytest.raises(NotDeliveredError, match=r"1 digest\(s\) did not go out: tongwei by mail of 2024-04-13"):
        failed.require_all()
    assert deliveries(engine) == {("tongwei", 13): ("failed", 1), ("dingxi", 13): ("sent", 1)}
    mailbox.refuses = None
    # Nothing new is told on the next day; what could not be sent goes out then.
    assert send(engine, april(14)).sent == ["tongwei by mail of 2024-04-13"]
    assert [mail["Subject"].split("：")[0] for mail in mailbox.messages] == ["台账提醒 2024-04-13"]
    assert deliveries(engine) == {("tongwei", 13): ("sent", 2), ("dingxi", 13): ("sent", 1)}
    assert len(web.posted) == 1


def test_a_channel_without_its_variable_fails_by_name_and_not_by_value(
    engine: Engine, write: Write, mailbox: Mailbox, web: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.status = 500
    monkeypatch.delenv("TAIZHANG_TEST_MAIL")
    failed = sorted(send(engine, april(13)).failed)
    assert "dingxi by hook of 2024-04-13: JSON did not take it" in failed[0]
    assert "TAIZHANG_TEST_MAIL is not set" in failed[1]
    with engine.connect() as connection:
        reasons = " ".join(connection.scalars(text("select reason from ops.notice_delivery")))
    assert "geheim" not in reasons + " ".join(failed)


def test_what_was_interrupted_is_said_and_not_sent_twice(
    engine: Engine, write: Write, mailbox: Mailbox, web: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Channel.send

    def send_and_die(self: Channel, title: str, text_: str, html: str) -> None:
        sent(self, title, text_, html)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Channel, "send", send_and_die)
        with pytest.raises(KeyboardInterrupt):
            send(engine, april(13))
    assert deliveries(engine) == {("dingxi", 13): ("sending", 1)}
    after = send(engine, april(13))
    assert after.sent == ["tongwei by mail of 2024-04-13"]
    assert after.failed == [f"dingxi by hook of 2024-04-13: {INTERRUPTED}"]
    assert send(engine, april(13)).failed == []
    assert len(web.posted) == 1
    assert deliveries(engine)["dingxi", 13] == ("unknown", 1)


def test_a_day_that_was_never_sent_is_sent_later_once_a_recipient_is_known(
    engine: Engine, write: Write, mailbox: Mailbox, web: Requests
) -> None:
    find_notices(engine, april(10))
    assert sorted(send(engine, april(11)).sent) == ["dingxi by hook of 2024-04-11", "tongwei by mail of 2024-04-11"]
    find_notices(engine, april(13))
    sent = send(engine, april(17)).sent
    assert [one for one in sent if one.startswith("tongwei")] == [
        "tongwei by mail of 2024-04-13",
        "tongwei by mail of 2024-04-17",
    ]


def test_while_the_file_is_quiet_notices_are_kept_and_nothing_is_sent(
    engine: Engine, write: Write, mailbox: Mailbox, web: Requests
) -> None:
    write(send=False)
    assert send(engine, april(13)).is_quiet
    assert (mailbox.raw, web.posted, deliveries(engine)) == ([], [], {})
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from ops.notice")) > 0


def test_a_recipient_is_told_of_its_topics_alone(engine: Engine, write: Write, mailbox: Mailbox, web: Requests) -> None:
    write(recipients={"tongwei": TONGWEI_OFFICE | {"topics": ["submissions"]}})
    assert send(engine, april(11)).sent == []
    put(engine, TONGWEI, "quarantined", april(11))
    assert send(engine, april(12)).sent == ["tongwei by mail of 2024-04-12"]


def test_a_list_that_is_cut_lies_whole_in_the_outbox(
    engine: Engine, write: Write, mailbox: Mailbox, web: Requests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Channel, "most_bytes", 1500)
    for number in range(40):
        put(engine, TONGWEI, "refused", april(12), month=date(2024, 3, 1), file_name=f"第{number}份.xlsx")
    write(recipients={"dingxi": DINGXI_OFFICE})
    send(engine, april(13))
    ((_, digest),) = web.posted
    place = settings().outbox_dir / "2024-04/提醒/dingxi_2024-04-13.csv"
    assert "项见发件箱 2024-04/提醒/dingxi_2024-04-13.csv" in digest["message"]
    with engine.connect() as connection:
        count = connection.scalar(text("select notice_count from ops.notice_delivery"))
    assert len(place.read_text(encoding="utf-8-sig").splitlines()) == 1 + int(count or 0)
    assert f"全部 {count} 项" in digest["message"]


def test_a_failed_run_is_told_by_its_channels(write: Write, web: Requests, mailbox: Mailbox) -> None:
    run = FailedRun("publish_marts", "manual__1", None, "task_failure", "reconcile")
    write(failed_runs=[{"channel": "hook"}])
    assert tell(run, from_environment).sent == ["hook"]
    ((_, message),) = web.posted
    assert message["title"] == "台账任务失败：publish_marts"
    assert "任务：reconcile" in message["message"]
    web.status = 500
    with pytest.raises(NotDeliveredError, match="publish_marts manual__1 by hook"):
        tell(run, from_environment)
    write(send=False, failed_runs=[{"channel": "hook"}])
    assert tell(run, from_environment).is_quiet
    assert len(web.posted) == 2


def test_an_address_that_cannot_be_found_is_a_failure_of_its_channel(
    engine: Engine, write: Write, mailbox: Mailbox, web: Requests
) -> None:
    def address(channel: Any) -> SecretStr:
        if channel.environment == "TAIZHANG_TEST_MAIL":
            raise DeliveryError("Airflow has no connection mail")
        return from_environment(channel)

    find_notices(engine, april(13))
    sending = send_digests(engine, april(13), address)
    assert sending.sent == ["dingxi by hook of 2024-04-13"]
    assert sending.failed == ["tongwei by mail of 2024-04-13: Airflow has no connection mail"]
