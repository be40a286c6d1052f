"""The demonstration from the first file to the last figure, with a stand-in for Airflow that runs the same steps."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from sqlalchemy import Engine, text

from demo import results
from demo.__main__ import demonstrate, generate_all, show_results
from demo.display import Display
from demo.materials import published_figures
from demo.night import ANNOUNCE, Watch
from taizhang.night import run_night
from taizhang.server.airflow_client import Run, Task
from tests.pipeline import published_sheets

pytestmark = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)


class InProcess:
    """Does in this process what the DAGs do."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.unpaused: set[str] = set()

    def unpause(self, dag_id: str) -> None:
        self.unpaused.add(dag_id)

    def trigger(self, dag_id: str) -> Run:
        report = run_night(self.engine)
        announced = "skipped" if report.publication_id is None else "success"
        return Run(dag_id, "night", "success", (Task(ANNOUNCE, -1, announced, 1),))

    def wait(self, run: Run, *, watch: Watch | None = None) -> Run:
        if watch:
            watch(run)
        return run

    def run_caused_by(self, cause: Run, dag_id: str) -> Run:
        return Run(dag_id, f"by {cause.run_id}", "success", ())


def test_published_figures_come_out_and_a_second_time_nothing_is_new(engine: Engine, tmp_path: Path) -> None:
    printed = io.StringIO()
    display = Display(Console(file=printed, width=160))
    client = InProcess(engine)

    @contextmanager
    def log_in() -> Iterator[InProcess]:
        yield client

    files = generate_all(tmp_path / "demo")
    assert demonstrate(display, engine, log_in, files), printed.getvalue()
    assert client.unpaused == {"ingest_submissions", "publish_marts"}

    compared = results.comparisons(engine)
    assert [found for found in compared if not found.agrees] == []
    assert len(compared) == len(published_figures()) == 12
    assert published_sheets.differences(engine) == []
    assert results.unexpected(engine, [file for wave in files.values() for file in wave]) == []
    assert blocked(engine) == yaml.safe_load((Path(__file__).parent / "planted_faults.yml").read_text(encoding="utf-8"))
    (first, before), (second, after) = results.versions(engine, "621102", files[2][0].month)
    assert (first, second, before - after) == (1, 2, 360)
    assert "重报" not in printed.getvalue()
    assert "项目进展" in printed.getvalue()

    marks = results.marks(engine)
    assert demonstrate(display, engine, log_in, files)
    again = results.arrivals_since(engine, marks)
    assert (again.files, again.duplicates) == (0, 0)
    assert results.publications_since(engine, marks) == []
    assert "nothing new is published" in printed.getvalue()


def blocked(engine: Engine) -> dict[str, dict[str, list[str]]]:
    """What holds each file back: check and cells."""
    query = text(
        """
        select s.file_name, f.check_id, concat_ws('!', f.sheet_title, f.cell) as place
        from audit.finding as f
        inner join ops.submission as s on s.submission_id = f.submission_id
        where f.severity = 'block' and f.verdict = 'contradiction'
        order by s.file_name, f.check_id, length(f.cell), f.cell, f.sheet_title
        """
    )
    found: dict[str, dict[str, list[str]]] = {}
    with engine.connect() as connection:
        for file_name, check_id, place in connection.execute(query):
            found.setdefault(file_name, {}).setdefault(check_id, []).append(place)
    return found


def test_a_figure_that_differs_is_shown_and_fails(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = published_figures()[0]
    found = results.Comparison(figure, 399, None, figure.total_investment_yi * 10_000, None)
    for name, answer in {
        "held_back": [],
        "accepted_counts": (0, 0),
        "unexpected": [],
        "coverage": [],
        "versions": [],
        "comparisons": [found],
    }.items():
        monkeypatch.setattr(results, name, lambda *_, answer=answer: answer)
    printed = io.StringIO()
    assert not show_results(Display(Console(file=printed, width=160)), engine, [])
    assert "DIFFERENT" in printed.getvalue()
