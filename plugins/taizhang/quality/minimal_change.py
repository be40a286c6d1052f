"""The single cell whose change mends most of a submission's broken ties without breaking others."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from taizhang.quality.slips import Range, Slip, meant
from taizhang.quality.ties import Cell, Tie

LIKELIEST = tuple(Slip)
# A figure that would have to be larger or smaller than this many times is not mistyped: the mistake lies elsewhere.
OTHER_SIZE = 10
# A range is narrow when it is this many times smaller than the figures in it.
NARROW = 100


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
    broken_of: dict[Cell, list[int]] = defaultdict(list)
    for index, tie in enumerate(broken):
        for cell in tie.cells & value_of.keys():
            broken_of[cell].append(index)
    left = set(range(len(broken)))
    # What is left of a cell's broken ties changes in few of them: most of the time went into asking them all again.
    known: dict[Cell, Change | None] = {}
    changes: list[Change] = []
    while left:
        for cell in broken_of.keys() - known.keys():
            of_cell = {index: broken[index] for index in broken_of[cell] if index in left}
            known[cell] = _change_of(cell, of_cell, holding_of[cell], value_of[cell], decimals_of(cell))
        candidates = [change for _, change in sorted(known.items()) if change and change.gain > 0]
        if not candidates:
            break
        best = max(candidates, key=_rank)
        if not _has_equal(best, candidates):
            changes.append(best)
        left -= best.mended
        for index in best.mended:
            for cell in broken[index].cells:
                known.pop(cell, None)
    return changes


def _rank(change: Change) -> tuple[int, int]:
    return change.gain, -LIKELIEST.index(change.slip)


def _has_equal(best: Change, candidates: list[Change]) -> bool:
    """True if another cell would mend some of the same ties equally well."""
    return any(
        other.cell != best.cell and other.mended & best.mended and _rank(other) == _rank(best) for other in candidates
    )


def _change_of(
    cell: Cell, broken: Mapping[int, Tie], holding: list[Tie], value: Decimal, decimals: int
) -> Change | None:
    """Return the best change of one cell: the value that most of its broken ties agree on."""
    ranges = {
        index: possible
        for index, tie in broken.items()
        for possible in [tie.values_for(cell)]
        if possible and not possible.is_empty
    }
    best: Change | None = None
    for possible in ranges.values():
        agreed, mended = _agreed(possible, ranges)
        is_suspect = len(mended) > 1 or any(cell in broken[index].suspects for index in mended)
        for target in (_narrowed(agreed, cell, holding), agreed):
            if not is_suspect and not _is_narrow(target):
                continue
            found = meant(value, target, decimals)
            if found is None:
                continue
            slip, candidate = found
            if not is_suspect and slip is not Slip.UNIT:
                continue
            if slip is Slip.OTHER and (candidate < 0 <= value or _is_of_another_size(value, candidate)):
                continue
            lost = sum(not _holds(tie, cell, candidate) for tie in holding)
            change = Change(cell, candidate, slip, mended, lost)
            if best is None or _rank(change) > _rank(best):
                best = change
    return best


def _is_narrow(possible: Range) -> bool:
    """True for a range into which another unit does not bring a figure by chance, even one of many parts."""
    return (possible.high - possible.low) * NARROW <= min(abs(possible.low), abs(possible.high))


def _is_of_another_size(value: Decimal, candidate: Decimal) -> bool:
    smaller, larger = sorted((abs(value), abs(candidate)))
    return 0 < smaller * OTHER_SIZE < larger


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
