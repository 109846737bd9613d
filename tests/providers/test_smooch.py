"""What is odd about Smooch as a whole; its parts have their tests in smooch/."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from simulator import digests, signing
from simulator.delivery import policy as policies
from simulator.errors import CredentialError
from simulator.provider import ToSign
from simulator.providers.smooch import PROVIDER
from simulator.providers.smooch.audience import TRIGGERS
from simulator.records import ScheduledEvent
from simulator.render import render
from simulator.world import Put

from .conftest import NOW_MS, Bench, bench

APP = {"_id": str}
SOURCE = {"type": str}
CLIENT = {"active": bool, "id": str, "lastSeen": str, "platform": str}
USER = {"_id": str, "userId": str, "properties": {}, "signedUpAt": str, "clients": [CLIENT]}
ACTION = {"text": str, "payload": str, "_id": str, "type": str}
ITEM = {
    "title": str,
    "description": str,
    "size": str,
    "mediaUrl": str,
    "mediaType": str,
    "_id": str,
    "actions": [ACTION],
}
OF_USER = {"role": str, "authorId": str, "name": str, "received": float, "source": SOURCE}
OF_BOT = {
    "type": str,
    "role": str,
    "received": float,
    "authorId": str,
    "avatarUrl": str,
    "_id": str,
    "source": SOURCE,
}
PLACE = {
    "text": str,
    "authorId": str,
    "received": float,
    "type": str,
    "coordinates": {"lat": float, "long": float},
    "role": str,
    "_id": str,
    "source": SOURCE,
}


OF_V11 = [event for event in bench("smooch").catalog.events if not event.startswith("delivery:")]

SHORT = "trigger app version appUser client conversation"
"""How delivery events of v1.1 begin."""


def message(content: dict[str, Any]) -> dict[str, Any]:
    return {"trigger": str, "app": APP, "messages": [content], "appUser": USER}


DOCUMENTED: dict[str, Any] = {
    "conversation:start": {"trigger": str, "app": APP, "source": SOURCE, "appUser": USER, "timestamp": float},
    "conversation:read": {"trigger": str, "app": APP, "source": SOURCE, "appUser": {"_id": str}, "timestamp": float},
    "message:appUser/text": message({"_id": str, "type": str, "text": str, **OF_USER}),
    "message:appUser/image": message({"_id": str, "type": str, "mediaUrl": str, **OF_USER}),
    "message:appUser/location": message(PLACE),
    "message:appMaker/carousel": message({"items": [ITEM], **OF_BOT}),
    "message:appMaker/list": message({"items": [ITEM], "actions": [ACTION], **OF_BOT}),
}
"""Event → keys, their order and types, as the documentation's examples have them."""


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value)


@pytest.fixture
def smooch() -> Bench:
    return bench("smooch")


def body(made: Bench, event: str, **more: Any) -> Any:
    return json.loads(made.render(event, **more).body)


# --- payloads


@pytest.mark.parametrize("event", DOCUMENTED)
def test_event_is_shaped_as_documented(smooch: Bench, event: str) -> None:
    for seed in range(100):
        found = shape(body(smooch, event, seed=seed))

        assert found == DOCUMENTED[event]
        assert json.dumps(found, default=str) == json.dumps(DOCUMENTED[event], default=str)


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ("message:appUser/text", "trigger app version messages appUser client conversation"),
        ("message:appMaker/form", "trigger app version messages appUser client conversation"),
        ("postback", "trigger app version postbacks appUser client conversation"),
        ("conversation:start", "trigger app version source appUser client conversation timestamp"),
        ("conversation:read", "trigger app version source appUser client conversation timestamp"),
        ("typing:appUser", "trigger app version source appUser client conversation activity timestamp"),
        (
            "message:delivery:channel",
            f"{SHORT} destination externalMessages isFinalEvent message timestamp",
        ),
        (
            "message:delivery:failure",
            f"{SHORT} destination isFinalEvent error message timestamp",
        ),
        ("message:appUser/formResponse", "trigger app version messages appUser client conversation"),
        ("conversation:referral", "trigger app version source appUser client conversation referral timestamp"),
        ("merge:appUser", "trigger app version surviving discarded"),
        ("link:match", "trigger app version appUser client channel criteria"),
        ("link:success", "trigger app version appUser client channel criteria"),
        ("link:failure", "trigger app version appUser client error channel criteria"),
        ("payment:success", "trigger app version appUser client conversation payments timestamp"),
        ("client:add", "trigger app version appUser conversation client timestamp"),
        ("client:remove", "trigger app version appUser conversation client timestamp"),
        ("appUser:delete", "trigger app version appUser client timestamp"),
        (
            "notification:delivery:channel",
            "trigger app version timestamp destination isFinalEvent externalMessages notification matchResult",
        ),
        (
            "notification:delivery:user",
            "trigger app version timestamp destination isFinalEvent externalMessages notification matchResult",
        ),
        (
            "notification:delivery:failure",
            "trigger app version timestamp destination isFinalEvent error notification",
        ),
        ("delivery:success", "trigger app appUser destination messages timestamp"),
        ("delivery:failure", "trigger app appUser destination error messages timestamp"),
    ],
)
def test_keys_of_v1_1_stand_in_the_order_of_captures(event: str, keys: str) -> None:
    made = bench("smooch", version="v1.1", include_client="true")

    # Some keys are there in most payloads only.
    assert keys.split() in [list(body(made, event, seed=seed)) for seed in range(20)]


def test_every_trigger_of_both_versions_is_there(smooch: Bench) -> None:
    triggers = {event.partition("/")[0] for event in smooch.catalog.events}

    assert triggers == {*TRIGGERS["v1"], *TRIGGERS["v1.1"]}
    assert (len(TRIGGERS["v1"]), len(TRIGGERS["v1.1"]), len(triggers)) == (13, 21, 23)


@pytest.mark.parametrize(
    "event", [event for event in bench("smooch").catalog.events if not event.startswith("delivery:")]
)
def test_flags_bring_the_client_and_the_whole_user(event: str) -> None:
    known = {"givenName": "Ada", "surname": "Byron", "email": "ada@example.com"}
    for flag in ("include_client", "include_full_app_user"):
        made = bench("smooch", version="v1.1", **{flag: "true"})
        made.world.apply(Put(table="users", key=str(made.ana["id"]), row={**made.ana, **known}))
        found = [body(made, event, seed=seed, actor=str(made.ana["id"])) for seed in range(10)]
        holders = [each.get("matchResult") if event.startswith("notification") else each for each in found]

        for holder in filter(None, holders):
            is_told = event != "merge:appUser" and (flag == "include_client" or event.startswith("client:"))
            assert ("client" in holder) is is_told
            if "appUser" in holder:
                assert ("properties" in holder["appUser"]) is (flag == "include_full_app_user")
                assert "clients" not in holder["appUser"]


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ("conversation:referral", "trigger app source appUser referral timestamp"),
        ("merge:appUser", "trigger app surviving discarded"),
        ("link:match", "trigger app appUser channel criteria"),
        ("link:failure", "trigger app appUser error channel criteria"),
        ("payment:success", "trigger app appUser payments timestamp"),
    ],
)
def test_v1_tells_no_version_and_no_more_of_the_person_than_her_ids(smooch: Bench, event: str, keys: str) -> None:
    found = body(smooch, event)

    assert list(found) == keys.split()
    assert list(found.get("appUser", found.get("surviving")))[:2] == ["_id", "userId"]


def test_merge_and_links_may_tell_their_reason_and_time() -> None:
    made = bench("smooch", version="v1.1", reasons="true", more_timestamps="true")

    assert list(body(made, "merge:appUser"))[-2:] == ["reason", "timestamp"]
    assert list(body(made, "link:success"))[-1] == "timestamp"
    assert body(made, "client:remove")["reason"] == "api"


@pytest.mark.parametrize(
    ("channel", "keys"), [("mailgun", ["address", "subject"]), ("whatsapp", ["phoneNumber"]), ("web", ["phoneNumber"])]
)
def test_person_is_found_by_what_her_channel_has(channel: str, keys: list[str]) -> None:
    found = body(bench("smooch", channel=channel), "link:match")

    assert list(found["criteria"])[: len(keys)] == keys
    assert found["channel"] == ("twilio" if channel == "web" else channel)


def test_answer_to_a_form_stands_beside_the_form() -> None:
    (message,) = body(bench("smooch", version="v1.1"), "message:appUser/formResponse")["messages"]
    form = message["quotedMessage"]["content"]

    assert [list(field)[-1] for field in message["fields"]] == ["text", "email", "select"]
    assert [field["name"] for field in form["fields"]] == [field["name"] for field in message["fields"]]
    assert form["received"] < message["received"]
    assert "received_ms" not in form
    assert int(form["_id"][:8], 16) == int(form["received"])


def test_v1_1_names_its_version_with_the_letter() -> None:
    assert body(bench("smooch", version="v1.1"), "conversation:read")["version"] == "v1.1"


def test_early_v1_1_has_no_conversation() -> None:
    assert "conversation" not in body(bench("smooch", version="v1.1", conversation="false"), "message:appUser/text")


def test_whole_user_of_v1_1_has_no_clients() -> None:
    made = bench("smooch", version="v1.1", include_full_app_user="true")
    user = body(made, "message:appUser/text")["appUser"]

    assert list(user) == ["_id", "userId", "signedUpAt", "properties", "conversationStarted"]


def test_menu_s_postback_has_no_message(smooch: Bench) -> None:
    assert list(body(smooch, "postback/menu")["postbacks"][0]) == ["action"]
    assert list(body(smooch, "postback")["postbacks"][0]) == ["message", "action"]


def test_both_delivery_events_of_a_message_have_one_id_of_the_channel() -> None:
    made = bench("smooch", version="v1.1", channel="whatsapp")
    values = {"message": {"_id": "5ca1e17aa7b3c2000d4e6010"}}
    found = [body(made, f"message:delivery:{kind}", values=values) for kind in ("channel", "user")]

    assert found[0]["externalMessages"] == found[1]["externalMessages"]
    assert [each["isFinalEvent"] for each in found] == [False, True]


def test_id_of_a_message_begins_with_its_time(smooch: Bench) -> None:
    for seed in range(50):
        (found,) = body(smooch, "message:appUser/text", seed=seed)["messages"]

        assert int(found["_id"][:8], 16) == int(found["received"])


def test_whole_second_is_written_without_a_point(smooch: Bench) -> None:
    message = {"_id": "5ca1e17aa7b3c2000d4e6010", "type": "text", "role": "appUser", "source": {"type": "api"}}
    payload = smooch.render("message:appUser/text", values={"message": {**message, "received_ms": 1554112863000}})

    assert b'"received":1554112863,' in payload.body


def test_body_is_compact_and_text_stands_as_it_is(smooch: Bench) -> None:
    payload = smooch.render("message:appUser/text", actor=str(smooch.ana["id"]))

    assert '"name":"Ana Müller 🙂"'.encode() in payload.body
    assert b'": ' not in payload.body


def test_two_webhooks_of_different_forms_get_the_same_message(smooch: Bench) -> None:
    texts = []
    message = {
        "_id": "5ca1e17aa7b3c2000d4e6010",
        "type": "text",
        "text": "hi",
        "role": "appUser",
        "received_ms": NOW_MS,
    }
    for version in ("v1", "v1.1"):
        values = {"version": version, "message": {**message, "source": {"type": "messenger"}}}
        event = ScheduledEvent(
            id=version, provider="smooch", type="message:appUser/text", values=values, due_ms=NOW_MS, cause=""
        )
        made = render(event, catalog=smooch.catalog, provider=PROVIDER, world=smooch.world, seed=1, start_ms=NOW_MS)
        texts.append(json.loads(made.body))

    assert [text.get("version") for text in texts] == [None, "v1.1"]
    assert len({text["messages"][0]["_id"] for text in texts}) == 1


# --- the header


def test_empty_secret_cannot_sign() -> None:
    what = ToSign(body=b"", content_type="", url="", credentials={"webhook_secret": ""}, options={}, stamp_ms=0)

    with pytest.raises(CredentialError):
        PROVIDER.sign(what)


@pytest.mark.parametrize("signature", ["wrong", "missing"])
def test_secret_can_be_spoiled(smooch: Bench, signature: Any) -> None:
    request = signing.sign_request(
        smooch.render("conversation:read"),
        url="http://127.0.0.1:1/hook",
        registered_url="http://127.0.0.1:1/hook",
        provider=PROVIDER,
        credentials=smooch.world.credentials,
        options=smooch.world.options,
        stamp_ms=0,
        due_ms=0,
        signature=signature,
    )

    shown = dict(request.headers).get("X-API-Key")
    assert shown != smooch.world.credentials["webhook_secret"]
    assert (shown is None) is (signature == "missing")


def test_five_statuses_are_final_and_all_others_but_success_are_tried_again(smooch: Bench) -> None:
    policy = smooch.catalog.policy
    accepted = [status for status in range(100, 600) if policies.is_success(policy, str(status))]
    failed = [status for status in range(100, 600) if status not in accepted]
    final = [status for status in failed if not policies.is_retried(policy, str(status))]

    assert accepted == list(range(200, 300))
    assert final == [400, 401, 403, 404, 406]
    assert all(policies.is_retried(policy, trouble) for trouble in policies.TROUBLES)


# --- the REST API, as it stands on the wire


def call(made: Bench, method: str, path: str, fields: Any = None) -> Any:
    known = made.world.credentials
    header = {"alg": "HS256", "typ": "JWT", "kid": known["key_id"]}
    signed = ".".join(safe(json.dumps(part).encode()) for part in (header, {"scope": "app"}))
    token = f"{signed}.{safe(digests.hmac_sha256(known['key_secret'], signed.encode()))}"
    text = b"" if fields is None else json.dumps(fields).encode()
    return made.call(method, path, text, authorization=f"Bearer {token}")


def safe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_answer_to_a_message_has_the_keys_of_its_version(smooch: Bench) -> None:
    fields = {"role": "appMaker", "type": "text", "text": "hi"}
    path = f"appusers/{smooch.ana['id']}/messages"

    new = call(smooch, "POST", f"/v1.1/apps/{smooch.world.options['app_id']}/{path}", fields)
    old = call(smooch, "POST", f"/v1/{path.replace('appusers', 'appUsers')}", fields)

    assert (new.status, old.status) == (201, 201)
    assert list(json.loads(new.body)) == ["message", "extraMessages", "conversation"]
    assert list(json.loads(old.body)) == ["message", "conversation"]


def test_error_has_the_service_s_shape(smooch: Bench) -> None:
    answered = smooch.call("GET", "/v1.1/webhooks", b"")

    assert answered.status == 401
    assert json.loads(answered.body) == {"error": {"code": "unauthorized", "description": "Authorization is required"}}


def test_page_of_a_conversation_tells_the_next_one_where_there_is(smooch: Bench) -> None:
    path = f"/v1.1/appusers/{smooch.ana['id']}/messages"
    smooch.world.apply(Put(table="conversations", key=str(smooch.ana["id"]), row={"unread": 0}))

    assert json.loads(call(smooch, "GET", path).body) == {
        "conversation": {"_id": smooch.ana["conversation_id"], "unreadCount": 0},
        "messages": [],
    }


@pytest.mark.parametrize(
    ("version", "expected"), [("v1.1", (201, 200, {"webhooks": []})), ("v1", (201, 200, {"webhooks": []}))]
)
def test_webhooks_are_answered_inside_of_a_key(smooch: Bench, version: str, expected: tuple[int, int, Any]) -> None:
    made = call(smooch, "POST", f"/{version}/webhooks", {"target": "https://bot.example.com/hook"})
    listed = call(smooch, "GET", f"/{version}/webhooks")

    assert list(json.loads(made.body)) == ["webhook"]
    assert (made.status, listed.status, json.loads(listed.body)) == expected


# --- fields


def is_written_down(fields: Mapping[str, Any], path: str) -> bool:
    """True for a field, and inside of one whose own insides are not listed."""
    above = [name for name in fields if path.startswith(f"{name}.")]
    return path in fields or any(not any(other.startswith(f"{name}.") for other in fields) for name in above)


def places(value: Any, path: str = "") -> Iterator[str]:
    pairs = value.items() if isinstance(value, dict) else (("0", each) for each in value)
    for key, inner in pairs:
        place = f"{path}.{key}" if path else str(key)
        yield place
        if isinstance(inner, dict | list):
            yield from places(inner, place)


@pytest.mark.parametrize("version", ["v1", "v1.1"])
@pytest.mark.parametrize("event", bench("smooch").catalog.events)
def test_every_field_is_written_down_whatever_the_options_are(event: str, version: str) -> None:
    flags = {"include_client": "true", "include_full_app_user": "true", "app_user": "complete"}
    flags |= {"reasons": "true", "more_timestamps": "true", "form_text": "fallback"}
    made = bench("smooch", version=version, postback_timestamp="true", channel="whatsapp", **flags)
    known = {"givenName": "Ada", "surname": "Byron", "email": "ada@example.com"}
    made.world.apply(Put(table="users", key=str(made.ana["id"]), row={**made.ana, **known}))

    found = set(places(body(made, event, actor=str(made.ana["id"]))))

    fields = made.catalog.events[event].fields
    assert [path for path in sorted(found) if not is_written_down(fields, path)] == []


# --- limits


@pytest.mark.parametrize(
    ("size", "status"), [(1_048_000, 400), (1_100_000, 413), (12_000_000, 413)], ids=["text", "body", "upload"]
)
def test_body_may_have_a_mebibyte(smooch: Bench, size: int, status: int) -> None:
    fields = {"role": "appMaker", "type": "text", "text": "x" * size}

    answered = call(smooch, "POST", f"/v1.1/appusers/{smooch.ana['id']}/messages", fields)

    assert answered.status == status
    assert json.loads(answered.body)["error"]["code"] in ("bad_request", "request_entity_too_large")


def test_file_needs_no_key_and_is_the_only_thing_that_needs_none(smooch: Bench) -> None:
    path = f"/apps/{smooch.world.options['app_id']}/4f9c2b7a1d0e48538c6b2a9f7e5d3c10/box.png"
    smooch.world.apply(Put(table="account", key=path, row={"content": b"\x89PNG", "type": "image/png"}))

    answered = smooch.call("GET", path, b"")

    assert (answered.status, answered.headers, answered.body) == (200, (("Content-Type", "image/png"),), b"\x89PNG")
    assert smooch.call("GET", f"{path}x", b"").status == 404
