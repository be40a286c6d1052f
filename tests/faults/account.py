"""What the suite has tried and what it has seen, one line of JSON each: the figures of `docs/reliability.md`."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """Writes down what was tried, into a file that several processes may share; None: nowhere."""

    path: Path | None
    seed: int

    def killed(self, stage: str, side: str, submissions: str, publication: str, reads: int) -> None:
        """Note a kill that was survived, which states it left, and how often was read meanwhile."""
        self._write(kill=stage, side=side, submissions=submissions, publication=publication, reads=reads)

    def befell(self, mishap: str, reads: int = 0) -> None:
        """Note another fault that was survived."""
        self._write(mishap=mishap, reads=reads)

    def failed(self, tests: int) -> None:
        """Note how many tests of a process failed."""
        self._write(failed_tests=tests)

    def _write(self, **line: object) -> None:
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"seed": self.seed, **line}, ensure_ascii=False) + "\n")


def summary(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The figures of all lines."""
    found = list(lines)
    kills = [line for line in found if "kill" in line]
    by_stage = Counter((line["kill"], line["side"]) for line in kills)
    left = Counter((line["submissions"], line["publication"]) for line in kills)
    return {
        "seeds": sorted({line["seed"] for line in found}),
        "day": date.today().isoformat(),
        "failed_tests": sum(line.get("failed_tests", 0) for line in found),
        "kill_points": len(kills),
        "kills": [{"stage": stage, "side": side, "count": n} for (stage, side), n in sorted(by_stage.items())],
        "left": [
            {"submissions": submissions, "publication": publication, "count": n}
            for (submissions, publication), n in sorted(left.items())
        ],
        "mishaps": dict(sorted(Counter(line["mishap"] for line in found if "mishap" in line).items())),
        "reads": sum(line.get("reads", 0) for line in found),
    }
