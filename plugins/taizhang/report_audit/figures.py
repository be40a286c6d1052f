"""Find the figures of a report: the one entry point of this half of the audit."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise

from taizhang.report_audit.aligned import align
from taizhang.report_audit.blocks import Block, BlockKind, find_blocks
from taizhang.report_audit.classify import Around, Classified, around, classify, is_figure
from taizhang.report_audit.events import find_events
from taizhang.report_audit.findings import Event, Findings
from taizhang.report_audit.headings import Headings
from taizhang.report_audit.model import Period, Span
from taizhang.report_audit.periods import NamedPeriod, Reference, find_periods
from taizhang.report_audit.placing import Placing
from taizhang.report_audit.quantities import find_quantities
from taizhang.report_audit.regions import own_region
from taizhang.report_audit.report_date import issued, reference_of, titles
from taizhang.report_audit.scope import BlockScope
from taizhang.report_audit.state import State
from taizhang.report_audit.tables import read_table

_STOP = re.compile(r"[。!?]")
_PART = re.compile(r"篇[一二三四五六七八九十]{1,3}")


def find_figures(text: str, *, month: date | None = None) -> Findings:
    """Find the figures of a report's text with what they are of, and what the words say of how they belong together.

    `month` is the month up to which the report tells, when the caller knows it; else the report's own words decide.
    Several reports in one text (篇一, 篇二) are read each by itself.
    """
    parts = _parts(find_blocks(text))
    placing = Placing(text)
    readings: list[_Reading] = []
    for number, blocks in enumerate(parts):
        placing.part = number
        readings.append(_Reading(blocks, reference_of(blocks, month), placing, readings[-1] if readings else None))
        readings[-1].read()
    return Findings(
        tuple(placing.figures),
        placing.contexts,
        tuple(span for reading in readings for span in reading.sentences),
        tuple(event for reading in readings for event in reading.events),
        tuple(named for reading in readings for named in reading.periods),
        next((reading.reference.year for reading in readings if reading.reference.year), None),
        next((reading.reference.month for reading in readings if reading.reference.month), None),
        next((day for day in map(issued, parts) if day), None),
    )


def _parts(blocks: tuple[Block, ...]) -> list[tuple[Block, ...]]:
    """The reports in a text: a new one begins with 篇一, 篇二."""
    starts = [number for number, block in enumerate(blocks) if _PART.match(block.text)]
    edges = [0, *(start for start in starts if start), len(blocks)]
    return [blocks[start:end] for start, end in pairwise(edges) if end > start]


class _Reading:
    """One report while it is read; its blocks and sentences are counted on from those of the one before."""

    def __init__(
        self, blocks: tuple[Block, ...], reference: Reference, placing: Placing, before: "_Reading | None"
    ) -> None:
        self.reference = reference
        self.periods: list[tuple[Span, Period]] = []
        self.events: list[Event] = []
        self.sentences: list[Span] = []
        self._blocks = blocks
        self._placing = placing
        title = titles(blocks)
        named = [one for one in find_periods(title, reference) if one.until and one.span != "day"]
        self._state = State(own_region(title), named[-1].period if named else None)
        self._state.base_until = named[-1].until if named else None
        self._state.begin_section()
        self._headings = Headings(self._state)
        self._first_block = 0
        # Where the sentences of the block at hand begin; those before it are counted in the state.
        self._starts: list[int] = []
        if before is not None:
            self._first_block = before._first_block + len(before._blocks)
            self._state.follow(before._state)
            self._starts = before._starts

    def read(self) -> None:
        """Read the blocks in order; consecutive rows are one table."""
        above = ""
        number = self._first_block
        for is_row, group in groupby(self._blocks, key=lambda block: block.kind is BlockKind.ROW):
            members = list(group)
            if is_row:
                self._read_table(members, number, above)
            else:
                for offset, block in enumerate(members):
                    self._read_block(block, number + offset)
                above = members[-1].text
            number += len(members)

    def _read_block(self, block: Block, number: int) -> None:
        periods = list(find_periods(block.text, self.reference))
        self._note(block, periods)
        self._state.begin_block(block.kind is BlockKind.ITEM)
        if block.kind in (BlockKind.HEADING, BlockKind.TITLE):
            self._headings.take(block, periods)
        scope = BlockScope(block, periods, self._state)
        found = list(_classified(block))
        aligned = align(block, found)
        for index, (one, words) in enumerate(found):
            same = aligned.get(index)
            one = replace(one, indicator=same.indicator) if same and same.indicator else one
            named = scope.move_to(one)
            scope.name_behind(one, named)
            one = self._state.of_group(one)
            state = copy(self._state)
            state.sentence += bisect_right(self._starts, one.quantity.start) - 1
            if same and same.element:
                state.subject = (*state.whole, same.element) if state.grouping else (same.element,)
            self._placing.place(block, number, one, words, state)
        scope.finish()

    def _note(self, block: Block, periods: Sequence[NamedPeriod]) -> None:
        """Keep what a block says of times and steps, and where its sentences are."""
        self.periods += [(block.span(one.start, one.end), one.period) for one in periods if one.period]
        self.events += find_events(block, periods) if block.kind is not BlockKind.TITLE else ()
        self._state.sentence += len(self._starts)
        ends = [found.end() for found in _STOP.finditer(block.text) if found.end() < len(block.text)]
        self._starts = [0, *ends]
        self.sentences += [block.span(start, end) for start, end in pairwise([*self._starts, len(block.text)])]

    def _read_table(self, rows: list[Block], number: int, above: str) -> None:
        """Read rows as a table; what is none, for it has no header, as text."""
        figures = list(read_table(rows, above))
        if not figures:
            for offset, row in enumerate(rows):
                self._read_block(row, number + offset)
            return
        self._state.begin_block(is_item=False)
        self._state.sentence += len(self._starts)
        self._starts = [0] * len(rows)
        self.sentences += [row.span(0, len(row.text)) for row in rows]
        for figure in figures:
            state = copy(self._state)
            state.sentence += figure.line
            self._placing.place_in_table(figure, number, state)


def _classified(block: Block) -> Iterator[tuple[Classified, Around]]:
    quantities = find_quantities(block.text)
    for index, quantity in enumerate(quantities):
        words = around(block.text, quantities, index)
        found = classify(quantity, words) if is_figure(quantity, words) else None
        if found is not None:
            yield found, words
