"""A county's months as files that the gate accepts: each carries on what the month before had."""

import os
from datetime import UTC, datetime
from pathlib import Path

from tests.unit.reading.books import save, table

# Completed in the month, in 万元, by month: two projects.
COMPLETED = {1: (200, 100.5), 2: (300, 100), 3: (400, 199.5)}


def month_file(
    folder: Path, month: int, unit: str = "陇西县", name: str | None = None, plan: float = 3000, excess: float = 0
) -> Path:
    """Write the month of 2024 of a county, filed on the fifth of the month after.

    With an `excess` the first project has so much more in the year than its months add up to: it is held back.
    """
    rows = []
    for place, (title, total, planned) in enumerate((("渭河大桥", 12000.5, plan), ("中药饮片", 8000, 2000))):
        completed = [COMPLETED[number][place] for number in range(1, month + 1)]
        rows.append([place + 1, title, total, planned, completed[-1], sum(completed) + excess * (1 - place), "是"])
    cover = [["重大项目月报"], ["填报单位", unit], ["报告期", f"2024年{month}月"], ["填报人", "张三"]]
    header = ["分类方式", "类别", "项目个数", "总投资", "年度计划投资"]
    summary = [["单位：万元、个、%"], header, ["合计", "全部项目", 2, 20000.5, plan + 2000]]
    folder.mkdir(parents=True, exist_ok=True)
    file = save(folder / (name or f"{unit}2024年{month}月重大项目月报.xlsx"), table(*rows), cover, summary)
    filed = datetime(2024, month + 1, 5, tzinfo=UTC).timestamp()
    os.utime(file, (filed, filed))
    return file
