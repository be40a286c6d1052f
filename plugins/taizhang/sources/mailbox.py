"""A mailbox by IMAP: what known senders have attached to their mails. Mails are read without being marked as seen."""

import imaplib
import re
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses
from pathlib import Path
from typing import TypeVar

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.utils import encode_folder
from pydantic import SecretStr

from taizhang.sources.attachments import attachments, parsed, text_of
from taizhang.sources.declared import MailboxSource, is_loopback
from taizhang.sources.file_names import refusal_of
from taizhang.sources.items import Batch, Item, ItemRefusedError, SourceError
from taizhang.sources.patience import persistently

# Seconds for each answer of the server; the limits of item and pull hold beside it.
TIMEOUT = 60.0
MOST_ATTACHMENTS = 100
# Base64 and line ends make a file this much larger in a mail, and the text and other attachments need room too.
_MAIL_BYTES_PER_FILE_BYTE = 2
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_LOST = (OSError, imaplib.IMAP4.abort, ssl.SSLError)

_T = TypeVar("_T")


@dataclass(frozen=True)
class MailAccess:
    """Where a mailbox is, and who may read it; without TLS only on this machine itself."""

    host: str
    user: str
    password: SecretStr
    port: int
    encrypted: bool = True


def open_mailbox(access: MailAccess) -> BaseMailBox:
    """Connect, with the server's certificate checked, and log in; SourceError when we are not let in."""
    if not access.encrypted and not is_loopback(access.host):
        raise SourceError(f"{access.host} is to be read without encryption, which only this machine itself may be")
    if access.encrypted:
        box: BaseMailBox = MailBox(access.host, access.port, TIMEOUT, ssl_context=ssl.create_default_context())
    else:
        box = MailBoxUnencrypted(access.host, access.port, TIMEOUT)
    password = access.password.get_secret_value()
    try:
        if access.user.isascii() and password.isascii():
            return box.login(access.user, password, initial_folder=None)
        return box.login_utf8(access.user, password, initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        box.client.shutdown()
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        raise SourceError(f"{access.host} does not let {access.user} in") from None


class Mailbox:
    """One folder of a mailbox; `connect` opens it anew whenever the connection was lost."""

    def __init__(self, source: MailboxSource, connect: Callable[[], BaseMailBox], hidden: Sequence[str] = ()) -> None:
        self.source = source
        self.hidden = hidden
        self.moves_taken = source.move_taken_to is not None
        self._connect = connect
        self._box: BaseMailBox | None = None
        self._validity = ""

    def batches(self, cursor: str | None) -> Iterator[Batch]:
        """List mail after mail from the cursor on (`UIDVALIDITY:UID`), each with its attachments as a batch.

        When the server has numbered its mails anew, all of them are looked at again.
        """
        found = self._with_box(lambda box: box.uids("ALL", charset=None))
        validity, _, last = (cursor or "").partition(":")
        after = int(last) if validity == self._validity else 0
        for uid in sorted(uid for uid in map(int, found) if uid > after):
            yield self._batch(uid)

    def fetch(self, item: Item, target: Path) -> None:
        """Write an attachment, which came with its mail."""
        target.write_bytes(item.content or b"")

    def move_taken(self, taken: Sequence[tuple[Item, Path]]) -> None:
        """Move the mail to the folder `move_taken_to`, which must be there; only a server that can move in one step."""
        self._with_box(lambda box: self._move(box, taken[0][0].locator))

    def close(self) -> None:
        """End the connection, without a word when that is no longer possible."""
        if self._box is not None:
            self._box.client.shutdown()
            self._box = None

    def _with_box(self, use: Callable[[BaseMailBox], _T]) -> _T:
        """Use the folder, in a new connection after one was lost."""

        def attempt() -> _T:
            box = self._box or self._opened()
            self._box = None
            try:
                result = use(box)
            except _LOST:
                box.client.shutdown()
                raise
            except ImapToolsError:
                self._box = box
                raise
            self._box = box
            return result

        return persistently(attempt)

    def _opened(self) -> BaseMailBox:
        box = self._connect()
        try:
            box.folder.set(self.source.folder, readonly=not self.moves_taken)
        except MailboxFolderSelectError:
            box.client.shutdown()
            raise SourceError(f"there is no folder {self.source.folder}") from None
        validity = str(box.folder.status(self.source.folder, ["UIDVALIDITY"])["UIDVALIDITY"])
        if self._validity not in ("", validity):
            box.client.shutdown()
            raise SourceError("the server has numbered its mails anew meanwhile; the next pull begins from the start")
        self._validity = validity
        return box

    def _batch(self, uid: int) -> Batch:
        cursor = f"{self._validity}:{uid}"
        try:
            return Batch(self._items(uid), cursor)
        except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
            return Batch([], None, (f"mail {uid}: {type(error).__name__}: {error}",))

    def _items(self, uid: int) -> list[Item]:
        """The attachments of a mail, or the mail itself with the reason why none is taken; nothing if it is gone."""
        head = self._with_box(lambda box: _fetched(box, uid, "(INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])"))
        if head is None:
            return []
        facts, header = head
        mail = _Mail.of(uid, self._validity, self.source, facts, parsed(header))
        if refusal := self._refusal(mail, facts):
            return [mail.item(refusal=refusal)]
        whole = self._with_box(lambda box: _fetched(box, uid, "(BODY.PEEK[])"))
        return mail.items(whole[1]) if whole is not None else []

    def _refusal(self, mail: "_Mail", facts: bytes) -> ItemRefusedError | None:
        if not mail.sender or not {mail.sender, mail.sender[mail.sender.index("@") :]} & set(self.source.senders):
            return ItemRefusedError("unknown_sender", f"{mail.sender or 'no single address'} is no known sender")
        size = _SIZE.search(facts)
        most = self.source.limits.item_bytes * _MAIL_BYTES_PER_FILE_BYTE
        if size is None or int(size[1]) > most:
            return ItemRefusedError(
                "too_large", f"the mail has {size[1].decode() if size else '?'} bytes, above {most}"
            )
        return None

    def _move(self, box: BaseMailBox, uid: str) -> None:
        # What a server can do it says after the login. By copying, marking and expunging, mails that somebody else has
        # marked as deleted would go too.
        if b"MOVE" not in b" ".join(box.client.capability()[1]).upper().split():
            raise SourceError("the server cannot move mails in one step: leave out move_taken_to")
        answer, said = box.client.uid("MOVE", uid, encode_folder(str(self.source.move_taken_to)).decode())
        if answer != "OK":
            raise SourceError(f"mail {uid} cannot be moved to {self.source.move_taken_to}: {said!r}")


@dataclass(frozen=True)
class _Mail:
    """What the header of a mail says."""

    uid: int
    address: str
    sender: str
    subject: str
    received_at: datetime | None
    provenance: dict[str, str]

    @classmethod
    def of(cls, uid: int, validity: str, source: MailboxSource, facts: bytes, header: Message) -> "_Mail":
        sender = _sender(header)
        subject = text_of(str(header.get("Subject", ""))).strip()
        said = {"folder": source.folder, "message_id": str(header.get("Message-ID", "")).strip(), "sender": sender}
        provenance = {key: value[:500] for key, value in (said | {"subject": subject}).items() if value}
        moment = imaplib.Internaldate2tuple(facts)
        received_at = datetime.fromtimestamp(time.mktime(moment), UTC) if moment else None
        address = f"{source.folder};UIDVALIDITY={validity}/;UID={uid}"
        return cls(uid, address, sender, subject, received_at, provenance)

    def items(self, raw: bytes) -> list[Item]:
        """The attachments that may be submissions, and the others with the reason why they are none."""
        try:
            found = list(attachments(parsed(raw)))
        except RecursionError:
            return [self.item(refusal=ItemRefusedError("unreadable_mail", "has mails within mails without end"))]
        if not found:
            return [self.item(refusal=ItemRefusedError("no_attachment", "has no attachment"))]
        if len(found) > MOST_ATTACHMENTS:
            reason = f"has {len(found)} attachments, more than {MOST_ATTACHMENTS}"
            return [self.item(refusal=ItemRefusedError("unreadable_mail", reason))]
        return [self.item(one.section, one.name, one.content, refusal_of(one.name)) for one in found]

    def item(
        self,
        section: int | None = None,
        name: str = "",
        content: bytes | None = None,
        refusal: ItemRefusedError | None = None,
    ) -> Item:
        """One attachment as an item, or the whole mail."""
        return Item(
            remote_id=self.address if section is None else f"{self.address}/;SECTION={section}",
            version="1",  # a mail never changes
            file_name=name or f"mail {self.uid}: {self.subject[:100]}",
            locator=str(self.uid),
            byte_size=len(content) if content is not None else None,
            modified_at=self.received_at,
            provenance=self.provenance,
            content=content,
            refusal=refusal,
        )


def _sender(header: Message) -> str:
    """The address that a mail is from, in lower case; nothing when it names none or several."""
    addresses = getaddresses([str(value) for value in header.get_all("From", [])])
    if len(addresses) != 1:
        return ""
    local, at, domain = addresses[0][1].lower().rpartition("@")
    return f"{local}@{domain}" if local and at and domain and "@" not in local else ""


def _fetched(box: BaseMailBox, uid: int, parts: str) -> tuple[bytes, bytes] | None:
    """What a server says of a mail, and the part of it that was asked for; None when it is no longer there."""
    answer, data = box.client.uid("FETCH", str(uid), parts)
    if answer != "OK":
        raise imaplib.IMAP4.error(f"FETCH: {answer}")
    bodies = [entry for entry in data if isinstance(entry, tuple)]
    if not bodies:
        return None
    rest = b" ".join(entry for entry in data if isinstance(entry, bytes))
    return bodies[0][0] + b" " + rest, bodies[0][1]
