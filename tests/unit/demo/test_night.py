from pathlib import Path

import pytest

from demo.night import ANNOUNCE, INGEST, PUBLISH, Night, NightFailedError, Watch, run_night
from taizhang.server.airflow_client import Run, Task


class Scripted:
    """An Airflow whose runs end as told."""

    def __init__(self, ingest: str = "success", announce: str = "success", publish: str = "success") -> None:
        self.ends = {INGEST: ingest, PUBLISH: publish}
        self.announce = announce
        self.asked: list[str] = []

    def unpause(self, dag_id: str) -> None:
        self.asked.append(f"unpause {dag_id}")

    def trigger(self, dag_id: str) -> Run:
        self.asked.append(f"trigger {dag_id}")
        return Run(dag_id, "one", "queued", ())

    def wait(self, run: Run, *, watch: Watch | None = None) -> Run:
        self.asked.append(f"wait {run.dag_id}")
        return Run(run.dag_id, run.run_id, self.ends[run.dag_id], (Task(ANNOUNCE, -1, self.announce, 1),))

    def run_caused_by(self, cause: Run, dag_id: str) -> Run:
        self.asked.append(f"caused by {cause.dag_id}")
        return Run(dag_id, "two", "queued", ())


def _night(client: Scripted, home: Path) -> Night:
    file = home.parent / "workbook.xlsx"
    file.write_bytes(b"workbook")
    night = run_night(client, [file], lambda run: None)
    assert [path.read_bytes() for path in (home / "inbox").rglob("*.xlsx")] == [b"workbook"]
    return night


def test_publishing_starts_by_itself(home: Path) -> None:
    client = Scripted()
    night = _night(client, home)
    assert night.publish is not None
    assert night.publish.state == "success"
    assert f"trigger {PUBLISH}" not in client.asked
    assert client.asked[-2:] == [f"caused by {INGEST}", f"wait {PUBLISH}"]


def test_nothing_to_publish_is_a_good_night(home: Path) -> None:
    client = Scripted(announce="skipped")
    assert _night(client, home).publish is None
    assert f"wait {PUBLISH}" not in client.asked


@pytest.mark.parametrize(
    ("client", "dag_id"),
    [(Scripted(ingest="failed"), INGEST), (Scripted(publish="failed"), PUBLISH)],
    ids=[INGEST, PUBLISH],
)
def test_a_dag_that_fails_fails_the_night(client: Scripted, dag_id: str, home: Path) -> None:
    with pytest.raises(NightFailedError, match=f"{dag_id} .* ended as failed"):
        _night(client, home)
