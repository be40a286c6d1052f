"""A published figure leads to the cells that it adds up, and the archived workbooks prove it or say what differs."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.evidence.trace import Proof, Trace, UnknownMeasureError, trace
from taizhang.ingest import discover, ingest_chunk
from taizhang.landing import landed_path
from taizhang.publication import publish
from taizhang.publication.figures import UnknownRegionError
from taizhang.settings import settings
from taizhang.sources import inbox
from tests import conftest
from tests.unit.reading.books import COVER, save, table

ROWS: dict[str, list[list[Any]]] = {
    "陇西县": [
        [1, "渭河大桥及连接线工程", 12000.5, 3000, 200, 900, "是"],
        [2, "中药饮片智能化生产线", "1.2亿元", 2000, 100.5, 400, "否"],
    ],
    "渭源县": [[1, "污水管网改造工程", 5000, 1000, 50, 150.25, "是"]],
}


def cover(unit: str) -> list[list[Any]]:
    return [[cell if cell != "陇西县" else unit for cell in row] for row in COVER]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two counties of one city, accepted and published. On PostgreSQL 15 corrected figures are traced."""
    folder = tmp_path_factory.mktemp("trace")
    with conftest.own_warehouse(folder) as engine:
        for unit, rows in ROWS.items():
            inbox.submit([save(folder / f"{unit}2024年3月重大项目月报.xlsx", table(*rows), cover(unit))])
        for chunk in discover(engine):
            assert ingest_chunk(engine, chunk).read == len(chunk)
        with engine.begin() as connection:
            connection.execute(text("update ops.submission set state = 'accepted' where state = 'read'"))
        assert publish(engine) is not None
        yield engine


@pytest.fixture
def archive(published: Engine, tmp_path: Path) -> Iterator[None]:
    """A copy of the archived files, which a test may change."""
    shutil.copytree(settings().landing_dir, tmp_path / "home" / "landing")
    with conftest._home(tmp_path / "home"):
        yield


def one(engine: Engine, region: str, measure: str, **options: Any) -> Trace:
    (found,) = trace(engine, region, "2024-03", measure, **options)
    return found


def sha_of(engine: Engine, unit: str) -> str:
    with engine.connect() as connection:
        return str(
            connection.scalar(
                text("select sha256 from ops.submission where file_name like :name"), {"name": f"{unit}%"}
            )
        )


def test_a_figure_is_proven_cell_by_cell(published: Engine):
    found = one(published, "621122", "total_investment_wan")
    assert [(cell.sheet_title, cell.cell, cell.printed, cell.published, cell.proof) for cell in found.cells] == [
        ("项目进展", "C3", "12000.5", Decimal("12000.5"), Proof.HOLDS),
        ("项目进展", "C4", "1.2亿元", Decimal(12000), Proof.HOLDS),
    ]
    assert (found.figure, found.traced_sum, found.is_proven) == (Decimal("24000.5"), Decimal("24000.5"), True)

    city = one(published, "621100", "本年累计完成投资")
    assert [cell.unit_name for cell in city.cells] == ["陇西县", "陇西县", "渭源县"]
    assert (city.figure, city.is_proven) == (Decimal("1450.25"), True)

    started = one(published, "621100", "started_count")
    assert [cell.printed for cell in started.cells] == ["是", "是"]
    assert started.is_proven

    numerator, denominator = trace(published, "621100", "2024-03", "completion_rate_pct")
    assert (numerator.figure, denominator.figure) == (Decimal("1450.25"), Decimal(6000))

    with pytest.raises(UnknownMeasureError, match="total_investment_wan 总投资"):
        trace(published, "621122", "2024-03", "schedule_pct")
    with pytest.raises(UnknownRegionError):
        trace(published, "999999", "2024-03", "project_count")


@pytest.mark.usefixtures("archive")
def test_an_archived_file_that_was_changed_or_removed_proves_nothing(published: Engine):
    changed, gone = (landed_path(sha_of(published, unit)) for unit in ROWS)
    changed.chmod(0o644)
    changed.write_bytes(changed.read_bytes() + b"x")
    gone.unlink()
    found = one(published, "621100", "annual_plan_wan")
    assert [(cell.proof, cell.note_zh) for cell in found.cells] == [
        (Proof.NO_ARCHIVE, "存档文件已被改动"),
        (Proof.NO_ARCHIVE, "存档文件已被改动"),
        (Proof.NO_ARCHIVE, "存档文件不存在"),
    ]
    assert (found.traced_sum, found.is_proven) == (Decimal(6000), False)


def test_a_row_that_was_changed_in_the_warehouse_differs_from_its_cell(published: Engine):
    with conftest.copy_of(published) as copied:
        with copied.begin() as connection:
            connection.execute(text("update history.fct_project_month set annual_plan_wan = 3001 where row_number = 3"))
        found = one(copied, "621122", "annual_plan_wan")
    assert [(cell.cell, cell.proof, cell.note_zh) for cell in found.cells] == [
        ("D3", Proof.DIFFERS, "存档单元格为 3000，发布值为 3001"),
        ("D4", Proof.HOLDS, None),
    ]
    assert not found.is_proven
