"""Verdicts: what proposals come to when they are computed, and the sentence that says so."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from taizhang.report_audit.mending import mends
from taizhang.report_audit.model import Figure, Mend, Relation, Verdict
from taizhang.report_audit.proposals import Proposal, Remark, Statement
from taizhang.report_audit.reach import Reach, as_printed, rounded
from taizhang.report_audit.relation_kinds import Kind, damaged_words, kind_of, residual_words
from taizhang.report_audit.shown_values import formula_of, printed_value, shown, shown_reach
from taizhang.report_audit.ties import Order, Sum, Tie, Unprinted, is_consistent


@dataclass(frozen=True)
class Judged:
    """A proposal with its verdict."""

    proposal: Proposal
    verdict: Verdict


def judge(statements: Iterable[Statement], remarks: Iterable[Remark]) -> tuple[Relation, ...]:
    """Judge all that was proposed; what neither holds nor is sure enough to be held against the report is left out."""
    judged = _once(entry for statement in statements for entry in [_judge(statement)] if entry is not None)
    mended = mends(
        [entry.proposal.tie for entry in judged if entry.verdict is Verdict.CONTRADICTION],
        [entry.proposal.tie for entry in judged if entry.verdict is Verdict.CONSISTENT],
    )
    relations = [_with_mend(_relation(entry), mended.get(entry.proposal.tie)) for entry in judged]
    relations += [_remarked(remark) for remark in remarks if remark.confidence >= kind_of(remark.kind).threshold]
    relations.sort(key=lambda relation: min((span.start for span in relation.quotes), default=0))
    return tuple(replace(relation, id=f"r{number}") for number, relation in enumerate(relations, 1))


def _with_mend(relation: Relation, mend: Mend | None) -> Relation:
    return replace(relation, mend=mend) if mend is not None else relation


def _once(entries: Iterable[Judged]) -> list[Judged]:
    """Each relation between the same figures once."""
    found: dict[tuple[str, frozenset[str]], Judged] = {}
    for entry in entries:
        key = entry.proposal.kind, frozenset(figure.id for figure in entry.proposal.tie.figures)
        found.setdefault(key, entry)
    return list(found.values())


def _judge(statement: Statement) -> Judged | None:
    if isinstance(statement.ways[0].tie, Unprinted):
        return Judged(statement.ways[0], Verdict.IMPLIED) if statement.ways[0].tie.sides(rounded, rounded) else None
    broken: Proposal | None = None
    for way in statement.ways:
        answer = is_consistent(way.tie)
        if answer:
            return Judged(way, Verdict.CONSISTENT)
        if answer is False and broken is None:
            broken = way
    if broken is None:
        return None
    if _damaged(broken.tie) is not None:
        # What a machine misread is no mistake of the report.
        return Judged(broken, Verdict.IMPLIED) if _meant(broken.tie) else None
    if broken.may_fall_short and isinstance(broken.tie, Sum) and _falls_short(broken.tie):
        return Judged(broken, Verdict.RESIDUAL) if len(broken.tie.parts) > 1 else None
    is_sure = broken.confidence >= kind_of(broken.kind).threshold
    vague = any(figure.is_approximate for figure in broken.tie.figures)
    return Judged(broken, Verdict.CONTRADICTION) if is_sure and not vague else None


def _falls_short(tie: Sum) -> bool:
    sides = tie.sides(rounded, rounded)
    return sides is not None and sides[1].low < sides[0].low


def _damaged(tie: Tie) -> Figure | None:
    return next((figure for figure in tie.figures if figure.damage is not None), None)


def _meant(tie: Tie) -> str | None:
    """What the one figure that cannot be read must be by the others, as it would be printed."""
    damaged = [figure for figure in tie.figures if figure.damage is not None]
    if len(damaged) != 1 or isinstance(tie, Order):
        return None
    possible = tie.values_for(damaged[0])
    return None if possible is None or possible.is_empty else printed_value(possible, damaged[0])


def _relation(entry: Judged) -> Relation:
    proposal, tie = entry.proposal, entry.proposal.tie
    sides = tie.sides(rounded, rounded)
    assert sides is not None, "only what can be computed is judged"
    figures = tie.figures
    return Relation(
        id="",
        kind=proposal.kind,
        figure_ids=tuple(figure.id for figure in figures),
        formula=formula_of(tie),
        stated=sides[0].as_interval(),
        computed=sides[1].as_interval(),
        verdict=entry.verdict,
        confidence=proposal.confidence,
        reason_zh=_reason(entry, sides),
        quotes=tuple(figure.span for figure in figures),
        mend=_mend_of_damage(entry),
    )


def _mend_of_damage(entry: Judged) -> Mend | None:
    damaged, meant = _damaged(entry.proposal.tie), _meant(entry.proposal.tie)
    if entry.verdict is not Verdict.IMPLIED or damaged is None or meant is None:
        return None
    return Mend(damaged.id, meant)


def _reason(entry: Judged, sides: tuple[Reach, Reach]) -> str:
    kind, tie = kind_of(entry.proposal.kind), entry.proposal.tie
    stated, others = tie.figures[0], tie.figures[1:]
    damaged = _damaged(tie)
    if entry.verdict is Verdict.IMPLIED and damaged is not None:
        return damaged_words().format(damaged=damaged.text, meant=_meant(tie))
    nominal = tie.sides(as_printed, as_printed)
    like = others[0] if isinstance(tie, Unprinted) else stated
    pattern = _pattern(kind, entry.verdict)
    return pattern.format(
        whole=stated.text,
        computed=shown_reach(nominal[1] if nominal else sides[1], like),
        parts=_parts(others),
        excess=_excess(nominal or sides, stated),
        due=entry.proposal.due,
    )


def _parts(others: tuple[Figure, ...]) -> str:
    return "、".join(figure.text for figure in others)


def _excess(sides: tuple[Reach, Reach], stated: Figure) -> str:
    middle = [Fraction(side.low + side.high) / 2 for side in sides if _is_finite(side)]
    return shown(abs(middle[0] - middle[1]), stated) if len(middle) == len(sides) else ""


def _is_finite(reach: Reach) -> bool:
    return isinstance(reach.low, Fraction) and isinstance(reach.high, Fraction)


def _pattern(kind: Kind, verdict: Verdict) -> str:
    return residual_words() if verdict is Verdict.RESIDUAL else kind.sentences[verdict]


def _remarked(remark: Remark) -> Relation:
    kind = kind_of(remark.kind)
    quotes = remark.quotes or tuple(figure.span for figure in remark.figures)
    stated = rounded(remark.figures[0]).as_interval() if remark.figures else None
    return Relation(
        id="",
        kind=remark.kind,
        figure_ids=tuple(figure.id for figure in remark.figures),
        formula=kind.words,
        stated=stated,
        computed=remark.computed,
        verdict=remark.verdict,
        confidence=remark.confidence,
        reason_zh=kind.sentences[remark.verdict].format(**remark.words),
        quotes=quotes,
        mend=Mend(remark.figures[0].id, remark.printed_mend) if remark.printed_mend else None,
    )
