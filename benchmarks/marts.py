"""What replacing a county's month and a whole month in all marts costs, and whether it grows with the history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from statistics import median
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import plain_marts
from benchmarks.measure import Goal, Limit, Seconds, Section, Way, in_turn
from benchmarks.restating import restate
from benchmarks.scales import MONTH, Scale
from benchmarks.warehouse import fresh_warehouse
from benchmarks.workload.history import fill
from benchmarks.workload.units import Unit, months_before, registered, units_of
from taizhang.publication import abandon, build, open_publication, publish

EMPTY, OURS, PLAIN, DATABASE = "benchmark_empty", "benchmark", "benchmark_plain", "benchmark_{}_months"
START_UP = "dbt over an empty scope"
COUNTY, COUNTY_PLAIN = "a publication of one county's month", "plain SQL: one county's month"
WHOLE, WHOLE_PLAIN = "a publication of the whole month", "plain SQL: the whole month"
# So many unit-months are filled at most to compare two histories: what a county's night costs does not ask for more.
MOST_UNIT_MONTHS = 1440
TABLES = ("fct_project_month", "bridge_project_list", "agg_unit_month", "agg_region_month", "agg_mix_region_month")


def measure(scale: Scale, rounds: int) -> Section:
    """Measure the section at this scale."""
    units, months = units_of(scale), scale.histories[0]
    seconds: Seconds = {}
    section = Section("marts", "Replacing months in all marts", _workload(scale), seconds)
    with registered(units), fresh_warehouse(EMPTY) as empty:
        _build_nothing(empty)
        with _published(OURS, units, months) as ours, fresh_warehouse(PLAIN, template=OURS) as plain:
            seconds |= _against_plain(ours, plain, units, rounds)
            _require_same(ours, plain)
        shortest, longest = min(scale.histories), max(scale.histories)
        history = _histories(units, shortest, longest, rounds)
    section.seconds |= history
    before, after = (median(history[_with(number)]) for number in (shortest, longest))
    what = f"one county resubmits: {longest} months of history against {shortest}"
    section.limits.append(Limit(what, after / before, 1.2, "times"))
    section.goals = [
        Goal(COUNTY, COUNTY_PLAIN, at_most=3, start_up=START_UP),
        Goal(WHOLE, WHOLE_PLAIN, at_most=3, start_up=START_UP),
    ]
    section.notes = list(NOTES)
    return section


NOTES = (
    "Plain SQL runs the compiled select of every model and deletes and inserts the rows of its scope, in one"
    " transaction and one session. It keeps no former state, compares nothing, tests nothing and reconciles nothing; a"
    " publication does all of that in the time that is measured here.",
    "Start-up is the same build with an empty scope. It holds dbt's own work for each node as well as the dimensions"
    " and registers, which both ways compute anew whatever the scope is.",
    "The marts are not partitioned: a reader's view shows any publication of any month, so that the swap of a partition"
    " would have to copy the former states of its rows.",
    f"The histories are compared with as many of the units as make {MOST_UNIT_MONTHS} months of units at most.",
)


def _workload(scale: Scale) -> str:
    return (
        f"{scale.units} units with {scale.projects[0]} to {scale.projects[1]} projects each, all sheets,"
        f" {scale.histories[0]} months published; then one county, or all units, file the last month again with other"
        " figures."
    )


@contextmanager
def _published(name: str, units: tuple[Unit, ...], months: int) -> Iterator[Engine]:
    """A warehouse in which these units' last months are published."""
    with fresh_warehouse(name, template=EMPTY) as engine:
        fill(engine, units, [*months_before(MONTH, months - 1), MONTH])
        publish(engine)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("vacuum analyze")
        yield engine


def _against_plain(ours: Engine, plain: Engine, units: tuple[Unit, ...], rounds: int) -> Seconds:
    codes = [unit.code for unit in units]
    amounts: dict[str, Iterator[int]] = {name: count(1) for name in (OURS, PLAIN)}

    def filed_again(engine: Engine, name: str, filing: list[str]) -> Callable[[], None]:
        return lambda: restate(engine, filing, MONTH, next(amounts[name]))

    restate(plain, codes[:1], MONTH, 0)
    open_publication(plain)
    statements = plain_marts.statements(plain)
    plain_marts.replace(plain, statements)

    def published() -> Any:
        publish(ours)
        return _shown(ours)

    def replaced() -> Any:
        plain_marts.replace(plain, statements)
        return _shown(plain)

    of_county = (
        Way(COUNTY, published, filed_again(ours, OURS, codes[:1])),
        Way(COUNTY_PLAIN, replaced, filed_again(plain, PLAIN, codes[:1])),
        Way(START_UP, lambda: _build_nothing(ours)),
    )
    of_all = (
        Way(WHOLE, published, filed_again(ours, OURS, codes)),
        Way(WHOLE_PLAIN, replaced, filed_again(plain, PLAIN, codes)),
    )
    warm_up = rounds > 1
    return in_turn(of_county, rounds, warm_up=warm_up) | in_turn(of_all, rounds, warm_up=warm_up)


def _build_nothing(engine: Engine) -> None:
    """Build a publication whose scope is empty, and give it up."""
    with engine.begin() as connection:
        publication_id = int(
            connection.scalar(
                text(
                    "insert into ops.publication (publication_id, state, code_version, catalogue_version)"
                    " select coalesce(max(publication_id), 0) + 1, 'building', 'benchmark', 'benchmark'"
                    " from ops.publication"
                    " returning publication_id"
                )
            )
            or 0
        )
    build(publication_id, engine)
    abandon(engine, publication_id, "its scope is empty")


def _shown(engine: Engine) -> Any:
    """What the nation's rollup of the month is."""
    with engine.connect() as connection:
        return connection.execute(
            text(
                "select project_count, month_completed_wan, ytd_completed_wan from history.agg_region_month"
                " where published_to is null and report_month = :month and region_level = 'nation'"
                " and list_code = 'all'"
            ),
            {"month": MONTH},
        ).one()


def _require_same(ours: Engine, plain: Engine) -> None:
    """RuntimeError unless both warehouses show the same rows of the month."""
    for table in TABLES:
        one, other = (_content(engine, table) for engine in (ours, plain))
        if one != other:
            raise RuntimeError(f"{table}: a publication shows {one}, plain SQL {other}")


def _content(engine: Engine, table: str) -> Any:
    """Number of a table's rows that are shown, and the hash of their texts without the publications."""
    with engine.connect() as connection:
        return connection.execute(
            text(
                "select count(*), md5(string_agg(line, ';' order by line)) from ("
                " select (to_jsonb(stored) - 'published_from' - 'published_to' - 'submission_id')::text as line"
                f" from history.{table} as stored where published_to is null) as lines"
            )
        ).one()


def _histories(units: tuple[Unit, ...], shortest: int, longest: int, rounds: int) -> Seconds:
    """The seconds of a county's publication with both histories, in turn."""
    filing = units[: max(1, MOST_UNIT_MONTHS // longest)]
    with (
        _published(DATABASE.format(shortest), filing, shortest) as short,
        _published(DATABASE.format(longest), filing, longest) as long,
    ):
        ways = [_night(engine, filing[0].code, months) for engine, months in ((short, shortest), (long, longest))]
        return in_turn(ways, rounds, warm_up=rounds > 1)


def _night(engine: Engine, code: str, months: int) -> Way:
    amounts = count(1)
    return Way(_with(months), lambda: _publish(engine), lambda: restate(engine, [code], MONTH, next(amounts)))


def _publish(engine: Engine) -> None:
    publish(engine)


def _with(months: int) -> str:
    return f"one county resubmits, {months} months of history"
