"""The single cell whose change mends most of a submission's broken ties without breaking others."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from taizhang.quality.slips import Range, Slip, meant
from taizhang.quality.ties import Cell, Tie

LIKELIEST = tuple(Slip)


@dataclass(frozen=True)
class Change:
    """What could stand in a cell instead, which broken ties (by their position) it mends, and how many it breaks."""

    cell: Cell
    value: Decimal
    slip: Slip
    mended: frozenset[int]
    broken: int

    @property
    def gain(self) -> int:
        """Ties mended less ties broken."""
        return len(self.mended) - self.broken


def best_changes(
    broken: Sequence[Tie],
    holding: Iterable[Tie],
    value_of: Mapping[Cell, Decimal],
    decimals_of: Callable[[Cell], int],
) -> list[Change]:
    """Return changes of single cells that mend the broken ties, the most gainful first; each tie is mended once.

    Where several cells would do equally well and nothing but their place tells them apart, none is named.
    """
    holding_of: dict[Cell, list[Tie]] = defaultdict(list)
    for tie in holding:
        for cell in tie.cells:
            holding_of[cell].append(tie)
    left = set(range(len(broken)))
    changes: list[Change] = []
    while left:
        candidates = [
            change
            for cell in sorted({cell for index in left for cell in broken[index].cells})
            if cell in value_of
            for change in [_change_of(cell, broken, left, holding_of[cell], value_of[cell], decimals_of(cell))]
            if change and change.gain > 0
        ]
        if not candidates:
            break
        best = _outstanding(candidates)
        if best is None:
            left -= max(candidates, key=_rank).mended
            continue
        changes.append(best)
        left -= best.mended
    return changes


def _rank(change: Change) -> tuple[int, int]:
    return change.gain, -LIKELIEST.index(change.slip)


def _outstanding(candidates: list[Change]) -> Change | None:
    """Return the one candidate that is better than all others; None when two are equally good."""
    ordered = sorted(candidates, key=_rank, reverse=True)
    if len(ordered) > 1 and _rank(ordered[0]) == _rank(ordered[1]):
        return None
    return ordered[0]


def _change_of(
    cell: Cell, broken: Sequence[Tie], left: set[int], holding: list[Tie], value: Decimal, decimals: int
) -> Change | None:
    """Return the best change of one cell: the value that most of its broken ties agree on."""
    ranges = {
        index: possible
        for index in sorted(left)
        if cell in broken[index].cells
        for possible in [broken[index].values_for(cell)]
        if possible and not possible.is_empty
    }
    best: Change | None = None
    for possible in ranges.values():
        agreed, mended = _agreed(possible, ranges)
        if len(mended) == 1 and not any(cell in broken[index].suspects for index in mended):
            continue
        for target in (_narrowed(agreed, cell, holding), agreed):
            found = meant(value, target, decimals)
            if found is None:
                continue
            slip, candidate = found
            lost = sum(not _holds(tie, cell, candidate) for tie in holding)
            change = Change(cell, candidate, slip, mended, lost)
            if best is None or _rank(change) > _rank(best):
                best = change
    return best


def _agreed(possible: Range, ranges: Mapping[int, Range]) -> tuple[Range, frozenset[int]]:
    """Return what one range has in common with all that it meets, and which these are."""
    agreed, mended = possible, set()
    for index, other in ranges.items():
        common = agreed.meet(other)
        if not common.is_empty:
            agreed = common
            mended.add(index)
    return agreed, frozenset(mended)


def _narrowed(agreed: Range, cell: Cell, holding: list[Tie]) -> Range:
    """Return the part of a range in which the ties that hold go on holding, as far as possible."""
    for tie in holding:
        possible = tie.values_for(cell)
        if possible and not (common := agreed.meet(possible)).is_empty:
            agreed = common
    return agreed


def _holds(tie: Tie, cell: Cell, value: Decimal) -> bool:
    possible = tie.values_for(cell)
    return possible is not None and value in possible
