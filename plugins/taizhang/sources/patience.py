"""Patience with peers: trying again after errors that pass, and hard limits of time."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    Retrying,
    before_sleep_log,
    retry_if_not_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)
from tenacity.wait import wait_base

from taizhang.errors import TaizhangError
from taizhang.sources.items import ItemChangedError, ItemRefusedError

log = logging.getLogger(__name__)

ATTEMPTS = 4
WAITING: wait_base = wait_exponential_jitter(multiplier=0.5, max=15)
# Trying again would give the same; the last three are faults of a program.
_LASTING = (
    TaizhangError, ItemRefusedError, ItemChangedError, FileNotFoundError, PermissionError,
    TypeError, AttributeError, KeyError,
)  # fmt: skip

_T = TypeVar("_T")


class TimeLimitError(TaizhangError):
    """A peer took longer than it may."""


def persistently(call: Callable[[], _T]) -> _T:
    """Call until it succeeds, a few times, with growing pauses; the last error comes through."""
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=WAITING,
        retry=retry_if_not_exception_type(_LASTING),
        before_sleep=before_sleep_log(log, logging.INFO),
        reraise=True,
    )
    return retrying(call)


def within(seconds: float, call: Callable[[], _T]) -> _T:
    """Call in a thread and wait at most so long; TimeLimitError after that, whatever the peer does.

    A call that is given up ends by itself when its connection does: it must not change what others look at.
    """
    results: list[_T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True, name="taizhang-source")
    thread.start()
    thread.join(max(seconds, 0))
    if thread.is_alive():
        raise TimeLimitError(f"not done after {max(seconds, 0):.0f} s")
    if errors:
        raise errors[0]
    return results[0]
