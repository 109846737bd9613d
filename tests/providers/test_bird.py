"""What is odd about Bird as a whole: the document's structure, the signature; its parts have their tests in bird/."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from simulator import catalog
from simulator.provider import ToSign
from simulator.providers.bird import PROVIDER

from .conftest import NOW_MS, Bench, bench

CONTACT: dict[str, Any] = {
    "id": str,
    "type": str,
    "status": str,
    "displayName": str,
    "avatarUrl": str,
    "contact": {"identifierKey": str, "identifierValue": str, "platformAddress": str},
}
AGENT: dict[str, Any] = {"id": str, "type": str, "status": str, "displayName": str, "avatarUrl": str}

DOCUMENTED: dict[str, Any] = {
    "service": str,
    "event": str,
    "payload": {
        "id": str,
        "name": str,
        "description": str,
        "status": str,
        "visibility": str,
        "accessibility": str,
        "featuredParticipants": [CONTACT, AGENT],
        "activeParticipantCount": int,
        "pendingParticipantCount": int,
        "initiatingParticipant": CONTACT,
        "channelId": str,
        "lastMessage": {
            "id": str,
            "type": str,
            "preview": {"text": str},
            "recipients": type(None),
            "status": str,
            "sender": CONTACT,
            "createdAt": str,
        },
        "createdAt": str,
        "updatedAt": str,
        "platformStyle": str,
    },
}
"""Keys, their nesting, order and types, as the documentation's example of conversation.updated has them."""

STAMP = "1732736033"
URL = "https://bot.example.com/webhooks/bird?tenant=7"
BODY = (
    b'{"service":"conversations","event":"conversation.deleted",'
    b'"payload":{"id":"badbf15c-bad3-4bf3-9223-6b7f414f9770"}}'
)
KEY = "sim-signing-key-01"


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value)


def written(value: Any) -> str:
    """Give a structure as text, so that the order of its keys counts too."""
    return json.dumps(value, default=str)


def payload_of(made: Bench, event: str, seed: int = 1, **changes: Any) -> Any:
    return json.loads(made.render(event, seed=seed, **changes).body)["payload"]


@pytest.fixture
def bird() -> Bench:
    return bench("bird")


# --- what there is

SOCIAL = ["facebook", "instagram", "telegram", "line", "viber", "linkedin", "tiktok", "applemessages"]
PLATFORMS = ["whatsapp", "sms", "email", *SOCIAL]
EVENTS = {
    *(f"{platform}.{kind}" for platform in PLATFORMS for kind in ("inbound", "outbound", "interaction")),
    *(f"conversation.{kind}" for kind in ("created", "updated", "deleted")),
    *("voice.inbound", "voice.outbound", "channel.created", "channel.updated"),
}


def test_every_event_of_conversations_and_channels_is_there(bird: Bench) -> None:
    assert len(EVENTS) == 40
    assert {event.partition("/")[0] for event in bird.catalog.events} == EVENTS


@pytest.mark.parametrize("event", catalog.load("bird").events)
def test_event_says_its_service_and_its_own_name(bird: Bench, event: str) -> None:
    body = json.loads(bird.render(event).body)

    assert list(body) == ["service", "event", "payload"]
    assert body["service"] == ("conversations" if event.startswith("conversation.") else "channels")
    assert body["event"] == event.partition("/")[0]


def test_prefix_that_is_only_a_pattern_can_be_put_right() -> None:
    made = bench("bird", event_names="facebook=messenger, viber=viberbot")

    names = [json.loads(made.render(f"{name}.inbound/text").body)["event"] for name in ("facebook", "viber", "line")]
    assert names == ["messenger.inbound", "viberbot.inbound", "line.inbound"]


def test_call_has_what_was_seen_or_all_that_is_likely(bird: Bench) -> None:
    assert list(payload_of(bird, "voice.inbound")) == ["id", "from", "status"]
    assert {"to", "channelId", "duration"} <= payload_of(bench("bird", voice_payload="whole"), "voice.outbound").keys()


# --- payloads


@pytest.mark.parametrize("seed", range(100))
def test_updated_conversation_is_shaped_as_documented(bird: Bench, seed: int) -> None:
    body = json.loads(bird.render("conversation.updated", seed=seed).body)

    assert written(shape(body)) == written(DOCUMENTED)
    assert (body["service"], body["event"]) == ("conversations", "conversation.updated")
    assert (body["payload"]["visibility"], body["payload"]["accessibility"]) == ("private", "invite-only")


@pytest.mark.parametrize("seed", range(20))
def test_updated_conversation_agrees_with_itself(bird: Bench, seed: int) -> None:
    payload = payload_of(bird, "conversation.updated", seed)

    contact, agent = payload["featuredParticipants"]
    assert payload["initiatingParticipant"] == contact == payload["lastMessage"]["sender"]
    assert (contact["type"], agent["type"]) == ("contact", "user")
    assert payload["createdAt"] < payload["lastMessage"]["createdAt"] < payload["updatedAt"]


def test_observed_conversation_has_style_and_selector() -> None:
    payload = payload_of(bench("bird", layout="observed"), "conversation.created")

    keys = ["id", "name", "description", "status", "style", "visibility"]
    assert list(payload)[: len(keys)] == keys
    contact = payload["initiatingParticipant"]["contact"]
    assert list(contact) == ["identifierKey", "identifierValue", "platformAddressSelector", "platformAddress"]
    assert contact["platformAddressSelector"] == "identifiers.phonenumber"


def test_conversation_where_nobody_spoke_has_no_last_message(bird: Bench) -> None:
    assert "lastMessage" not in payload_of(bird, "conversation.created", values={"last_message": None})


def test_message_of_the_bot_has_recipients_and_a_sender_without_contact(bird: Bench) -> None:
    last = payload_of(bird, "conversation.updated/outgoing")["lastMessage"]

    keys = ["type", "id", "identifierKey", "identifierValue", "platformAddress", "contactAnnotation"]
    assert list(last["recipients"][0]) == keys
    assert last["sender"]["type"] == "accessKey"
    assert "contact" not in last["sender"]


def test_deleted_conversation_may_be_its_id_alone() -> None:
    assert list(payload_of(bench("bird", deleted_payload="id_only"), "conversation.deleted")) == ["id"]


def test_media_without_words_may_have_no_preview() -> None:
    last = {"id": "m", "type": "image", "preview": "", "recipients": None, "status": "delivered", "sender": {}}
    values = {"last_message": {**last, "created_ms": NOW_MS}}
    without = payload_of(bench("bird", media_preview="missing"), "conversation.updated", values=values)
    with_empty = payload_of(bench("bird"), "conversation.updated", values=values)

    assert "preview" not in without["lastMessage"]
    assert with_empty["lastMessage"]["preview"] == {"text": ""}


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        (
            "whatsapp.inbound/reply",
            "id channelId sender receiver body meta reference replyTo parts status reason direction chargeableUnits",
        ),
        (
            "sms.inbound/text",
            "id channelId sender receiver body meta reference parts status reason direction",
        ),
        (
            "sms.outbound/text",
            "id channelId sender receiver body meta reference parts status reason details direction chargeableUnits",
        ),
    ],
)
def test_keys_of_a_channel_message_stand_in_the_order_of_captures(bird: Bench, event: str, keys: str) -> None:
    ending = ["lastStatusAt", "createdAt", "updatedAt"] + ["batchId"] * (event != "sms.inbound/text")
    whole = keys.split() + ending
    found = [list(payload_of(bird, event, seed)) for seed in range(50)]

    assert whole in found
    assert all(each == [key for key in whole if key in each] for each in found)


def test_failed_message_says_why(bird: Bench) -> None:
    values = {"status": "delivery_failed", "reason": "unreachable", "failure": {"description": "no answer"}}
    payload = payload_of(bird, "sms.outbound/text", values=values)

    assert [key for key in payload if key in ("reason", "failure", "direction")] == ["reason", "failure", "direction"]
    assert payload["failure"] == {"description": "no answer"}


def test_keys_with_dots_are_keys_and_their_values_texts(bird: Bench) -> None:
    extra = payload_of(bird, "whatsapp.inbound/file")["meta"]["extraInformation"]

    assert extra["whatsapp.media.type"] == "document"
    assert extra["timestamp"] == str(NOW_MS // 1000 - 2)


def test_channels_are_those_that_the_options_name() -> None:
    made = bench("bird", sms_channel="0a4b9f0e-6c35-5f0e-9a64-6c1b7f0b8f99")

    assert payload_of(made, "sms.inbound/text")["channelId"] == "0a4b9f0e-6c35-5f0e-9a64-6c1b7f0b8f99"


# --- the signature


def signature(body: bytes = BODY, url: str = URL, key: str = KEY, **options: Any) -> dict[str, str]:
    what = ToSign(
        body=body,
        content_type="application/json",
        url=url,
        credentials={"signing_key": key},
        options=options,
        stamp_ms=int(STAMP) * 1000 + 999,
    )
    return dict(PROVIDER.sign(what).headers)


def test_signature_is_what_an_independent_hmac_gives() -> None:
    message = b"\n".join([STAMP.encode(), URL.encode(), hashlib.sha256(BODY).digest()])
    wanted = base64.b64encode(hmac.new(KEY.encode(), message, hashlib.sha256).digest()).decode()

    assert signature() == {"messagebird-signature": wanted, "messagebird-request-timestamp": STAMP}


@pytest.mark.parametrize(
    "wrong", ["tmaI+dSUyVZE1gCXIF0biyhgMkAEJqdXmyWXvqUoYpM=", "xdBSki0O3xKOUXCbOBgG3g6Ae6ePP5D4gSg9Knfyw2s="]
)
def test_signature_is_not_one_of_the_usual_mistakes(wrong: str) -> None:
    # The hash in hexadecimal digits, and the URL without its query.
    assert signature()["messagebird-signature"] != wrong


def test_url_without_its_query_gives_another_signature() -> None:
    found = signature(url=URL.partition("?")[0])["messagebird-signature"]

    assert found == "xdBSki0O3xKOUXCbOBgG3g6Ae6ePP5D4gSg9Knfyw2s="


def test_subscription_without_a_key_is_not_signed() -> None:
    assert signature(key="") == {}


def test_public_url_may_be_signed_in_place_of_the_registered_one() -> None:
    assert signature(url="http://127.0.0.1:3000/hook", sign_url=URL) == signature()


def test_subscription_without_a_key_still_tells_its_agent() -> None:
    assert signature(key="", user_agent="Bird/1.0") == {"User-Agent": "Bird/1.0"}


def test_content_type_may_name_the_charset() -> None:
    what = ToSign(
        body=BODY,
        content_type="application/json",
        url=URL,
        credentials={"signing_key": KEY},
        options={"content_type": "application/json; charset=utf-8"},
        stamp_ms=0,
    )

    assert PROVIDER.sign(what).content_type == "application/json; charset=utf-8"


# --- without the envelope


@pytest.mark.parametrize("event", catalog.load("bird").events)
def test_payload_may_come_without_its_envelope(bird: Bench, event: str) -> None:
    whole = json.loads(bird.render(event).body)

    assert json.loads(bench("bird", envelope=False).render(event).body) == whole["payload"]
