"""Find the figures of a report: the one entry point of this half of the audit."""

from datetime import date

from taizhang.report_audit.blocks import Block, find_blocks
from taizhang.report_audit.classify import around, classify, is_figure
from taizhang.report_audit.findings import Context, Findings
from taizhang.report_audit.model import Figure
from taizhang.report_audit.quantities import find_quantities


def find_figures(text: str, *, month: date | None = None) -> Findings:
    """Find the figures of a report's text with what they are of, and what the words say of how they belong together."""
    figures: list[Figure] = []
    contexts: dict[str, Context] = {}
    sentence = 0
    for number, block in enumerate(find_blocks(text)):
        sentence = _of_block(block, number, sentence, figures, contexts) + 1
    return Findings(tuple(figures), contexts)


def _of_block(block: Block, number: int, sentence: int, figures: list[Figure], contexts: dict[str, Context]) -> int:
    quantities = find_quantities(block.text)
    for index, quantity in enumerate(quantities):
        words = around(block.text, quantities, index)
        found = classify(quantity, words) if is_figure(quantity, words) else None
        if found is None:
            continue
        known = found.quantity
        figure = Figure(
            f"f{len(figures) + 1}",
            quantity.text,
            block.span(quantity.start, quantity.end),
            known.value,
            known.unit.stored,
            known.decimals,
            known.interval,
            found.indicator.code,
            is_approximate=known.bound is not None,
            damage=known.damage,
        )
        figures.append(figure)
        contexts[figure.id] = Context(
            number, sentence, 0, quantity.run, words_before=words.clause, words_behind=words.behind
        )
    return sentence
