"""How much work: from a handful of rows that only prove that a measurement runs to a month of the whole nation."""

from dataclasses import dataclass
from datetime import date

MONTH = date(2026, 3, 1)


@dataclass(frozen=True)
class Scale:
    """Units that file, projects of each (from, to), months of history in the warehouse (each is measured), rounds."""

    name: str
    units: int
    projects: tuple[int, int]
    histories: tuple[int, ...]
    rounds: int = 5

    @property
    def rows(self) -> int:
        """About how many project rows a month has."""
        return self.units * sum(self.projects) // 2


SHORT = Scale("short", 4, (10, 30), (1, 2), rounds=1)
COUNTY = Scale("county", 1, (400, 400), (12,))
PROVINCE = Scale("province", 120, (50, 600), (12, 36, 120))
NATION = Scale("nation", 3000, (200, 600), (12,))

SCALES = {scale.name: scale for scale in (SHORT, COUNTY, PROVINCE, NATION)}
