"""What is found in a report before anything is compared: figures with their context, times, events, tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from taizhang.report_audit.model import Figure, Period, Span


class Grouping(StrEnum):
    """How a figure is said to belong to the wider one before it."""

    # 其中: parts that need not be all of the whole.
    OF_WHICH = "of_which"
    # 分类别看, 按…分, 分别为, 分为两类: all of the whole.
    EXHAUSTIVE = "exhaustive"


@dataclass(frozen=True)
class Cell:
    """Where in a table of the text a figure stands; `header` is that of its column, without the unit."""

    table: int
    row: int
    column: int
    header: str
    is_total_row: bool


@dataclass(frozen=True)
class Context:
    """What the words say of a figure beside what it is of.

    `block`, `sentence` and `clause` count through the report; figures with the same `run` stand in one list of numbers
    (分别为 a、b、c). `dimensions` says of each element of the subject what it is one of (subjects.yml: list, level,
    nature, class, batch, fund …; project for named ones), None where that is not known. `stage` is the step (the stages
    of subjects.yml: started, entered, submitted …) that the figure has reached. `grouping` tells whether it is a part
    of `whole`, the figures' subject before it; parts with the same `group` were said together. `basis` are the words
    for what a rate or share is of (占…的), `of_figure` the figure among them. `population` names a grain or coverage
    that sets figures apart (打包, 子项目, 纳入平台 …). `bound` is about, nearly, over, under, odd or range, where words
    widen the figure. `is_carried`: the subject was said in an earlier sentence, so it may have been left since.
    `until_month` is the last month of the figure's time, 1 to 12, also where the report does not tell the year.
    `is_announced`: a target (力争, 确保, 不低于), not what was reached. `part` counts the reports in one file (篇二).
    """

    block: int
    sentence: int
    clause: int
    run: int
    dimensions: tuple[str | None, ...] = ()
    stage: str | None = None
    grouping: Grouping | None = None
    group: int | None = None
    whole: tuple[str, ...] | None = None
    basis: str | None = None
    of_figure: str | None = None
    population: str | None = None
    bound: str | None = None
    cell: Cell | None = None
    words_before: str = ""
    words_behind: str = ""
    is_carried: bool = False
    until_month: int | None = None
    is_announced: bool = False
    part: int = 0


@dataclass(frozen=True)
class Event:
    """A dated step of a project (开工, 取得施工许可证 …): `kind` is one of subjects.yml, `period` the days it means.

    `is_planned`: it is announced, not told. `project` is its name as the report has it, None for the region's own.
    """

    kind: str
    project: str | None
    period: Period
    span: Span
    is_planned: bool = False


@dataclass(frozen=True)
class Findings:
    """Everything found in a report; `contexts` has one entry for each figure, by its id.

    `sentences` are their places in order, as Context.sentence counts them. `year` and `month` are those up to which the
    report tells, where it says so; `issued` is the day under which it is signed.
    """

    figures: tuple[Figure, ...]
    contexts: Mapping[str, Context]
    sentences: tuple[Span, ...] = ()
    events: tuple[Event, ...] = ()
    periods: tuple[tuple[Span, Period], ...] = ()
    year: int | None = None
    month: int | None = None
    issued: Period | None = None
