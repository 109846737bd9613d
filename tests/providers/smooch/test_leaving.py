from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Put, Row, World

from .conftest import a_person, do, emitted, say


def merge(world: World, surviving: Any, discarded: Any) -> Any:
    return do(world, "merge_app_users", {"surviving": surviving, "discarded": discarded})


@pytest.fixture
def new(world: World) -> World:
    """A webhook of v1.1, and one of v1."""
    for version in ("v1", "v1.1"):
        do(
            world,
            "create_webhook",
            {"target": f"https://bot.example.com/{version}", "triggers": ["*"]},
            version=version,
        )
    return world


def test_deleted_person_is_gone_with_all_that_was_said(new: World, ana: Row) -> None:
    response = do(new, "delete_app_user", user_id=ana["userId"])

    assert [(each.type, each.user, each.values["version"]) for each in emitted(response)] == [
        ("appUser:delete", ana["id"], "v1.1")
    ]
    assert new.get("users", ana["id"]) is None
    assert new.get("conversations", ana["id"]) is None
    assert new.count("messages") == 0
    assert do(new, "get_app_user", user_id=ana["id"]).error == "user_not_found"


def test_event_comes_before_the_person_is_forgotten(world: World, ana: Row) -> None:
    effects = do(world, "delete_app_user", user_id=ana["id"]).effects

    assert type(effects[0]).__name__ == "Emit"


def test_two_people_become_one(new: World, ana: Row, bob: Row) -> None:
    new.apply(Put(table="users", key=bob["id"], row={**bob, "properties": {"plan": "pro"}, "givenName": "Bob"}))
    say(new, bob, text="to bob")

    response = merge(new, {"_id": ana["id"]}, {"_id": bob["id"]})

    assert response.error == ""
    found = do(new, "get_messages", user_id=ana["id"]).values
    assert [message["text"] for message in found["messages"]] == ["hello", "to bob"]
    assert found["conversation"]["unreadCount"] == 1
    told = do(new, "get_app_user", user_id=ana["id"]).values["user"]
    assert (told["properties"], told["givenName"]) == ({"plan": "pro"}, "Bob")
    assert new.get("users", bob["id"]) is None


def test_both_versions_hear_who_survives(new: World, ana: Row, bob: Row) -> None:
    told = emitted(merge(new, {"_id": ana["id"]}, {"_id": bob["id"]}))

    assert sorted(each.values["version"] for each in told) == ["v1", "v1.1"]
    assert told[0].values["surviving"] == {"_id": ana["id"], "userId": ana["userId"], "conversationStarted": True}
    assert told[0].values["discarded"] == [{"_id": bob["id"], "conversationStarted": False}]


def test_who_survives_has_the_channels_of_both(world: World, ana: Row) -> None:
    eve = a_person("eve", channel="line")
    world.apply(Put(table="users", key=eve["id"], row=eve))

    merge(world, {"_id": ana["id"]}, {"_id": eve["id"]})

    told = do(world, "get_app_user", user_id=ana["id"]).values["user"]
    assert [client["platform"] for client in told["clients"]] == ["messenger", "line"]


@pytest.mark.parametrize(
    ("surviving", "discarded", "error"),
    [
        (None, {"_id": "x"}, "bad_request"),
        ({"_id": 7}, {"_id": "x"}, "bad_request"),
        ({"_id": "nobody"}, {"_id": "no one"}, "user_not_found"),
    ],
)
def test_merge_of_nobody_is_refused(world: World, surviving: Any, discarded: Any, error: str) -> None:
    response = merge(world, surviving, discarded)

    assert (response.error, response.effects) == (error, ())


def test_nobody_is_merged_with_herself(world: World, ana: Row) -> None:
    assert merge(world, {"_id": ana["id"]}, {"_id": ana["userId"]}).error == "bad_request"
