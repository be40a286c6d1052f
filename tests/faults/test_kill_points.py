"""A night that is killed before or after any of its commits, or at any moment: the next one ends as if it had not been.

In the short form one night is killed again and again, in each of its parts; the full run kills a night of its own at
each of the commits, at those of dbt by chance, and at moments by chance.
"""

import random
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.faults.account import Account
from tests.faults.commit_points import STAGES, Place, places, stage_of
from tests.faults.conftest import OpenCase
from tests.faults.scene import Case, Scene

KILLED = -9
# Of the many commits of one kind the full run takes these, and so many moments by chance.
OF_PARTITIONS, OF_DBT, MOMENTS = 12, 80, 60
# Longer than a night takes from its start to its end.
NIGHT_SECONDS = 8.0
# Parts of the full run, which may be run side by side.
SHARES = 4

# What the night of the scene had become when it was killed: its own submissions, and the publication after the first.
LEFT = text(
    """
    select
        coalesce((
            select string_agg(distinct state, ' ' order by state) from ops.submission
            where source_uri like 'second/%'
        ), 'none') as submissions,
        coalesce((
            select string_agg(distinct state, ' ' order by state) from ops.publication where publication_id > 1
        ), 'none') as publication
    """
)


def left_by(case: Case) -> tuple[str, str]:
    """In which states a kill has left the submissions of the night and their publication."""
    with case.engine.connect() as connection:
        submissions, publication = connection.execute(LEFT).one()
    return str(submissions), str(publication)


def one_of_each_stage(scene: Scene, chance: random.Random) -> list[Place]:
    """A place in each part of the night, before and after the commit by turns, in their order."""
    stages = list(dict.fromkeys(stage_of(label) for label in scene.points))
    assert set(stages) == set(STAGES.values())
    found = []
    for number, stage in enumerate(stages):
        labels = sorted({label for label in scene.points if stage_of(label) == stage})
        found.append(Place(chance.choice(labels), 1, ("before", "after")[number % 2]))
    return found


def test_one_night_is_killed_in_each_of_its_parts(
    case: Case, scene: Scene, chance: random.Random, account: Account
) -> None:
    with case.watched() as reader:
        for place in one_of_each_stage(scene, chance):
            print(place)
            assert case.run(replace(case.job, kill_at=place)) == KILLED, case.error()
            left = left_by(case)
            case.assert_whole()
            account.killed(stage_of(place.label), place.side, *left, 0)
        case.complete()
    account.befell("one night killed in each of its parts", reader.polls)


def chosen(scene: Scene, chance: random.Random) -> list[Place]:
    """Every commit before and after; of partitions and of what dbt does a part."""
    everywhere = places(scene.points)
    partitions = [place for place in everywhere if place.label.startswith("warehouse/partitions")]
    dbt = [place for place in everywhere if place.label.startswith("dbt")]
    others = [place for place in everywhere if place not in {*partitions, *dbt}]
    return [*others, *chance.sample(partitions, OF_PARTITIONS), *chance.sample(dbt, min(len(dbt), OF_DBT))]


@pytest.mark.in_full
@pytest.mark.parametrize("share", range(SHARES))
def test_a_night_is_killed_at_each_commit_and_at_any_moment(
    cases: OpenCase, scene: Scene, seed: int, account: Account, share: int
) -> None:
    chance = random.Random(seed)
    wanted: list[Place | float] = [*chosen(scene, chance)]
    wanted += [chance.uniform(0, NIGHT_SECONDS) for _ in range(MOMENTS)]
    chance.shuffle(wanted)
    failed = []
    for place in wanted[share::SHARES]:
        print(f"--fault-seed {seed}: {place}")
        try:
            killed_once(cases, account, place)
        except AssertionError as error:
            failed.append(f"{place}: {str(error)[:2000]}")
    assert failed == []


def killed_once(cases: OpenCase, account: Account, place: Place | float) -> None:
    """Kill a night there, look whether all is whole, let the next one complete it."""
    stage, side = ("at any moment", "-") if isinstance(place, float) else (stage_of(place.label), place.side)
    with cases() as case, case.watched() as reader:
        if isinstance(place, Place):
            code = case.run(replace(case.job, kill_at=place))
            assert code == KILLED, f"{code} at {place}"
        else:
            code = case.run(seconds=place)
        left = left_by(case)
        case.assert_whole()
        case.complete()
    if code == KILLED:
        account.killed(stage, side, *left, reader.polls)
