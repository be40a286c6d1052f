"""Sending the digests of a day: each recipient once by each of its channels; what fails is tried again later.

A digest is claimed before it is sent. Where a process ended between both, nobody knows whether it went out: it is not
sent again, and the next run says so.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, text

from taizhang.errors import TaizhangError
from taizhang.notify import recipients
from taizhang.notify.channels import Channel, DeliveryError
from taizhang.notify.digest import Notice, compose, kinds_of
from taizhang.notify.full_list import write_list
from taizhang.notify.recipients import Notifications, Recipient
from taizhang.warehouse.connection import exclusive

RETRIED_DAYS = 7
INTERRUPTED = "interrupted while it was sent; it may have gone out"

_INTERRUPT = text("""
    update ops.notice_delivery set state = 'unknown', reason = :reason, state_at = now() where state = 'sending'
    returning recipient, channel, noticed_on
""")
# Days since the recipient's first digest by the channel whose digest did not go out, and the day itself.
_PENDING = text("""
    select noticed_on
    from (
        select distinct notice.noticed_on
        from ops.notice
        where notice.addressee = any(:addressees) and notice.kind = any(:kinds)
            and notice.noticed_on between cast(:day as date) - cast(:retried as integer) and :day
    ) as noticed
    where not exists (
        select 1 from ops.notice_delivery as done
        where done.recipient = :recipient and done.channel = :channel and done.noticed_on = noticed.noticed_on
            and done.state <> 'failed'
    )
    and (noticed.noticed_on = :day or exists (
        select 1 from ops.notice_delivery as earlier
        where earlier.recipient = :recipient and earlier.channel = :channel
            and earlier.noticed_on <= noticed.noticed_on
    ))
    order by noticed_on
""")
# A matter that is told to a unit and to the one above it stands once in the digest of whoever hears for both.
_NOTICES = text("""
    select distinct on (kind, since, unit_code, subject) kind, unit_code, report_month, label, since, days, detail
    from ops.notice
    where noticed_on = :day and addressee = any(:addressees) and kind = any(:kinds)
    order by kind, since, unit_code, subject
""")
_CLAIM = text("""
    insert into ops.notice_delivery as delivery
        (recipient, channel, noticed_on, state, attempts, notice_count, state_at)
    values (:recipient, :channel, :day, 'sending', 1, :notice_count, now())
    on conflict (recipient, channel, noticed_on) do update
    set state = 'sending', attempts = delivery.attempts + 1, notice_count = excluded.notice_count,
        reason = null, state_at = now()
    where delivery.state = 'failed'
    returning delivery_id
""")
_END = text("""
    update ops.notice_delivery set state = :state, reason = :reason, state_at = now() where delivery_id = :delivery_id
""")


class NotDeliveredError(TaizhangError):
    """Some digests did not go out, all others did; the message names recipients, channels and reasons."""


@dataclass
class Sending:
    """What a run sent: recipients by channel and day, and what failed. Quiet: nothing is to be sent at all."""

    is_quiet: bool = False
    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def require_all(self) -> None:
        """NotDeliveredError with all that did not go out."""
        if self.failed:
            raise NotDeliveredError(f"{len(self.failed)} digest(s) did not go out: {'; '.join(self.failed)}")


Address = Callable[[recipients.Channel], SecretStr]


def from_environment(channel: recipients.Channel) -> SecretStr:
    """Return the URL of a channel from its environment variable; DeliveryError when it is not set."""
    url = os.environ.get(channel.environment or "")
    if not url:
        raise DeliveryError(f"the environment variable {channel.environment} is not set")
    return SecretStr(url)


def send_digests(engine: Engine, day: date, address: Address) -> Sending:
    """Send what is to be told on a day, and what earlier days could not send; what fails stands in the result.

    `address` finds the URL of a channel. ConfigurationError when `notifications.yml` is not valid.
    """
    configured = recipients.notifications()
    if not configured.send:
        return Sending(is_quiet=True)
    sending = Sending()
    with exclusive(engine, "notice_delivery"):
        with engine.begin() as connection:
            for row in connection.execute(_INTERRUPT, {"reason": INTERRUPTED}):
                sending.failed.append(f"{row.recipient} by {row.channel} of {row.noticed_on}: {INTERRUPTED}")
        for key in configured.recipients:
            _send_to(engine, day, _Party(key, configured, address), sending)
    return sending


@dataclass(frozen=True)
class _Party:
    """A recipient, by its key, and how its channels are found."""

    key: str
    configured: Notifications
    address: Address

    @property
    def recipient(self) -> Recipient:
        return self.configured.recipients[self.key]

    def filters(self, day: date) -> dict[str, list[str]]:
        month = day.replace(day=1)
        return {"addressees": self.recipient.addressees(month), "kinds": kinds_of(self.recipient.topics)}


def _send_to(engine: Engine, day: date, party: _Party, sending: Sending) -> None:
    filters = party.filters(day)
    for destination in party.recipient.to:
        name = destination.channel
        with engine.connect() as connection:
            values = {"recipient": party.key, "channel": name, "day": day, "retried": RETRIED_DAYS}
            pending = list(connection.scalars(_PENDING, values | filters))
        for pending_day in pending:
            what = f"{party.key} by {name} of {pending_day}"
            try:
                with engine.connect() as connection:
                    notices = _notices(connection, pending_day, filters)
                if _deliver(engine, party, name, pending_day, notices):
                    sending.sent.append(what)
            except DeliveryError as error:
                sending.failed.append(f"{what}: {error}")


def _notices(connection: Connection, day: date, filters: dict[str, list[str]]) -> list[Notice]:
    return [Notice(**row) for row in connection.execute(_NOTICES, {"day": day} | filters).mappings()]


def _deliver(engine: Engine, party: _Party, channel: str, day: date, notices: Sequence[Notice]) -> bool:
    """Claim and send one digest; false when somebody else has it. DeliveryError, recorded, when it did not go out."""
    with engine.begin() as connection:
        claim = {"recipient": party.key, "channel": channel, "day": day, "notice_count": len(notices)}
        delivery_id = connection.scalar(_CLAIM, claim)
    if delivery_id is None:
        return False
    try:
        _send(party, channel, day, notices)
    except DeliveryError as error:
        _end(engine, delivery_id, "failed", str(error))
        raise
    _end(engine, delivery_id, "sent", None)
    return True


def _end(engine: Engine, delivery_id: int, state: str, reason: str | None) -> None:
    with engine.begin() as connection:
        connection.execute(_END, {"delivery_id": delivery_id, "state": state, "reason": reason})


def _send(party: _Party, channel: str, day: date, notices: Sequence[Notice]) -> None:
    addresses = next(one.addresses for one in party.recipient.to if one.channel == channel)
    ready = Channel(party.address(party.configured.channels[channel]), addresses)
    name = party.recipient.name
    try:
        digest = compose(name, day, notices, None, ready.most_bytes)
        if digest.is_cut:
            digest = compose(name, day, notices, write_list(party.key, day, notices), ready.most_bytes)
    except (OSError, ValueError) as error:
        raise DeliveryError(f"the digest could not be written: {error}") from error
    ready.send(digest.title, digest.text, digest.html)
