"""Bodies with something odd in any place: taken or refused, never an error of ours; what they set off can be sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator import answering
from simulator.ids import Ids
from simulator.records import Ack, ApiCall, ScheduledEvent
from simulator.render import render
from simulator.seeds import stream
from simulator.world import Emit, Put, World
from tests.providers.spoiling import spoiled

from .conftest import FACTS, NOW_MS, VIBER, a_person, a_world, act

ANA = a_person("ana", id="Zm9vYmFyYmF6cXV4MTIzNA==", subscribed=True)
URL = "https://x.example/a"
BUTTON = {"Columns": 6, "Rows": 1, "ActionType": "reply", "ActionBody": "go", "Text": "Go", "Silent": True}
KEYBOARD = {"Type": "keyboard", "DefaultHeight": True, "Buttons": [{**BUTTON, "TextSize": "small", "TextOpacity": 60}]}
CARDS = {
    "Type": "rich_media",
    "ButtonsGroupColumns": 6,
    "ButtonsGroupRows": 7,
    "BgColor": "#FFFFFF",
    "Buttons": [BUTTON],
}
OWN = {"sender": {"name": "Shop", "avatar": URL}, "tracking_data": "t", "min_api_version": 3}
MESSAGES: dict[str, dict[str, Any]] = {
    "text": {"text": "hi", "keyboard": KEYBOARD},
    "picture": {"text": "t", "media": f"{URL}.jpg", "thumbnail": URL},
    "video": {"media": f"{URL}.mp4", "size": 7, "duration": 7, "thumbnail": URL},
    "file": {"media": URL, "size": 7, "file_name": "a.pdf"},
    "contact": {"contact": {"name": "Ben", "phone_number": "+441"}},
    "location": {"location": {"lat": "1.5", "lon": 2}},
    "url": {"media": URL},
    "sticker": {"sticker_id": 46105},
    "rich_media": {"rich_media": CARDS, "alt_text": "cards"},
    "payment": {
        "min_api_version": 10,
        "payment": {
            "type": "GooglePay",
            "total_price": 1.5,
            "currency_code": "EUR",
            "payment_parameters": [{"key": "a", "value": "b"}],
        },
    },
}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    **{
        kind: ("send_message", {"receiver": ANA["id"], **OWN, "type": kind, **fields})
        for kind, fields in MESSAGES.items()
    },
    "what belongs elsewhere": (
        "send_message",
        {"receiver": ANA["id"], **OWN, "type": "text", "text": "x", "location": {}, "rich_media": CARDS, "media": URL},
    ),
    "broadcast": ("broadcast_message", {"broadcast_list": [ANA["id"], "x"], **OWN, "type": "text", "text": "x"}),
    "post": ("post", {"from": "x", **OWN, "type": "text", "text": "x"}),
    "webhook": (
        "set_webhook",
        {"url": URL, "event_types": ["seen"], "send_name": True, "send_photo": False, "is_inline": True},
    ),
    "details": ("get_user_details", {"id": ANA["id"]}),
    "online": ("get_online", {"ids": [ANA["id"], "x"]}),
}


def answered(world: World, operation: str, body: Any, number: int) -> answering.Answered:
    call = ApiCall(
        id="c",
        provider="viber",
        method="POST",
        path=f"/pa/{operation}",
        headers={"x-viber-auth-token": world.credentials["auth_token"]},
        body=json.dumps(body).encode(),
        at_ms=NOW_MS + number,
    )
    ids = Ids(VIBER.ids, stream(1, number), call.at_ms)
    return answering.answer(call, provider=VIBER, catalog=FACTS, world=world, ids=ids)


def shown(event_type: str, world: World, **values: Any) -> None:
    event = ScheduledEvent(
        id="e", provider="viber", type=event_type, values=values, due_ms=NOW_MS, cause="c", actor=ANA["id"]
    )
    render(event, catalog=FACTS, provider=VIBER, world=world, seed=1, start_ms=NOW_MS)


@pytest.mark.parametrize("name", CALLS)
def test_odd_body_is_taken_or_refused(name: str) -> None:
    operation, right = CALLS[name]
    assert answered(a_world(ANA, public_chat=True), operation, right, 0).response.error == ""
    for number, body in enumerate(spoiled(right)):
        world = a_world(ANA, public_chat=True, name="as_asked")
        found = answered(world, operation, body, number)

        assert found.status == 200, body
        if found.response.error:
            assert found.response.effects == (), body
            continue
        VIBER.replies(found.call, found.response)
        for effect in found.response.effects:
            if isinstance(effect, Put):
                world.apply(effect)
        for effect in found.response.effects:
            if isinstance(effect, Emit):
                shown(effect.type, world, **effect.values)
        for occurrence in act(world, ANA["id"], "text", "And then?") or ():
            shown(occurrence.type, world, **occurrence.values)


@pytest.mark.parametrize("kind", MESSAGES)
def test_odd_welcome_is_taken_or_refused(kind: str) -> None:
    assert VIBER.read_ack is not None
    opened = ScheduledEvent(
        id="e", provider="viber", type="conversation_started", values={}, due_ms=NOW_MS, cause="", actor=ANA["id"]
    )
    for number, body in enumerate(spoiled({"type": kind, **MESSAGES[kind]})):
        world = a_world(ANA)
        for call in VIBER.read_ack(opened, Ack(status=200, headers=(), body=json.dumps(body).encode()), ANA):
            ids = Ids(VIBER.ids, stream(1, number), NOW_MS)
            found = answering.answer(call, provider=VIBER, catalog=FACTS, world=world, ids=ids)

            assert found.status == 200, body
            if not found.response.error:
                VIBER.replies(found.call, found.response)
