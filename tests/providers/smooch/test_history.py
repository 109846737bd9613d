from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import FACTS, NOW_MS, a_world, act, do, say


def page(world: World, user: Row, **query: Any) -> Any:
    return do(world, "get_messages", user_id=user["id"], query=query)


@pytest.fixture
def long(ana: Row) -> World:
    """Seven messages of the bot, a second apart, where a page has three."""
    world = a_world(ana, limits={**FACTS.limits, "page": 3})
    for number in range(7):
        say(world, ana, text=str(number), at_ms=NOW_MS + 1000 * number)
    return world


def texts(response: Any) -> list[str]:
    return [message["text"] for message in response.values["messages"]]


def seconds(number: int) -> str:
    return str((NOW_MS + 1000 * number) / 1000)


def test_messages_of_both_sides_stand_in_order(world: World, ana: Row) -> None:
    say(world, ana)

    response = page(world, ana)

    assert [message["role"] for message in response.values["messages"]] == ["appUser", "appMaker"]
    assert response.values["conversation"] == {"_id": ana["conversation_id"], "unreadCount": 1}
    assert response.values["next"] is None


def test_latest_page_is_the_first(long: World, ana: Row) -> None:
    response = page(long, ana)

    assert texts(response) == ["4", "5", "6"]
    assert response.values["next"].endswith(f"/messages?before={seconds(4)}")


@pytest.mark.parametrize(
    ("query", "found", "has_next"),
    [
        ({"before": 4}, ["1", "2", "3"], True),
        ({"before": 1}, ["0"], False),
        ({"after": 0}, ["1", "2", "3"], True),
        ({"after": 4}, ["5", "6"], False),
        ({"after": 6}, [], False),
    ],
)
def test_page_is_beside_a_time(long: World, ana: Row, query: dict[str, int], found: list[str], has_next: bool) -> None:
    response = page(long, ana, **{name: seconds(number) for name, number in query.items()})

    assert texts(response) == found
    assert (response.values["next"] is not None) is has_next


@pytest.mark.parametrize(
    "query",
    [{"before": "1", "after": "2"}, {"before": "soon"}, {"after": ["1", "2"]}, {"after": "nan"}, {"after": "inf"}],
)
def test_page_that_is_none_is_refused(long: World, ana: Row, query: dict[str, Any]) -> None:
    assert page(long, ana, **query).error == "bad_request"


@pytest.mark.parametrize("operation", ["get_messages", "read_conversation", "conversation_activity"])
def test_nobody_has_no_conversation(world: World, bob: Row, operation: str) -> None:
    fields = {"role": "appMaker", "type": "typing:start"}

    assert do(world, operation, fields, user_id="nobody").error == "user_not_found"
    assert do(world, operation, fields, user_id=bob["id"]).error == "conversation_not_found"


def test_bot_resets_what_is_unread(world: World, ana: Row) -> None:
    say(world, ana)

    assert do(world, "read_conversation", user_id=ana["id"]).error == ""
    assert act(world, ana, "reads", "last") == ()


@pytest.mark.parametrize(
    ("version", "activity", "error"),
    [
        ("v1", "typing:start", ""),
        ("v1", "conversation:read", "bad_request"),
        ("v1.1", "conversation:read", ""),
        ("v1.1", "dancing:start", "bad_request"),
    ],
)
def test_each_version_has_its_activities(world: World, ana: Row, version: str, activity: str, error: str) -> None:
    fields = {"role": "appMaker", "type": activity}

    assert do(world, "conversation_activity", fields, version=version, user_id=ana["id"]).error == error


@pytest.mark.parametrize("fields", [None, {}, {"role": "appUser", "type": "typing:start"}])
def test_activity_is_that_of_the_business(world: World, ana: Row, fields: Any) -> None:
    assert do(world, "conversation_activity", fields, user_id=ana["id"]).error == "bad_request"


# --- deletion


def test_message_is_taken_away(world: World, ana: Row) -> None:
    sent = say(world, ana).values["message"]

    assert do(world, "delete_message", user_id=ana["id"], message_id=sent["_id"]).error == ""
    assert [message["text"] for message in page(world, ana).values["messages"]] == ["hello"]
    assert page(world, ana).values["conversation"]["unreadCount"] == 0
    assert do(world, "delete_message", user_id=ana["id"], message_id=sent["_id"]).error == "message_not_found"


def test_message_of_somebody_else_is_not_found(world: World, ana: Row, bob: Row) -> None:
    sent = say(world, bob).values["message"]

    assert do(world, "delete_message", user_id=ana["id"], message_id=sent["_id"]).error == "message_not_found"


def test_conversation_without_messages_is_still_one(world: World, ana: Row, bob: Row) -> None:
    say(world, ana)
    say(world, bob)

    assert do(world, "delete_messages", user_id=ana["id"]).error == ""
    found = page(world, ana).values
    assert (found["messages"], found["conversation"]["unreadCount"]) == ([], 0)
    assert len(page(world, bob).values["messages"]) == 1


@pytest.mark.parametrize("operation", ["delete_messages", "delete_message"])
def test_nobody_has_messages(world: World, bob: Row, operation: str) -> None:
    assert do(world, operation, user_id="nobody", message_id="x").error == "user_not_found"
    assert do(world, operation, user_id=bob["id"], message_id="x").error == "conversation_not_found"


def test_conversation_is_told_without_its_messages(world: World, ana: Row, bob: Row) -> None:
    say(world, ana)
    shown = do(world, "get_conversation", user_id=ana["id"]).values["conversation"]

    assert (shown["_id"], shown["unreadCount"]) == (ana["conversation_id"], 1)
    assert do(world, "get_conversation", user_id=bob["id"]).error == "conversation_not_found"
    assert do(world, "get_conversation", user_id="0" * 24).error == "user_not_found"
