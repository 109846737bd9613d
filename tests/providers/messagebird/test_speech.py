"""Calls read as what the bot said."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.provider import ApiResponse
from simulator.providers.messagebird.speech import replies
from simulator.records import ApiCall, Button, Reply


def said(kind: str, content: Any, operation: str = "send_message") -> Reply:
    call = ApiCall(
        id="c",
        provider="messagebird",
        method="POST",
        path="/",
        headers={},
        operation=operation,
        fields={"type": kind, "content": {kind: content}},
    )
    (found,) = replies(call, ApiResponse(values={"reached": ["+31612345678"], "message_id": "m"}))
    return found


@pytest.mark.parametrize("operation", ["start_conversation", "send_message", "create_message"])
def test_bot_speaks_by_three_calls(operation: str) -> None:
    found = said("text", "Hello", operation)

    assert (found.to, found.kind, found.text, found.message_id) == ("+31612345678", "text", "Hello", "m")


@pytest.mark.parametrize("kind", ["image", "video", "file", "audio"])
def test_media_have_a_link_and_maybe_a_caption(kind: str) -> None:
    found = said(kind, {"url": "https://x.y/a", "caption": "Look"})

    assert (found.kind, found.media, found.text) == (kind, "https://x.y/a", "Look")


def test_sticker_place_and_template_are_what_they_are() -> None:
    place = said("location", {"latitude": 1.5, "longitude": 2.5})

    assert (place.kind, place.location) == ("location", {"lat": 1.5, "lon": 2.5})
    assert (said("whatsappSticker", {"link": "https://x.y/s"}).kind, said("hsm", {}).kind) == ("sticker", "template")


def test_interactive_message_has_words_and_buttons() -> None:
    buttons = [{"type": "reply", "id": "yes", "title": "Yes"}, {"type": "reply", "reply": {"id": "no", "title": "No"}}]
    found = said("interactive", {"type": "button", "body": {"text": "Sure?"}, "action": {"buttons": buttons}})

    assert (found.kind, found.text) == ("text", "Sure?")
    assert found.buttons == (Button(label="Yes", payload="yes"), Button(label="No", payload="no"))
