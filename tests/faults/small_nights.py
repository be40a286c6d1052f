"""Two small nights of two provinces: what every state of a submission and of a publication comes about with.

The first: five units file March, and one file cannot be opened. The second: one unit corrects March, one files figures
that contradict each other, two file April, one of them in two folders, and again a file cannot be opened.
"""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.unit.reading.books import DETAIL, HEADER, SUMMARY, save, table

UNITS = ("陇西县", "通渭县", "定西市本级", "梁园区", "睢阳区")
WRONG_RATE = [[*row, rate] for row, rate in zip(DETAIL, (30, 99.5), strict=True)]
MARCH, APRIL = "2024年3月", "2024年4月"
# When all of them were put there: on which day a test runs must not matter.
FILED = datetime(2024, 4, 12, 4, tzinfo=UTC)


def _cover(unit: str, month: str) -> list[list[Any]]:
    return [["重大项目月报"], ["填报单位", unit], ["报告期", month], ["填报人", "张三"]]


def _detail(plan: float, ytd: float) -> list[list[Any]]:
    """The two projects of a unit, of which the first has this year's plan and this much done."""
    first, second = DETAIL
    return [[*first[:3], plan, *first[4:5], ytd, *first[6:]], second]


def _book(
    folder: Path, unit: str, month: str, plan: float = 3000, ytd: float = 900, note: str = "", *, is_wrong: bool = False
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    summary = [*SUMMARY[:2], ["合计", "全部项目", 2, 20000.5, plan + 2000]]
    progress = table(*WRONG_RATE, header=[*HEADER, "完成率%"]) if is_wrong else table(*_detail(plan, ytd))
    path = folder / f"{unit}{month}重大项目月报{note}.xlsx"
    return save(path, progress, cover=_cover(unit, month), summary=summary)


def put_first(inbox: Path) -> None:
    """Write what comes in the first night."""
    for number, unit in enumerate(UNITS):
        _book(inbox / "first" / str(number), unit, MARCH, plan=3000 + number)
    (inbox / "first" / "坏的.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    _file(inbox)


def put_second(inbox: Path) -> None:
    """Write what comes in the second night; one content lies in two folders under two names."""
    folder = inbox / "second"
    _book(folder / "a", UNITS[0], MARCH, plan=3111, ytd=910, note="（更正）")
    _book(folder / "b", UNITS[1], MARCH, note="（更正）", is_wrong=True)
    twice = _book(folder / "c", UNITS[2], APRIL, plan=3002, ytd=1200)
    _book(folder / "d", UNITS[3], APRIL, plan=3003, ytd=1300)
    (folder / "e").mkdir(parents=True)
    shutil.copy2(twice, folder / "e" / f"又一份{twice.name}")
    (folder / "也坏的.xlsx").write_bytes(b"PK\x03\x04 no workbook either")
    _file(inbox)


def _file(inbox: Path) -> None:
    for path in inbox.rglob("*.xlsx"):
        os.utime(path, (FILED.timestamp(), FILED.timestamp()))
