"""What befalls a night inside its own process: a clock that is wrong, a rule that raises."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from taizhang.quality import gate
from taizhang.reading.identity import CHINA


def _rule_raises(patch: pytest.MonkeyPatch, _: Path) -> None:
    """Let the database refuse what the rules ask, after some of them have been asked."""
    count = gate.count_rows

    def fail(connection: Any, *asked: Any) -> Any:
        count(connection, *asked)
        return connection.execute(text("select 1 / 0"))

    patch.setattr(gate, "count_rows", fail)


class _WrongClock(datetime):
    """A clock that goes as fast as the real one, and is wrong by always the same."""

    wrong_by: ClassVar[timedelta] = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.wrong_by


def _clock_says(now: datetime) -> Callable[[pytest.MonkeyPatch, Path], None]:
    """Set the clock wherever the package looks at it; that of the database stays right."""

    def set_clock(patch: pytest.MonkeyPatch, _: Path) -> None:
        patch.setattr(_WrongClock, "wrong_by", now - datetime.now(CHINA))
        modules = [module for name, module in sys.modules.items() if name.startswith("taizhang.")]
        looking = [module for module in modules if getattr(module, "datetime", None) is datetime]
        assert {"taizhang.reading.identity", "taizhang.publication.lifecycle", "taizhang.quality.amendments"} <= {
            module.__name__ for module in looking
        }
        for module in looking:
            patch.setattr(module, "datetime", _WrongClock)

    return set_clock


def _at(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=CHINA)


MISHAPS: dict[str, Callable[[pytest.MonkeyPatch, Path], None]] = {
    "a rule raises": _rule_raises,
    "one second before midnight, at the end of a month": _clock_says(_at(2024, 4, 30, 23, 59, 59)),
    "the day before": _clock_says(_at(2024, 4, 29, 12, 0, 0)),
    "the month after": _clock_says(_at(2024, 5, 1, 0, 0, 1)),
    "years later": _clock_says(_at(2031, 1, 1, 0, 0, 0)),
}
