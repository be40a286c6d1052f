"""Who is told by which channel: `config/notifications.yml`."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from taizhang.codelists import reporting_units
from taizhang.configuration import Strict, read
from taizhang.deadlines.addressees import OPERATORS
from taizhang.errors import TaizhangError
from taizhang.geography import is_below, is_region, place_of

FILE = "notifications.yml"
Topic = Literal["filings", "submissions", "items", "lights", "publications", "operation"]
UNLESS_SAID_OTHERWISE: tuple[Topic, ...] = ("filings", "submissions", "items", "lights", "operation")


class RecipientError(TaizhangError, LookupError):
    """`notifications.yml` names a unit or region that nobody knows."""


class Channel(Strict):
    """Where the Apprise URL of a channel is kept."""

    connection: str | None = None
    environment: str | None = None

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if (self.connection is None) == (self.environment is None):
            raise ValueError("has either `connection` or `environment`")
        return self


class Destination(Strict):
    """A channel, of a mail server with the addresses to write to."""

    channel: str
    addresses: tuple[str, ...] = ()


class Recipient(Strict):
    """A person or office, and whose notices it gets: those of units, of all units of regions, of a role."""

    name: str
    units: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    roles: tuple[Literal["operators"], ...] = ()
    to: tuple[Destination, ...] = Field(min_length=1)
    topics: tuple[Topic, ...] = UNLESS_SAID_OTHERWISE

    @model_validator(mode="after")
    def _gets_something(self) -> Self:
        if not (self.units or self.regions or self.roles):
            raise ValueError("names no unit, region or role, so it would never get anything")
        if len({one.channel for one in self.to}) < len(self.to):
            raise ValueError("names a channel twice")
        return self

    def addressees(self, month: date) -> list[str]:
        """Return the codes of the units whose notices it gets, and of the operators if it is one of them."""
        in_regions = {
            unit.unit_code
            for unit in reporting_units().units.values()
            for region_code in self.regions
            if is_below(place_of(unit, month), region_code, month)
        }
        return sorted({*self.units, *in_regions, *((OPERATORS,) if self.roles else ())})


class Notifications(Strict):
    """All of `notifications.yml`; nothing is sent unless `send` is true."""

    send: bool
    channels: dict[str, Channel]
    recipients: dict[str, Recipient]
    failed_runs: tuple[Destination, ...] = ()

    @model_validator(mode="after")
    def _names_known_channels(self) -> Self:
        used = {one.channel for recipient in self.recipients.values() for one in recipient.to}
        used |= {one.channel for one in self.failed_runs}
        if unknown := used - self.channels.keys():
            raise ValueError(f"channels: {', '.join(sorted(unknown))} stands under nothing")
        if self.send and not used:
            raise ValueError("send is true, but nobody is to be told anything")
        return self

    def fits(self) -> Self:
        """Return it if the register has its units and the map its regions; RecipientError names what is not there."""
        units = {code for one in self.recipients.values() for code in one.units} - reporting_units().units.keys()
        regions = {code for one in self.recipients.values() for code in one.regions if not is_region(code)}
        if units or regions:
            raise RecipientError(f"{FILE}: no unit or region has the code {', '.join(sorted(units | regions))}")
        return self


def notifications() -> Notifications:
    """Read `notifications.yml`; ConfigurationError or RecipientError when it is not valid."""
    return read(FILE, Notifications).fits()
