"""The single figure whose other value would mend the relations that do not hold, without breaking others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

from taizhang.quality.slips import slips_of
from taizhang.report_audit.model import Figure, Mend
from taizhang.report_audit.reach import Reach
from taizhang.report_audit.shown_values import printed_unit, printed_value
from taizhang.report_audit.ties import Mixture, Ratio, Sum, Tie, possible_values


class Evidence(IntEnum):
    """How much speaks for a figure being the one that is wrong."""

    NONE = 0
    # It is computed from the others: rates are written last.
    COMPUTED = 1
    # One slip of the pen leads from the value that fits to the one that stands there.
    SLIP = 2


@dataclass(frozen=True)
class _Candidate:
    figure: Figure
    printed: str
    mended: int
    evidence: Evidence


def mends(broken: Sequence[Tie], holding: Sequence[Tie]) -> Mapping[Tie, Mend]:
    """Return for each broken relation the one figure that explains every broken one it is in; none where several do.

    A figure explains them when one value of it would make all of them hold and leave those that hold as they are.
    """
    broken_of: dict[str, list[Tie]] = defaultdict(list)
    holding_of: dict[str, list[Tie]] = defaultdict(list)
    for ties, ties_of in ((broken, broken_of), (holding, holding_of)):
        for tie in ties:
            for figure in tie.figures:
                ties_of[figure.id].append(tie)
    found: dict[Tie, Mend] = {}
    for tie in broken:
        candidates = [
            candidate
            for figure in tie.figures
            for candidate in [_candidate(figure, tie, broken_of[figure.id], holding_of[figure.id])]
            if candidate is not None
        ]
        if best := _best(candidates):
            found[tie] = Mend(best.figure.id, best.printed)
    return found


def _candidate(figure: Figure, tie: Tie, broken: Sequence[Tie], holding: Sequence[Tie]) -> _Candidate | None:
    possible = possible_values([*broken, *holding], figure)
    if possible.is_empty or figure.is_approximate:
        return None
    printed = printed_value(possible, figure)
    if printed is None or printed == figure.text:
        return None
    if _is_slip(figure, possible):
        evidence = Evidence.SLIP
    else:
        evidence = Evidence.COMPUTED if _is_computed(figure, tie) else Evidence.NONE
    return _Candidate(figure, printed, len(broken), evidence)


def _is_computed(figure: Figure, tie: Tie) -> bool:
    if isinstance(tie, Ratio):
        return figure == tie.rate
    if isinstance(tie, Mixture):
        return figure == tie.whole
    return isinstance(tie, Sum) and bool(tie.constant or tie.taken) and figure == tie.whole


def _is_slip(figure: Figure, possible: Reach) -> bool:
    """True when two digits exchanged, the point moved or another unit lead to a value that fits."""
    if not (isinstance(possible.low, Fraction) and isinstance(possible.high, Fraction)):
        return False
    factor = printed_unit(figure).factor
    step = Fraction(factor) / 10 ** max(figure.decimals, 0)
    near = Reach(possible.low - step / 2, possible.high + step / 2)
    printed = figure.value / factor if factor else figure.value
    digits = printed.quantize(Decimal(1).scaleb(-max(figure.decimals, 0)))
    return any(Fraction(value) * Fraction(factor) in near for _, value in slips_of(digits) if value > 0)


def _best(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """The candidate that explains most, then with most evidence; None when another is as good."""
    ranked = sorted(candidates, key=_rank, reverse=True)
    if not ranked or (len(ranked) > 1 and _rank(ranked[0]) == _rank(ranked[1])):
        return None
    return ranked[0]


def _rank(candidate: _Candidate) -> tuple[int, Evidence]:
    return candidate.mended, candidate.evidence
