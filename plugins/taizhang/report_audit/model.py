"""What the audit finds in a report: figures with their place and what they are of, and relations between them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

INFINITE = Decimal("Infinity")


@dataclass(frozen=True, order=True)
class Interval:
    """The values that a printed figure may mean, in the figure's stored unit: from `low` to `high`.

    `low` belongs to it; `high` does only when `has_high`: 561.7 printed is [561.65, 561.75), a count is [400, 400],
    超 560 is [560, infinity). ValueError when it holds nothing.
    """

    low: Decimal
    high: Decimal
    has_high: bool = False

    def __post_init__(self) -> None:
        if self.low > self.high or (self.low == self.high and not self.has_high):
            raise ValueError(f"no value lies between {self.low} and {self.high}")

    @classmethod
    def exactly(cls, value: Decimal) -> "Interval":
        """The interval of one value."""
        return cls(value, value, has_high=True)


@dataclass(frozen=True)
class Span:
    """A place in the report's text: characters `start` to `end`, the last not included."""

    start: int
    end: int


class Verdict(StrEnum):
    """What is said of a relation."""

    CONSISTENT = "consistent"
    CONTRADICTION = "contradiction"
    # Parts that need not be all of the whole leave something over.
    RESIDUAL = "residual"
    # It follows from figures that are not printed: a denominator that nobody states.
    IMPLIED = "implied"
    # The figures agree, the words do not: % where percentage points are meant.
    STYLE = "style"


@dataclass(frozen=True)
class Period:
    """What time a figure is of: days `start` to `end`, the last not included. `label` is how the report says it."""

    start: date
    end: date
    label: str


@dataclass(frozen=True)
class Damage:
    """A figure that is not printed as it was meant (OCR, a missing digit): what was read, and how it is understood."""

    printed: str
    read_as: str


@dataclass(frozen=True)
class Figure:
    """One figure of a report.

    `value` and `interval` are in the stored unit of `unit`: 万元 for money, % for rates and shares, percentage points,
    pieces for counts, else the unit as the report has it; `decimals` are those printed. `indicator` is a code of
    `indicators.yml`. `subject` says of what: from the wider to the narrower (list, class, 期, project), empty for the
    whole of the region. `region` is the region's name as the report has it; `region_code` its code when it is known.
    """

    id: str
    text: str
    span: Span
    value: Decimal
    unit: str
    decimals: int
    interval: Interval
    indicator: str
    subject: tuple[str, ...] = ()
    period: Period | None = None
    region: str | None = None
    region_code: str | None = None
    is_approximate: bool = False
    damage: Damage | None = None


@dataclass(frozen=True)
class Mend:
    """The single figure whose other value would make relations hold, and that value as it would be printed."""

    figure_id: str
    printed: str


@dataclass(frozen=True)
class Relation:
    """Something between figures that can be recomputed, and whether it holds.

    `stated` is the interval of the figure that the report prints for it, `computed` what the others give; the kinds are
    those of `relations.yml`. `confidence` is between 0 and 1: how surely the wording says that these figures belong
    together. `reason_zh` is one sentence; `quotes` are the places in the text that it rests on, also when no figure is
    concerned (dates).
    """

    id: str
    kind: str
    figure_ids: tuple[str, ...]
    formula: str
    stated: Interval | None
    computed: Interval | None
    verdict: Verdict
    confidence: Decimal
    reason_zh: str
    quotes: tuple[Span, ...] = ()
    mend: Mend | None = None


@dataclass(frozen=True)
class Audit:
    """A report's text with everything found in it."""

    name: str
    text: str
    figures: tuple[Figure, ...] = field(default=())
    relations: tuple[Relation, ...] = field(default=())
