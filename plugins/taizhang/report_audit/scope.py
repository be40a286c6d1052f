"""Carry subject, period and region along sentences, lists and headings to the figures of a block."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from taizhang.report_audit.blocks import Block, marker_end
from taizhang.report_audit.classify import BOUNDARIES, Classified
from taizhang.report_audit.findings import Grouping
from taizhang.report_audit.periods import NamedPeriod
from taizhang.report_audit.regions import region_at
from taizhang.report_audit.state import State
from taizhang.report_audit.subjects import Named, dimension_of, named_in, population_of, says_nothing, subject_words
from taizhang.report_audit.wording import any_of, words

_PIECES = re.compile(rf"[{BOUNDARIES}:()]|(?<![省市县区州])、|、(?![省市县区州])")
_OWN = re.compile(r"^(?:目前,?|截至目前,?|今年以来,?|累计)?(?:全|我|本)(?:县|市|区|州|省|镇|域)")
_COUNTED_BEHIND = re.compile(r"(?:的)?(?P<name>[一-鿿“”\"]{0,14}?(?:项目|工程|企业|问题))(?!数|率|个数)")
# What may open a sentence without a figure beside it.
_OPENING = frozenset({"project", "list", "nature", "batch", "level"})
# No subject is longer.
_LONGEST = 80
# How far behind a figure the noun of a size is looked for.
_BEHIND = 24
# Dates of single days are those of events, other years those of comparisons.
_NO_SCOPE = frozenset({"day", "day_by_points", "last_year", "next_year", "since_year", "range_of_days"})
_PAST = frozenset({"several_years", "as_of_year"})


@cache
def comparison() -> re.Pattern[str]:
    """Where the words of a gap or a growth begin: what stands before may be a subject."""
    vocabulary = words()
    return re.compile(any_of((*vocabulary.schedule, *vocabulary.last_year, *vocabulary.rise, *vocabulary.fall)))


class BlockScope:
    """Reads one block from left to right."""

    def __init__(self, block: Block, periods: Sequence[NamedPeriod], state: State) -> None:
        self._text = block.text
        self._periods = periods
        self._period_starts = [named.start for named in periods]
        self._state = state
        self._begin = self._position = marker_end(block)

    def move_to(self, found: Classified) -> Named:
        """Read on up to a figure; what the words directly before it name."""
        start = self._position
        end = found.quantity.start
        named = Named(None, None, None)
        for begin, finish, is_last in _pieces(self._text, start, end):
            if begin > start:
                self._boundary(self._text[begin - 1])
            piece_named = self._read(begin, finish, found if is_last else None)
            named = piece_named if is_last else named
        self._position = found.quantity.stop
        return named

    def name_behind(self, found: Classified, named: Named) -> None:
        """Take the noun behind a count (18个省级项目) as its subject, and the step at the clause's end as its stage."""
        quantity = found.quantity
        if found.indicator.is_threshold:
            size = words().threshold_behind.match(self._text[quantity.end : quantity.end + _BEHIND])
            assert size is not None
            self._position = quantity.end + size.end()
            self._state.name(Named(self._text[quantity.start : self._position], "size", None))
            return
        if quantity.unit.kind != "count":
            return
        behind = _COUNTED_BEHIND.match(self._text, self._position)
        if behind is None:
            return
        self._position = behind.end()
        noun = named_in(behind["name"], is_part=False)
        if noun.subject:
            joined = f"{named.subject}{noun.subject}" if named.subject and named.dimension == "level" else noun.subject
            if not named.subject or named.dimension == "level":
                self._state.name(Named(joined, dimension_of(joined), noun.stage or named.stage))
        rest = re.match(rf"[^{BOUNDARIES}、\d]*(?=[{BOUNDARIES}]|$)", self._text[behind.end() : behind.end() + 24])
        if rest and (stage := named_in(rest[0], is_part=False).stage):
            self._state.stage = stage

    def finish(self) -> None:
        """Read on to the block's end."""
        for begin, finish, _ in _pieces(self._text, self._position, len(self._text)):
            if begin > self._position:
                self._boundary(self._text[begin - 1])
            self._read(begin, finish, None)
        self._state.end_block(self._text)

    def _boundary(self, mark: str) -> None:
        state = self._state
        if mark in "。!?":
            state.end_sentence()
        elif mark == ";":
            state.end_half()
        elif mark == "(":
            state.open_bracket()
        elif mark == ")":
            state.close_bracket()
        if mark in BOUNDARIES:
            state.clause += 1
        state.mark = mark

    def _read(self, start: int, end: int, found: Classified | None) -> Named:
        """Take what one piece of a clause says; `found` is the figure that it ends at."""
        state = self._state
        start = self._unstopped(start, end)
        piece = self._text[start:end]
        self._take_period(start, end)
        if _OWN.match(piece):
            state.whole_region()
        if region := region_at(self._text, max(0, start - 1), min(len(self._text), end + 1)):
            state.region = region
            state.subject = state.whole if state.grouping else state.subject
        group = self._take_group(piece)
        core = self._core(start + group, end, found)
        named = named_in(core, is_part=state.grouping is not None and found is not None)
        if named.subject and named.subject == state.region:
            named = Named(None, None, named.stage)
        if found is None:
            if self._is_opening(named, core, start, end):
                state.name(named, is_of_figure=False)
            return named
        named = self._in_population(piece, named)
        state.name(named)
        return named

    def _is_opening(self, named: Named, core: str, start: int, end: int) -> bool:
        """True for a subject that stands alone where a sentence begins, before a colon or a bracket."""
        before = self._text[start - 1] if start > self._begin else "。"
        alone = named.subject is not None and core.strip('“”"') == named.subject
        if alone and self._text[end : end + 1] in (":", "("):
            return named.dimension is not None
        return alone and before in "。;!?:" and named.dimension in _OPENING

    def _unstopped(self, start: int, end: int) -> int:
        """Where a piece goes on after a full stop that is missing: 投产率100%第二期…."""
        found = subject_words().unstopped.search(self._text, start, end)
        if found is None:
            return start
        before = self._text[start : found.start()]
        follows_figure = not before and start > self._begin and self._text[start - 1] not in f"{BOUNDARIES}:、"
        if follows_figure or not says_nothing(before):
            self._state.end_sentence()
            return found.start()
        return start

    def _in_population(self, piece: str, named: Named) -> Named:
        """A grain or coverage that the piece names is a subject of its own; 全部 is the whole again."""
        state, population = self._state, population_of(piece)
        if population is None:
            return named
        state.population, words = population
        if state.population == "whole":
            state.subject = state.whole or state.subject
            state.end_group()
            return Named(None, None, named.stage)
        if named.dimension == "batch":
            return named
        subject = named.subject if named.subject and words in named.subject else words
        return Named(subject, "population", named.stage)

    def _take_period(self, start: int, end: int) -> None:
        for named in self._periods_in(start, end):
            if named.form not in _NO_SCOPE:
                if named.until is not None:
                    self._state.period, self._state.until = named.period, named.until
                elif named.form in _PAST:
                    self._state.period = self._state.until = None

    def _periods_in(self, start: int, end: int) -> Sequence[NamedPeriod]:
        first, last = bisect_left(self._period_starts, start), bisect_left(self._period_starts, end)
        return self._periods[first:last]

    def _take_group(self, piece: str) -> int:
        """Begin a group where the piece says so; how many characters say it."""
        vocabulary = subject_words()
        if found := vocabulary.exhaustive.search(piece):
            self._state.begin_group(Grouping.EXHAUSTIVE)
            return found.end()
        if found := vocabulary.of_which.match(piece):
            self._state.begin_group(Grouping.OF_WHICH)
            return found.end()
        return 0

    def _core(self, start: int, end: int, found: Classified | None) -> str:
        """The piece without its periods and without the words that say what the figure is of."""
        start = max(start, end - _LONGEST)
        if found is not None:
            piece = self._text[start:end]
            pattern = None if found.indicator.names_subject else found.indicator.before
            flagged = found.indicator.is_gap or found.indicator.is_growth or found.indicator.is_change
            cut = pattern.search(piece) if pattern else comparison().search(piece) if flagged else None
            end = start + cut.start() if cut else end
        kept: list[str] = []
        position = min(start, end)
        for named in self._periods_in(position, end):
            kept.append(self._text[position : named.start])
            position = max(position, named.end)
        core = "".join([*kept, self._text[position : max(position, end)]])
        region = self._state.region
        return core.removeprefix(region) if region else core


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """The pieces between two places, parted by punctuation; the last one ends at `end`."""
    begin = start
    for mark in _PIECES.finditer(text, start, end):
        # 总投资：5亿元 is one piece.
        if mark[0] == ":" and mark.end() == end:
            continue
        yield begin, mark.start(), False
        begin = mark.end()
    yield begin, end, True
