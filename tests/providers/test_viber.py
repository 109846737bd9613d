"""What is odd about Viber as a whole; its parts have their tests in viber/."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from simulator import signing
from simulator.errors import CredentialError
from simulator.provider import ToSign
from simulator.providers.viber import PROVIDER
from simulator.records import Ack, ApiCall, ScheduledEvent
from simulator.world import Put

from .conftest import NOW_MS, Bench, bench

DOCUMENTED: dict[str, Any] = {
    "event": str,
    "timestamp": int,
    "type": str,
    "context": str,
    "user": {"id": str, "name": str, "avatar": str, "country": str, "language": str, "api_version": int},
    "message_token": int,
    "subscribed": bool,
}
"""Keys, their order and types, as the documentation's example of conversation_started has them."""

EVENT = ScheduledEvent(
    id="e", provider="viber", type="conversation_started", values={}, due_ms=NOW_MS, cause="", actor="ana"
)


def shape(value: Any) -> Any:
    return {key: shape(inner) for key, inner in value.items()} if isinstance(value, dict) else type(value)


@pytest.fixture
def viber() -> Bench:
    return bench("viber")


# --- payloads


@pytest.mark.parametrize("seed", range(50))
def test_conversation_started_is_shaped_as_documented(viber: Bench, seed: int) -> None:
    body = json.loads(viber.render("conversation_started", seed=seed).body)

    assert shape(body) == DOCUMENTED
    assert json.dumps(shape(body), default=str) == json.dumps(DOCUMENTED, default=str)
    assert (body["event"], body["type"]) == ("conversation_started", "open")


def test_conversation_started_as_observed_has_its_own_order() -> None:
    body = json.loads(bench("viber", layout="observed").render("conversation_started").body)

    keys = ["event", "timestamp", "chat_hostname", "message_token", "type", "context", "user", "subscribed"]
    assert list(body) == keys
    assert list(body["user"])[-3:] == ["language", "country", "api_version"]


def test_conversation_opened_without_a_context_has_no_such_key(viber: Bench) -> None:
    values = {"context": None, "avatar": None, "subscribed": True}
    body = json.loads(viber.render("conversation_started", values=values).body)

    assert "context" not in body
    assert "avatar" not in body["user"]
    assert body["subscribed"] is True


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ("webhook", "event timestamp chat_hostname message_token"),
        ("subscribed", "event timestamp chat_hostname user message_token"),
        ("unsubscribed", "event timestamp chat_hostname user_id message_token"),
        ("delivered", "event timestamp chat_hostname message_token user_id"),
        ("seen", "event timestamp chat_hostname message_token user_id"),
        ("failed", "event timestamp chat_hostname message_token user_id desc"),
        ("message/text", "event timestamp chat_hostname message_token sender message silent"),
        ("message/sticker", "event timestamp chat_hostname message_token sender message silent"),
        ("client_status", "event timestamp message_token chat_hostname user status"),
        ("message/button", "event timestamp chat_hostname message_token sender message silent"),
        ("message/inline", "event timestamp chat_hostname message_token sender message silent reply_type chat_id"),
        ("message/early", "event timestamp message_token sender message"),
        ("conversation_started/plain", "event timestamp type user message_token subscribed"),
        ("webhook/early", "event timestamp message_token"),
        ("delivered/inline", "event timestamp chat_hostname message_token user_id chat_id"),
    ],
)
def test_keys_stand_in_the_order_of_captures(viber: Bench, event: str, keys: str) -> None:
    assert list(json.loads(viber.render(event).body)) == keys.split()


def test_early_bodies_have_no_hostname() -> None:
    assert b"chat_hostname" not in bench("viber", chat_hostname="false").render("message/text").body


def test_body_has_no_spaces_and_no_newline(viber: Bench) -> None:
    body = viber.render("seen").body

    assert b" " not in body
    assert not body.endswith(b"\n")


def test_ascii_text_has_upper_case_escapes() -> None:
    values = {"text": "héllo 🙂"}
    body = bench("viber", text="ascii").render("message/text", values=values).body

    assert rb'"text":"h\u00E9llo \uD83D\uDE42"' in body


def test_time_of_the_token_is_the_timestamp(viber: Bench) -> None:
    body = json.loads(viber.render("message/text").body)

    assert (body["message_token"] >> 22) + 292057776128 == body["timestamp"] == NOW_MS


def test_swapped_handshake_is_that_of_2016() -> None:
    body = json.loads(bench("viber", swapped_webhook=True).render("webhook").body)

    assert body["message_token"] == NOW_MS
    assert len(str(body["timestamp"])) == 19


def test_size_of_a_file_may_have_both_names() -> None:
    message = json.loads(bench("viber", file_size="both").render("message/file").body)["message"]

    assert message["file_size"] == message["size"]


def test_sticker_id_may_be_text() -> None:
    message = json.loads(bench("viber", sticker_id="string").render("message/sticker").body)["message"]

    assert isinstance(message["sticker_id"], str)


def test_silent_button_says_so(viber: Bench) -> None:
    assert json.loads(viber.render("message/button").body)["silent"] is True


@pytest.mark.parametrize("seed", range(20))
def test_chat_opened_without_a_deep_link_is_else_as_documented(viber: Bench, seed: int) -> None:
    found = shape(json.loads(viber.render("conversation_started/plain", seed=seed).body))
    known = {name: kind for name, kind in DOCUMENTED.items() if name != "context"}
    if "avatar" not in found["user"]:
        known["user"] = {name: kind for name, kind in known["user"].items() if name != "avatar"}

    assert json.dumps(found, default=str) == json.dumps(known, default=str)


def test_chat_opened_without_a_deep_link_as_observed_has_that_order() -> None:
    body = json.loads(bench("viber", layout="observed").render("conversation_started/plain").body)

    assert list(body) == ["event", "timestamp", "chat_hostname", "message_token", "type", "user", "subscribed"]


def test_early_person_has_no_region_and_an_old_device(viber: Bench) -> None:
    people = [json.loads(viber.render("conversation_started/early", seed=seed).body)["user"] for seed in range(20)]

    assert {len(person["language"]) for person in people if "language" in person} == {2}
    assert any("language" not in person for person in people)
    assert max(person["api_version"] for person in people) <= 5


def test_early_handshake_has_time_and_token_in_each_other_s_place(viber: Bench) -> None:
    body = json.loads(viber.render("webhook/early").body)

    assert (body["message_token"], len(str(body["timestamp"]))) == (NOW_MS, 19)


def test_message_of_a_chat_extension_says_so(viber: Bench) -> None:
    values = {"text": "cats", "reply_type": "query", "chat_id": "8120045531-70012"}
    body = json.loads(viber.render("message/text", values=values).body)

    assert list(body)[-3:] == ["silent", "reply_type", "chat_id"]


# --- the signature


def test_empty_token_cannot_sign() -> None:
    what = ToSign(body=b"", content_type="", url="", credentials={"auth_token": ""}, options={}, stamp_ms=0)

    with pytest.raises(CredentialError):
        PROVIDER.sign(what)


def test_header_and_query_hold_the_same_signature(viber: Bench) -> None:
    request = signing.sign_request(
        viber.render("seen"),
        url="http://127.0.0.1:1/hook?a=1",
        registered_url="https://bot.example.com/hook",
        provider=PROVIDER,
        credentials=viber.world.credentials,
        options=viber.world.options,
        stamp_ms=0,
        due_ms=0,
    )

    signature = dict(request.headers)["X-Viber-Content-Signature"]
    assert request.url == f"http://127.0.0.1:1/hook?a=1&sig={signature}"


# --- the welcome message


def read_ack(body: bytes, event: ScheduledEvent = EVENT, **changes: Any) -> tuple[ApiCall, ...]:
    assert PROVIDER.read_ack is not None
    return PROVIDER.read_ack(event, Ack(status=200, headers=(), body=body, **changes), {"id": "ana"})


def test_welcome_message_is_a_message_to_who_opened_the_chat() -> None:
    (call,) = read_ack(b'{"type":"text","text":"Welcome"}')

    assert (call.operation, call.source) == ("send_message", "ack")
    assert call.fields == {"type": "text", "text": "Welcome", "receiver": "ana"}
    assert json.loads(call.body) == call.fields


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"ok", b'"ok"', b"{}", b"[]", b'{"status":"ok"}', b"\xff", b"[" * 100_000]
)
def test_answer_that_is_no_message_is_none(body: bytes) -> None:
    assert read_ack(body) == ()


@pytest.mark.parametrize("variant", ["plain", "early"])
def test_chat_opened_in_any_way_may_be_welcomed(variant: str) -> None:
    event = replace(EVENT, type=f"conversation_started/{variant}")

    assert len(read_ack(b'{"type":"text","text":"Welcome"}', event)) == 1


def test_answer_to_another_event_is_no_message() -> None:
    event = ScheduledEvent(id="e", provider="viber", type="subscribed", values={}, due_ms=0, cause="")

    assert read_ack(b'{"type":"text","text":"Welcome"}', event) == ()


def test_answer_that_was_cut_is_no_message() -> None:
    assert read_ack(b'{"type":"text","text":"Welcome"}', is_cut=True) == ()


# --- the REST API, as it stands on the wire


def post(viber: Bench, operation: str, fields: Any) -> Any:
    token = viber.world.credentials["auth_token"]
    return viber.call("POST", f"/pa/{operation}", json.dumps(fields).encode(), x_viber_auth_token=token)


def test_refusal_has_http_status_200(viber: Bench) -> None:
    message = {"receiver": viber.ana["id"], "sender": {"name": "Shop"}, "type": "text", "text": "hi"}
    answered = post(viber, "send_message", message)

    assert answered.status == 200
    assert json.loads(answered.body) == {"status": 6, "status_message": "notSubscribed", "chat_hostname": "SN-CHAT-07_"}


def test_answer_to_a_message_has_the_keys_of_the_service(viber: Bench) -> None:
    viber.world.apply(Put(table="users", key=str(viber.ana["id"]), row={**viber.ana, "subscribed": True}))
    message = {"receiver": viber.ana["id"], "sender": {"name": "Shop"}, "type": "text", "text": "hi"}
    body = json.loads(post(viber, "send_message", message).body)

    assert list(body) == ["status", "status_message", "message_token", "chat_hostname", "billing_status"]


def test_removed_webhook_is_answered_without_a_filter(viber: Bench) -> None:
    body = json.loads(post(viber, "set_webhook", {"url": ""}).body)

    assert list(body) == ["status", "status_message", "chat_hostname"]


def test_account_info_has_the_keys_of_the_service(viber: Bench) -> None:
    body = json.loads(post(viber, "get_account_info", {}).body)

    names = "status status_message id chat_hostname name uri icon background category subcategory location country"
    assert list(body) == [*names.split(), "webhook", "event_types", "members", "subscribers_count"]
