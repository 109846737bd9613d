"""What people do, and the events that come of it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.records import Button
from simulator.world import Row

from .conftest import FACTS, Desk, text


def types(found: Any) -> list[str]:
    return [each.type for each in found or ()]


def test_first_message_begins_a_conversation_and_later_ones_do_not(desk: Desk, ana: Row) -> None:
    first, second = desk.act(ana["id"], "text", "Hello") or (), desk.act(ana["id"], "text", "Anybody?") or ()

    assert types(first) == ["conversation.created", "message.created/text"]
    assert types(second) == ["message.created/text"]
    assert second[0].values["conversation"]["id"] == first[0].values["conversation"]["id"]
    assert second[0].values["message"]["content"] == {"text": "Anybody?"}


def test_message_after_the_archive_begins_another_conversation(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    desk.call("PATCH", f"/v1/conversations/{conversation}", {"status": "archived"})

    assert types(desk.act(ana["id"], "text", "Me again"))[0] == "conversation.created"


@pytest.mark.parametrize(
    ("verb", "kind", "content"),
    [
        ("image", "image", {"url": "https://x.y/a", "caption": "Look"}),
        ("video", "video", {"url": "https://x.y/a", "caption": "Look"}),
        ("file", "file", {"url": "https://x.y/a", "caption": "Look"}),
        ("audio", "audio", {"url": "https://x.y/a"}),
    ],
)
def test_media_have_a_url_and_all_but_sounds_a_caption(
    desk: Desk, ana: Row, verb: str, kind: str, content: dict[str, str]
) -> None:
    *_, created = desk.act(ana["id"], verb, "https://x.y/a", text="Look") or ()

    assert created.values["message"]["type"] == kind
    assert created.values["message"]["content"] == {kind: content}


def test_sticker_and_place_have_contents_of_their_own(desk: Desk, ana: Row) -> None:
    *_, sticker = desk.act(ana["id"], "sticker", 46105) or ()
    (place,) = desk.act(ana["id"], "location", {"lat": 52.37, "lon": 4.89}) or ()

    assert sticker.values["message"]["content"]["whatsappSticker"]["link"].endswith("/46105.webp")
    assert place.values["message"]["content"] == {"location": {"latitude": 52.37, "longitude": 4.89}}


def test_tap_is_the_label_and_a_link_tells_nobody(desk: Desk, ana: Row) -> None:
    *_, tapped = desk.act(ana["id"], "tap", Button(label="Opening hours", payload="hours")) or ()

    assert tapped.values["message"]["content"] == {"text": "Opening hours"}
    assert desk.act(ana["id"], "tap", Button(label="Shop", payload="https://x.y", kind="url")) == ()


def test_what_was_said_is_read_once(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    desk.call("POST", f"/v1/conversations/{conversation}/messages", text())
    (read,) = desk.act(ana["id"], "reads", "last") or ()

    assert (read.type, read.values["message"]["status"]) == ("message.updated", "read")
    assert desk.act(ana["id"], "reads", "last") == ()


def test_text_messages_are_text_alone(ana: Row) -> None:
    desk = Desk(ana, platform="sms")
    *_, created = desk.act(ana["id"], "text", "Hello") or ()

    assert created.values["message"]["platform"] == "sms"
    assert desk.act(ana["id"], "image", "https://x.y/a") is None
    assert desk.act(ana["id"], "reads", "last") is None


@pytest.mark.parametrize("event", FACTS.events)
def test_every_event_can_be_had_by_its_own_name(desk: Desk, ana: Row, event: str) -> None:
    conversation = desk.conversation_with(ana["id"])
    (found,) = desk.act(ana["id"], "event", event) or ()

    assert (found.type, found.values["conversation"]["id"]) == (event, conversation)


def test_nobody_can_act_in_a_group(desk: Desk, ana: Row) -> None:
    assert desk.act(ana["id"], "text", "Hello", **{"in": "group"}) is None
