from __future__ import annotations

from pathlib import Path

import pytest

from simulator.lobby import Lobby
from simulator.records import ApiCall, Entry
from simulator.stage import REMEMBERED_STORIES, Stage, texts_of
from simulator.story import Story
from simulator.world import Put
from tests.test_lobby import lobby
from tests.theatre import Deed, stage


def call(body: bytes = b"", path: str = "/pa/send_message", query: dict[str, str] | None = None) -> ApiCall:
    return ApiCall(id="c", provider="viber", method="POST", path=path, headers={}, body=body, query=query or {})


def story(folder: Path, start_ms: int) -> Story:
    return stage(folder, "steps: [{ana: hello}]", lambda body, attempt: Deed(), start_ms=start_ms).story


def empty_stage() -> Stage:
    place: Lobby = lobby()
    return Stage(place.terms.provider, place.terms.catalog, place)


def naming(user_id: str) -> ApiCall:
    return call(f'{{"receiver": "{user_id}"}}'.encode())


def test_a_call_belongs_to_the_story_whose_actor_it_names(tmp_path: Path) -> None:
    place = empty_stage()
    first, second = story(tmp_path, 1_700_000_000_000), story(tmp_path, 1_700_000_000_001)
    place.enter(first)
    place.enter(second)
    user_id = second.cast.user_ids["ana"]

    assert place.find(naming(user_id)) == (second, user_id)
    assert place.find(call())[0] is place.lobby


def test_a_call_that_names_nobody_belongs_to_the_only_story(tmp_path: Path) -> None:
    place, only = empty_stage(), story(tmp_path, 1_700_000_000_000)
    place.enter(only)

    assert place.find(call()) == (only, "")


def test_a_late_call_finds_the_story_that_has_ended_for_a_while(tmp_path: Path) -> None:
    place = empty_stage()
    stories = [story(tmp_path, 1_700_000_000_000 + n) for n in range(REMEMBERED_STORIES + 1)]
    for each in stories:
        place.enter(each)
        place.leave(each)

    assert place.find(naming(stories[-1].cast.user_ids["ana"]))[0] is stories[-1]
    assert place.find(naming(stories[0].cast.user_ids["ana"]))[0] is place.lobby


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (call(b'{"a": [{"b": "U1=="}]}'), "U1=="),
        (call(b"not json&to=U1", path="/x"), "U1"),
        (call(path="/users/U1/messages"), "U1"),
        (call(query={"id": "U1"}), "U1"),
        (call(b"\xff\xfe"), "send_message"),
        (call(b"[" * 100_000), "pa"),
    ],
)
def test_every_text_of_a_call_is_looked_at(given: ApiCall, text: str) -> None:
    assert text in list(texts_of(given))


def test_a_forgotten_story_takes_no_person_from_a_later_one(tmp_path: Path) -> None:
    """The same seed and start give the same ids, from one story to the next."""
    place = empty_stage()
    for _ in range(REMEMBERED_STORIES + 1):
        latest = story(tmp_path, 1_700_000_000_000)
        place.enter(latest)
        place.leave(latest)

    assert place.find(naming(latest.cast.user_ids["ana"]))[0] is latest


def test_a_person_may_be_named_by_a_whole_number(tmp_path: Path) -> None:
    place, only, other = empty_stage(), story(tmp_path, 1_700_000_000_000), story(tmp_path, 1_700_000_000_001)
    place.enter(only)
    place.enter(other)
    other.world.apply(Put(table="users", key="501001", row={"id": "501001"}))

    assert place.find(call(b'{"user": {"id": 501001}}')) == (other, "501001")
    assert place.find(call(b'{"user": {"id": true, "size": 1e30}}'))[0] is place.lobby


def test_a_call_that_names_a_conversation_belongs_to_the_story_that_has_it(tmp_path: Path) -> None:
    place, only, other = empty_stage(), story(tmp_path, 1_700_000_000_000), story(tmp_path, 1_700_000_000_001)
    place.enter(only)
    place.enter(other)
    other.world.apply(Put(table="conversations", key="c-77", row={}))

    assert place.find(call(path="/conversations/c-77/messages")) == (other, "c-77")


def test_what_two_stories_know_tells_neither(tmp_path: Path) -> None:
    place, stories = empty_stage(), [story(tmp_path, 1_700_000_000_000 + n) for n in range(2)]
    for each in stories:
        place.enter(each)
        each.world.apply(Put(table="conversations", key="c-77", row={}))

    assert place.find(call(path="/conversations/c-77"))[0] is place.lobby


def test_a_word_that_happens_to_be_a_key_tells_no_story(tmp_path: Path) -> None:
    place, stories = empty_stage(), [story(tmp_path, 1_700_000_000_000 + n) for n in range(2)]
    for each in stories:
        place.enter(each)
    stories[0].world.apply(Put(table="usage", key="send_message", row={}))

    assert place.find(call(path="/pa/send_message"))[0] is place.lobby


def test_a_call_that_names_nobody_beside_several_stories_is_spoken_of_once(tmp_path: Path) -> None:
    place = empty_stage()
    for number in range(2):
        place.enter(story(tmp_path, 1_700_000_000_000 + number))
    heard: list[Entry] = []
    place.lobby._journal.subscribe(heard.append)
    for _ in range(3):
        place.find(call(path="/pa/get_account_info"))

    assert [(entry.kind, entry.data["path"], entry.data["playing"]) for entry in heard] == [
        ("CallUnclaimed", "/pa/get_account_info", 2)
    ]
