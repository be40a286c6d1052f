"""The tasks of `watch_deadlines`: find what somebody has to be told on the day of the run, and send it."""

from datetime import date
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task

if TYPE_CHECKING:
    from pydantic import SecretStr

    from taizhang.notify.recipients import Channel


@task
def find_notices() -> dict[str, int]:
    """Store the notices of the day; returns how many there are by kind."""
    from taizhang.deadlines import notices
    from taizhang.warehouse.connection import engine

    return notices.find_notices(engine(), day_of_run())


@task
def send_digests() -> dict[str, Any]:
    """Send each recipient its digest; fails at the end with those that did not go out. Says so when nothing is sent."""
    from taizhang.notify import delivery
    from taizhang.warehouse.connection import engine

    sending = delivery.send_digests(engine(), day_of_run(), url_of)
    if sending.is_quiet:
        print("config/notifications.yml says `send: false`: nothing is sent; the notices stand in ops.notice")
    sending.require_all()
    return {"is_quiet": sending.is_quiet, "sent": sending.sent}


def day_of_run() -> date:
    """Return the day, in China, after which the run was to start: the same when it is repeated later."""
    from taizhang.deadlines.calendar import china_day

    run = get_current_context()["dag_run"]
    return china_day(run.run_after)


def url_of(channel: "Channel") -> "SecretStr":
    """Return the URL of a channel from its Airflow connection of the type Apprise, or from the environment.

    DeliveryError when there is no such connection, or no single URL in it.
    """
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException
    from pydantic import SecretStr

    from taizhang.notify.channels import DeliveryError
    from taizhang.notify.delivery import from_environment

    if channel.connection is None:
        return from_environment(channel)
    try:
        config = BaseHook.get_connection(channel.connection).extra_dejson.get("config")
    except AirflowNotFoundException:
        raise DeliveryError(f"Airflow has no connection {channel.connection}") from None
    url = config.get("path") if isinstance(config, dict) else None
    if not url:
        raise DeliveryError(f'the connection {channel.connection} has no `config` like {{"path": "wecombot://…"}}')
    return SecretStr(url)
