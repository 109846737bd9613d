"""The official SDK `messagebird-sdk`, and `standardwebhooks`, against what the simulator signs and answers."""

from __future__ import annotations

import importlib
import json
import time
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import BaseModel
from standardwebhooks import Webhook
from standardwebhooks import WebhookVerificationError as StandardError

from simulator.provider import ToSign
from simulator.providers.birdplatform import PROVIDER
from simulator.world import Row

from .birdplatform.conftest import Desk, a_person
from .conftest import Bench, bench
from .proofs import Proofs

if TYPE_CHECKING:
    from bird import Bird

SDK, STANDARD = "messagebird-sdk", "standardwebhooks"

SECRET = "whsec_c2ltLXN0YW5kYXJkLXdlYmhvb2tzLXNlY3JldC0wMDE="
OLDER = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
URL = "https://bot.example.com/hooks/bird"


@cache
def sdk() -> Any:
    """Import it only where it is needed: its thousand models take two seconds."""
    with warnings.catch_warnings():
        # Fields of its models shadow names of pydantic; it tells so when it is imported.
        warnings.simplefilter("ignore")
        return importlib.import_module("bird")


def signed(body: bytes, *, age_s: int = 0, **credentials: str) -> dict[str, str]:
    what = ToSign(
        body=body,
        content_type="application/json",
        url=URL,
        credentials={"webhook_secret": SECRET, **credentials},
        options={},
        stamp_ms=int((time.time() - age_s) * 1000),
        event_id="msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    )
    return dict(PROVIDER.sign(what).headers)


@pytest.fixture
def made() -> Bench:
    return bench("birdplatform")


@pytest.fixture
def reader() -> Bird:
    return sdk().Bird(api_key="bk_us1_unused", webhook_secret=SECRET)


# --- signatures

BODY = '{"type":"whatsapp.group.told","timestamp":"2026-06-01T17:00:12Z","data":{"text":"héllo ☃ 🙂"}}'.encode()


def test_sdk_and_library_accept_the_signature(reader: Bird, proofs: Proofs) -> None:
    headers = signed(BODY)

    assert reader.webhooks.unwrap(BODY, headers).root.data["text"] == "héllo ☃ 🙂"
    assert Webhook(SECRET).verify(BODY, headers)["data"]["text"] == "héllo ☃ 🙂"
    for by in (SDK, STANDARD):
        proofs.record("birdplatform", by, signature=True)


@pytest.mark.parametrize("secret", [SECRET, OLDER])
def test_either_secret_verifies_while_they_change(secret: str) -> None:
    headers = signed(BODY, previous_secret=OLDER)

    assert len(headers["webhook-signature"].split()) == 2
    assert Webhook(secret).verify(BODY, headers)
    assert sdk().Bird(api_key="bk_us1_unused", webhook_secret=secret).webhooks.unwrap(BODY, headers)


@pytest.mark.parametrize(
    ("body", "secret", "age_s"), [(BODY + b"\n", SECRET, 0), (BODY, OLDER, 0), (BODY, SECRET, 400)]
)
def test_sdk_and_library_refuse_another_body_secret_or_time(body: bytes, secret: str, age_s: int) -> None:
    headers = signed(BODY, age_s=age_s)

    with pytest.raises(sdk().WebhookVerificationError):
        sdk().Bird(api_key="bk_us1_unused", webhook_secret=secret).webhooks.unwrap(body, headers)
    with pytest.raises(StandardError):
        Webhook(secret).verify(body, headers)


# --- events


def unknown(model: Any, at: str = "") -> Iterator[str]:
    """Give the paths of what the SDK has kept without knowing it."""
    if isinstance(model, BaseModel):
        extra = model.model_extra or {}
        yield from (f"{at}.{name}" for name in extra)
        for name in type(model).model_fields:
            yield from unknown(getattr(model, name), f"{at}.{name}")
    elif isinstance(model, list):
        for each in model:
            yield from unknown(each, at)


def plain(model: BaseModel) -> Any:
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True)


def test_sdk_reads_every_event_and_knows_every_field_of_it(made: Bench, reader: Bird, proofs: Proofs) -> None:
    for event in made.catalog.events:
        for seed in range(50):
            body = made.render(event, seed=seed).body
            read = reader.webhooks.unwrap(body, signed(body)).root

            assert not isinstance(read, sdk().resources.webhooks.GenericWebhookEvent), event
            assert read.type == event.partition("/")[0]
            assert plain(read) == json.loads(body), event
            assert list(unknown(read)) == [], event
    proofs.record("birdplatform", SDK, events=made.catalog.events)


def test_every_event_that_the_sdk_knows_is_there(made: Bench) -> None:
    named = vars(sdk()._event_types.WebhookEventType)
    known = {value for name, value in named.items() if name.isupper()}

    assert {event.partition("/")[0] for event in made.catalog.events} == known


# --- the REST API


@pytest.fixture
def ana() -> Row:
    return a_person("ana")


@pytest.fixture
def desk(ana: Row) -> Desk:
    return Desk(ana)


@pytest.fixture
def client(desk: Desk) -> Iterator[Bird]:
    """The SDK, whose calls are answered without a network."""

    def answer(request: httpx.Request) -> httpx.Response:
        query: dict[str, Any] = {}
        for name, value in request.url.params.multi_items():
            query[name] = [*query[name], value] if isinstance(query.get(name), list) else value
        headers = {name.replace("-", "_"): value for name, value in request.headers.items() if name != "host"}
        answered = desk.call(request.method, request.url.path, query=query, body=request.content, **headers)
        return httpx.Response(answered.status, headers=list(answered.headers), content=answered.body)

    with httpx.Client(transport=httpx.MockTransport(answer)) as wire:
        key = desk.world.credentials["api_key"]
        yield sdk().Bird(api_key=key, base_url="https://us1.platform.bird.com", http_client=wire, max_retries=0)


def same(model: BaseModel, wanted: Mapping[str, Any]) -> None:
    """Compare what the SDK found with some of what was put there, and see that it knows all of it."""
    found = plain(model)

    assert {name: found.get(name) for name in wanted} == dict(wanted)
    assert list(unknown(model)) == []


def test_sdk_holds_a_conversation_on_whatsapp(desk: Desk, client: Bird, ana: Row, proofs: Proofs) -> None:
    heard = desk.written(ana["id"])
    tags = [{"name": "category", "value": "welcome"}]

    said = client.whatsapp.send(to=ana["id"], from_=desk.number, text={"body": "Hello"}, tags=tags)
    shown = client.whatsapp.send(
        to=ana["id"],
        from_=desk.number,
        image={"url": "https://x.y/a.png", "caption": "a"},
        in_reply_to_message_id=heard,
    )
    buttons = [{"type": "quick_reply", "quick_reply": {"slug": "go", "text": "Go"}}]
    asked = client.whatsapp.send(
        to=ana["id"], from_=desk.number, interactive={"type": "button", "body_text": "Shall we?", "buttons": buttons}
    )
    pages = client.whatsapp.list(limit=2)
    found = list(pages)

    same(said, {"direction": "outbound", "status": "accepted", "text": {"body": "Hello"}, "tags": tags})
    same(shown, {"in_reply_to_message_id": heard, "image": {"url": "https://x.y/a.png", "caption": "a"}})
    assert pages.has_next_page()
    assert [each.id for each in found] == [asked.id, shown.id, said.id, heard]
    assert [list(unknown(each)) for each in found] == [[], [], [], []]
    assert client.whatsapp.get(said.id).status == "delivered"
    assert [each.id for each in client.whatsapp.list(direction="inbound", from_=ana["id"])] == [heard]
    assert [each.id for each in client.whatsapp.list(status=["delivered"], tag=["category"])] == [said.id]
    happened = client.whatsapp.list_events(said.id)
    assert [each.type for each in happened.data] == ["whatsapp.accepted", "whatsapp.sent", "whatsapp.delivered"]
    assert client.whatsapp.mark_read(heard, typing_indicator=True).typing_indicator
    assert client.whatsapp.reaction.set(heard, emoji="👍").emoji == "👍"
    assert plain(client.whatsapp.get(heard))["reactions"] == [{"emoji": "👍", "from": {"phone_number": desk.number}}]
    client.whatsapp.reaction.remove(heard)
    assert client.whatsapp.get(heard).reactions is None
    called = ["send_whatsapp", "list_whatsapp", "get_whatsapp", "list_whatsapp_events"]
    called += ["mark_whatsapp_read", "set_whatsapp_reaction", "remove_whatsapp_reaction"]
    proofs.record("birdplatform", SDK, operations=called)


def test_sdk_follows_to_a_file_that_a_person_sent(
    desk: Desk, client: Bird, ana: Row, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = {"url": "http://127.0.0.1:1/_media/k/tulip.png", "name": "tulip.png", "content_type": "image/png"}
    found = desk.act(ana["id"], "image", picture)
    assert found is not None
    asked: list[str] = []

    class Storage(httpx.Client):
        def get(self, url: Any, **more: Any) -> httpx.Response:
            asked.append(str(url))
            headers = {"Content-Type": "image/png"}
            return httpx.Response(200, headers=headers, content=b"tulip", request=httpx.Request("GET", url))

    monkeypatch.setattr("bird.resources.whatsapp_messages.httpx.Client", Storage)
    message = client.whatsapp.get(found[0].values["id"])
    assert message.image is not None
    media = client.whatsapp.messages.media(message.id, str(message.image.id))

    assert (media.data, media.content_type) == (b"tulip", "image/png")
    assert asked[0].startswith(f"{picture['url']}?X-Amz-Date=20260105T0900")
    proofs.record("birdplatform", SDK, operations=["get_whatsapp_media"])


def test_sdk_writes_text_messages(desk: Desk, client: Bird, ana: Row, proofs: Proofs) -> None:
    sender = desk.world.options["sms_number"]
    said = client.sms.send(to=ana["id"], from_=sender, text="Your code is 1234 🙂", category="authentication")
    happened = client.sms.list_events(said.id)

    segments = {"count": 1, "encoding": "UCS2", "characters": 19}
    same(said, {"status": "accepted", "text": "Your code is 1234 🙂", "segments": segments})
    same(client.sms.get(said.id), {"status": "delivered", "category": "authentication"})
    assert [each.id for each in client.sms.list(category="authentication", status=["delivered"])] == [said.id]
    assert [each.type for each in happened.data] == ["sms.accepted", "sms.sent", "sms.delivered"]
    proofs.record("birdplatform", SDK, operations=["send_sms", "get_sms", "list_sms", "list_sms_events"])


def test_sdk_keeps_webhooks(client: Bird, proofs: Proofs) -> None:
    made = client.webhooks.create(url=URL, events=["whatsapp.received"], description="Shop")
    changed = client.webhooks.update(made.id, status="paused", events=["whatsapp.received", "sms.received"])
    rotated = client.webhooks.rotate_secret(made.id)

    same(made, {"url": URL, "events": ["whatsapp.received"], "status": "active", "description": "Shop"})
    assert made.secret.startswith("whsec_")
    assert rotated.secret not in ("", made.secret)
    same(changed, {"status": "paused", "events": ["whatsapp.received", "sms.received"]})
    same(client.webhooks.get(made.id), {"status": "paused", "url": URL})
    assert [each.id for each in client.webhooks.list(url=URL, include_total=True)] == [made.id]
    client.webhooks.delete(made.id)
    assert client.webhooks.list().data == []
    verbs = ["create_webhook", "update_webhook", "get_webhook", "list_webhooks", "delete_webhook"]
    proofs.record("birdplatform", SDK, operations=[*verbs, "rotate_webhook_secret"])


def test_sdk_tells_what_is_refused_field_by_field(desk: Desk, client: Bird) -> None:
    with pytest.raises(sdk().ValidationError) as refused:
        client.whatsapp.send(to="0612", from_=desk.number, text={"body": "x" * 5000})

    error = refused.value
    assert (error.status_code, error.code, error.name) == (422, "E01001", "ValidationFailed")
    assert [each.param for each in error.details] == ["to", "text.body"]
    assert error.request_id
    assert error.doc_url == "https://bird.com/docs/api/errors/E01001"


@pytest.mark.parametrize(("error", "kind"), [("rate_limited", "RateLimitError"), ("server_error", "APIStatusError")])
def test_sdk_tells_which_kind_of_trouble_it_is(desk: Desk, error: str, kind: str) -> None:
    response = PROVIDER.refuse(desk.call("GET", "/v1/webhooks").call, error, "")

    found = sdk()._exceptions.from_response(
        response.status, json.dumps({"error": {"type": response.values["type"]}}), dict(response.headers)
    )
    assert isinstance(found, getattr(sdk(), kind))
    assert getattr(found, "retry_after", 1.0) == 1.0
