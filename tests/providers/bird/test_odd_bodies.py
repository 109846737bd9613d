"""Bodies with something odd in any place: taken or refused, never an error of ours; what they set off can be sent."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from simulator import catalog
from simulator.records import ScheduledEvent
from simulator.render import render

from .conftest import BIRD, KEY_ID, SMS, WHATSAPP, Desk, a_person, a_world

ODD: tuple[Any, ...] = (
    None,
    "",
    "x",
    "é☃",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [None],
    [{}],
    ["x"],
    {"a": "b"},
    [[]],
    "x" * 5_000,
)
PHONE = "+31612345678"
FILE = {"contentType": "application/pdf", "mediaUrl": "https://example.com/a", "filename": "a"}
ACTIONS = [{"type": "postback", "postback": {"text": "A", "payload": "a"}}]
BODIES: dict[str, Any] = {
    "text": {"text": "hi", "actions": ACTIONS},
    "image": {"images": [{"mediaUrl": "https://example.com/a", "altText": ""}], "text": "a"},
    "file": {"files": [FILE]},
    "location": {"coordinates": {"latitude": 1, "longitude": 2}},
    "carousel": {"items": [{"title": "a", "actions": ACTIONS}]},
    "html": {"html": "<p>a</p>", "text": "a"},
}


def body(kind: str) -> dict[str, Any]:
    return {"type": kind, kind: BODIES[kind]}


SPEAKER = {"participantType": "accessKey", "participantId": KEY_ID, "addMissingParticipants": True}
SENDING = {
    "receiver": {
        "contacts": [{"identifierKey": "phonenumber", "identifierValue": PHONE, "annotations": {"name": "B"}}]
    },
    "sender": {"connector": {"identifierValue": "+31970", "annotations": {"name": "Shop"}}},
    "body": body("text"),
    "reference": "r",
    "meta": {"a": "b"},
    "tags": ["a"],
    "replyTo": {"id": "m", "type": "message"},
}
CONTACT = {"type": "contact", "id": "c", "identifierKey": "phonenumber", "identifierValue": PHONE, "displayName": "B"}
OPENING = {
    "name": "n",
    "style": "default",
    "visibility": "public",
    "channelId": SMS,
    "participants": [CONTACT, {"type": "user", "id": "u", "displayName": "S", "avatarUrl": ""}],
    "initiatingParticipant": {"type": "user", "id": "u"},
    "initialMessage": {"body": body("text"), "recipients": [CONTACT], "reference": "r", "meta": {}},
    "attributes": {"a": "b"},
}
FILTERS = [{"key": "channelId", "value": WHATSAPP}]
SUBSCRIBING = {
    "service": "conversations",
    "event": "conversation.updated",
    "url": "http://127.0.0.1:1/",
    "eventFilters": FILTERS,
    "signingKey": "k",
    "template": "",
}
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    **{f"sms {kind}": ("POST", f"/channels/{SMS}/messages", {**SENDING, "body": body(kind)}) for kind in BODIES},
    **{
        f"whatsapp {kind}": ("POST", f"/channels/{WHATSAPP}/messages", {**SENDING, "body": body(kind)})
        for kind in BODIES
    },
    "template": (
        "POST",
        f"/channels/{SMS}/messages",
        {**SENDING, "body": None, "template": {"projectId": "p", "version": "v"}},
    ),
    "open": ("POST", "/conversations", OPENING),
    "change": ("PATCH", "/conversations/{conversation}", {"name": "n", "status": "closed", "attributes": {"a": "b"}}),
    "say": (
        "POST",
        "/conversations/{conversation}/messages",
        {**SPEAKER, "body": body("text"), "replyToMessageId": "m"},
    ),
    "add": ("POST", "/conversations/{conversation}/participants", CONTACT),
    "show": (
        "PATCH",
        "/conversations/{conversation}/participants/{participant}",
        {"displayName": "B", "status": "active"},
    ),
    "subscribe": ("POST", "/webhook-subscriptions", SUBSCRIBING),
}
ACCEPTED = (200, 201, 202, 204)


def spoiled(value: Any) -> Iterator[Any]:
    """Give the value with something odd in place of each part of it, and without each part of it."""
    yield from ODD
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        without = copy.copy(value)
        del without[key]
        yield without
        for inner in spoiled(value[key]):
            changed = copy.copy(value)
            changed[key] = inner
            yield changed


def call(name: str, fields: Any) -> int:
    """Make the call in a world of its own; give its status, once all that it set off could be rendered."""
    ana = a_person("ana")
    desk = Desk(a_world(ana))
    conversation = desk.conversation_with(ana["id"])
    method, path, _ = CALLS[name]
    answered = desk.call(method, path.format(conversation=conversation, participant=ana["contact_id"]), fields)
    if answered.response.error:
        assert answered.response.effects == ()
        return answered.status
    BIRD.replies(answered.call, answered.response)
    for number, emit in enumerate(desk.emitted):
        event = ScheduledEvent(
            id=str(number), provider="bird", type=emit.type, values=emit.values, due_ms=1, cause="", actor=emit.user
        )
        made = render(event, catalog=catalog.load("bird"), provider=BIRD, world=desk.world, seed=1, start_ms=1)
        assert json.loads(made.body)
    for listing in (
        "/conversations",
        f"/channels/{SMS}/messages",
        f"/channels/{WHATSAPP}/messages",
        "/webhook-subscriptions",
    ):
        assert desk.call("GET", listing).status == 200
    desk.act(ana["id"], "text", "And then?")
    return answered.status


@pytest.mark.parametrize("name", CALLS)
def test_call_as_it_should_be_is_accepted(name: str) -> None:
    assert call(name, CALLS[name][2]) in ACCEPTED


@pytest.mark.parametrize("name", CALLS)
def test_call_with_something_odd_is_taken_or_refused(name: str) -> None:
    for fields in spoiled(CALLS[name][2]):
        if isinstance(fields, dict):
            assert call(name, fields) in (*ACCEPTED, 404, 409, 422), fields
