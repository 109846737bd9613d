from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import NOW_MS, a_world, act, do, emitted, say


def types(response: Any) -> list[str]:
    return [emit.type for emit in emitted(response)]


def test_message_is_taken_and_heard_again(world: World, ana: Row) -> None:
    response = say(world, ana, name="Shop")

    assert (response.status, response.error) == (201, "")
    assert types(response) == ["message:appMaker/text", "delivery:success"]
    heard = emitted(response)[0].values["message"]
    assert (heard["_id"], heard["text"]) == (response.values["message"]["_id"], "hi")
    assert emitted(response)[0].user == ana["id"]


def test_person_may_be_named_by_either_id(world: World, ana: Row) -> None:
    message = {"role": "appMaker", "type": "text", "text": "hi"}

    assert do(world, "post_message", message, user_id=ana["userId"]).values["user_id"] == ana["id"]
    assert do(world, "post_message", message, user_id="nobody").error == "user_not_found"


def test_message_counts_as_unread_until_it_is_read(world: World, ana: Row) -> None:
    first, second = say(world, ana), say(world, ana, at_ms=NOW_MS + 1)
    act(world, ana, "reads", "last")

    counts = [answer.values["conversation"]["unreadCount"] for answer in (first, second, say(world, ana))]
    assert counts == [1, 2, 1]


def test_message_in_a_person_s_name_is_hers(world: World, ana: Row) -> None:
    response = say(world, ana, role="appUser")

    assert types(response) == ["message:appUser/text"]
    message = emitted(response)[0].values["message"]
    assert (message["authorId"], message["name"], message["source"]) == (ana["id"], ana["name"], {"type": "api"})
    assert response.values["conversation"]["unreadCount"] == 0


def test_first_message_begins_the_conversation(world: World, bob: Row) -> None:
    assert do(world, "get_messages", user_id=bob["id"]).error == "conversation_not_found"

    say(world, bob)

    assert len(do(world, "get_messages", user_id=bob["id"]).values["messages"]) == 1


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["delivery:success"]),
        ({"delivery": "failure"}, ["delivery:failure"]),
        ({"delivery": "nothing"}, []),
        ({"channel": "web"}, []),
        ({"version": "v1.1"}, ["message:delivery:channel", "message:delivery:user"]),
        ({"version": "v1.1", "channel": "line"}, ["message:delivery:channel"]),
        ({"version": "v1.1", "delivery": "failure"}, ["message:delivery:failure"]),
    ],
)
def test_channel_tells_what_becomes_of_a_message(ana: Row, options: dict[str, str], names: list[str]) -> None:
    assert types(say(a_world(ana, **options), ana))[1:] == names


@pytest.mark.parametrize(("channel", "finals"), [("whatsapp", [False, True]), ("line", [True])])
def test_last_word_about_a_message_says_that_it_is(ana: Row, channel: str, finals: list[bool]) -> None:
    response = say(a_world(ana, version="v1.1", channel=channel), ana)

    assert [emit.values["is_final"] for emit in emitted(response)[1:]] == finals


def test_error_of_a_channel_has_its_own_shape(ana: Row) -> None:
    def error(channel: str) -> Any:
        response = say(a_world(ana, delivery="failure", channel=channel), ana)
        return emitted(response)[1].values["error"]["underlyingError"]

    assert "errors" in error("whatsapp")
    assert error("telegram")["ok"] is False
    assert list(error("line")) == ["message"]


def test_each_form_of_webhooks_hears_of_a_message(world: World, ana: Row) -> None:
    for version in ("v1", "v1.1"):
        do(world, "create_webhook", {"target": "https://bot.example.com/x"}, version=version)

    names = types(say(world, ana))

    assert names.count("message:appMaker/text") == 2
    assert {"delivery:success", "message:delivery:channel", "message:delivery:user"} <= set(names)


def test_wrong_message_changes_nothing(world: World, ana: Row) -> None:
    response = say(world, ana, type="dance")

    assert (response.status, response.error, response.effects) == (400, "bad_request", ())
