"""A corrected figure is traced and reported as what it was in each publication, whatever the files say today."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from taizhang.evidence.trace import Proof, trace
from taizhang.evidence.verify import verify
from taizhang.ingest import discover, ingest_chunk
from taizhang.publication import publish
from taizhang.quality.gate import judge_batch
from taizhang.report.collect import collect
from taizhang.sources import inbox
from tests.amendment_files import amendments, correction
from tests.unit.reading.books import save
from tests.waiting import month

TAMPER = "update history.fct_project_month set month_completed_wan = 7 where published_from = 2"
pytestmark = [pytest.mark.publishes, pytest.mark.usefixtures("own_counts")]


def proofs(
    engine: Engine, publication: int, measure: str = "month_completed_wan"
) -> list[tuple[Proof, Decimal | None]]:
    (found,) = trace(engine, "621122", "2024-03", "month_completed_wan", publication=publication)
    assert found.publication_id == publication
    return [(cell.proof, cell.published) for cell in found.cells]


@pytest.mark.both_servers
def test_each_publication_is_traced_with_its_own_corrections(engine: Engine, tmp_path: Path):
    inbox.submit([save(tmp_path / "陇西县2024年3月重大项目月报.xlsx")])
    for chunk in discover(engine):
        ingest_chunk(engine, chunk)
    with engine.connect() as connection:
        name, old = connection.execute(
            text("select project_name, month_completed_wan from raw.project_progress order by row_number limit 1")
        ).one()
    values = {"old_value": f"{old:f}", "new_value": f"{old + 1:f}"}
    entry = correction(month="2024-03", project=name, column="本月完成投资", **values)
    for entries in ((), (entry,), ()):
        judge_batch(engine, amendments=amendments(tmp_path / "expectations", *entries))
        assert publish(engine) is not None

    assert proofs(engine, 1)[0] == (Proof.HOLDS, old)
    assert proofs(engine, 2)[0] == (Proof.CORRECTED, old + 1)
    assert proofs(engine, 3)[0] == (Proof.HOLDS, old)
    assert verify(engine).problems == []
    reported = [collect(engine, "621122", month(3), number).amendments for number in (1, 2, 3)]
    assert [[line.amendment_id for line in lines] for lines in reported] == [[], ["C-1"], []]
    (found,) = trace(engine, "621122", "2024-03", "month_completed_wan", publication=2)
    assert found.is_proven
    assert found.cells[0].note_zh == f"按更正 C-1 取数，原填 {old:f}"

    with engine.begin() as connection:
        connection.execute(text(TAMPER))
    assert proofs(engine, 2)[0] == (Proof.DIFFERS, Decimal(7))
