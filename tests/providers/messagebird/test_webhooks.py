"""Webhooks: who gets what."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.messagebird.webhooks import wants

from .conftest import Desk, fields

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
