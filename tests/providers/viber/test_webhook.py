from __future__ import annotations

from typing import Any

import pytest

from simulator.provider import ApiResponse
from simulator.providers.viber.people import observed_person
from simulator.providers.viber.webhook import wants
from simulator.world import Register, World

from .conftest import a_person, a_world, do

URL = "https://bot.example.com/hook"


def register(world: World, **fields: Any) -> tuple[ApiResponse, Register]:
    response = do(world, "set_webhook", {"url": URL, **fields})
    effect = response.effects[0]
    assert isinstance(effect, Register)
    return response, effect


def test_webhook_stands_once_the_bot_has_answered_the_handshake(world: World) -> None:
    _, effect = register(world, send_name=True)

    assert (effect.key, effect.handshake) == ("webhook", "webhook")
    assert effect.row == {"url": URL, "events": None, "send_name": True, "send_photo": False, "is_inline": False}


def shown_to(world: World) -> Any:
    user = a_person("x", avatar="https://a.example/x.png")
    shown = observed_person(user, world.options, world.get("account", "account") or {})
    return {"name", "avatar"} & shown.keys()


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, set()),
        ({"send_name": True}, {"name"}),
        ({"send_name": True, "send_photo": True}, {"name", "avatar"}),
        ({"send_photo": "yes"}, set()),
    ],
)
def test_webhook_sees_of_people_what_it_asked_for(fields: dict[str, Any], names: set[str]) -> None:
    world = a_world(name="as_asked", avatar="as_asked")
    register(world, **fields)
    seen = shown_to(world)
    do(world, "set_webhook", {"url": ""})

    assert seen == names
    assert shown_to(world) == {"name", "avatar"}


def test_webhook_sees_names_whatever_it_asked_for_unless_told_otherwise(world: World) -> None:
    register(world)

    assert shown_to(world) == {"name", "avatar"}


def test_bot_that_does_not_answer_gets_status_1(world: World) -> None:
    _, effect = register(world)

    assert isinstance(effect.otherwise, ApiResponse)
    assert effect.otherwise.values["code"] == 1


def test_without_filter_the_answer_lists_everything(world: World) -> None:
    response, _ = register(world)

    assert response.values["event_types"] == [
        "subscribed",
        "unsubscribed",
        "webhook",
        "conversation_started",
        "client_status",
        "action",
        "delivered",
        "failed",
        "message",
        "seen",
    ]


@pytest.mark.parametrize(
    ("chosen", "effective"),
    [
        ([], ["subscribed", "unsubscribed", "message"]),
        (["seen", "delivered"], ["subscribed", "unsubscribed", "delivered", "message", "seen"]),
        (["message", "nonsense"], ["subscribed", "unsubscribed", "message"]),
        (
            ["seen", "failed", "delivered", "conversation_started"],
            ["subscribed", "unsubscribed", "conversation_started", "delivered", "failed", "message", "seen"],
        ),
    ],
)
def test_filter_keeps_what_is_mandatory(world: World, chosen: list[str], effective: list[str]) -> None:
    response, effect = register(world, event_types=chosen)

    assert response.values["event_types"] == effective
    assert effect.row["events"] == effective


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "missing_data"),
        ({"url": None}, "missing_data"),
        ({"url": 7}, "invalid_url"),
        ({"url": "bot.example.com"}, "invalid_url"),
        ({"url": "ftp://bot.example.com"}, "invalid_url"),
        ({"url": URL, "event_types": "message"}, "bad_data"),
        ({"url": URL, "event_types": [1]}, "bad_data"),
    ],
)
def test_wrong_registration_is_refused(world: World, fields: dict[str, Any], error: str) -> None:
    response = do(world, "set_webhook", fields)

    assert (response.error, response.effects) == (error, ())


def test_address_without_https_is_taken_unless_asked_for() -> None:
    fields = {"url": "http://127.0.0.1:8000/hook"}

    assert do(a_world(), "set_webhook", fields).error == ""
    assert do(a_world(require_https=True), "set_webhook", fields).error == "invalid_url"


def test_empty_url_removes_the_webhook(world: World) -> None:
    response = do(world, "set_webhook", {"url": ""})

    assert (response.error, response.values["event_types"]) == ("", None)
    assert world.count("subscriptions") == 0


@pytest.mark.parametrize(
    ("events", "event_type", "is_wanted"),
    [
        (None, "seen", True),
        (None, "client_status", True),
        ([], "message/text", True),
        ([], "webhook", True),
        (["subscribed", "unsubscribed", "message"], "delivered", False),
        (["subscribed", "unsubscribed", "message"], "client_status", False),
        (["subscribed", "unsubscribed", "message", "seen"], "seen", True),
    ],
)
def test_webhook_wants_what_its_filter_says(events: list[str] | None, event_type: str, is_wanted: bool) -> None:
    assert wants({"url": URL, "events": events}, event_type, {}) is is_wanted
