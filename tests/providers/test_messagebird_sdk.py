"""The official SDK `messagebird` against what the simulator signs and answers."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from messagebird import Client
from messagebird.client import ErrorException
from messagebird.conversation import Conversation
from messagebird.conversation_contact import ConversationContact
from messagebird.conversation_message import ConversationMessage
from messagebird.error import ValidationError
from messagebird.request_validator import RequestValidator
from messagebird.signed_request import SignedRequest

from simulator.provider import ToSign
from simulator.providers.messagebird import PROVIDER
from simulator.world import Row

from .conftest import Bench, bench
from .messagebird.conftest import Desk, a_person
from .proofs import Proofs

SDK = "messagebird"

KEY = "legacy-signing-key-with-at-least-32-bytes!"
URL = "https://bot.example.com/mb?def=bar&abc=foo"
BODY = '{"text":"héllo ☃ 🙂"}'.encode()


def headers() -> dict[str, str]:
    what = ToSign(
        body=BODY,
        content_type="application/json",
        url=URL,
        credentials={"signing_key": KEY},
        options={},
        stamp_ms=int(time.time() * 1000),
    )
    return dict(PROVIDER.sign(what).headers)


# --- signatures


def test_sdk_accepts_the_token(proofs: Proofs) -> None:
    said = RequestValidator(KEY).validate_signature(headers()["MessageBird-Signature-JWT"], URL, BODY)

    assert said["iss"] == "MessageBird"
    proofs.record("messagebird", SDK, signature=True)


@pytest.mark.parametrize(
    ("key", "url", "body"),
    [
        ("another-signing-key-with-at-least-32-bytes!", URL, BODY),
        (KEY, "https://bot.example.com/mb?abc=foo&def=bar", BODY),
        (KEY, URL, BODY + b"\n"),
    ],
)
def test_sdk_refuses_the_token_for_another_request(key: str, url: str, body: bytes) -> None:
    with pytest.raises(ValidationError):
        RequestValidator(key).validate_signature(headers()["MessageBird-Signature-JWT"], url, body)


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
def test_sdk_accepts_the_older_signature(proofs: Proofs) -> None:
    found = headers()
    signature, stamp = found["MessageBird-Signature"], found["MessageBird-Request-Timestamp"]
    # The SDK takes the body as Latin-1.
    parts = (signature, stamp, BODY.decode("latin-1"), {"def": "bar", "abc": "foo"})

    assert SignedRequest(*parts).verify(KEY)
    assert SignedRequest(*parts).is_recent()
    assert not SignedRequest(*parts).verify("another-key")
    proofs.record("messagebird", SDK, signature=True)


# --- events


@pytest.fixture
def made() -> Bench:
    return bench("messagebird")


def read(body: Any) -> None:
    """Let the SDK read an event, and compare what it found."""
    contact = ConversationContact().load(body["contact"])
    conversation = Conversation().load({**body["conversation"], "contact": body["contact"]})

    assert (contact.id, contact.msisdn) == (body["contact"]["id"], body["contact"]["msisdn"])
    names = ("id", "contactId", "status", "lastUsedChannelId")
    assert [getattr(conversation, name) for name in names] == [body["conversation"][name] for name in names]
    assert conversation.createdDatetime <= conversation.lastReceivedDatetime <= conversation.updatedDatetime
    assert conversation.messages.totalCount == 0
    if "message" in body:
        message, names = ConversationMessage().load(body["message"]), ("id", "conversationId", "channelId", "direction")
        names += ("status", "type", "content")
        assert [getattr(message, name) for name in names] == [body["message"][name] for name in names]
        assert message.createdDatetime <= message.updatedDatetime


def test_sdk_reads_every_event(made: Bench, proofs: Proofs) -> None:
    for event in made.catalog.events:
        for seed in range(50):
            read(json.loads(made.render(event, seed=seed).body))
    proofs.record("messagebird", SDK, events=made.catalog.events)


# --- the REST API


@pytest.fixture
def ana() -> Row:
    return a_person("ana")


@pytest.fixture
def desk(ana: Row) -> Desk:
    return Desk(ana)


class Bridge:
    """The SDK's HTTP client, which calls the simulator's answers without a network."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def request(self, path: str, method: str = "GET", params: Any = None, format: Any = None) -> str:  # noqa: A002 - the SDK's name
        url = urlsplit(path)
        query = dict(pair.split("=") for pair in url.query.split("&") if pair)
        return self.desk.call(method, f"/v1/{url.path}", params, query=query).body.decode()


def test_sdk_holds_a_conversation(desk: Desk, ana: Row, proofs: Proofs) -> None:
    client = Client("unused", http_client=Bridge(desk))
    start = {"to": ana["phone"], "channelId": desk.channel, "type": "text", "content": {"text": "Hello"}}

    begun = client.conversation_start(start)
    said = client.conversation_create_message(
        begun.id, {"type": "image", "content": {"image": {"url": "https://x.y/a"}}}
    )
    listed = client.conversation_list_messages(begun.id, limit=1, offset=1)
    read = client.conversation_read_message(said.id)
    archived = client.conversation_update(begun.id, {"status": "archived"})

    assert (begun.contact.msisdn, begun.messages.totalCount) == (int(ana["phone"][1:]), 1)
    assert (said.status, said.direction, said.type) == ("pending", "sent", "image")
    assert (listed.count, listed.totalCount, listed.items[0].content) == (1, 2, {"text": "Hello"})
    assert read.status == "delivered"
    assert (archived.status, archived.channels[0].platformId) == ("archived", "whatsapp")
    assert client.conversation_read(begun.id).status == "archived"
    assert [each.id for each in client.conversation_list().items] == [begun.id]
    called = ["start_conversation", "create_message", "list_messages", "get_message"]
    called += ["update_conversation", "get_conversation", "list_conversations"]
    proofs.record("messagebird", SDK, operations=called)


def test_sdk_keeps_webhooks(desk: Desk, proofs: Proofs) -> None:
    client = Client("unused", http_client=Bridge(desk))
    made = client.conversation_create_webhook({"url": "https://bot.example.com/mb", "events": ["message.created"]})
    changed = client.conversation_update_webhook(made.id, {"status": "disabled"})

    assert (made.status, changed.status) == ("enabled", "disabled")
    assert client.conversation_read_webhook(made.id).events == ["message.created"]
    assert client.conversation_list_webhooks().totalCount == 1
    client.conversation_delete_webhook(made.id)
    assert client.conversation_list_webhooks().totalCount == 0
    verbs = ("create_webhook", "update_webhook", "get_webhook", "list_webhooks", "delete_webhook")
    proofs.record("messagebird", SDK, operations=verbs)


def test_sdk_tells_what_is_refused(desk: Desk) -> None:
    client = Client("unused", http_client=Bridge(desk))

    with pytest.raises(ErrorException) as refused:
        client.conversation_start({"channelId": desk.channel, "type": "text", "content": {"text": "Hello"}})

    assert [(each.code, each.parameter) for each in refused.value.errors] == [(9, "to")]
