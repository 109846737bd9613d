from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.cast import CannotAct, Cast
from simulator.errors import InputError
from simulator.records import Button, Reply
from simulator.scenario.model import Actor, ActStep
from simulator.timeline import Speak
from tests.theatre import Deed, Theatre, stage


def theatre(folder: Path, more: str = "") -> Theatre:
    return stage(folder, f"{more}\nsteps: [{{ana: hello}}]", lambda body, attempt: Deed())


def speak(stage_: Theatre, verb: str, value: object) -> Speak:
    first = stage_.story.scenario.steps[0]
    assert isinstance(first, ActStep)
    step = replace(first, verb=verb)
    return Speak(step=step, key="k", due_ms=stage_.story.terms.start_ms, value=value, extra={}, overrides={}, fill=str)


def offer(stage_: Theatre, *buttons: Button) -> None:
    stage_.story.cast.take(Reply(to=stage_.story.cast.user_ids["ana"], kind="text", text="?", buttons=buttons))


def test_the_actors_are_in_the_world_under_the_providers_id(tmp_path: Path) -> None:
    story = theatre(tmp_path).story
    [(key, row)] = story.world.rows("users")

    assert key == story.cast.user_ids["ana"] == row["id"]
    assert story.cast.name_of(key) == "ana"
    assert story.cast.name_of("somebody else") == ""


def test_person_who_cannot_be_drawn_is_told_with_her_place(tmp_path: Path) -> None:
    story = theatre(tmp_path).story
    scenario = replace(story.scenario, actors={"ana": Actor(name="ana", locale="xx_YY")})
    with pytest.raises(InputError) as caught:
        Cast(scenario, story.terms, story.world, lambda path: {})

    [problem] = caught.value.problems
    assert (problem.code, problem.at) == ("unknown-locale", "actors.ana")
    assert problem.where.endswith("story.yaml:1:1")


def test_what_is_given_is_there_before_the_first_step(tmp_path: Path) -> None:
    story = theatre(tmp_path, "given: {users: {ana: {subscribed: true}}}").story

    assert story.cast.rows()["ana"]["subscribed"] is True


def test_credentials_of_a_subscription_are_texts_where_expressions_give_numbers(tmp_path: Path) -> None:
    row = 'one: {credentials: {auth_token: "{{ 4711 }}"}, options: {text: ascii}}'
    world = theatre(tmp_path, f"given: {{subscriptions: {{{row}}}}}").story.world

    assert dict(world.get("subscriptions", "one") or {}) == {
        "credentials": {"auth_token": "4711"},
        "options": {"text": "ascii"},
    }


def test_options_of_a_subscription_are_those_of_the_provider(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        theatre(tmp_path, "given: {subscriptions: {one: {options: {text: '{{ 4711 }}'}}}}")

    [problem] = caught.value.problems
    assert (problem.code, problem.at) == ("bad-option", "given.subscriptions.one.options.text")


@pytest.mark.parametrize("name", ["credentials", "options"])
def test_expression_that_gives_no_map_to_a_subscription_is_told(tmp_path: Path, name: str) -> None:
    row = f'one: {{{name}: "{{{{ 4711 }}}}"}}'
    with pytest.raises(InputError) as caught:
        theatre(tmp_path, f"given: {{subscriptions: {{{row}}}}}")

    [problem] = caught.value.problems
    assert (problem.code, problem.at) == ("wrong-type", f"given.subscriptions.one.{name}")
    assert "4711" not in str(problem)


def test_a_tap_is_on_the_latest_button_of_that_label(tmp_path: Path) -> None:
    stage_ = theatre(tmp_path)
    offer(stage_, Button(label="More", payload="more-1"), Button(label="Stop", payload="stop"))
    offer(stage_, Button(label="More", payload="more-2"))
    events = [stage_.story.cast.events(speak(stage_, "tap", label))[0] for label in ("More", "Stop")]

    assert [event.values["text"] for event in events] == ["more-2", "stop"]


def test_a_button_that_was_not_offered_names_those_that_were(tmp_path: Path) -> None:
    stage_ = theatre(tmp_path)
    offer(stage_, Button(label="More", payload="more"))
    with pytest.raises(CannotAct) as caught:
        stage_.story.cast.events(speak(stage_, "tap", "Buy"))

    assert caught.value.code == "no-such-button"
    assert "“More”" in caught.value.observed


def test_a_file_beside_the_scenario_is_shared(tmp_path: Path) -> None:
    shared: list[str] = []

    def share(path: str) -> dict[str, object]:
        shared.append(path)
        return {"url": "http://127.0.0.1:1/_media/x/cat.jpg", "name": "cat.jpg", "size": 3}

    stage_ = theatre(tmp_path)
    stage_.story.cast._share = share
    [local] = stage_.story.cast.events(speak(stage_, "image", "cat.jpg"))
    [remote] = stage_.story.cast.events(speak(stage_, "image", "https://example.org/cat.jpg"))

    assert shared == [str(tmp_path / "cat.jpg")]
    assert local.values["media"].endswith("/cat.jpg")
    assert remote.values["media"] == "https://example.org/cat.jpg"


def test_an_act_of_which_nothing_comes_is_no_event(tmp_path: Path) -> None:
    stage_ = theatre(tmp_path)

    assert stage_.story.cast.events(speak(stage_, "reads", "last")) == []


def test_an_act_that_the_provider_does_not_know_cannot_be_done(tmp_path: Path) -> None:
    stage_ = theatre(tmp_path)
    with pytest.raises(CannotAct) as caught:
        stage_.story.cast.events(speak(stage_, "types", "…"))

    assert caught.value.code == "not-possible"


def test_expressions_see_what_the_provider_can_do(tmp_path: Path) -> None:
    provider = theatre(tmp_path).story.cast.surroundings("k", 0)["provider"]

    assert provider["id"] == "viber"
    assert provider["receipts"] is True
    assert "image" in provider["can"]
    assert "types" not in provider["can"]


def test_what_the_file_says_of_an_actor_may_be_an_expression(tmp_path: Path) -> None:
    text = "given: {users: {ana: {subscribed: '{{ 1 == 1 }}'}}}"

    assert theatre(tmp_path, text).story.cast.rows()["ana"]["subscribed"] is True


def test_conversations_are_known_by_name_and_by_the_providers_id(tmp_path: Path) -> None:
    given = "given: {conversations: {team: {id: 53, people: ['{{ actors.ana.id }}']}, '54': {people: []}}}"
    story = theatre(tmp_path, given).story

    assert story.cast.chat_ids == {"team": "53", "54": "54"}
    assert [story.cast.chat_of(chat_id) for chat_id in ("53", "54", "55")] == ["team", "54", ""]
    assert story.world.get("conversations", "53") == {"id": "53", "people": [story.cast.user_ids["ana"]]}


def test_chat_that_nobody_named_is_no_place_to_speak(tmp_path: Path) -> None:
    stage_ = theatre(tmp_path)
    with pytest.raises(CannotAct) as caught:
        stage_.story.cast.events(replace(speak(stage_, "text", "hi"), extra={"in": "club"}))

    assert caught.value.code == "no-such-chat"
