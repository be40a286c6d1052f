"""What headings say for all that stands under them: a subject, a period."""

from collections.abc import Sequence

from taizhang.report_audit.blocks import Block, BlockKind, marker_end
from taizhang.report_audit.periods import NamedPeriod
from taizhang.report_audit.state import Element, State
from taizhang.report_audit.subjects import dimension_of, subject_words

_LONGEST = 16


class Headings:
    """The headings above a place: those of a level end when one of the same or of a higher level comes."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._title = state.base_period, state.base_until
        self._above: dict[int, tuple[Element | None, NamedPeriod | None]] = {}

    def take(self, block: Block, periods: Sequence[NamedPeriod]) -> None:
        """Take a heading's subject and period for the blocks that follow."""
        if block.kind is not BlockKind.HEADING:
            return
        self._above = {level: said for level, said in self._above.items() if level < block.level}
        named = [one for one in periods if one.until is not None]
        self._above[block.level] = (self._element(block, periods), named[-1] if named else None)
        said = [said for _, said in sorted(self._above.items())]
        self._state.base = tuple(element for element, _ in said if element is not None)
        period = next((period for _, period in reversed(said) if period), None)
        self._state.base_period, self._state.base_until = (period.period, period.until) if period else self._title
        self._state.begin_section()

    def _element(self, block: Block, periods: Sequence[NamedPeriod]) -> Element | None:
        text = block.text[: periods[0].start] if periods else block.text
        core = subject_words().heading_words.sub("", text[marker_end(block) :])
        if not core or len(core) > _LONGEST:
            return None
        dimension = dimension_of(core)
        # Only what is plainly a class of projects: a heading may name anything.
        return Element(core, dimension) if dimension in ("class", "nature", "batch", "level") else None
