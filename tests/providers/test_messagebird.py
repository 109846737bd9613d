"""What is odd about MessageBird as a whole: the structure of captures, and the two signatures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.provider import ToSign
from simulator.providers.messagebird import PROVIDER
from simulator.providers.messagebird.shapes import fraction, seconds
from simulator.providers.messagebird.signature import claims, query_of, token

from .conftest import NOW_MS, Bench, bench

CONTACT: dict[str, Any] = {
    "id": str,
    "href": str,
    "msisdn": int,
    "displayName": str,
    "firstName": str,
    "lastName": str,
    "customDetails": {},
    "attributes": {},
    "createdDatetime": str,
    "updatedDatetime": str,
}
CONVERSATION: dict[str, Any] = {
    "id": str,
    "contactId": str,
    "status": str,
    "createdDatetime": str,
    "updatedDatetime": str,
    "lastReceivedDatetime": str,
    "lastUsedChannelId": str,
    "messages": {"totalCount": int, "href": str},
}
MESSAGE: dict[str, Any] = {
    "id": str,
    "conversationId": str,
    "platform": str,
    "to": str,
    "from": str,
    "channelId": str,
    "type": str,
    "content": {"text": str},
    "direction": str,
    "status": str,
    "createdDatetime": str,
    "updatedDatetime": str,
}
CAPTURED = {"contact": CONTACT, "conversation": CONVERSATION, "message": MESSAGE, "type": str}
"""Keys, their nesting, order and types, as in a captured request."""

TOKEN_KEY = "legacy-signing-key-with-at-least-32-bytes!"
TOKEN_URL = "https://bot.example.com/mb?example=42"
BODY = b'{"type":"message.created"}'
TOKEN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNZXNzYWdlQmlyZCIsIm5iZiI6MTYyNTQ3OTIwMCwiZXhwIjo0MTAyNDQ0ODAwLCJq"
    "dGkiOiI1OWEyNDRkYy1lOWFkLTRlMjMtOTc3OC0zNzFmYWEyMzhmNzIiLCJ1cmxfaGFzaCI6ImNhMGIxMTgyODU3MWVmMWVlZjQ3NDBmOTZmNmNm"
    "NGQ5MmU1OTI2MDBlZTIzOGFmOWVkOGFiOTg3NTc1NWVjYTkiLCJwYXlsb2FkX2hhc2giOiI3ZDAzNzc3MzA5YTg4Zjg3ZjU0NGEwN2ZjMjAzNmMy"
    "Yjk0MzhkMzRhZTM4ODRhOTRhZjg4ZDk0MjhjMTlhZGQzIn0.AOSUE_BY2NF1HhKuPB6Hl9v5KqYXJfqHcbr8ouDi3mg"
)


def shape(value: Any) -> Any:
    return {key: shape(inner) for key, inner in value.items()} if isinstance(value, dict) else type(value)


@pytest.fixture
def messagebird() -> Bench:
    return bench("messagebird")


def body_of(made: Bench, event: str, seed: int = 1) -> Any:
    return json.loads(made.render(event, seed=seed).body)


# --- payloads


def test_four_events_are_there(messagebird: Bench) -> None:
    names = {event.partition("/")[0] for event in messagebird.catalog.events}

    assert names == {"message.created", "message.updated", "conversation.created", "conversation.updated"}


@pytest.mark.parametrize("seed", range(100))
def test_message_is_shaped_as_captured(messagebird: Bench, seed: int) -> None:
    body = body_of(messagebird, "message.created/text", seed)

    assert json.dumps(shape(body), default=str) == json.dumps(CAPTURED, default=str)


@pytest.mark.parametrize("seed", range(20))
def test_message_agrees_with_itself(messagebird: Bench, seed: int) -> None:
    body = body_of(messagebird, "message.created/text", seed)
    contact, conversation, message = body["contact"], body["conversation"], body["message"]

    assert message["from"] == f"+{contact['msisdn']}"
    assert contact["displayName"] == str(contact["msisdn"])
    assert conversation["contactId"] == contact["id"]
    assert message["conversationId"] == conversation["id"]
    assert conversation["lastUsedChannelId"] == message["channelId"]
    assert conversation["messages"]["href"].endswith(f"/conversations/{conversation['id']}/messages")


def test_numbers_change_places_with_the_direction(messagebird: Bench) -> None:
    received, sent = (body_of(messagebird, f"message.created/{kind}")["message"] for kind in ("text", "sent"))

    assert (received["to"], sent["from"]) == ("+31970123456", "+31970123456")
    assert (received["direction"], sent["direction"]) == ("received", "sent")
    assert (received["status"], sent["status"]) == ("received", "pending")


@pytest.mark.parametrize("event", ["conversation.created", "conversation.updated"])
def test_conversation_comes_without_a_message(messagebird: Bench, event: str) -> None:
    assert list(body_of(messagebird, event)) == ["contact", "conversation", "type"]


def test_contact_may_have_her_name() -> None:
    named = body_of(bench("messagebird", display_name="name"), "message.created/text")["contact"]["displayName"]

    assert not named.isdigit()


@pytest.mark.parametrize(
    ("ms", "nanos", "shown"),
    [
        (NOW_MS + 935, 600_353, "2026-01-05T09:00:00.935600353Z"),
        (NOW_MS + 853, 614_000, "2026-01-05T09:00:00.853614Z"),
        (NOW_MS + 5, 0, "2026-01-05T09:00:00.005Z"),
        (NOW_MS, 0, "2026-01-05T09:00:00Z"),
    ],
)
def test_zeros_at_the_end_of_a_time_are_taken_off(ms: int, nanos: int, shown: str) -> None:
    assert fraction(ms, nanos) == shown
    assert seconds(ms) == "2026-01-05T09:00:00Z"


# --- signatures


def to_sign(body: bytes = BODY, url: str = TOKEN_URL, attempt: int = 1, **options: Any) -> ToSign:
    return ToSign(
        body=body,
        content_type="application/json",
        url=url,
        credentials={"signing_key": TOKEN_KEY},
        options=options,
        stamp_ms=1_625_479_200_999,
        attempt=attempt,
    )


def test_token_of_the_published_claims_is_the_published_one() -> None:
    said = {**claims(to_sign()), "exp": 4_102_444_800, "jti": "59a244dc-e9ad-4e23-9778-371faa238f72"}

    assert token(said, TOKEN_KEY) == TOKEN


def test_token_is_good_for_a_minute_and_another_for_each_attempt() -> None:
    first, second = claims(to_sign()), claims(to_sign(attempt=2))

    assert (first["nbf"], first["exp"]) == (1_625_479_200, 1_625_479_260)
    assert first["jti"] != second["jti"]


def test_token_tells_nothing_of_a_body_that_is_empty() -> None:
    assert "payload_hash" not in claims(to_sign(b""))


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("https://bot.example.com/mb?def=bar&abc=foo", "abc=foo&def=bar"),
        ("https://bot.example.com/mb", ""),
        ("https://bot.example.com/mb?b=&a=x%20y&a=z", "a=x+y&a=z&b="),
    ],
)
def test_older_signature_is_over_the_sorted_query_alone(url: str, query: str) -> None:
    assert query_of(url) == query


@pytest.mark.parametrize(
    ("signatures", "names"),
    [
        ("hmac", ["MessageBird-Signature", "MessageBird-Request-Timestamp"]),
        ("jwt", ["MessageBird-Signature-JWT"]),
        ("both", ["MessageBird-Signature", "MessageBird-Request-Timestamp", "MessageBird-Signature-JWT"]),
    ],
)
def test_request_carries_the_signatures_that_are_wanted(signatures: str, names: list[str]) -> None:
    assert [name for name, _ in PROVIDER.sign(to_sign(signatures=signatures)).headers] == names


def test_public_url_may_be_signed_in_place_of_the_registered_one() -> None:
    local = to_sign(url="http://127.0.0.1:3000/hook", sign_url=TOKEN_URL)

    assert claims(local)["url_hash"] == claims(to_sign())["url_hash"]
