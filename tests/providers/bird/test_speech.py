"""Calls read as what the bot said."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.records import Button, Reply
from simulator.world import Row

from .conftest import BIRD, KEY_ID, SMS, WHATSAPP, Desk, a_message


def said(desk: Desk, path: str, body: dict[str, Any]) -> tuple[Reply, ...]:
    answered = desk.call("POST", path, body)
    return BIRD.replies(answered.call, answered.response)


def said_to(desk: Desk, user: Row, body: dict[str, Any]) -> Reply:
    desk.conversation_with(user["id"])
    (reply,) = said(desk, f"/channels/{WHATSAPP}/messages", a_message(user["id"], body=body))
    return reply


def test_text_with_actions_is_a_text_with_buttons(desk: Desk, ana: Row) -> None:
    actions = [
        {"type": "reply", "reply": {"id": "yes", "text": "Yes"}},
        {"type": "postback", "postback": {"text": "No", "payload": "NO"}},
        {"type": "link", "link": {"url": "https://example.com", "text": "More"}},
    ]
    reply = said_to(desk, ana, {"type": "text", "text": {"text": "Sure?", "actions": actions}})

    assert (reply.to, reply.kind, reply.text, reply.operation) == (ana["id"], "text", "Sure?", "send_message")
    assert reply.buttons == (
        Button(label="Yes", payload="yes"),
        Button(label="No", payload="NO"),
        Button(label="More", payload="https://example.com", kind="url"),
    )


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [("video/mp4", "video"), ("audio/ogg", "audio"), ("application/pdf", "file"), ("image/webp", "sticker")],
)
def test_file_is_what_its_content_type_says(desk: Desk, ana: Row, content_type: str, kind: str) -> None:
    files = [{"contentType": content_type, "mediaUrl": "https://example.com/thing"}]
    reply = said_to(desk, ana, {"type": "file", "file": {"files": files, "text": "Here"}})

    assert (reply.kind, reply.media, reply.text) == (kind, "https://example.com/thing", "Here")


def test_conversation_that_is_opened_without_a_body_says_nothing(desk: Desk) -> None:
    answered = desk.call("POST", "/conversations", None)

    assert answered.status == 201
    assert BIRD.replies(answered.call, answered.response) == ()


def test_picture_has_its_caption(desk: Desk, ana: Row) -> None:
    images = [{"mediaUrl": "https://example.com/a.jpg", "altText": "flowers"}]
    reply = said_to(desk, ana, {"type": "image", "image": {"images": images, "text": "Spring"}})

    assert (reply.kind, reply.media, reply.text) == ("image", "https://example.com/a.jpg", "Spring")


def test_place_is_a_location(desk: Desk, ana: Row) -> None:
    coordinates = {"latitude": 51.5, "longitude": -0.1}
    reply = said_to(desk, ana, {"type": "location", "location": {"coordinates": coordinates}})

    assert (reply.kind, reply.location) == ("location", {"lat": 51.5, "lon": -0.1})


def test_carousel_is_cards_with_their_buttons(desk: Desk, ana: Row) -> None:
    def item(name: str) -> dict[str, Any]:
        return {"title": name, "actions": [{"type": "postback", "postback": {"text": name, "payload": name.lower()}}]}

    reply = said_to(desk, ana, {"type": "carousel", "carousel": {"items": [item("Tulips"), item("Roses")]}})

    assert reply.kind == "cards"
    assert [button.payload for button in reply.buttons] == ["tulips", "roses"]


def test_words_in_a_conversation_are_said_to_its_contact(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    body = {"type": "text", "text": {"text": "Hi"}}
    speaker = {"participantType": "accessKey", "participantId": KEY_ID, "addMissingParticipants": True}
    (reply,) = said(desk, f"/conversations/{conversation}/messages", {**speaker, "body": body})

    assert (reply.to, reply.text, reply.operation) == (ana["id"], "Hi", "create_message")


def test_first_message_of_a_conversation_is_said_too(desk: Desk, ben: Row) -> None:
    contact = {"type": "contact", "identifierValue": ben["phone"]}
    message = {"body": {"type": "text", "text": {"text": "Hi Ben"}}}
    (reply,) = said(desk, "/conversations", {"channelId": SMS, "participants": [contact], "initialMessage": message})

    assert (reply.to, reply.text, reply.operation) == (ben["id"], "Hi Ben", "create_conversation")


def test_what_is_lost_is_not_said(desk: Desk, ana: Row) -> None:
    assert said(desk, f"/channels/{WHATSAPP}/messages", a_message(ana["id"])) == ()


def test_template_has_no_words_of_its_own(desk: Desk, ana: Row) -> None:
    template = {"projectId": "p", "version": "latest"}
    body = {**a_message(ana["id"]), "body": None, "template": template}
    (reply,) = said(desk, f"/channels/{WHATSAPP}/messages", body)

    assert (reply.kind, reply.text, reply.raw["template"]) == ("template", None, template)
