"""What every measurement is made of: ways to the same result, run in turn, and goals that are ratios between them."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

Seconds = dict[str, list[float]]


@dataclass(frozen=True)
class Way:
    """One way to the result: `run` is measured, `prepare` before it is not.

    What `run` returns is compared with what the other ways returned; None is not compared.
    """

    name: str
    run: Callable[[], Any]
    prepare: Callable[[], object] | None = None


@dataclass(frozen=True)
class Goal:
    """Ours against a peer: `at_most` times as long, or at least `times_faster`; one of them is given.

    `start_up` names a way whose time is not counted as ours: what a program needs before it does anything.
    """

    ours: str
    peer: str
    at_most: float | None = None
    times_faster: float | None = None
    start_up: str | None = None

    def ratio(self, seconds: Seconds) -> float:
        """Median of ours by the median of the peer, or the other way round when the goal is to be faster."""
        ours = median(seconds[self.ours]) - (median(seconds[self.start_up]) if self.start_up else 0)
        peer = median(seconds[self.peer])
        return ours / peer if self.at_most is not None else peer / ours

    def is_reached(self, seconds: Seconds) -> bool:
        """True if the ratio is where it should be."""
        ratio = self.ratio(seconds)
        return ratio <= self.at_most if self.at_most is not None else ratio >= (self.times_faster or 0)


@dataclass(frozen=True)
class Limit:
    """A figure with a limit of its own, no ratio of two ways: a number of tasks, a ratio of two histories, bytes."""

    what: str
    value: float
    at_most: float
    unit: str = ""

    def is_reached(self) -> bool:
        """True if the value is within its limit."""
        return self.value <= self.at_most


@dataclass
class Section:
    """One table of the results: what was measured on which work, how long each way took, and what was to be reached.

    `seconds` has one number per way and round. `notes` says in sentences what limits a figure and what was tried.
    """

    name: str
    title: str
    workload: str
    seconds: Seconds = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def in_turn(ways: Sequence[Way], rounds: int, *, warm_up: bool = True) -> Seconds:
    """Run all ways in turn, `rounds` times, and return each way's seconds per round.

    Raises RuntimeError when two ways return different results: then they have not done the same work. A first round is
    not counted, so that none finds files and tables colder than another.
    """
    seconds: Seconds = {way.name: [] for way in ways}
    for number in range(rounds + warm_up):
        results: dict[str, Any] = {}
        for way in ways:
            taken, result = _run(way)
            if number >= warm_up:
                seconds[way.name].append(taken)
            if result is not None:
                results[way.name] = result
        _require_equal(results)
    return seconds


def _run(way: Way) -> tuple[float, Any]:
    if way.prepare:
        way.prepare()
    gc.collect()
    begin = time.perf_counter()
    result = way.run()
    return time.perf_counter() - begin, result


def _require_equal(results: dict[str, Any]) -> None:
    """Ways that do not find the same cannot be compared."""
    if not results:
        return
    (first, wanted), *others = results.items()
    for name, result in others:
        if result != wanted:
            raise RuntimeError(f"{name} gives {_shown(result)}, but {first} gives {_shown(wanted)}")


def _shown(result: Any) -> str:
    text = repr(result)
    return text if len(text) <= 2000 else f"{text[:2000]}…"
