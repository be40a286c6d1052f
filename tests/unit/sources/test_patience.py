"""Errors that pass are tried again, those that last are not, and no peer holds us longer than it may."""

import threading
from collections.abc import Callable

import pytest
from tenacity import wait_none

from taizhang.sources import patience
from taizhang.sources.items import ItemChangedError, ItemRefusedError, SourceError


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "WAITING", wait_none())


def failing(times: int, error: Exception) -> tuple[Callable[[], str], list[None]]:
    calls: list[None] = []

    def call() -> str:
        calls.append(None)
        if len(calls) <= times:
            raise error
        return "done"

    return call, calls


def test_what_passes_is_tried_again() -> None:
    call, calls = failing(3, ConnectionResetError("cut"))
    assert patience.persistently(call) == "done"
    assert len(calls) == 4


def test_the_last_error_comes_through() -> None:
    call, calls = failing(9, ConnectionResetError("cut"))
    with pytest.raises(ConnectionResetError, match="cut"):
        patience.persistently(call)
    assert len(calls) == patience.ATTEMPTS


@pytest.mark.parametrize(
    "error",
    [ItemRefusedError("gone", "gone"), ItemChangedError(), SourceError("no"), PermissionError(), TypeError()],
    ids=lambda error: type(error).__name__,
)
def test_what_lasts_is_not_tried_again(error: Exception) -> None:
    call, calls = failing(1, error)
    with pytest.raises(type(error)):
        patience.persistently(call)
    assert len(calls) == 1


def test_a_call_gives_its_result_or_its_error() -> None:
    assert patience.within(20, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        patience.within(20, lambda: 1 // 0)


def test_a_call_that_never_ends_is_given_up() -> None:
    stop = threading.Event()
    with pytest.raises(patience.TimeLimitError):
        patience.within(0.05, stop.wait)
    stop.set()
