"""What the relation finders propose, before it is judged."""

from dataclasses import dataclass
from decimal import Decimal

from taizhang.report_audit.model import Figure, Interval, Span, Verdict
from taizhang.report_audit.ties import Tie


@dataclass(frozen=True)
class Proposal:
    """One way to bring figures into relation, and how surely the wording means it.

    `may_fall_short`: parts that need not be all of the whole, so that less than the whole is a residual. `due` is how
    the schedule of a month is called in the sentence.
    """

    kind: str
    tie: Tie
    confidence: Decimal
    may_fall_short: bool = False
    due: str = ""


@dataclass(frozen=True)
class Statement:
    """What the report says of one figure, with the ways to take it, the likeliest first.

    It holds when one of them does; it is a contradiction only when none does.
    """

    ways: tuple[Proposal, ...]


@dataclass(frozen=True)
class Remark:
    """Something that is no arithmetic between figures: dates, words, units. `words` fill in the kind's sentence."""

    kind: str
    verdict: Verdict
    confidence: Decimal
    words: dict[str, str]
    figures: tuple[Figure, ...] = ()
    quotes: tuple[Span, ...] = ()
    computed: Interval | None = None
    printed_mend: str | None = None
