from __future__ import annotations

from simulator.clock import Late, Nothing, StoryClock
from simulator.hearing import Hearing
from simulator.scenario.model import BotStep
from tests.test_judge import bot, heard, literal


def hearing() -> tuple[Hearing, StoryClock]:
    clock = StoryClock(start_ms=0, real_ms=0.0)
    keys = iter(range(1, 100))
    return Hearing(clock, {"ana": "U1", "ben": "U2"}, lambda: next(keys)), clock


def hear(place: Hearing, text: str, real_ms: float = 1.0) -> None:
    place.offer(place.take(heard(0, text).reply, "ana", real_ms), real_ms)


def expect(place: Hearing, *steps: BotStep) -> None:
    place.expect(steps, literal, 0.0)


def test_a_reply_that_came_before_its_step_is_claimed_when_the_step_begins() -> None:
    place, _ = hearing()
    hear(place, "hi")
    expect(place, bot("hi"))

    assert place.state(1.0) == "met"
    assert place.unclaimed == []


def test_what_came_before_a_new_turn_is_gone() -> None:
    place, _ = hearing()
    expect(place, bot("hello"))
    hear(place, "hello")
    hear(place, "hi")
    place.let_go(1.0)
    place.spoken()
    expect(place, bot("hi"))

    assert place.state(1.0) == "waiting"
    assert [each.reply.text for each in place.unclaimed] == ["hi"]


def test_two_acts_in_a_row_are_one_turn() -> None:
    place, _ = hearing()
    place.spoken()
    hear(place, "one")
    place.spoken()
    expect(place, bot("one"))

    assert place.state(1.0) == "met"


def test_order_counts_from_one_step_to_the_next() -> None:
    place, _ = hearing()
    hear(place, "b")
    hear(place, "a")
    expect(place, bot("a"))
    assert place.state(1.0) == "met"
    place.let_go(1.0)
    expect(place, bot("b"))

    assert place.state(1.0) == "waiting"


def test_a_reply_after_the_deadline_is_heard_and_not_claimed() -> None:
    place, clock = hearing()
    clock.schedule(0, "an attempt that stays open", kind="act")
    clock.next(0.0)
    expect(place, bot("hi", within_ms=100))
    hear(place, "hi", real_ms=120.0)

    assert place.state(120.0) == "waiting"
    assert [each.reply.text for each in place.recent] == ["hi"]
    assert clock.next(200.0) == Late(1)


def test_met_deadlines_are_let_go() -> None:
    place, clock = hearing()
    expect(place, bot("hi", within_ms=100), bot("bye", within_ms=500))
    hear(place, "hi")
    state = place.state(1.0)

    assert state == "waiting"
    assert clock.next(100.0) == Nothing(500.0)


def test_an_exact_number_wants_quiet_and_one_more_fails() -> None:
    place, _ = hearing()
    expect(place, bot("hi", times=1))
    hear(place, "hi")
    assert place.state(1.0) == "wants quiet"
    hear(place, "hi")

    assert place.state(2.0) == "failed"


def test_nobody_waits_once_it_is_let_go() -> None:
    place, clock = hearing()
    expect(place, bot("hi"))
    place.let_go(1.0)

    assert place.state(1.0) == "none"
    assert clock.next(10_000.0) == Nothing(None)


def test_a_late_step_leaves_the_others_their_time() -> None:
    place, clock = hearing()
    expect(place, bot("hi", within_ms=100), bot("bye", within_ms=500))
    assert clock.next(100.0) == Late(1)
    place.late(1)
    hear(place, "hi", real_ms=200.0)
    assert place.state(200.0) == "waiting"
    hear(place, "bye", real_ms=300.0)

    assert place.state(300.0) == "failed"
    assert [each.reply.text for each in place.recent] == ["hi"]


def test_one_too_many_is_told_when_the_others_have_had_their_time() -> None:
    place, clock = hearing()
    expect(place, bot("hi", times=1), bot("bye", within_ms=500))
    hear(place, "hi")
    hear(place, "hi")
    assert place.state(2.0) == "waiting"
    assert clock.next(500.0) == Late(2)
    place.late(2)

    assert place.state(500.0) == "failed"
