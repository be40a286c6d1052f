"""`config/sources.yml`: the outside sources that submissions are pulled from."""

import ipaddress
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from taizhang.configuration import ConfigurationError, Strict, read

FILE_NAME = "sources.yml"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Positive = Annotated[int, Field(gt=0)]


class Limits(Strict):
    """What one item and one pull may take at most; what a pull leaves behind, the next one takes."""

    item_bytes: Positive = 50_000_000
    item_seconds: Positive = 300
    pull_bytes: Positive = 5_000_000_000
    pull_seconds: Positive = 3600


class _Source(Strict):
    name: Name
    connection: str | None = Field(None, min_length=1, description="Airflow connection that has the credentials.")
    limits: Limits = Limits()


class FilesSource(_Source):
    """A folder or a prefix of an object store, with all below it."""

    kind: Literal["files"]
    url: str
    settle_seconds: Annotated[int, Field(ge=0)] = 300
    move_taken_to: str | None = None

    @model_validator(mode="after")
    def _is_a_folder(self) -> Self:
        place = urlsplit(self.url)
        if not place.scheme or not (place.netloc or place.path.strip("/")):
            raise ValueError("url must be like file:///srv/submissions, s3://bucket/folder or sftp://host/folder")
        if place.username or place.password:
            raise ValueError("url must not hold a user or password: name an Airflow connection instead")
        if self.move_taken_to is not None:
            self._check_move(place.scheme, place.netloc)
        return self

    def _check_move(self, scheme: str, netloc: str) -> None:
        target = urlsplit(self.move_taken_to or "")
        if (target.scheme, target.netloc) != (scheme, netloc):
            raise ValueError("move_taken_to must be a URL on the same server or in the same bucket as url")
        if self.url.startswith(f"{str(self.move_taken_to).rstrip('/')}/") or self.url.rstrip("/") == str(
            self.move_taken_to
        ).rstrip("/"):
            raise ValueError("move_taken_to must not be the folder itself or one above it")


class ApiSource(_Source):
    """The HTTP API of a platform, read page by page."""

    kind: Literal["api"]
    url: str
    connection: str
    signing: Literal["token", "hmac"]
    page_items: Annotated[int, Field(gt=0, le=1000)] = 100

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        place = urlsplit(url)
        if not place.hostname or place.username or place.fragment:
            raise ValueError("is no URL like https://platform.example.gov.cn/api/submissions")
        if place.scheme != "https" and not (place.scheme == "http" and is_loopback(place.hostname)):
            raise ValueError("must begin with https://")
        return url


class MailboxSource(_Source):
    """Attachments of the mails of known senders."""

    kind: Literal["mailbox"]
    connection: str
    folder: str = "INBOX"
    senders: Annotated[list[str], Field(min_length=1)]
    move_taken_to: str | None = None

    @field_validator("senders")
    @classmethod
    def _are_addresses(cls, senders: list[str]) -> list[str]:
        for sender in senders:
            local, at, domain = sender.rpartition("@")
            if not at or "." not in domain or any(character in sender for character in " <>,;*"):
                raise ValueError("a sender is an address, or a whole domain like @longxi.example.gov.cn")
            del local
        return [sender.lower() for sender in senders]

    @model_validator(mode="after")
    def _moves_elsewhere(self) -> Self:
        if self.move_taken_to == self.folder:
            raise ValueError("move_taken_to must be another folder")
        return self


Source = Annotated[FilesSource | ApiSource | MailboxSource, Field(discriminator="kind")]


class Declared(Strict):
    """The whole file."""

    sources: list[Source]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [source.name for source in self.sources]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"several sources have the name {doubled[0]}")
        return self


def declared_sources() -> list[FilesSource | ApiSource | MailboxSource]:
    """Return the sources in their order; ConfigurationError when the file is missing or not valid."""
    return read(FILE_NAME, Declared).sources


def declared_source(name: str) -> FilesSource | ApiSource | MailboxSource:
    """Return the source of this name; ConfigurationError names those that there are."""
    known = {source.name: source for source in declared_sources()}
    if name not in known:
        raise ConfigurationError(f"{FILE_NAME} has no source {name}, but {', '.join(known) or 'none at all'}")
    return known[name]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, which may be spoken to without encryption."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
