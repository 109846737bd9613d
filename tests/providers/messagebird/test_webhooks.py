"""Webhooks: who gets what."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest
from messagebird.request_validator import RequestValidator

from simulator import signing
from simulator.providers.messagebird.webhooks import wants
from simulator.records import Payload, SignedRequest

from .conftest import MESSAGEBIRD, Desk, fields

URL = "https://bot.example.com/mb"


def webhook(**changes: Any) -> dict[str, Any]:
    return {"url": URL, "events": ["message.created", "message.updated"], **changes}


def made(desk: Desk, **changes: Any) -> Any:
    return fields(desk.call("POST", "/v1/webhooks", webhook(**changes)))


def test_webhook_is_shown_as_published(desk: Desk) -> None:
    found = made(desk, channelId=desk.channel, settings={"retry": 5})

    keys = ["id", "url", "channelId", "events", "status", "createdDatetime", "updatedDatetime"]
    assert list(found) == keys
    assert (found["status"], found["updatedDatetime"]) == ("enabled", None)


def test_webhook_gets_what_it_asks_for_of_its_channel(desk: Desk) -> None:
    row = desk.world.get("subscriptions", made(desk, channelId=desk.channel)["id"])
    assert row is not None

    own, other = {"channel_id": desk.channel}, {"channel_id": "0" * 32}
    assert wants(row, "message.created/image", own)
    assert not wants(row, "message.created/image", other)
    assert not wants(row, "conversation.created", own)
    assert not wants({**row, "status": "disabled"}, "message.created/image", own)


def test_endpoint_that_a_person_names_gets_everything() -> None:
    assert wants({"url": URL, "events": None}, "conversation.created", {})
    assert wants({"events": ["conversation.created"]}, "conversation.created", {})


def test_answer_to_a_new_webhook_may_be_201() -> None:
    assert Desk(webhook_created=201).call("POST", "/v1/webhooks", webhook()).status == 201
    assert Desk().call("POST", "/v1/webhooks", webhook()).status == 200


def test_deleted_webhook_is_gone(desk: Desk) -> None:
    path = f"/v1/webhooks/{made(desk)['id']}"

    assert (desk.call("DELETE", path).status, desk.call("GET", path).status) == (204, 404)


@pytest.mark.parametrize(
    ("changes", "code", "parameter"),
    [
        ({"url": None}, 9, "url"),
        ({"events": []}, 9, "events"),
        ({"url": "bot"}, 10, "url"),
        ({"events": ["message.received"]}, 10, "events"),
        ({"channelId": "x"}, 10, "channelId"),
        ({"settings": "x"}, 10, "settings"),
    ],
)
def test_what_is_missing_or_wrong_is_named(desk: Desk, changes: dict[str, Any], code: int, parameter: str) -> None:
    answered = desk.call("POST", "/v1/webhooks", webhook(**changes))

    assert answered.status == 422
    assert [(each["code"], each["parameter"]) for each in fields(answered)["errors"]] == [(code, parameter)]


def test_unknown_status_is_refused(desk: Desk) -> None:
    assert desk.call("PATCH", f"/v1/webhooks/{made(desk)['id']}", {"status": "asleep"}).status == 422


# --- settings

SETTINGS = {
    "headers": {"X-Env": "test"},
    "username": "shop",
    "password": "s3cret",
    "query_params": "tenant=7&name=a b",
    "expected_http_code": "200",
    "retry": 5,
    "timeout": 15,
}


def request_of(desk: Desk, key: str) -> SignedRequest:
    """Give the request that carries an event to a webhook."""
    row = desk.world.get("subscriptions", key)
    assert row is not None
    return signing.sign_request(
        Payload(event_id="e", type="message.created", body=b"{}", content_type="application/json"),
        url=row["url"],
        registered_url=row["url"],
        provider=MESSAGEBIRD,
        credentials=desk.world.credentials,
        options={**desk.world.options, **row["options"]},
        stamp_ms=int(time.time() * 1000),
        due_ms=0,
    )


def test_settings_put_headers_a_login_and_a_query_into_each_request(desk: Desk) -> None:
    request = request_of(desk, made(desk, url=f"{URL}?a=1", settings=SETTINGS)["id"])
    headers = dict(request.headers)

    assert request.url == f"{URL}?a=1&tenant=7&name=a%20b"
    assert headers["X-Env"] == "test"
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"shop:s3cret"


def test_query_of_the_settings_is_signed_too(desk: Desk) -> None:
    request = request_of(desk, made(desk, settings=SETTINGS)["id"])
    validator = RequestValidator(desk.world.credentials["signing_key"])

    said = validator.validate_signature(dict(request.headers)["MessageBird-Signature-JWT"], request.url, request.body)
    assert said["iss"] == "MessageBird"


def test_settings_are_changed_and_taken_away(desk: Desk) -> None:
    found = made(desk, settings=SETTINGS)["id"]
    desk.call("PATCH", f"/v1/webhooks/{found}", {"settings": {}})

    assert request_of(desk, found).url == URL


@pytest.mark.parametrize(
    ("settings", "parameter"),
    [
        ([], "settings"),
        ({"headers": "X-Env: test"}, "settings.headers"),
        ({"headers": {"X Env": "test"}}, "settings.headers"),
        ({"headers": {"X-Env": "a\r\nb: c"}}, "settings.headers"),
        ({"retry": "five"}, "settings.retry"),
        ({"timeout": True}, "settings.timeout"),
        ({"username": 7}, "settings.username"),
    ],
)
def test_settings_of_another_kind_are_refused(desk: Desk, settings: Any, parameter: str) -> None:
    answered = desk.call("POST", "/v1/webhooks", webhook(settings=settings))

    assert (answered.status, fields(answered)["errors"][0]["parameter"]) == (422, parameter)
