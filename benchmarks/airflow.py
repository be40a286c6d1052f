"""What Airflow adds to a national night: tasks, seconds, the parsing of DAG files, the memory of a task's process."""

import json
import math
import os
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.measure import Limit, Section, Way, in_turn
from benchmarks.nights import books, empty_warehouse, renew, running_airflow, variables
from benchmarks.programs import printed
from benchmarks.scales import SHORT, Scale
from demo.night import Night, run_night
from demo.submissions import generate
from taizhang.feedback.delivery import CHUNKS as FEEDBACK_CHUNKS
from taizhang.ingest import CHUNKS
from taizhang.server.airflow_client import Run, connect
from taizhang.settings import PROJECT_ROOT, settings

IN_AIRFLOW, IN_PROCESS = "a night in Airflow", "the same night in one process"
OURS, EMPTY = "parsing our DAG files", "parsing an empty DAG file"
MOST_TASKS, OVERHEAD_SECONDS, PARSE_SECONDS, MEMORY_GB = 59, 40, 0.3, 2
PARSE_ROUNDS = 5
# So few that the first wave of the demonstration makes as many chunks as a national night has at most.
CHUNK_BYTES = 50_000

EMPTY_DAG = '''"""Nothing."""

from airflow.sdk import dag


@dag(schedule=None)
def empty() -> None:
    """Do nothing."""


empty()
'''
PARSE = """
import json, sys, time
from airflow.dag_processing.dagbag import DagBag
begin = time.perf_counter()
bag = DagBag(dag_folder=sys.argv[1], bundle_name="dags-folder")
seconds = time.perf_counter() - begin
found = {"dags": sorted(bag.dags), "errors": bag.import_errors, "modules": sorted(sys.modules)}
print(json.dumps({"seconds": seconds} | found))
"""
HEAVY = ("great_expectations", "dbt", "pandas", "numpy", "python_calamine", "sqlfluff", "matplotlib", "boto3")
NIGHT = """
from taizhang.night import run_night
from taizhang.warehouse.connection import engine
run_night(engine()).feedback.require_all()
"""
OUTCOME = text(
    """
    select 'submission ' || state as what, count(*) as how_many from ops.submission group by state
    union all
    select 'finding ' || check_id, count(*) from audit.finding group by check_id
    union all
    select 'feedback', count(*) from audit.feedback
    union all
    select 'publication ' || state, count(*) from ops.publication group by state
    union all
    select 'project months', count(*) from history.fct_project_month
    union all
    select 'region months', count(*) from history.agg_region_month
    order by what
    """
)


def measure(scale: Scale, rounds: int) -> Section:
    """Measure all of it; a night in Airflow only above the shortest scale, for starting it takes longer than that."""
    section = Section(
        "airflow",
        "Airflow around a night",
        "The first wave of the demonstration, about a hundred small workbooks of three months, in"
        f" {CHUNKS[1]} chunks as on a national night; DAG files parsed in fresh processes.",
    )
    _parsing(section, max(rounds, PARSE_ROUNDS) if scale is not SHORT else rounds)
    with empty_warehouse() as engine:
        _memory(section, scale)
        if scale is SHORT:
            section.notes.append("No night in Airflow at this scale: starting it takes longer than all the rest.")
        else:
            _nights(section, engine, rounds)
    return section


def _parsing(section: Section, rounds: int) -> None:
    """Parse our DAG files and an empty one in turn, each time in a fresh process; the parsing itself is timed."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "dags", "empty.py")
        empty.parent.mkdir()
        empty.write_text(EMPTY_DAG, encoding="utf-8")
        folders = {OURS: PROJECT_ROOT / "dags", EMPTY: empty.parent}
        found: dict[str, Any] = {}
        for _ in range(rounds):
            for way, dags in folders.items():
                found[way] = _parsed(dags, Path(folder, "airflow"))
                section.seconds.setdefault(way, []).append(found[way]["seconds"])
    more = median(section.seconds[OURS]) - median(section.seconds[EMPTY])
    heavy = [name for name in HEAVY if name in found[OURS]["modules"] and name not in found[EMPTY]["modules"]]
    section.limits += [
        Limit("parsing all DAG files, more than an empty one", more, PARSE_SECONDS, "s"),
        Limit("heavy packages imported while parsing", len(heavy), 0),
    ]
    section.facts["parsed"] = ", ".join(found[OURS]["dags"])


def _parsed(dags: Path, airflow_home: Path) -> dict[str, Any]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "TAIZHANG"))}
    environment = plain | {
        "AIRFLOW_HOME": str(airflow_home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT_ROOT / "plugins"),
        "PYTHONPATH": str(PROJECT_ROOT / "plugins"),
    }
    found = json.loads(printed("-c", PARSE, str(dags), environment=environment).splitlines()[-1])
    if found["errors"] or not found["dags"]:
        raise RuntimeError(f"{dags} does not parse: {found['errors']}")
    return found


def _memory(section: Section, scale: Scale) -> None:
    """Let a process like a task's take a chunk as large as the largest of this scale, and discover all its files."""
    count, projects = math.ceil(scale.units / CHUNKS[1]), sum(scale.projects) // 2
    renew(books(count, projects, settings().home / "workload" / "airflow"))
    chunk = _task("ingest")
    renew([])
    _many_files(scale.units)
    listing = _task("discover")
    for what, found, files in (
        (f"memory of a task that takes {count} workbooks of {projects} projects", chunk, count),
        (f"memory of a task that finds {scale.units} files", listing, scale.units),
    ):
        if found["files"] < files * 0.9:
            raise RuntimeError(f"{what}: it took {found['files']} files only")
        section.limits.append(Limit(what, found["peak_bytes"] / 1e9, MEMORY_GB, "GB"))
        section.facts[f"seconds of the {what.removeprefix('memory of a ')}"] = f"{found['seconds']:.2f}"


def _many_files(count: int) -> None:
    """Put files of different sizes, like those of workbooks, into the inbox; they take no room on the disk."""
    folder = settings().inbox_dir / "many"
    folder.mkdir(parents=True)
    for number in range(count):
        path = folder / f"{number:05}.xlsx"
        path.touch()
        os.truncate(path, 60_000 + 37 * number % 100_003)


def _task(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed("-m", "benchmarks.one_task", name).splitlines()[-1])
    return found


def _nights(section: Section, engine: Engine, rounds: int) -> None:
    """Let Airflow and one process do the same night in turn."""
    files = [file.path for file in generate(settings().home / "workload" / "nights", 1)]
    nights: list[Night] = []

    def in_airflow() -> dict[str, int]:
        with connect() as client:
            nights.append(run_night(client, [], lambda run: None))
        return _outcome(engine)

    def in_process() -> dict[str, int]:
        printed("-c", NIGHT)
        return _outcome(engine)

    with variables(TAIZHANG_CHUNK_BYTES=str(CHUNK_BYTES)), running_airflow():
        ways = [Way(IN_AIRFLOW, in_airflow, lambda: renew(files)), Way(IN_PROCESS, in_process, lambda: renew(files))]
        section.seconds |= in_turn(ways, rounds)
    overhead = median(section.seconds[IN_AIRFLOW]) - median(section.seconds[IN_PROCESS])
    section.limits += [
        Limit("task instances of a night", max(_national_tasks(night) for night in nights), MOST_TASKS),
        Limit("seconds that Airflow adds to a night", overhead, OVERHEAD_SECONDS, "s"),
    ]
    idle = median(_idle_seconds(night) for night in nights[-rounds:])
    section.facts["of a night in Airflow, no task ran for"] = f"{idle:.1f} s"
    section.notes.append(
        "What Airflow adds is the time from the trigger of the first DAG until the REST API tells that both have ended,"
        " less the time of a fresh process that takes the same steps one after the other, its imports included."
        f" A night has {CHUNKS[1]} tasks that ingest and {FEEDBACK_CHUNKS} that give feedback."
    )


def _outcome(engine: Engine) -> dict[str, int]:
    """What a night has left, for comparison."""
    with engine.connect() as connection:
        return {row.what: row.how_many for row in connection.execute(OUTCOME)}


def _runs(night: Night) -> tuple[Run, Run]:
    if night.publish is None:
        raise RuntimeError("the night has published nothing")
    return night.ingest, night.publish


def _national_tasks(night: Night) -> int:
    """Count the task instances; RuntimeError unless there are as many chunks as a national night has at most."""
    tasks = [task for run in _runs(night) for task in run.tasks]
    wanted = {"ingest_chunk": CHUNKS[1], "give_feedback": FEEDBACK_CHUNKS}
    for name, count in wanted.items():
        if (found := sum(task.task_id == name for task in tasks)) != count:
            raise RuntimeError(f"{found} tasks {name}, not {count}")
    return len(tasks)


def _idle_seconds(night: Night) -> float:
    """How long no task ran between the first one's start and the last one's end."""
    spans = sorted(
        (task.started, task.ended) for run in _runs(night) for task in run.tasks if task.started and task.ended
    )
    idle, until = 0.0, spans[0][0]
    for started, ended in spans:
        idle += max(0.0, (started - until).total_seconds())
        until = max(until, ended)
    return idle
