from __future__ import annotations

from typing import Any

import pytest

from simulator.provider import ApiResponse
from simulator.providers.viber.speech import replies

from .conftest import a_call

BUTTON = {"ActionType": "reply", "ActionBody": "go", "Text": "Go"}
KEYBOARD = {"Type": "keyboard", "Buttons": [BUTTON]}


def test_text_message_is_one_reply() -> None:
    fields = {"receiver": "ana", "auth_token": "t", "type": "text", "text": "hi", "keyboard": KEYBOARD}

    (reply,) = replies(a_call("send_message", fields), ApiResponse())

    assert (reply.to, reply.kind, reply.text, reply.operation) == ("ana", "text", "hi", "send_message")
    assert [button.label for button in reply.buttons] == ["Go"]
    assert reply.raw["type"] == "text"
    assert "auth_token" not in reply.raw


@pytest.mark.parametrize(
    ("fields", "kind", "media"),
    [
        ({"type": "picture", "text": "", "media": "https://x.example/a.png"}, "image", "https://x.example/a.png"),
        ({"type": "video", "media": "https://x.example/a.mp4", "size": 1}, "video", "https://x.example/a.mp4"),
        ({"type": "url", "media": "https://x.example"}, "url", "https://x.example"),
        ({"type": "sticker", "sticker_id": 1}, "sticker", None),
        ({"keyboard": KEYBOARD}, "keyboard", None),
        ({"type": "rich_media", "rich_media": {"Type": "rich_media", "Buttons": [BUTTON]}}, "cards", None),
    ],
)
def test_message_has_our_word_for_its_kind(fields: dict[str, Any], kind: str, media: str | None) -> None:
    (reply,) = replies(a_call("send_message", {"receiver": "ana", **fields}), ApiResponse())

    assert (reply.kind, reply.media, reply.text) == (kind, media, None)


def test_location_is_where_it_points() -> None:
    fields = {"receiver": "ana", "type": "location", "location": {"lat": 1, "lon": 2}}

    assert replies(a_call("send_message", fields), ApiResponse())[0].location == {"lat": 1, "lon": 2}


def test_place_written_as_texts_is_read_as_numbers() -> None:
    fields = {"receiver": "ana", "type": "location", "location": {"lat": "37.7898", "lon": "-122.3942"}}

    assert replies(a_call("send_message", fields), ApiResponse())[0].location == {"lat": 37.7898, "lon": -122.3942}


def test_broadcast_is_a_reply_to_each() -> None:
    fields = {"broadcast_list": ["ana", "bob", "ana"], "type": "text", "text": "all"}

    assert [reply.to for reply in replies(a_call("broadcast_message", fields), ApiResponse())] == ["ana", "bob"]


def test_broadcast_is_no_reply_to_whom_it_could_not_reach() -> None:
    fields = {"broadcast_list": ["ana", "bob"], "type": "text", "text": "all"}
    answer = ApiResponse(values={"message_token": 7, "failed_list": [{"receiver": "bob", "status": 6}]})

    (reply,) = replies(a_call("broadcast_message", fields), answer)

    assert (reply.to, reply.message_id) == ("ana", "7")


def test_message_that_the_device_refuses_says_nothing() -> None:
    wide = {"Type": "keyboard", "Buttons": [{**BUTTON, "Columns": 9}]}

    fields = {"receiver": "ana", "type": "text", "text": "x", "keyboard": wide}

    assert replies(a_call("send_message", fields), ApiResponse()) == ()


@pytest.mark.parametrize("operation", ["set_webhook", "get_online", "post"])
def test_other_operations_say_nothing(operation: str) -> None:
    assert replies(a_call(operation, {"url": "https://x.example"}), ApiResponse()) == ()
