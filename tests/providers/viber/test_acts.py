from __future__ import annotations

from typing import Any

import pytest

from simulator.records import Button
from simulator.world import Row, World

from .conftest import act, do

PICTURE = {"url": "http://127.0.0.1:1/_media/k/cat.jpg", "name": "cat.jpg", "size": 77}


def only(world: World, user: Row, verb: str, value: Any, **extra: Any) -> Any:
    occurrences = act(world, user["id"], verb, value, **extra)
    assert occurrences is not None
    (occurrence,) = occurrences
    return occurrence


def is_subscribed(world: World, user: Row) -> bool:
    row = world.get("users", user["id"])
    assert row is not None
    return bool(row["subscribed"])


def say(world: World, user: Row, **fields: Any) -> Any:
    message = {"receiver": user["id"], "sender": {"name": "Shop"}, "type": "text", "text": "hi", **fields}
    return do(world, "send_message", message).values["message_token"]


@pytest.mark.parametrize(
    ("verb", "value", "event_type", "values"),
    [
        ("text", "hello", "message/text", {"text": "hello"}),
        ("text", 42, "message/text", {"text": "42"}),
        ("image", PICTURE, "message/picture", {"media": PICTURE["url"], "text": ""}),
        ("image", "https://x.example/a.png", "message/picture", {"media": "https://x.example/a.png"}),
        ("video", PICTURE, "message/video", {"media": PICTURE["url"], "size": 77}),
        ("file", PICTURE, "message/file", {"media": PICTURE["url"], "file_name": "cat.jpg", "size": 77}),
        ("file", "https://x.example/d/a.pdf?x=1", "message/file", {"file_name": "a.pdf"}),
        ("sticker", 46105, "message/sticker", {"sticker_id": 46105}),
        ("contact", {"name": "C", "phone": "+441"}, "message/contact", {"name": "C", "phone_number": "+441"}),
        ("url", "https://x.example", "message/url", {"media": "https://x.example"}),
        ("location", {"lat": 1.5, "lon": 2}, "message/location", {"lat": 1.5, "lon": 2}),
    ],
)
def test_verb_is_a_message_of_its_kind(
    world: World, ana: Row, verb: str, value: Any, event_type: str, values: dict[str, Any]
) -> None:
    occurrence = only(world, ana, verb, value)

    assert occurrence.type == event_type
    assert values.items() <= occurrence.values.items()
    assert occurrence.values["silent"] is False


def test_text_beside_a_picture_is_its_caption(world: World, ana: Row) -> None:
    assert only(world, ana, "image", PICTURE, text="my cat").values["text"] == "my cat"


@pytest.mark.parametrize("verb", ["audio", "types"])
def test_what_viber_has_not_cannot_be_done(world: World, ana: Row, verb: str) -> None:
    assert act(world, ana["id"], verb, "x") is None


def test_nothing_can_be_done_in_a_group(world: World, ana: Row) -> None:
    assert act(world, ana["id"], "text", "hello", **{"in": "family"}) is None


def test_first_message_subscribes_without_an_event(world: World, bob: Row) -> None:
    occurrences = act(world, bob["id"], "text", "hello")

    assert [occurrence.type for occurrence in occurrences or ()] == ["message/text"]
    assert is_subscribed(world, bob)


# --- buttons


def test_reply_button_sends_its_payload(world: World, ana: Row) -> None:
    occurrence = only(world, ana, "tap", Button(label="Track", payload="track", is_silent=True))

    assert occurrence.type == "message/text"
    assert (occurrence.values["text"], occurrence.values["silent"]) == ("track", True)


def test_url_button_tells_the_url(world: World, ana: Row) -> None:
    occurrence = only(world, ana, "tap", Button(label="Shop", payload="https://shop.example", kind="url"))

    assert (occurrence.type, occurrence.values["text"]) == ("message/text", "https://shop.example")


@pytest.mark.parametrize(
    "button",
    [
        Button(label="Shop", payload="https://shop.example", kind="url", is_silent=True),
        Button(label="Just to look at", payload="", kind="none"),
    ],
)
def test_button_that_tells_nothing_causes_nothing(world: World, ana: Row, button: Button) -> None:
    assert act(world, ana["id"], "tap", button) == ()


def test_location_button_sends_where_she_is(world: World, ana: Row) -> None:
    occurrence = only(world, ana, "tap", Button(label="Where?", payload="x", kind="location"))

    assert occurrence.type == "message/location"
    assert (occurrence.values["lat"], occurrence.values["lon"]) == (ana["latitude"], ana["longitude"])


def test_phone_button_sends_her_own_contact(world: World, ana: Row) -> None:
    occurrence = only(world, ana, "tap", Button(label="Call me", payload="x", kind="phone"))

    assert occurrence.type == "message/contact"
    assert (occurrence.values["name"], occurrence.values["phone_number"]) == (ana["name"], ana["phone"])


# --- the chat


def test_opening_tells_whether_she_is_subscribed(world: World, ana: Row, bob: Row) -> None:
    assert only(world, ana, "opens", "chat").values["subscribed"] is True
    assert only(world, bob, "opens", "chat").values["subscribed"] is False
    assert not is_subscribed(world, bob)


def test_opening_has_no_context_unless_given(world: World, ana: Row) -> None:
    assert only(world, ana, "opens", "chat").values["context"] is None
    assert only(world, ana, "opens", {"context": "spring"}).values["context"] == "spring"
    assert only(world, ana, "opens", "chat", context="spring").values["context"] == "spring"


def test_leaving_ends_the_subscription(world: World, ana: Row) -> None:
    assert only(world, ana, "leaves", "chat").type == "unsubscribed"
    assert not is_subscribed(world, ana)


def test_reading_is_one_seen_about_the_last_message(world: World, ana: Row) -> None:
    say(world, ana)
    token = say(world, ana)

    occurrence = only(world, ana, "reads", "last")

    assert (occurrence.type, occurrence.values) == ("seen", {"message_token": token})


def test_reading_again_causes_nothing(world: World, ana: Row) -> None:
    say(world, ana)
    act(world, ana["id"], "reads", "last")

    assert act(world, ana["id"], "reads", "last") == ()


def test_reading_before_the_bot_spoke_causes_nothing(world: World, ana: Row) -> None:
    assert act(world, ana["id"], "reads", "last") == ()


def test_message_carries_tracking_data_of_the_last_one(world: World, ana: Row) -> None:
    say(world, ana, tracking_data="step 1")
    first = only(world, ana, "text", "x").values["tracking_data"]
    say(world, ana)
    second = only(world, ana, "text", "y").values["tracking_data"]

    assert (first, second) == ("step 1", None)


def test_subscribing_again_drops_tracking_data(world: World, ana: Row) -> None:
    say(world, ana, tracking_data="step 1")
    act(world, ana["id"], "leaves", "chat")
    assert only(world, ana, "event", "subscribed").type == "subscribed"

    assert is_subscribed(world, ana)
    assert only(world, ana, "text", "x").values["tracking_data"] is None


def test_native_event_is_what_it_says(world: World, ana: Row, bob: Row) -> None:
    assert only(world, bob, "event", "message/sticker").type == "message/sticker"
    assert is_subscribed(world, bob)
    assert only(world, ana, "event", "unsubscribed").type == "unsubscribed"
    assert not is_subscribed(world, ana)


def test_native_event_says_what_the_service_knows(world: World, ana: Row, bob: Row) -> None:
    say(world, ana, tracking_data="step 1")

    assert only(world, ana, "event", "message/text").values["tracking_data"] == "step 1"
    assert only(world, ana, "event", "conversation_started/plain").values["subscribed"] is True
    assert only(world, bob, "event", "conversation_started").values["subscribed"] is False
