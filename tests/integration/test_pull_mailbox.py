"""Attachments of known senders are pulled from an IMAP server, once, and mails stay unread and where they are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text
from tenacity import wait_none

from taizhang.sources import patience
from taizhang.sources.declared import Limits, MailboxSource
from taizhang.sources.mailbox import MailAccess, Mailbox, open_mailbox
from taizhang.sources.pulling import PullReport, pull
from tests.peers.cutting import cutting
from tests.peers.imap import PASSWORD, ImapPeer, imap_server
from tests.pulls import cursor, inbox_contents, items, leftovers, pulls

KNOWN = "统计局 <tongji@longxi.example.cn>"
RECEIVED = datetime(2024, 4, 3, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[ImapPeer]:
    with imap_server() as running:
        yield running


@pytest.fixture
def folder(server: ImapPeer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder of the test's own."""
    monkeypatch.setattr(patience, "WAITING", wait_none())
    name = request.node.name[:40]
    client = server.logged_in()
    assert client.create(name)[0] == "OK"
    client.logout()
    return name


def mail(sender: str = KNOWN, **attached: bytes) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["Subject"] = "三月月报"
    message["Message-ID"] = "<17@longxi.example.cn>"
    message.set_content("见附件")
    for name, content in attached.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"{name}.xlsx")
    return message


def pull_mails(engine: Engine, access: MailAccess, folder: str, **values: object) -> PullReport:
    source = MailboxSource(
        name="mail", kind="mailbox", connection="m", folder=folder, senders=["@longxi.example.cn", "li@b.example.cn"],
        **values,
    )  # type: ignore[arg-type]  # fmt: skip
    return pull(engine, source, Mailbox(source, lambda: open_mailbox(access), hidden=(PASSWORD,)))


def test_attachments_are_taken_once_and_mails_stay_unread(engine: Engine, server: ImapPeer, folder: str) -> None:
    server.deliver(mail(甲=b"1", 乙=b"2").as_bytes(), RECEIVED, folder)
    server.deliver(mail("li@b.example.cn", 丙=b"3").as_bytes(), RECEIVED, folder)
    assert pull_mails(engine, server.access, folder).taken == ["甲.xlsx", "乙.xlsx", "丙.xlsx"]
    assert inbox_contents() == {"甲.xlsx": b"1", "乙.xlsx": b"2", "丙.xlsx": b"3"}
    assert b"Seen" not in b"".join(server.mails(folder))
    again = pull_mails(engine, server.access, folder)
    assert (again.taken, again.known) == ([], 0)
    server.deliver(mail(丁=b"4").as_bytes(), RECEIVED, folder)
    assert pull_mails(engine, server.access, folder).taken == ["丁.xlsx"]
    assert len(server.mails(folder)) == 3


def test_a_server_that_numbers_its_mails_anew_is_looked_through_again(
    engine: Engine, server: ImapPeer, folder: str
) -> None:
    server.deliver(mail(甲=b"1").as_bytes(), RECEIVED, folder)
    pull_mails(engine, server.access, folder)
    before = cursor(engine)
    with engine.begin() as connection:
        connection.execute(text("update ops.source_cursor set cursor = '1:999999'"))
    report = pull_mails(engine, server.access, folder)
    assert (report.known, report.taken, cursor(engine)) == (1, [], before)


def test_sender_message_and_day_are_kept(engine: Engine, server: ImapPeer, folder: str) -> None:
    server.deliver(mail(甲=b"1").as_bytes(), RECEIVED, folder)
    pull_mails(engine, server.access, folder)
    row = items(engine)["甲.xlsx"]
    assert row["provenance"] == {
        "folder": folder,
        "message_id": "<17@longxi.example.cn>",
        "sender": "tongji@longxi.example.cn",
        "subject": "三月月报",
    }
    assert row["filed_at"] == RECEIVED


def test_what_is_not_taken_is_a_row_with_a_reason(engine: Engine, server: ImapPeer, folder: str) -> None:
    packed, none, two = mail(), mail(), mail(甲=b"1")
    packed.add_attachment(b"PK", maintype="application", subtype="zip", filename="全部.zip")
    two["Sender"] = "tongji@longxi.example.cn"
    two.replace_header("From", "tongji@longxi.example.cn, evil@example.com")
    mails = [
        mail("evil@example.com", 甲=b"1"),
        mail('"tongji@longxi.example.cn" <evil@example.com>', 甲=b"1"),
        mail("tongji@longxi.example.cn.example.com", 甲=b"1"),
        mail("x@sub.longxi.example.cn", 甲=b"1"),
        two,
        packed,
        none,
        mail(大=b"x" * 3000),
    ]
    for one in mails:
        server.deliver(one.as_bytes(), RECEIVED, folder)
    report = pull_mails(engine, server.access, folder, limits=Limits(item_bytes=1000))
    codes = [row["reason_code"] for row in items(engine).values()]
    assert codes == ["unknown_sender"] * 5 + ["archive", "no_attachment", "too_large"]
    assert (len(report.refused), report.failures, inbox_contents()) == (8, [], {})


def test_forwarded_mails_and_names_of_old_mailers_are_read(engine: Engine, server: ImapPeer, folder: str) -> None:
    outer = mail()
    outer.add_attachment(mail("anybody@example.com", 转发=b"1"))
    raw = mail(甲=b"2").as_bytes().replace(b"filename*=utf-8''%E7%94%B2.xlsx", 'filename="陇西.xlsx"'.encode("gb18030"))
    assert "陇西".encode("gb18030") in raw
    server.deliver(outer.as_bytes(), RECEIVED, folder)
    server.deliver(raw, RECEIVED, folder)
    assert pull_mails(engine, server.access, folder).failures == []
    assert inbox_contents() == {"转发.xlsx": b"1", "陇西.xlsx": b"2"}


def test_hostile_names_stay_in_the_folder_of_the_source(engine: Engine, server: ImapPeer, folder: str) -> None:
    message = mail()
    for name in ("../../../登录.csv", "..\\..\\月报.csv", "a\x07b.csv"):
        message.add_attachment(name.encode(), maintype="text", subtype="csv", filename=name)
    server.deliver(message.as_bytes(), RECEIVED, folder)
    pull_mails(engine, server.access, folder)
    assert set(inbox_contents()) == {"登录.csv", "月报.csv", "ab.csv"}


def test_a_mail_goes_through_although_the_connection_was_cut(engine: Engine, server: ImapPeer, folder: str) -> None:
    server.deliver(mail(甲=b"1" * 50_000).as_bytes(), RECEIVED, folder)
    with cutting(server.port) as cutter:
        cutter.cuts, cutter.after_bytes = 2, 20_000
        report = pull_mails(engine, replace(server.access, port=cutter.port), folder)
        assert (report.taken, report.failures, cutter.done) == (["甲.xlsx"], [], 2)
    assert inbox_contents() == {"甲.xlsx": b"1" * 50_000}


def test_a_mail_that_cannot_be_had_holds_up_no_other_and_is_asked_for_again(
    engine: Engine, server: ImapPeer, folder: str
) -> None:
    server.deliver(mail(甲=b"1" * 50_000).as_bytes(), RECEIVED, folder)
    server.deliver(mail(乙=b"2").as_bytes(), RECEIVED, folder)
    with cutting(server.port) as cutter:
        cutter.cuts, cutter.after_bytes = patience.ATTEMPTS, 20_000
        report = pull_mails(engine, replace(server.access, port=cutter.port), folder)
    assert report.taken == ["乙.xlsx"]
    assert len(report.failures) == 1
    assert (cursor(engine), leftovers()) == (None, [])
    again = pull_mails(engine, server.access, folder)
    assert (again.taken, again.known, again.failures) == (["甲.xlsx"], 1, [])


def test_mails_are_moved_only_when_told_and_only_when_taken(engine: Engine, server: ImapPeer, folder: str) -> None:
    client = server.logged_in()
    client.create("Taken")
    client.logout()
    server.deliver(mail(甲=b"1").as_bytes(), RECEIVED, folder)
    server.deliver(mail("evil@example.com", 乙=b"2").as_bytes(), RECEIVED, folder)
    report = pull_mails(engine, server.access, folder, move_taken_to="Taken")
    assert (report.taken, report.failures) == (["甲.xlsx"], [])
    assert [b"evil" in header for header in server.mails(folder)] == [True]
    assert [b"tongji" in header for header in server.mails("Taken")] == [True]


def test_a_folder_to_move_to_that_is_not_there_is_a_failure(engine: Engine, server: ImapPeer, folder: str) -> None:
    server.deliver(mail(甲=b"1").as_bytes(), RECEIVED, folder)
    report = pull_mails(engine, server.access, folder, move_taken_to="nowhere")
    assert report.taken == ["甲.xlsx"]
    assert "cannot be moved to nowhere" in report.failures[0]
    assert len(server.mails(folder)) == 1


def test_who_is_not_let_in_is_told_without_the_password(engine: Engine, server: ImapPeer, folder: str) -> None:
    wrong = replace(server.access, password=SecretStr(PASSWORD + "x"))
    report = pull_mails(engine, wrong, folder)
    assert report.failures == ["listing: 127.0.0.1 does not let submissions in"]
    assert PASSWORD not in str(pulls(engine))
    assert pull_mails(engine, server.access, "nowhere").failures == ["listing: there is no folder nowhere"]
    away = replace(server.access, host="mail.example.cn")
    assert "without encryption" in pull_mails(engine, away, folder).failures[0]
