"""Ways in turn, goals and limits: the arithmetic of a measurement."""

import pytest

from benchmarks.measure import Goal, Limit, Way, in_turn


@pytest.mark.parametrize(("ours", "is_reached"), [(2.9, True), (3.0, True), (3.1, False)])
def test_at_most_so_many_times_as_long_as_a_peer(ours, is_reached):
    seconds = {"ours": [100, ours, 0.1], "peer": [1.0, 1.0, 50]}

    goal = Goal("ours", "peer", at_most=3)

    assert goal.ratio(seconds) == pytest.approx(ours)
    assert goal.is_reached(seconds) is is_reached


@pytest.mark.parametrize(("peer", "is_reached"), [(5.9, False), (6.0, True), (7.0, True)])
def test_at_least_so_many_times_faster_than_a_peer(peer, is_reached):
    goal = Goal("ours", "peer", times_faster=6)

    assert goal.ratio({"ours": [1.0], "peer": [peer]}) == pytest.approx(peer)
    assert goal.is_reached({"ours": [1.0], "peer": [peer]}) is is_reached


def test_what_a_program_needs_to_start_is_not_counted_as_ours():
    seconds = {"ours": [9.0, 9.0], "nothing": [6.0, 6.0], "peer": [1.0, 1.0]}

    assert Goal("ours", "peer", at_most=3, start_up="nothing").ratio(seconds) == pytest.approx(3)
    assert Goal("ours", "peer", at_most=3).ratio(seconds) == pytest.approx(9)


def test_a_limit_holds_up_to_its_figure():
    assert Limit("tasks", 60, 60).is_reached()
    assert not Limit("tasks", 61, 60).is_reached()


def test_ways_are_run_in_turn_and_the_first_round_is_not_counted():
    order = []

    def way(name):
        return Way(name, lambda: order.append(name), prepare=lambda: order.append(f"before {name}"))

    seconds = in_turn([way("a"), way("b")], 2)

    assert order == ["before a", "a", "before b", "b"] * 3
    assert {name: len(rounds) for name, rounds in seconds.items()} == {"a": 2, "b": 2}


def test_ways_that_find_something_else_are_an_error():
    with pytest.raises(RuntimeError, match="theirs gives 2, but ours gives 1"):
        in_turn([Way("ours", lambda: 1), Way("theirs", lambda: 2)], 1)


def test_a_way_without_a_result_is_not_compared():
    assert in_turn([Way("ours", lambda: 1), Way("copy", lambda: None)], 1).keys() == {"ours", "copy"}
