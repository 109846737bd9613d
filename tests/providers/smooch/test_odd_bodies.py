"""Bodies with something odd in any place: taken or refused, never an error of ours; what they set off can be sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator import answering
from simulator.ids import Ids
from simulator.records import ApiCall, ScheduledEvent
from simulator.render import render
from simulator.seeds import stream
from simulator.world import Emit, Put, World
from tests.providers.spoiling import spoiled

from .conftest import APP_ID, FACTS, NOW_MS, SMOOCH, a_person, a_world, act, do, say
from .test_keys import CREDENTIALS, TOKEN

ANA = a_person("ana", id="9b1d3f5a7c2e4f60812a4c6e", userId="ana@example.com")
BOB = a_person("bob", name="Bob", userId=None)
URL = "https://x.example/a.png"
POSTBACK = {"type": "postback", "text": "Go", "payload": "GO", "metadata": {"a": 1}}
LINK = {"type": "link", "text": "Shop", "uri": URL, "default": True, "extraChannelOptions": {"messenger": {}}}
ITEM = {"title": "Mug", "description": "d", "mediaUrl": URL, "mediaType": "image/png", "size": "large"}
FIELD = {"type": "text", "name": "name", "label": "Name", "placeholder": "p", "minSize": 1, "maxSize": 9, "options": []}
SELECT = {"type": "select", "name": "size", "label": "Size", "options": [{"name": "s", "label": "Small"}]}
OWN = {"role": "appMaker", "name": "Shop", "email": "shop@example.com", "metadata": {"a": 1}}
MESSAGES: dict[str, dict[str, Any]] = {
    "text": {**OWN, "text": "hi", "actions": [POSTBACK, LINK, {"type": "buy", "text": "Buy", "amount": 5}]},
    "image": {**OWN, "mediaUrl": URL, "mediaType": "image/png", "altText": "a", "text": "t"},
    "file": {**OWN, "mediaUrl": URL},
    "carousel": {**OWN, "items": [{**ITEM, "actions": [POSTBACK]}], "displaySettings": {"imageAspectRatio": "square"}},
    "location": {**OWN, "coordinates": {"lat": 1.5, "long": 2}, "location": {"address": "a", "name": "n"}},
    "form": {**OWN, "fields": [FIELD, SELECT], "blockChatInput": True},
}
ONE = f"/appusers/{ANA['id']}"
INTEGRATIONS = FACTS.account["integrations"]
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    **{kind: ("POST", f"{ONE}/messages", {"type": kind, **fields}) for kind, fields in MESSAGES.items()},
    "what belongs elsewhere": (
        "POST",
        f"{ONE}/messages",
        {**OWN, "type": "text", "text": "x", "items": [ITEM], "fields": [FIELD], "coordinates": {}, "mediaUrl": URL},
    ),
    "person's text": ("POST", f"{ONE}/messages", {"role": "appUser", "type": "text", "text": "hi", "payload": "x"}),
    "destination": (
        "POST",
        f"{ONE}/messages",
        {**OWN, "type": "text", "text": "x", "destination": {"integrationType": "messenger", "integrationId": "x"}},
    ),
    "activity": ("POST", f"{ONE}/conversation/activity", {"role": "appMaker", "type": "typing:start"}),
    "postback": ("POST", f"{ONE}/conversation/postback", {"actionId": "x"}),
    "person": ("POST", "/appusers", {"userId": "eve", "givenName": "Eve", "signedUpAt": "x", "properties": {"a": 1}}),
    "change": ("PUT", ONE, {"surname": "B", "email": "b@x", "properties": {"a": 1, "b": None}}),
    "merge": ("POST", "/appusers/merge", {"surviving": {"_id": ANA["id"]}, "discarded": {"_id": BOB["id"]}}),
    "link": (
        "POST",
        f"{ONE}/channels",
        {
            "type": "twilio",
            "phoneNumber": "+14155550123",
            "integrationId": INTEGRATIONS["twilio"],
            "confirmation": {"type": "prompt"},
            "givenName": "A",
        },
    ),
    "remove a file": ("POST", "/attachments/remove", {"mediaUrl": URL}),
    "menu": ("PUT", "/menu", {"items": [POSTBACK, {"type": "submenu", "text": "More", "items": [LINK]}]}),
    "app": ("PUT", "", {"name": "n", "settings": {"echoPostback": True}, "metadata": {"a": 1}}),
    "integration": ("POST", "/integrations", {"type": "telegram", "token": "t", "displayName": "d"}),
    "change of an integration": ("PUT", f"/integrations/{INTEGRATIONS['line']}", {"displayName": "d"}),
    "template": ("POST", "/templates", {"name": "n", "message": {**OWN, "type": "text", "text": "hi"}}),
    "notification": (
        "POST",
        "/notifications",
        {
            "destination": {"integrationId": INTEGRATIONS["whatsapp"], "destinationId": "44"},
            "author": {"role": "appMaker", "name": "Shop"},
            "messageSchema": "smooch",
            "message": {"type": "text", "text": "hi"},
        },
    ),
    "webhook": (
        "POST",
        "/webhooks",
        {"target": URL, "triggers": ["message", "*"], "includeClient": True, "includeFullAppUser": False},
    ),
}


def a_story() -> World:
    world = a_world(ANA, BOB, credentials=CREDENTIALS, version="v1.1")
    act(world, ANA, "text", "hello")
    say(world, ANA, actions=[POSTBACK])
    return world


def answered(world: World, method: str, path: str, body: Any, number: int) -> answering.Answered:
    call = ApiCall(
        id="c",
        provider="smooch",
        method=method,
        path=f"/v1.1/apps/{APP_ID}{path}",
        headers={"authorization": f"Bearer {TOKEN}", "content-type": "application/json"},
        body=json.dumps(body).encode(),
        at_ms=NOW_MS + 1000 + number,
        base_url="http://127.0.0.1:1/smooch",
    )
    ids = Ids(SMOOCH.ids, stream(1, number), call.at_ms)
    return answering.answer(call, provider=SMOOCH, catalog=FACTS, world=world, ids=ids)


@pytest.mark.parametrize("name", CALLS)
def test_odd_body_is_taken_or_refused(name: str) -> None:
    method, path, right = CALLS[name]
    assert answered(a_story(), method, path, right, 0).status in (200, 201, 400, 404)
    for number, body in enumerate(spoiled(right)):
        world = a_story()
        found = answered(world, method, path, body, number)

        assert found.status in (200, 201, 400, 404, 409), body
        if found.response.error:
            assert found.response.effects == (), body
            continue
        SMOOCH.replies(found.call, found.response)
        for effect in found.response.effects:
            if isinstance(effect, Put):
                world.apply(effect)
        for effect in found.response.effects:
            if isinstance(effect, Emit):
                event = ScheduledEvent(
                    id="e",
                    provider="smooch",
                    type=effect.type,
                    values=effect.values,
                    due_ms=NOW_MS,
                    cause="c",
                    actor=effect.user,
                )
                render(event, catalog=FACTS, provider=SMOOCH, world=world, seed=1, start_ms=NOW_MS)
        do(world, "get_messages", user_id=ANA["id"])
        act(world, ANA, "event", "message:appUser/formResponse")
