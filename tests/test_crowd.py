from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import catalog as catalogs
from simulator import providers
from simulator.crowd import MOST_CHANGES, Crowd
from simulator.records import Payload, ScheduledEvent
from simulator.render import render
from simulator.scenario.model import EmitStep, Place
from simulator.terms import Terms
from simulator.world import Put, World

START_MS = 1_767_603_600_000


def terms(provider: str, seed: int = 1) -> Terms:
    catalog = catalogs.load(provider)
    world = empty_world(provider)
    policy = catalog.policy_under(world.options)
    return Terms(provider=providers.load(provider), catalog=catalog, policy=policy, seed=seed, start_ms=START_MS)


def empty_world(provider: str) -> World:
    catalog = catalogs.load(provider)
    world = World(
        credentials=catalogs.credentials_with(catalog, {}),
        options=catalogs.options_with(catalog, {}),
        limits=catalog.limits,
    )
    world.apply(Put(table="account", key="account", row=catalog.account))
    return world


def crowd(provider: str = "viber", seed: int = 1) -> tuple[Crowd, World]:
    world = empty_world(provider)
    return Crowd(terms(provider, seed), world, {"ana": "A", "ben": "B"}), world


def step(event: str = "message/text", actors: Any = None) -> EmitStep:
    return EmitStep(place=Place("f", 1, 1), at="steps[0].emit", text="emit", key="k", event=event, actors=actors)


def event(of: str, number: int, actor: str, provider: str, **more: Any) -> ScheduledEvent:
    fields: dict[str, Any] = {"values": {}, "due_ms": START_MS + number, "cause": "k", **more}
    return ScheduledEvent(id=f"k/{number}", provider=provider, type=of, actor=actor, **fields)


def rendered(found: ScheduledEvent, provider: str, world: World) -> Payload:
    about = terms(provider)
    return render(found, catalog=about.catalog, provider=about.provider, world=world, seed=1, start_ms=START_MS)


def test_named_actors_come_in_turn() -> None:
    people, _ = crowd()

    assert [people.speaker(step(), f"k/{n}", n) for n in range(3)] == ["A", "B", "A"]
    assert [people.speaker(step(actors=("ben",)), f"k/{n}", n) for n in range(2)] == ["B", "B"]
    assert "A" not in people


def test_people_hang_on_the_seed_and_their_number_and_are_drawn_as_they_come() -> None:
    people, world = crowd()
    found = [people.speaker(step(actors=1_000_000), f"k/{n}", n) for n in range(20)]
    again, _ = crowd()
    others, _ = crowd(seed=2)

    assert world.count("users") == len(set(found)) == 20
    assert [again.speaker(step(actors=1_000_000), f"k/{n}", 0) for n in reversed(range(20))] == found[::-1]
    assert others.speaker(step(actors=1_000_000), "k/0", 0) != found[0]
    assert all(user_id in people for user_id in found)


def test_without_any_actor_there_is_one_person() -> None:
    world = empty_world("viber")
    people = Crowd(terms("viber"), world, {})

    assert people.speaker(step(), "k/0", 0) == people.speaker(step(), "k/1", 1)


def test_what_follows_is_about_the_same_conversation() -> None:
    """Canvas: an event of a message names the conversation that was begun, and so does the world."""
    people, world = crowd("canvas")
    actor = people.speaker(step(actors=5), "k/0", 0)
    [begun] = people.events(event("conversation_created", 0, actor, "canvas"))
    link = people.link(begun, rendered(begun, "canvas", world), "conversation_message_created")
    [written] = people.events(event("conversation_message_created", 1, link.actor, "canvas"), link)

    assert written.actor == begun.actor
    assert written.values["conversation_id"] == begun.values["conversation_id"] == link.chat
    assert world.get("messages", written.values["message_id"]) is not None


def test_ids_that_a_template_drew_are_carried_too() -> None:
    """A course of Canvas is no value that an act gives; both events draw it."""
    people, world = crowd("canvas")
    actor = people.speaker(step(actors=5), "k/0", 0)
    [created] = people.events(event("submission_created", 0, actor, "canvas"))
    payload = rendered(created, "canvas", world)
    carried = people.link(created, payload, "submission_comment_created").values

    assert carried
    assert carried["course"] == people.link(created, payload, "grade_change").values["course"]


def test_another_message_has_ids_of_its_own() -> None:
    people, world = crowd("smooch")
    actor = people.speaker(step(actors=5), "k/0", 0)
    [said] = people.events(event("message:appUser/text", 0, actor, "smooch"))
    link = people.link(said, rendered(said, "smooch", world), "message:appUser/image")

    assert not link.values


@pytest.mark.parametrize("provider", ["viber", "smooch", "canvas", "bird"])
def test_every_event_of_a_catalog_can_come_in_a_stream(provider: str) -> None:
    people, world = crowd(provider)
    for number, of in enumerate(catalogs.load(provider).events):
        actor = people.speaker(step(of, actors=3), f"k/{number}", number)
        for found in people.events(event(of, number, actor, provider)):
            assert rendered(found, provider, world).body


def test_the_world_keeps_only_the_latest_of_what_streams_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.crowd.MOST_ROWS", 50)
    people, world = crowd("canvas")
    world.apply(Put(table="conversations", key="1", row={"id": "1", "participants": ["9"], "private": False}))
    for number in range(200):
        people.events(
            event("conversation_created", number, people.speaker(step(actors=400), f"k/{number}", 0), "canvas")
        )

    assert world.count("conversations") <= 51
    assert world.get("conversations", "1") is not None, "what the story gives stays"


def test_a_row_that_streams_change_without_an_end_begins_anew() -> None:
    people, world = crowd("canvas")
    actor = people.speaker(step(actors=1), "k/0", 0)
    longest = 0
    for number in range(4 * MOST_CHANGES):
        people.events(event("conversation_message_created", number, actor, "canvas"))
        longest = max(longest, *(len(row["message_ids"]) for _, row in world.rows("conversations")), 0)

    assert longest <= MOST_CHANGES


def test_overrides_go_to_the_event_itself(tmp_path: Path) -> None:
    people, _ = crowd("canvas")
    actor = people.speaker(step(actors=1), "k/0", 0)
    wanted = replace(event("conversation_created", 0, actor, "canvas"), overrides={"body.+x": 1})

    assert [found.overrides for found in people.events(wanted)] == [{"body.+x": 1}]


def test_no_two_conversations_of_a_stream_have_one_id_also_when_the_first_is_forgotten() -> None:
    world = empty_world("canvas")
    people = Crowd(terms("canvas"), world, {})
    found: list[str] = []
    for number in range(4_000):
        speaker = people.speaker(step(actors=5), f"k/{number}", number)
        one = event("conversation_created", number, speaker, "canvas", due_ms=START_MS + number // 80 * 100)
        found += [each.values["conversation_id"] for each in people.events(one)]

    assert world.count("conversations") < 4_000
    assert len(set(found)) == len(found) == 4_000
