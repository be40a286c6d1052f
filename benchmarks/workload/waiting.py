"""A month that waits for the gate, and the accepted months before it."""

from sqlalchemy import Engine

from benchmarks.scales import MONTH
from benchmarks.workload.history import fill
from benchmarks.workload.units import Unit, months_before


def load(engine: Engine, units: tuple[Unit, ...], accepted_months: int = 1) -> int:
    """Load a month of the units that waits for the gate, 2% of it faulty, and so many accepted months before it.

    The units must be in the register (`units.registered`). Returns the number of waiting submissions.
    """
    if accepted_months:
        fill(engine, units, months_before(MONTH, accepted_months))
    return len(fill(engine, units, [MONTH], "read", has_faults=True))
