"""Sending one message through Apprise, and what went wrong, in words that hold no secret."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote

import apprise
import requests
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.email import NotifyEmail
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot
from pydantic import SecretStr

from taizhang.errors import TaizhangError

# These answer that they refuse a message with HTTP status 200 and a number in the body; Apprise asks only the status.
ANSWERS = {NotifyWeComBot: "errcode", NotifyDingTalk: "errcode", NotifyFeishu: "code"}
SHORTEST_SECRET = 4


class DeliveryError(TaizhangError):
    """A message could not be sent; the text tells why, without address and password."""


class Channel:
    """An Apprise URL, made ready to be sent to. DeliveryError when Apprise can make nothing of it."""

    def __init__(self, url: SecretStr, addresses: tuple[str, ...] = ()) -> None:
        self._url = url.get_secret_value()
        with _warnings() as warnings:
            service = apprise.Apprise.instantiate(self._with_addresses(addresses))
        if not isinstance(service, apprise.NotifyBase):
            raise DeliveryError(f"the channel's URL is none that Apprise knows{self._said(warnings)}")
        if addresses and not isinstance(service, NotifyEmail):
            raise DeliveryError(f"addresses are for mail servers, not for {service.service_name}")
        self._service = service

    @property
    def most_bytes(self) -> int:
        """How long a text may be, in bytes, the title included."""
        return int(self._service.body_maxlen)

    def send(self, title: str, text: str, html: str) -> None:
        """Send a message, as HTML with its text to mail servers, as text to all others; DeliveryError if it fails."""
        is_mail = isinstance(self._service, NotifyEmail)
        sender = apprise.Apprise()
        sender.add(self._service)
        with _warnings() as warnings, _answers() as answers:
            sent = sender.notify(
                title=title,
                body=html if is_mail else text,
                body_format=apprise.NotifyFormat.HTML if is_mail else apprise.NotifyFormat.TEXT,
            )
        if not sent:
            raise DeliveryError(f"{self._service.service_name} did not take it{self._said(warnings)}")
        self._require_accepted(answers)

    def _with_addresses(self, addresses: tuple[str, ...]) -> str:
        if not addresses:
            return self._url
        return f"{self._url}{'&' if '?' in self._url else '?'}to={quote(','.join(addresses))}"

    def _require_accepted(self, answers: list[requests.Response]) -> None:
        number = ANSWERS.get(type(self._service))
        for answer in answers if number else ():
            try:
                told = answer.json().get(number)
            except (ValueError, AttributeError):
                raise DeliveryError(f"{self._service.service_name} gave an answer that is none of its own") from None
            if told != 0:
                raise DeliveryError(f"{self._service.service_name} refused it: {number} {told}")

    def _said(self, warnings: list[str]) -> str:
        said = " ".join(" ".join(warnings).split())
        return f": {self._without_secrets(said)}" if said else ""

    def _without_secrets(self, said: str) -> str:
        parts = {
            part for part in re.split(r"[/:@?&=,]+", self._url.partition("://")[2]) if len(part) >= SHORTEST_SECRET
        }
        for part in sorted(parts | {unquote(part) for part in parts}, key=len, reverse=True):
            said = said.replace(part, "***")
        return said


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What Apprise warns of, kept from all logs, as is what the HTTP client says: both may hold what the URL holds."""
    logger, client, kept = logging.getLogger("apprise"), logging.getLogger("urllib3.connectionpool"), _Kept()
    before, client_before = (logger.handlers[:], logger.level, logger.propagate), client.disabled
    client.disabled = True
    logger.handlers, logger.propagate = [kept], False
    logger.setLevel(logging.WARNING)
    try:
        yield kept.messages
    finally:
        logger.handlers, logger.level, logger.propagate = before
        client.disabled = client_before


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _answers() -> Iterator[list[requests.Response]]:
    """All answers that `requests` gets in this process while the block runs: Apprise gives none of them on."""
    found: list[requests.Response] = []
    plain = requests.Session.send

    def send(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        answer = plain(session, request, **more)
        found.append(answer)
        return answer

    requests.Session.send = send  # type: ignore[assignment, method-assign]
    try:
        yield found
    finally:
        requests.Session.send = plain  # type: ignore[method-assign]
