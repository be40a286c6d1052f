"""A report's text cut into pieces: plain ones, figures, and other places that a relation rests on."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from taizhang.report_audit.model import Audit, Figure, Relation, Span, Verdict
from taizhang.report_audit.wording_of_results import verdicts

CELL_END = "\t"


@dataclass(frozen=True)
class Piece:
    """Characters of the report in one line, with what is known of them.

    `figure` is set for a figure; `anchor` names the piece on the page where something leads to it; `verdict` is the
    gravest of `relations`, those that rest on it, which come in the order of their gravity.
    """

    text: str
    figure: Figure | None = None
    anchor: str = ""
    verdict: Verdict | None = None
    relations: tuple[Relation, ...] = ()


@dataclass
class _Place:
    span: Span
    figure: Figure | None = None
    relations: list[Relation] = field(default_factory=list)


@dataclass(frozen=True)
class Block:
    """A paragraph, of one row with one cell, or neighbouring rows of a table with their cells."""

    rows: tuple[tuple[tuple[Piece, ...], ...], ...]
    is_table: bool


def gravest_first(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
    """The relations by verdict, the gravest first, else in their order."""
    order = {verdict: position for position, verdict in enumerate(verdicts())}
    return tuple(sorted(relations, key=lambda relation: order[relation.verdict]))


def lines_of(audit: Audit) -> list[list[Piece]]:
    """Return the text line by line; lines without a character are left out. Places that overlap stand only once."""
    lines: list[list[Piece]] = [[]]
    for piece in _pieces(audit):
        head, *rest = piece.text.split("\n") if piece.figure is None and not piece.relations else [piece.text]
        lines[-1].append(piece if not rest else Piece(head))
        lines.extend([Piece(line)] for line in rest)
    return [line for line in lines if "".join(piece.text for piece in line).strip()]


def blocks_of(audit: Audit) -> list[Block]:
    """Return the text as paragraphs and tables: neighbouring lines with tabs are the rows of a table."""
    blocks = []
    for is_table, lines in groupby(lines_of(audit), key=_has_cells):
        rows = [tuple(_cells(line)) if is_table else (tuple(line),) for line in lines]
        blocks += [Block(tuple(rows), True)] if is_table else [Block((row,), False) for row in rows]
    return blocks


def _has_cells(line: list[Piece]) -> bool:
    return any(CELL_END in piece.text for piece in line if not piece.anchor)


def _cells(line: list[Piece]) -> Iterator[tuple[Piece, ...]]:
    cell: list[Piece] = []
    for piece in line:
        head, *rest = [piece.text] if piece.anchor else piece.text.split(CELL_END)
        cell.append(piece if not rest else Piece(head))
        for text in rest:
            yield tuple(cell)
            cell = [Piece(text)]
    yield tuple(cell)


def anchors_of_quotes(audit: Audit) -> dict[Span, str]:
    """Names on the page of the places other than figures that relations rest on."""
    figures = [figure.span for figure in audit.figures]
    quotes = {quote for relation in audit.relations for quote in relation.quotes if quote.start < quote.end}
    alone = sorted(
        (quote for quote in quotes if not any(_overlap(quote, figure) for figure in figures)),
        key=lambda quote: (quote.start, quote.end),
    )
    return {quote: f"q{position}" for position, quote in enumerate(alone, 1)}


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _pieces(audit: Audit) -> Iterator[Piece]:
    anchors = anchors_of_quotes(audit)
    position = 0
    for place in _places(audit, anchors):
        if place.span.start < position:
            continue
        if position < place.span.start:
            yield Piece(audit.text[position : place.span.start])
        position = place.span.end
        relations = gravest_first(tuple(place.relations))
        yield Piece(
            text=audit.text[place.span.start : position],
            figure=place.figure,
            anchor=f"f-{place.figure.id}" if place.figure else anchors[place.span],
            verdict=relations[0].verdict if relations else None,
            relations=relations,
        )
    yield Piece(audit.text[position:])


def _places(audit: Audit, anchors: dict[Span, str]) -> list[_Place]:
    of_figure: dict[str, list[Relation]] = defaultdict(list)
    of_quote: dict[Span, list[Relation]] = defaultdict(list)
    for relation in audit.relations:
        for figure_id in dict.fromkeys(relation.figure_ids):
            of_figure[figure_id].append(relation)
        for quote in dict.fromkeys(relation.quotes):
            of_quote[quote].append(relation)
    places = [_Place(figure.span, figure, of_figure[figure.id]) for figure in audit.figures]
    places += [_Place(quote, None, of_quote[quote]) for quote in anchors]
    return sorted(places, key=lambda place: (place.span.start, place.span.end))
