"""A message reaches each kind of channel as it should, and a failure is told without secrets.

Mail and webhook go to receivers on loopback. The addresses of WeCom, DingTalk and Feishu are fixed in Apprise: their
plugins are pointed at the receiver, everything else of them is as it is.
"""

import logging
from collections.abc import Iterator

import apprise
import pytest
import requests
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from pydantic import SecretStr

from taizhang.notify.channels import Channel, DeliveryError
from tests.unit.notify.receivers import Mailbox, Requests, mail_server, web_server

TITLE, TEXT, HTML = "台账提醒：逾期 2 项", "安定区 3 月月报逾期", "<p>安定区 <b>3 月</b>月报逾期</p>"
MESSENGERS = [
    pytest.param(NotifyWeComBot, "wecombot", "errcode", id="wecom"),
    pytest.param(NotifyDingTalk, "dingtalk", "errcode", id="dingtalk"),
    pytest.param(NotifyFeishu, "feishu", "code", id="feishu"),
]
TOKEN = "0123abcd4567"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as running:
        yield running


@pytest.fixture
def web() -> Iterator[Requests]:
    with web_server() as running:
        yield running


def mail_url(mailbox: Mailbox) -> SecretStr:
    return SecretStr(f"mailto://127.0.0.1:{mailbox.port}?from=taizhang@example.org&mode=insecure")


def point_at(web: Requests, plugin: type[apprise.NotifyBase], monkeypatch: pytest.MonkeyPatch) -> None:
    key = "{key}" if plugin is NotifyWeComBot else "{token}"
    monkeypatch.setattr(plugin, "notify_url", f"http://127.0.0.1:{web.port}/send/{key}")


def test_a_mail_has_a_chinese_subject_and_both_forms_of_the_text(mailbox: Mailbox) -> None:
    Channel(mail_url(mailbox), ("ban@example.org", "zhu@example.org")).send(TITLE, TEXT, HTML)
    assert sorted(mailbox.to) == ["ban@example.org", "zhu@example.org"]
    for raw, message in zip(mailbox.raw, mailbox.messages, strict=True):
        assert message["Subject"] == TITLE
        assert b"Subject: =?utf-8?" in raw.replace(b"=?UTF-8?", b"=?utf-8?")
        assert raw.isascii()
        page, plain = message.get_body(("html",)), message.get_body(("plain",))
        assert page is not None
        assert plain is not None
        assert "<b>3 月</b>月报逾期" in page.get_content()
        assert "月报逾期" in plain.get_content()
        assert "<b>" not in plain.get_content()


def test_a_webhook_gets_title_and_text_as_json(web: Requests) -> None:
    Channel(SecretStr(f"json://127.0.0.1:{web.port}/hook/{TOKEN}")).send(TITLE, TEXT, HTML)
    ((path, content),) = web.posted
    assert path == f"/hook/{TOKEN}"
    assert (content["title"], content["message"]) == (TITLE, TEXT)


@pytest.mark.parametrize(("plugin", "scheme", "number"), MESSENGERS)
def test_a_messenger_gets_the_title_and_the_text(
    web: Requests, plugin: type[apprise.NotifyBase], scheme: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(web, plugin, monkeypatch)
    Channel(SecretStr(f"{scheme}://{TOKEN}")).send(TITLE, TEXT, HTML)
    ((path, content),) = web.posted
    said = content["content"]["text"] if scheme == "feishu" else content["text"]["content"]
    assert path == f"/send/{TOKEN}"
    assert content["msg_type" if scheme == "feishu" else "msgtype"] == "text"
    assert said.split() == [*TITLE.split(), *TEXT.split()]
    assert number in {"errcode", "code"}


@pytest.mark.parametrize(("plugin", "scheme", "number"), MESSENGERS)
@pytest.mark.parametrize("answer", [b'{"%b": 9499, "errmsg": "%b"}', b"<html>gateway</html>", b"[]", b"{}"])
def test_a_messenger_that_refuses_with_status_200_has_failed(
    web: Requests,
    plugin: type[apprise.NotifyBase],
    scheme: str,
    number: str,
    answer: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    point_at(web, plugin, monkeypatch)
    web.answer = answer.replace(b"%b", number.encode(), 1).replace(b"%b", TOKEN.encode())
    with pytest.raises(DeliveryError) as raised:
        Channel(SecretStr(f"{scheme}://{TOKEN}")).send(TITLE, TEXT, HTML)
    assert TOKEN not in str(raised.value)
    assert len(web.posted) == 1


def test_an_http_error_is_told_without_the_address(web: Requests, caplog: pytest.LogCaptureFixture) -> None:
    web.status = 503
    url = SecretStr(f"json://user:{TOKEN}@127.0.0.1:{web.port}/hook/secret-path")
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError, match="503") as raised:
        Channel(url).send(TITLE, TEXT, HTML)
    for told in (str(raised.value), caplog.text):
        assert TOKEN not in told
        assert "secret-path" not in told


def test_a_mail_that_the_server_refuses_has_failed(mailbox: Mailbox) -> None:
    mailbox.refuses = "550 no such user"
    with pytest.raises(DeliveryError, match="did not take it"):
        Channel(mail_url(mailbox), ("ban@example.org",)).send(TITLE, TEXT, HTML)
    assert mailbox.raw == []


def test_nobody_listening_is_a_failure(web: Requests) -> None:
    with web_server() as gone:
        port = gone.port
    with pytest.raises(DeliveryError, match="did not take it"):
        Channel(SecretStr(f"json://127.0.0.1:{port}/hook")).send(TITLE, TEXT, HTML)
    assert web.posted == []


@pytest.mark.parametrize(
    ("url", "addresses", "fault"),
    [
        (f"nonsense://{TOKEN}", (), "none that Apprise knows"),
        (f"wecombot://{TOKEN}!!", (), "none that Apprise knows"),
        (f"wecombot://{TOKEN}", ("ban@example.org",), "addresses are for mail servers"),
    ],
)
def test_a_url_that_is_none_is_told_without_it(
    url: str, addresses: tuple[str, ...], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError, match=fault) as raised:
        Channel(SecretStr(url), addresses)
    assert TOKEN not in str(raised.value)
    assert TOKEN not in caplog.text


def test_sending_leaves_the_program_as_it_was(web: Requests) -> None:
    before = requests.Session.send, logging.getLogger("apprise").propagate
    Channel(SecretStr(f"json://127.0.0.1:{web.port}/hook")).send(TITLE, TEXT, HTML)
    assert (requests.Session.send, logging.getLogger("apprise").propagate) == before
