"""Which deliveries go out before which."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from simulator.delivery.turns import Lines, Overtaking
from simulator.records import ScheduledEvent


def event(name: str, cause: str = "") -> ScheduledEvent:
    return ScheduledEvent(id=name, provider="p", type="t", values={}, due_ms=0, cause=cause)


@dataclass
class Road:
    """Deliveries come along it, and each goes out, and has its first attempt behind it, as soon as it may."""

    overtaking: Overtaking = field(default_factory=Overtaking)
    gone: list[str] = field(default_factory=list)

    def come(
        self, name: str, behind: int = 0, *, cause: str = "", copy: int = 1, endpoint: str = "", lane: str = ""
    ) -> None:
        self.announce(name, behind, copy=copy, endpoint=endpoint, lane=lane)
        self.arrive(name, cause=cause, copy=copy, endpoint=endpoint)

    def announce(self, name: str, behind: int = 0, *, copy: int = 1, endpoint: str = "", lane: str = "") -> None:
        self.overtaking.announce(f"{name}/{copy}", event(name), endpoint, lane, behind, is_passing=copy == 1)

    def arrive(self, name: str, *, cause: str = "", copy: int = 1, endpoint: str = "") -> int | None:
        free_ms, before = self.overtaking.arrive(f"{name}/{copy}", event(name, cause), endpoint)
        for each in before:
            self.go(each, endpoint)
        if free_ms is not None:
            self.go(f"{name}/{copy}", endpoint)
        return free_ms

    def go(self, delivery_id: str, endpoint: str = "") -> None:
        self.gone.append(delivery_id)
        for each in self.overtaking.went_out(delivery_id, endpoint, 100):
            self.go(each, endpoint)


def come(*deliveries: tuple[str, int]) -> list[str]:
    road = Road()
    for name, behind in deliveries:
        road.come(name, behind)
    return [each.removesuffix("/1") for each in road.gone]


def test_without_a_fault_all_go_in_the_order_in_which_they_are_due():
    assert come(("a", 0), ("b", 0), ("c", 0)) == ["a", "b", "c"]


def test_one_out_of_order_goes_behind_the_next():
    assert come(("a", 1), ("b", 0), ("c", 0)) == ["b", "a", "c"]


def test_one_out_of_order_goes_behind_as_many_as_it_says():
    assert come(("a", 2), ("b", 0), ("c", 0), ("d", 0)) == ["b", "c", "a", "d"]


def test_neighbours_change_places_where_all_are_out_of_order():
    assert come(*[(name, 1) for name in "abcdef"]) == ["b", "a", "d", "c", "f", "e"]


def test_last_one_waits_where_nothing_comes_behind_it():
    assert come(("a", 0), ("b", 1)) == ["a"]


def test_two_behind_the_same_one_keep_their_order():
    assert come(("a", 2), ("b", 1), ("c", 0)) == ["c", "a", "b"]


def test_copy_of_the_same_event_does_not_count():
    road = Road()
    road.come("a", copy=1)
    road.come("a", 1, copy=2)
    road.come("a", 1, copy=3)
    road.come("b")

    assert road.gone == ["a/1", "b/1", "a/2", "a/3"]


def test_delivery_to_another_endpoint_does_not_count():
    road = Road()
    road.come("a", 1, endpoint="one")
    road.come("b", endpoint="two")

    assert road.gone == ["b/1"]


def test_delivery_of_another_lane_does_not_count():
    road = Road()
    road.come("a", 1, lane="acts")
    road.come("b", lane="receipts")
    road.come("c", lane="acts")

    assert road.gone == ["b/1", "c/1", "a/1"]


def test_what_it_caused_goes_behind_it_in_whichever_lane():
    road = Road()
    road.come("a", 1, lane="acts")
    road.come("after-a", cause="a", lane="a stream")

    assert road.gone == ["a/1", "after-a/1"]


def test_other_event_of_the_same_act_passes_it():
    road = Road()
    road.come("act", 1, cause="act")
    road.come("act/1", cause="act")

    assert road.gone == ["act/1/1", "act/1"]


def test_late_delivery_goes_at_once_where_the_one_before_it_has_gone_by_then():
    road = Road()
    road.announce("a", 1)
    road.come("b")

    assert road.arrive("a") == 100
    assert road.gone == ["b/1", "a/1"]


def test_what_comes_earlier_in_the_lane_does_not_count_though_it_is_later():
    road = Road()
    road.announce("late")
    road.come("a", 1)
    road.arrive("late")
    road.come("b")

    assert road.gone == ["late/1", "b/1", "a/1"]


def test_released_one_waits_no_more():
    road = Road()
    road.come("a", 1)
    road.overtaking.release("a/1", "")
    road.come("b")

    assert road.gone == ["b/1"]


@given(st.lists(st.integers(0, 4), max_size=30))
def test_each_goes_once_and_waits_for_no_more_than_it_says(behinds):
    names = [str(number) for number in range(len(behinds))]
    gone = come(*zip(names, behinds, strict=True), *[(f"end{number}", 0) for number in range(5)])

    assert sorted(gone) == sorted([*names, *[f"end{number}" for number in range(5)]])
    for number, behind in enumerate(behinds):
        later = [each for each in gone[: gone.index(str(number))] if each.startswith("end") or int(each) > number]
        assert len(later) <= behind + 4
        assert behind or not [each for each in later if each.startswith("end")]


# --- lines -----------------------------------------------------------------------------------------------------------


def test_any_number_may_be_open_where_the_policy_has_no_limit():
    lines = Lines()

    assert all(lines.enter(str(number), "", "") for number in range(100))


def test_attempt_above_the_limit_waits_until_one_has_ended():
    lines = Lines(concurrency=2)
    entered = [lines.enter(name, "", "") for name in "abcd"]

    assert entered == [True, True, False, False]
    assert lines.leave("") == ["c"]
    assert lines.enter("c", "", "")
    assert lines.leave("") == ["d"]


def test_each_endpoint_has_a_limit_of_its_own():
    lines = Lines(concurrency=1)

    assert lines.enter("a", "one", "")
    assert lines.enter("b", "two", "")


def test_next_of_a_line_waits_for_the_end_of_the_one_before():
    lines = Lines()
    lines.enter("a", "", "ana")

    assert not lines.enter("b", "", "ana")
    assert lines.leave("") == []
    assert lines.enter("a", "", "ana")
    assert lines.finish("a", "ana") == ["b"]
    assert lines.enter("b", "", "ana")


def test_other_line_does_not_wait():
    lines = Lines()
    lines.enter("a", "", "ana")

    assert lines.enter("b", "", "ben")


def test_waiting_one_that_is_given_up_lets_nobody_pass():
    lines = Lines()
    for name in "abc":
        lines.enter(name, "", "ana")

    assert lines.finish("b", "ana") == []
    assert lines.finish("a", "ana") == ["c"]


def test_line_that_has_ended_leaves_nothing_behind():
    lines = Lines()
    lines.enter("a", "", "ana")

    assert lines.finish("a", "ana") == []
    assert lines.finish("a", "ana") == []
