"""What the suite has tried and what it has seen: the figures of `docs/reliability.md`."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass
class Account:
    """Kills by part of the night and side of the commit, states that they left, and mishaps by kind."""

    seed: int
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    mishaps: Counter[str] = field(default_factory=Counter)
    reads: int = 0

    def killed(self, stage: str, side: str, submissions: str, publication: str) -> None:
        """Note a kill: where, and in which states it left the submissions of the night and their publication."""
        self.kills[stage, side] += 1
        self.left[submissions, publication] += 1

    def summary(self, failed: int) -> dict[str, Any]:
        """The figures as JSON."""
        return {
            "seed": self.seed,
            "day": date.today().isoformat(),
            "failed_tests": failed,
            "kill_points": sum(self.kills.values()),
            "kills": [{"stage": stage, "side": side, "count": n} for (stage, side), n in sorted(self.kills.items())],
            "left": [
                {"submissions": submissions, "publication": publication, "count": n}
                for (submissions, publication), n in sorted(self.left.items())
            ],
            "mishaps": dict(sorted(self.mishaps.items())),
            "reads": self.reads,
        }
