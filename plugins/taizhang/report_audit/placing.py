"""Turn what was read at each place into figures with their context."""

import re
from dataclasses import dataclass, field
from datetime import date

from taizhang.report_audit.blocks import Block
from taizhang.report_audit.classify import Around, Classified
from taizhang.report_audit.findings import Cell, Context
from taizhang.report_audit.model import Figure, Period
from taizhang.report_audit.regions import region_code
from taizhang.report_audit.scope import comparison
from taizhang.report_audit.state import Element, State, names_of
from taizhang.report_audit.subjects import dimension_of, population_of, subject_words
from taizhang.report_audit.tables import TableFigure

_BASIS = re.compile(
    r"(?:占(?!比)(?P<share>[^占,，;。]*?)|完成(?P<plan>[^,，;。]*?(?:计划|任务|目标)[^,，;。]*?))"
    r"的?(?:比例|比重)?(?:约|达|达到|为|仅)?$"
)


@dataclass
class Placing:
    """The figures of a report found so far, in the order of its text."""

    report: str
    part: int = 0
    figures: list[Figure] = field(default_factory=list)
    contexts: dict[str, Context] = field(default_factory=dict)

    def place(self, block: Block, number: int, found: Classified, words: Around, state: State) -> None:
        """Take a figure of the running text."""
        code = found.indicator.code
        staged = state.stage if code in subject_words().staged_indicators else None
        basis = _basis(found, words)
        earlier = self.figures[-1].id if basis and basis.endswith("#") and self.figures else None
        is_part = state.grouping is not None and (state.subject != state.whole or state.region != state.own_region)
        context = Context(
            number,
            state.sentence,
            state.clause,
            found.quantity.run,
            tuple(element.dimension for element in state.subject),
            staged,
            state.grouping if is_part else None,
            state.group if is_part else None,
            names_of(state.whole) if is_part else None,
            basis.rstrip("#") if basis is not None else None,
            earlier,
            state.population,
            found.quantity.bound,
            words_before=words.clause,
            words_behind=words.behind,
            is_carried=state.is_carried,
            until_month=state.until,
            is_announced=bool(subject_words().announced.search(words.clause)),
            part=self.part,
        )
        self._take(block, found, state, context)

    def place_in_table(self, figure: TableFigure, number: int, state: State) -> None:
        """Take a figure of a table: its row is its subject, its column what it is of."""
        if not figure.is_total_row and figure.label:
            dimension = dimension_of(figure.label) or figure.label_header or None
            state.subject = (*state.base, Element(figure.label, dimension))
        else:
            state.subject = state.base
        population = population_of(figure.label)
        context = Context(
            number + figure.row,
            state.sentence,
            state.clause,
            -1,
            tuple(element.dimension for element in state.subject),
            population=population[0] if population else None,
            bound=figure.found.quantity.bound,
            cell=Cell(number, figure.row, figure.column, figure.header, figure.is_total_row),
            words_before=figure.header,
            until_month=state.until,
            part=self.part,
        )
        self._take(figure.block, figure.found, state, context)

    def _take(self, block: Block, found: Classified, state: State, context: Context) -> None:
        quantity = found.quantity
        span = block.span(quantity.start, quantity.end)
        figure = Figure(
            f"f{len(self.figures) + 1}",
            self.report[span.start : span.end],
            span,
            quantity.value,
            quantity.unit.stored,
            quantity.decimals,
            quantity.interval,
            found.indicator.code,
            names_of(state.subject),
            self._period(found, state),
            state.region,
            region_code(state.region),
            quantity.bound is not None,
            quantity.damage,
        )
        self.figures.append(figure)
        self.contexts[figure.id] = context

    def _period(self, found: Classified, state: State) -> Period | None:
        """The time of a figure; that of the year before for the same time of last year."""
        period = state.period
        if period is None or found.indicator.code != "last_year":
            return period
        return Period(_year_before(period.start), _year_before(period.end), period.label)


def _basis(found: Classified, words: Around) -> str | None:
    """The words for what a rate or share is of, and for what has grown."""
    indicator = found.indicator
    if indicator.is_growth or indicator.is_change:
        cut = comparison().search(words.clause)
        return words.clause[: cut.start()] if cut else None
    if found.quantity.unit.kind != "rate":
        return None
    basis = _BASIS.search(words.clause)
    return None if basis is None else basis["share"] if basis["share"] is not None else basis["plan"]


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
