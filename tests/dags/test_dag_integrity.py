"""The DAG files parse, quickly and alone, and keep the rules for DAGs."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taizhang.settings import PROJECT_ROOT, Settings

DAGS = PROJECT_ROOT / "dags"
FILES = sorted(DAGS.glob("*.py"))
MAX_LINES = 60


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process of its own finds in the DAG folder."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "TAIZHANG"))}
    environment = plain | {
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "PYTHONPATH": str(PROJECT_ROOT / "plugins"),
    }
    command = [sys.executable, str(Path(__file__).with_name("parse_dags.py")), str(DAGS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _tasks(parsed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{dag}.{task}": facts for dag, one in parsed["dags"].items() for task, facts in one["tasks"].items()}


def test_no_file_fails_to_import(parsed: dict[str, Any]) -> None:
    assert parsed["import_errors"] == {}


def test_every_file_gives_a_dag(parsed: dict[str, Any]) -> None:
    assert {one["file"] for one in parsed["dags"].values()} == {file.name for file in FILES}


def test_the_night_and_the_publication_are_there(parsed: dict[str, Any]) -> None:
    assert {"ingest_submissions", "publish_marts"} <= parsed["dags"].keys()


def test_parsing_loads_nothing_heavy(parsed: dict[str, Any]) -> None:
    assert parsed["heavy_before"] == []
    assert parsed["heavy"] == []


def test_heavy_modules_are_named_as_they_are_imported(parsed: dict[str, Any]) -> None:
    assert parsed["heavy_unknown"] == []


def test_parsing_loads_nothing_of_the_package_but_the_tasks(parsed: dict[str, Any]) -> None:
    others = [name for name in parsed["ours"] if not name.startswith("taizhang.airflow_tasks")]
    assert (others, "taizhang.airflow_tasks.nightly" in parsed["ours"]) == ([], True)


def test_first_start_makes_up_for_no_night_of_the_past(parsed: dict[str, Any]) -> None:
    assert parsed["dags"]["ingest_submissions"]["first_run"] == "2026-03-21T17:30:00+00:00"


def test_every_task_is_tried_again_and_has_an_owner(parsed: dict[str, Any]) -> None:
    tasks = _tasks(parsed)
    assert len(tasks) >= 8
    assert {name: facts["retries"] for name, facts in tasks.items() if facts["retries"] < 1} == {}
    assert {facts["owner"] for facts in tasks.values()} == {"data-team"}


def test_every_dag_is_tagged_documented_and_alone(parsed: dict[str, Any]) -> None:
    for name, facts in parsed["dags"].items():
        assert "taizhang" in facts["tags"], name
        assert facts["doc"], name
        assert (facts["catchup"], facts["max_active_runs"]) == (False, 1), name


def test_order_of_the_night(parsed: dict[str, Any]) -> None:
    order = {task: facts["downstream"] for task, facts in parsed["dags"]["ingest_submissions"]["tasks"].items()}
    assert order == {
        "sources": ["pull"],
        "pull": ["all_sources_pulled", "discover"],
        "all_sources_pulled": [],
        "discover": ["ingest_chunk"],
        "ingest_chunk": ["judge"],
        "judge": ["announce", "pending_feedback"],
        "announce": [],
        "pending_feedback": ["give_feedback"],
        "give_feedback": [],
    }


def test_a_publication_is_shown_last_and_always_closed(parsed: dict[str, Any]) -> None:
    tasks = parsed["dags"]["publish_marts"]["tasks"]
    assert tasks["build"]["downstream"] == ["reconcile"]
    assert tasks["reconcile"]["downstream"] == ["flip"]
    assert tasks["flip"]["downstream"] == ["report"]
    assert tasks["report"]["downstream"] == ["abandon_unfinished"]
    assert [task for task, facts in tasks.items() if facts["is_teardown"]] == ["abandon_unfinished"]


def test_feedback_leaves_a_slot_to_the_publication(parsed: dict[str, Any]) -> None:
    at_once = parsed["dags"]["ingest_submissions"]["tasks"]["give_feedback"]["at_once"]
    assert at_once == Settings.model_fields["parallelism"].default - 1


def test_there_are_dag_files() -> None:
    assert len(FILES) >= 2


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_file_fits_on_a_screen_and_is_seen_by_safe_mode(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert "dag" in text
    assert "airflow" in text


def test_only_the_tasks_import_airflow() -> None:
    package = PROJECT_ROOT / "plugins" / "taizhang"
    importing = {
        file.relative_to(package).parts[0]
        for file in package.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(("import airflow", "from airflow"))
    }
    assert importing == {"airflow_tasks"}


def test_somebody_is_told_of_a_failed_run_of_any_dag(parsed: dict[str, Any]) -> None:
    told = {name: facts["on_failure"] for name, facts in parsed["dags"].items()}
    assert told == dict.fromkeys(told, "FailedRunNotifier")


def test_reports_are_audited_after_the_night(parsed: dict[str, Any]) -> None:
    reports = parsed["dags"]["audit_reports"]
    order = {task: facts["downstream"] for task, facts in reports["tasks"].items()}
    assert order == {"discover_reports": ["audit_chunk"], "audit_chunk": []}
    assert reports["first_run"] == "2026-03-20T23:00:00+00:00"


def test_the_morning_finds_what_is_to_be_told_before_it_sends_it(parsed: dict[str, Any]) -> None:
    morning = parsed["dags"]["watch_deadlines"]
    order = {task: facts["downstream"] for task, facts in morning["tasks"].items()}
    assert order == {"find_notices": ["send_digests"], "send_digests": []}
    assert morning["first_run"] == "2026-03-21T00:30:00+00:00"
