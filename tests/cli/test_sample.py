from __future__ import annotations

import pytest

from simulator import catalog
from simulator.cli.sample import Sample, introduce
from simulator.errors import InputError
from simulator.world import World

START_MS = 1_767_603_600_000


def sample(seed: int = 1, start_ms: int = START_MS) -> Sample:
    return Sample("viber", seed=seed, start_ms=start_ms)


def test_person_hangs_on_the_seed_alone() -> None:
    assert sample().user["id"] == sample(start_ms=START_MS + 1).user["id"]
    assert sample().user["id"] != sample(seed=2).user["id"]


def test_events_of_one_type_are_told_apart_by_their_number() -> None:
    made = sample()

    assert made.payload(made.event("seen", number=0)).body != made.payload(made.event("seen", number=1)).body


def test_event_is_about_the_person_or_anybody() -> None:
    made = sample()

    assert made.event("seen").actor == made.user["id"]
    assert made.event("seen", is_anybody=True).actor == ""


def test_unknown_event_is_wrong_input() -> None:
    with pytest.raises(InputError, match="unknown-event-type"):
        sample().event("sen")


def test_whoever_has_written_can_be_written_to() -> None:
    made = sample()
    facts = catalog.load("viber")
    world = World(credentials={}, options=made.world.options, limits=facts.limits)

    rows = introduce(world, made.provider, 1, have_written=True)

    assert [world.get("users", str(row["id"])) is not None for row in rows] == [True, True]
    assert world.get("users", str(rows[0]["id"])) != rows[0]
