"""Tables in the text: columns add up to the row that is called their total."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from taizhang.report_audit.findings import Cell, Findings
from taizhang.report_audit.mentions import COUNT
from taizhang.report_audit.model import Figure
from taizhang.report_audit.proposals import Proposal, Statement
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.ties import Sum

SURE = Decimal("0.9")
Placed = tuple[Cell, Figure]


def find_table_sums(findings: Findings) -> Iterator[Statement]:
    """Propose that the rows of each table add up to its one total row, column by column."""
    tables: dict[int, list[Placed]] = defaultdict(list)
    for figure in findings.figures:
        cell = findings.contexts[figure.id].cell
        if cell is not None:
            tables[cell.table].append((cell, figure))
    for placed in tables.values():
        if len({cell.row for cell, _ in placed if cell.is_total_row}) == 1:
            yield from _columns(placed)


def _columns(placed: Sequence[Placed]) -> Iterator[Statement]:
    rows = {cell.row for cell, _ in placed if not cell.is_total_row}
    for column in sorted({cell.column for cell, _ in placed}):
        inside = [(cell, figure) for cell, figure in placed if cell.column == column]
        wholes = [figure for cell, figure in inside if cell.is_total_row]
        parts = [figure for cell, figure in inside if not cell.is_total_row]
        if len(wholes) != 1 or len(parts) < max(len(rows), 2) or len({figure.unit for _, figure in inside}) > 1:
            continue
        whole = wholes[0]
        if whole.indicator != COUNT and whole.indicator not in relation_words()["additive"]:
            continue
        kind = "part_whole_count" if whole.indicator == COUNT else "part_whole_amount"
        yield Statement((Proposal(kind, Sum(whole, tuple(parts)), SURE),))
