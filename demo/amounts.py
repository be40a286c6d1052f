"""Exact partitions of amounts: whole numbers of grains, a grain is 0.01 万元 (100 元)."""

from decimal import Decimal
from random import Random

GRAINS_PER_WAN = 100
GRAINS_PER_YI = 10_000 * GRAINS_PER_WAN
ROUND_STEP = 10 * GRAINS_PER_WAN


def grains(amount_yi: Decimal) -> int:
    """Convert 亿元 to grains; ValueError if that is no whole number."""
    exact = amount_yi * GRAINS_PER_YI
    if exact != int(exact):
        raise ValueError(f"{amount_yi} 亿元 is no whole number of grains")
    return int(exact)


def wan(amount: int) -> Decimal:
    """Convert grains to 万元."""
    return Decimal(amount) / GRAINS_PER_WAN


def divide(total: int, count: int, random: Random) -> list[int]:
    """Divide a total into `count` positive, uneven, mostly round amounts that add up to it exactly."""
    weights = [min(max(random.lognormvariate(0, 0.6), 0.3), 3.0) for _ in range(count)]
    return share(total, weights, [total] * count, random)


def share(total: int, weights: list[float], largest: list[int], random: Random) -> list[int]:
    """Divide a total in proportion to weights, no part above its largest; the parts add up to it exactly.

    ValueError when the largest parts together do not hold the total.
    """
    if sum(largest) < total:
        raise ValueError(f"{total} does not fit into {sum(largest)}")
    parts = [0] * len(weights)
    left = total
    while left > ROUND_STEP * len(weights):
        open_places = [place for place, part in enumerate(parts) if part < largest[place]]
        scale = left / sum(weights[place] for place in open_places)
        for place in open_places:
            parts[place] = min(largest[place], parts[place] + int(weights[place] * scale) // ROUND_STEP * ROUND_STEP)
        if total - sum(parts) == left:
            break
        left = total - sum(parts)
    for place in sorted(range(len(parts)), key=lambda place: parts[place] - largest[place]):
        step = min(total - sum(parts), largest[place] - parts[place])
        parts[place] += step
    _roughen(parts, largest, random)
    return parts


def _roughen(parts: list[int], largest: list[int], random: Random) -> None:
    """Move small amounts between every third pair of neighbours, so that not all are round; the sum stays."""
    for place in range(0, len(parts) - 1, 3):
        step = random.choice([GRAINS_PER_WAN, 10, 5]) * random.randint(1, 9)
        if parts[place] + step <= largest[place] and parts[place + 1] > 2 * step:
            parts[place] += step
            parts[place + 1] -= step
