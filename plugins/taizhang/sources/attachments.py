"""Attachments of a mail, with their names as the sender wrote them, however his program has encoded them."""

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32

from taizhang.sources.file_names import decoded

# Mailers call what they write in GBK or GB18030 by the name of the small set that both contain.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "hz", "ansi": "gb18030"}
UNNAMED = "unnamed"


class _AsTheyStand(Compat32):
    """Leaves bytes in headers that are no ASCII as they are: by default they become question marks."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(frozen=True)
class Attachment:
    """A file in a mail, or in a mail that it forwards; `section` counts the parts of the mail."""

    section: int
    name: str
    content: bytes


def parsed(raw: bytes) -> Message:
    """Return a mail, or its header alone, so that its names can still be read."""
    return email.message_from_bytes(raw, policy=_AsTheyStand())


def attachments(message: Message) -> Iterator[Attachment]:
    """Return what is attached, also to mails within the mail; pictures that only decorate its text are left out."""
    for section, part in enumerate(message.walk()):
        if part.is_multipart():
            continue
        name = attachment_name(part)
        is_attached = part.get_content_disposition() == "attachment"
        if not (is_attached or name) or (not is_attached and part.get_content_maintype() == "image"):
            continue
        content = part.get_payload(decode=True)
        yield Attachment(section, name or UNNAMED, content if isinstance(content, bytes) else b"")


def attachment_name(part: Message) -> str | None:
    """The file name of a part: by RFC 2231, by RFC 2047, or as bare bytes of UTF-8 or GB18030; None without one."""
    for parameter, header in (("filename", "content-disposition"), ("name", "content-type")):
        value = part.get_param(parameter, header=header)
        if isinstance(value, tuple):
            return _in_charset(value[2].encode("latin-1", "surrogateescape"), value[0]).strip() or None
        if value:
            return text_of(str(value)).strip() or None
    return None


def text_of(value: str) -> str:
    """A header's value, decoded; words of one charset are joined before, since mailers split them inside of letters."""
    try:
        words = decode_header(value)
    except HeaderParseError:
        return decoded(value)
    return "".join(_word(word, charset) for word, charset in words)


def _word(word: str | bytes, charset: str | None) -> str:
    if isinstance(word, bytes) and charset is not None:
        return _in_charset(word, charset)
    # What stands between encoded words comes as bytes of an encoding of its own.
    return decoded(word.decode("raw-unicode-escape") if isinstance(word, bytes) else word)


def _in_charset(raw: bytes, charset: str | None) -> str:
    """Bytes as the text that they are said to be; what they cannot be, they are not."""
    for name in filter(None, (_WIDER.get(str(charset).lower(), charset), "utf-8", "gb18030")):
        try:
            return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", "backslashreplace")
