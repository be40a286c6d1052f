"""Somebody who reads the published figures all the time, and looks whether they are of one piece."""

import threading
import time
from dataclasses import dataclass, field
from typing import Self

import psycopg

EVERY_SECONDS = 0.02
QUERY = """
    with figures as (
        select report_month, region_level as level, sum(total_investment_wan) as total, sum(ytd_completed_wan) as ytd
        from marts.agg_region_month
        where list_code = 'all' and region_level in ('nation', 'province')
        group by report_month, region_level
        union all
        select report_month, 'unit', sum(total_investment_wan), sum(ytd_completed_wan)
        from marts.agg_unit_month
        where list_code = 'all'
        group by report_month
    )

    select
        (select publication_id from marts.publication where is_shown) as publication_id,
        level,
        array_agg(format('%s %s %s', report_month, total, ytd) order by report_month) as figures
    from figures
    group by level
"""


@dataclass(frozen=True)
class Seen:
    """A publication and the figures that it showed: month, total investment and what is completed, of each month."""

    publication_id: int
    figures: tuple[str, ...]


@dataclass
class Reader:
    """Reads in a thread of its own while the block runs; connects again when the server was away."""

    url: str
    seen: list[Seen] = field(default_factory=list)
    polls: int = 0
    torn: list[str] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def assert_only_whole_publications(self, *expected: Seen) -> None:
        """Everything that was seen is one of these, in their order, and levels added up each time."""
        assert self.torn == []
        assert self.polls > 0
        figures = [one.figures for one in expected]
        steps = [figures.index(one.figures) for one in self.seen]
        numbers = [one.publication_id for one in self.seen]
        assert steps == sorted(steps)
        assert numbers == sorted(numbers)

    def _read(self) -> None:
        while not self._done.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True) as connection:
                    while not self._done.is_set():
                        self._look(connection)
                        time.sleep(EVERY_SECONDS)
            except psycopg.OperationalError:
                time.sleep(EVERY_SECONDS)

    def _look(self, connection: psycopg.Connection) -> None:
        found = {level: (number, tuple(figures)) for number, level, figures in connection.execute(QUERY)}
        self.polls += 1
        if len(found) != 3 or len(set(found.values())) != 1:
            self.torn.append(str(found))
            return
        now = Seen(*found["nation"])
        if not self.seen or self.seen[-1] != now:
            self.seen.append(now)
