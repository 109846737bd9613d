from __future__ import annotations

from typing import Any

import pytest

from simulator.provider import ApiResponse
from simulator.world import Emit, Row, World

from .conftest import FACTS, NOW_MS, a_person, a_world, act, do

SENDER = {"name": "Shop", "avatar": None}
BUTTON = {"Columns": 6, "Rows": 1, "ActionType": "reply", "ActionBody": "go", "Text": "Go"}


def send(world: World, receiver: Any, **fields: Any) -> ApiResponse:
    changes = {name: fields.pop(name) for name in ("source", "at_ms", "body") if name in fields}
    message = {"receiver": receiver, "sender": SENDER, "type": "text", "text": "hi", **fields}
    return do(world, "send_message", message, **changes)


def emitted(response: ApiResponse) -> list[Emit]:
    return [effect for effect in response.effects if isinstance(effect, Emit)]


def test_message_is_taken_with_a_token(world: World, ana: Row) -> None:
    response = send(world, ana["id"])

    assert (response.error, response.template) == ("", "send_message")
    assert response.values["message_token"] >> 22 == NOW_MS - 292057776128
    assert response.values["billing_status"] == 1


def test_message_is_delivered_soon(world: World, ana: Row) -> None:
    response = send(world, ana["id"])

    (delivered,) = emitted(response)
    assert (delivered.type, delivered.user) == ("delivered", ana["id"])
    assert delivered.values == {"message_token": response.values["message_token"]}
    assert 0 < delivered.after_ms[0] <= delivered.after_ms[1]


def test_each_device_tells_that_a_message_has_reached_it() -> None:
    cat = a_person("cat", subscribed=True, devices=2)
    response = send(a_world(cat, receipts="both"), receiver=cat["id"])

    assert [emit.type for emit in emitted(response)] == ["delivered", "delivered", "seen"]


@pytest.mark.parametrize(("receipts", "types"), [("nothing", []), ("both", ["delivered", "seen"])])
def test_receipts_follow_the_option(ana: Row, receipts: str, types: list[str]) -> None:
    response = send(a_world(ana, receipts=receipts), ana["id"])

    assert [emit.type for emit in emitted(response)] == types


def test_seen_comes_once_where_it_follows_by_itself(ana: Row) -> None:
    world = a_world(ana, receipts="both")
    send(world, ana["id"])

    assert act(world, ana["id"], "reads", "last") == ()


def test_message_that_the_device_refuses_fails_later(world: World, ana: Row) -> None:
    keyboard = {"Type": "keyboard", "Buttons": [{**BUTTON, "Columns": 9}]}
    response = send(world, ana["id"], keyboard=keyboard)

    (failed,) = emitted(response)
    assert response.error == ""
    assert failed.type == "failed"
    assert "Columns" in failed.values["desc"]
    assert act(world, ana["id"], "reads", "last") == ()


@pytest.mark.parametrize(
    ("receiver", "error"),
    [
        (None, "missing_data"),
        ("", "missing_data"),
        ("nobody", "receiver_not_registered"),
        (7, "receiver_not_registered"),
    ],
)
def test_receiver_that_is_none_is_refused(world: World, receiver: Any, error: str) -> None:
    assert send(world, receiver).error == error


def test_unsubscribed_person_is_refused(world: World, bob: Row) -> None:
    response = send(world, bob["id"])

    assert (response.status, response.error, response.values["code"]) == (200, "receiver_not_subscribed", 6)


def test_message_after_leaving_is_refused(world: World, ana: Row) -> None:
    act(world, ana["id"], "leaves", "chat")

    assert send(world, ana["id"]).error == "receiver_not_subscribed"


def test_account_without_webhook_sends_nothing(ana: Row) -> None:
    world = a_world(ana, is_registered=False)

    assert send(world, ana["id"]).values["code"] == 10


def test_older_device_is_refused_what_it_does_not_know() -> None:
    old = a_person("old", subscribed=True, api_version=3)
    world = a_world(old)

    assert send(world, old["id"], min_api_version=4).error == "api_version_not_supported"
    assert send(world, old["id"], min_api_version=3).error == ""


def test_hundred_messages_without_a_reply_are_the_most(world: World, ana: Row) -> None:
    answers = [send(world, ana["id"], at_ms=NOW_MS + number).error for number in range(101)]

    assert answers == [""] * 100 + ["too_many_requests"]


def test_reply_lets_the_bot_speak_again(world: World, ana: Row) -> None:
    for number in range(100):
        send(world, ana["id"], at_ms=NOW_MS + number)
    act(world, ana["id"], "text", "yes?")

    assert send(world, ana["id"], at_ms=NOW_MS + 101).error == ""


def test_hour_lets_the_bot_speak_again(world: World, ana: Row) -> None:
    for number in range(100):
        send(world, ana["id"], at_ms=NOW_MS + number)

    assert send(world, ana["id"], at_ms=NOW_MS + 3_600_000).error == ""


def test_body_above_30_kb_is_refused(world: World, ana: Row) -> None:
    assert send(world, ana["id"], body=b" " * (FACTS.limits["body_bytes"] + 1)).error == "too_large"


@pytest.mark.parametrize("fields", [[], "x", 7])
def test_body_that_is_no_object_is_refused(world: World, fields: Any) -> None:
    assert do(world, "send_message", fields).error == "bad_body"


def test_inline_message_needs_an_inline_bot(world: World, ana: Row) -> None:
    assert send(world, ana["id"], chat_id="1-2").error == "public_account_is_not_inline"


# --- the welcome message


def test_welcome_message_reaches_who_is_not_subscribed(world: World, bob: Row) -> None:
    response = send(world, bob["id"], source="ack", sender=None)

    assert response.error == ""
    assert emitted(response) == []


def test_welcome_message_is_checked_like_any_other(world: World, bob: Row) -> None:
    assert send(world, bob["id"], source="ack", text=None).error == "missing_data"


def test_welcome_message_has_receipts_where_wanted(bob: Row) -> None:
    response = send(a_world(bob, welcome_receipts="as_messages"), bob["id"], source="ack")

    assert [emit.type for emit in emitted(response)] == ["delivered"]


def test_tracking_data_of_the_welcome_message_comes_back(world: World, bob: Row) -> None:
    send(world, bob["id"], source="ack", tracking_data="welcome")
    (occurrence,) = act(world, bob["id"], "text", "hello") or ()

    assert occurrence.values["tracking_data"] == "welcome"


# --- broadcasts


def broadcast(world: World, *receivers: Any, **changes: Any) -> ApiResponse:
    message = {"broadcast_list": list(receivers), "sender": SENDER, "type": "text", "text": "all"}
    return do(world, "broadcast_message", message, **changes)


def test_broadcast_tells_whom_it_cannot_reach(world: World, ana: Row, bob: Row) -> None:
    response = broadcast(world, ana["id"], bob["id"], "nobody")

    failed = [(row["receiver"], row["status"]) for row in response.values["failed_list"]]
    assert response.error == ""
    assert failed == [(bob["id"], 6), ("nobody", 5)]
    assert [(emit.type, emit.user) for emit in emitted(response)] == [("delivered", ana["id"])]


def test_person_named_twice_gets_one_message(world: World, ana: Row) -> None:
    assert len(emitted(broadcast(world, ana["id"], ana["id"]))) == 1


def test_broadcast_to_too_many_is_refused(world: World) -> None:
    assert broadcast(world, *(f"id{number}" for number in range(301))).error == "bad_data"


@pytest.mark.parametrize(
    ("listed", "error"), [(None, "missing_data"), ([], "bad_data"), ("id", "bad_data"), ([7], "bad_data")]
)
def test_broadcast_without_a_list_is_refused(world: World, listed: Any, error: str) -> None:
    fields = {"broadcast_list": listed, "sender": SENDER, "type": "text", "text": "all"}

    assert do(world, "broadcast_message", fields).error == error


def test_broadcasts_are_limited_in_ten_seconds(ana: Row) -> None:
    limited = a_world(ana, limits={**FACTS.limits, "broadcasts": 2})
    first = [broadcast(limited, ana["id"], at_ms=NOW_MS + number).error for number in range(3)]
    later = broadcast(limited, ana["id"], at_ms=NOW_MS + 10_001).error

    assert (first, later) == (["", "", "too_many_requests"], "")


# --- the public chat


def test_account_without_public_chat_cannot_post(world: World) -> None:
    assert do(world, "post", {"from": "x", "sender": SENDER, "type": "text", "text": "hi"}).values["code"] == 18


def test_account_with_public_chat_posts(ana: Row) -> None:
    world = a_world(ana, public_chat="true")
    message = {"from": ana["id"], "sender": SENDER, "type": "text", "text": "hi"}

    assert do(world, "post", message).error == ""
    assert do(world, "post", {**message, "from": None}).error == "missing_data"
