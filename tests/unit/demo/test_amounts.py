from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.amounts import divide, grains, share, wan


@given(st.integers(1, 200), st.integers(50_000, 200_000_000), st.integers(0, 2**32))
def test_parts_add_up_and_are_positive(count: int, mean: int, seed: int) -> None:
    parts = divide(mean * count, count, Random(seed))
    assert len(parts) == count
    assert sum(parts) == mean * count
    assert min(parts) > 0


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=80), st.floats(0, 1), st.integers(0, 2**32))
def test_no_part_is_larger_than_allowed(largest: list[int], filled: float, seed: int) -> None:
    total = int(sum(largest) * filled)
    random = Random(seed)
    parts = share(total, [random.uniform(0.1, 2) for _ in largest], largest, random)
    assert sum(parts) == total
    assert all(0 <= part <= limit for part, limit in zip(parts, largest, strict=True))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        share(11, [1.0, 1.0], [5, 5], Random(0))


def test_grains_are_exact() -> None:
    assert wan(grains(Decimal("383.37"))) == Decimal(3_833_700)
    with pytest.raises(ValueError, match="no whole number"):
        grains(Decimal("0.0000001"))
