from __future__ import annotations

from simulator.providers.viber.counting import count, counted, recent

from .conftest import a_call, a_world


def test_time_at_the_very_edge_is_over() -> None:
    assert recent((0, 1, 500), a_call("x", {}, at_ms=1_000), 1_000) == (1, 500)


def test_what_was_counted_is_remembered_as_long_as_it_counts() -> None:
    world = a_world()
    for at_ms in (0, 10, 20):
        world.apply(counted("x", a_call("x", {}, at_ms=at_ms), world, 15))

    row = world.get("usage", "x")
    assert row == {"at_ms": (10, 20)}
    assert count("x", a_call("x", {}, at_ms=24), world, 15) == 2
    assert count("x", a_call("x", {}, at_ms=30), world, 15) == 1
    assert count("y", a_call("x", {}, at_ms=0), world, 15) == 0
