"""A small night seen from outside: its metrics, and its lineage from the inbox to the readers' views."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from taizhang.cli.app import app
from taizhang.night import run_night
from taizhang.observe.metrics import PREFIX, as_text, definitions, read_metrics
from taizhang.settings import settings
from taizhang.sources import inbox
from tests.conftest import own_warehouse
from tests.sql_gate import skip_great_expectations
from tests.unit.reading.books import DETAIL, HEADER, save, table

Event = dict[str, Any]

WRONG_RATE = [[*row, rate] for row, rate in zip(DETAIL, (30, 99.5), strict=True)]
NAME = "陇西县2024年3月重大项目月报"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A night with a county that is accepted, its month that is held back the next night, and a broken file."""
    folder = tmp_path_factory.mktemp("observed")
    transport = {"type": "file", "log_file_path": str(folder / "events.jsonl"), "append": True}
    with own_warehouse(folder) as engine, pytest.MonkeyPatch.context() as patch:
        skip_great_expectations(patch)
        patch.setenv("TAIZHANG_LINEAGE_TRANSPORT", json.dumps(transport))
        settings.cache_clear()
        (folder / "坏的.xlsx").write_bytes(b"PK no workbook")
        inbox.submit([save(folder / f"{NAME}.xlsx"), folder / "坏的.xlsx"])
        assert run_night(engine).publication_id == 1
        wrong = save(folder / f"{NAME}（更正）.xlsx", table(*WRONG_RATE, header=[*HEADER, "完成率%"]))
        inbox.submit([wrong])
        run_night(engine)
        yield engine


@pytest.fixture(scope="module")
def events(night: Engine) -> list[Event]:
    """What OpenLineage was told."""
    transport = settings().lineage_transport
    assert transport is not None
    path = Path(json.loads(transport.get_secret_value())["log_file_path"])
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def finished(events: list[Event], job: str, number: int = 0) -> Event:
    """The event with which a job's run ended."""
    return [event for event in events if event["job"]["name"] == job and event["eventType"] != "START"][number]


def names(datasets: list[Event]) -> set[str]:
    return {f"{one['namespace']} {one['name']}" for one in datasets}


def test_events_are_as_openlineage_wants_them(events: list[Event]) -> None:
    assert {event["eventType"] for event in events} == {"START", "COMPLETE"}
    for event in events:
        assert event["producer"]
        assert event["schemaURL"].startswith("https://openlineage.io/spec/")
        assert datetime.fromisoformat(event["eventTime"]).tzinfo
        assert uuid.UUID(event["run"]["runId"])
        assert event["job"]["namespace"] == "taizhang"
        facets = [
            facet
            for one in (*event.get("inputs", []), *event.get("outputs", []))
            for kind in ("facets", "inputFacets", "outputFacets")
            for facet in one.get(kind, {}).values()
        ]
        assert all(facet["_producer"] and facet["_schemaURL"] for facet in facets)
    begun = {event["run"]["runId"] for event in events if event["eventType"] == "START"}
    assert begun == {event["run"]["runId"] for event in events if event["eventType"] == "COMPLETE"}
    assert len({event["run"]["runId"] for event in events}) * 2 == len(events)


def test_the_inbox_leads_to_what_readers_see(events: list[Event]) -> None:
    ended = [event for event in events if event["eventType"] == "COMPLETE"]
    reached = {f"file {settings().inbox_dir.resolve()}"}
    while (
        anew := {name for event in ended if names(event["inputs"]) & reached for name in names(event["outputs"])}
        - reached
    ):
        reached |= anew
    found = {name.rpartition(".")[2] for name in reached if ".marts." in name}
    assert {"agg_region_month", "fct_project_month", "fct_finding", "dim_project"} <= found


def test_events_tell_how_much_was_read_and_written(events: list[Event], night: Engine) -> None:
    (landed,) = finished(events, "land")["outputs"]
    assert landed["outputFacets"]["outputStatistics"]["fileCount"] == 2
    written = {one["name"].partition(".")[2]: one for one in finished(events, "read")["outputs"]}
    assert written["raw.project_progress"]["outputFacets"]["outputStatistics"]["rowCount"] == 2
    (facts,) = finished(events, "build.fct_project_month")["outputs"]
    assert facts["outputFacets"]["outputStatistics"]["rowCount"] == 2


def test_every_check_is_an_assertion(events: list[Event], night: Engine) -> None:
    for number in (0, 1):
        inputs = finished(events, "judge", number)["inputs"]
        said = {
            entry["assertion"]: entry
            for one in inputs
            for entry in one["inputFacets"].get("dataQualityAssertions", {"assertions": []})["assertions"]
        }
        with night.connect() as connection:
            checks = connection.execute(
                text("select check_id, rows_failed from audit.rule_run where gate_run_id = :number"),
                {"number": number + 1},
            ).all()
        assert checks
        assert {name: entry["success"] for name, entry in said.items()} == {
            row.check_id: row.rows_failed == 0 for row in checks
        }
    assert said["R23.printed_rate"]["severity"] == "error"
    assert not said["R23.printed_rate"]["success"]


def test_columns_of_a_mart_lead_to_the_sheet(events: list[Event]) -> None:
    """From a figure of a county upwards: by its name, model by model, to the column of `raw`."""
    sources = {
        (one["name"], column): [(source["name"], source["field"]) for source in fields["inputFields"]]
        for event in events
        for one in event.get("outputs", [])
        for column, fields in one["facets"].get("columnLineage", {"fields": {}})["fields"].items()
    }
    database = next(name for name, _ in sources).partition(".")[0]
    wanted, seen = [(f"{database}.history.fct_project_month", "ytd_completed_wan")], set()
    while wanted:
        one = wanted.pop()
        if one not in seen:
            seen.add(one)
            wanted += sources.get(one, [])
    assert (f"{database}.raw.project_progress", "ytd_completed_wan") in seen


def test_lineage_is_told_again_on_demand(night: Engine, events: list[Event]) -> None:
    done = CliRunner().invoke(app, ["lineage", "--gate-run", "1", "--publication", "1", "--json"])
    assert done.exit_code == 0, done.output
    transport = settings().lineage_transport
    assert transport is not None
    path = Path(json.loads(transport.get_secret_value())["log_file_path"])
    again = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][len(events) :]
    assert len(again) == json.loads(done.stdout)["events"]
    assert {event["run"]["runId"] for event in again} <= {event["run"]["runId"] for event in events}


def test_metrics_say_what_ops_and_audit_know(night: Engine) -> None:
    rows = read_metrics(night)
    found = {(row["metric"], *row["labels"].values()): row["value"] for row in rows}
    assert found["submissions", "accepted"] == found["submissions", "quarantined"] == 1
    assert found["submissions", "refused"] == 1
    assert found["judged", "quarantined"] == 1
    assert found["findings", "R23", "block"] == 1
    assert found["publication_number",] == 2
    assert found["inbox_files_waiting",] == found["feedback_waiting",] == found["gate_runs_failed",] == 0
    assert found["decided_after_days", 1.0] == 0
    assert found["published_after_seconds", 1.0] > 0
    assert {row["metric"] for row in rows} <= definitions().keys()


def test_the_view_knows_just_what_it_is_said_to(night: Engine) -> None:
    with night.connect() as connection:
        definition = connection.scalar(text("select pg_get_viewdef('ops.metric'::regclass)"))
    defined = {name for name, entry in definitions().items() if entry["from"] == "warehouse"}
    assert {name for name in defined if f"'{name}'" not in definition} == set()


def test_prometheus_can_read_them(night: Engine) -> None:
    families = {family.name: family for family in text_string_to_metric_families(as_text(night))}
    (number,) = families[f"{PREFIX}publication_number"].samples
    assert number.value == 2
    states = {sample.labels["state"]: sample.value for sample in families[f"{PREFIX}submissions"].samples}
    assert states == {"accepted": 1, "quarantined": 1, "refused": 1}


def test_a_database_that_is_away_is_said_to_be_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
        settings.cache_clear()
        assert "taizhang_up 0.0" in as_text()
    settings.cache_clear()
