"""Subscriptions: one event each, their filters, and which of them is in the way of another."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.bird.subscriptions import wants
from simulator.world import Row

from .conftest import FACTS, SMS, WHATSAPP, WORKSPACE, Desk, a_world, fields

PATH = "/webhook-subscriptions"
HOOK = "http://127.0.0.1:3000/hook"


def subscribe(desk: Desk, **changes: Any) -> Any:
    body = {"service": "conversations", "event": "conversation.updated", "url": HOOK, **changes}
    return desk.call("POST", PATH, body)


def on(channel: str) -> list[dict[str, str]]:
    return [{"key": "channelId", "value": channel}]


def wanting(desk: Desk, event: str, **values: Any) -> set[str]:
    """Give the ids of the subscriptions that such an event goes to."""
    return {key for key, row in desk.world.rows("subscriptions") if wants(row, event, values)}


def test_subscription_is_answered_with_all_of_it(desk: Desk) -> None:
    answered = subscribe(desk, signingKey="secret-1", eventFilters=on(WHATSAPP))

    found = fields(answered)
    assert answered.status == 201
    names = (
        "id organizationId workspaceId service event eventFilters template url signingKey status createdAt updatedAt"
    )
    assert list(found) == names.split()
    assert (found["signingKey"], found["status"], found["workspaceId"]) == ("secret-1", "active", WORKSPACE)


def test_key_signs_what_goes_there_and_is_not_shown_again(desk: Desk) -> None:
    made = fields(subscribe(desk, signingKey="secret-1"))
    row = desk.world.get("subscriptions", made["id"])

    assert row is not None
    assert row["credentials"] == {"signing_key": "secret-1"}
    assert "signingKey" not in fields(desk.call("GET", f"{PATH}/{made['id']}"))
    assert "signingKey" not in fields(desk.call("GET", PATH))["results"][0]


def test_key_may_be_shown_always(ana: Row) -> None:
    desk = Desk(a_world(ana, signing_key_shown="always"))
    subscribe(desk, signingKey="secret-1")

    assert fields(desk.call("GET", PATH))["results"][0]["signingKey"] == "secret-1"


def test_subscription_without_a_key_takes_none_of_the_account(desk: Desk) -> None:
    made = fields(subscribe(desk))
    row = desk.world.get("subscriptions", made["id"])

    assert row is not None
    assert row["credentials"] == {"signing_key": ""}


def test_only_its_own_event_goes_to_a_subscription(desk: Desk) -> None:
    made = fields(subscribe(desk))["id"]

    assert wanting(desk, "conversation.updated", channel_id=WHATSAPP) == {made}
    assert wanting(desk, "conversation.updated/outgoing", channel_id=WHATSAPP) == {made}
    assert wanting(desk, "conversation.created", channel_id=WHATSAPP) == set()
    assert wanting(desk, "whatsapp.inbound/text", channel_id=WHATSAPP) == set()


def test_filtered_subscription_shadows_the_unfiltered_one(desk: Desk) -> None:
    every = fields(subscribe(desk))["id"]
    filtered = fields(subscribe(desk, eventFilters=on(WHATSAPP)))["id"]

    assert wanting(desk, "conversation.updated", channel_id=WHATSAPP) == {filtered}
    assert wanting(desk, "conversation.updated", channel_id=SMS) == {every}


def test_order_of_subscribing_makes_no_difference_to_shadowing(desk: Desk) -> None:
    filtered = fields(subscribe(desk, eventFilters=on(WHATSAPP)))["id"]
    every = fields(subscribe(desk))["id"]

    assert wanting(desk, "conversation.updated", channel_id=WHATSAPP) == {filtered}
    assert wanting(desk, "conversation.updated", channel_id=SMS) == {every}


def test_shadow_falls_on_the_same_event_alone(desk: Desk) -> None:
    created = fields(subscribe(desk, event="conversation.created"))["id"]
    subscribe(desk, eventFilters=on(WHATSAPP))

    assert wanting(desk, "conversation.created", channel_id=WHATSAPP) == {created}


def test_shadow_is_gone_with_the_filtered_subscription(desk: Desk) -> None:
    every = fields(subscribe(desk))["id"]
    filtered = fields(subscribe(desk, eventFilters=on(WHATSAPP)))["id"]

    assert desk.call("DELETE", f"{PATH}/{filtered}").status == 204
    assert wanting(desk, "conversation.updated", channel_id=WHATSAPP) == {every}


def test_shadow_moves_with_the_filter(desk: Desk) -> None:
    every = fields(subscribe(desk))["id"]
    filtered = fields(subscribe(desk, eventFilters=on(WHATSAPP)))["id"]

    desk.call("PATCH", f"{PATH}/{filtered}", {"eventFilters": on(SMS)})

    assert wanting(desk, "conversation.updated", channel_id=WHATSAPP) == {every}
    assert wanting(desk, "conversation.updated", channel_id=SMS) == {filtered}


def test_all_filters_must_fit(desk: Desk) -> None:
    filters = [*on(WHATSAPP), {"key": "messageStatus", "value": "delivered"}]
    made = fields(subscribe(desk, service="channels", event="whatsapp.outbound", eventFilters=filters))["id"]

    assert wanting(desk, "whatsapp.outbound/text", channel_id=WHATSAPP, status="delivered") == {made}
    assert wanting(desk, "whatsapp.outbound/text", channel_id=WHATSAPP, status="sent") == set()
    assert wanting(desk, "whatsapp.outbound/text", channel_id=SMS, status="delivered") == set()


def test_endpoint_that_a_person_named_gets_all(desk: Desk) -> None:
    assert wants({"url": HOOK, "events": None}, "whatsapp.interaction", {})


def test_subscription_that_a_story_gives_has_the_events_it_lists() -> None:
    assert wants({"events": ["whatsapp.inbound"]}, "whatsapp.inbound/text", {})
    assert not wants({"events": ["whatsapp.inbound"]}, "conversation.created", {})


def test_sixth_subscription_of_a_kind_is_refused(desk: Desk) -> None:
    statuses = [subscribe(desk).status for _ in range(6)]

    assert statuses == [201] * int(FACTS.limits["subscriptions"]) + [409]
    assert subscribe(desk, eventFilters=on(SMS)).status == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"service": "mail"},
        {"event": "message.received"},
        {"event": ["conversation.updated"]},
        {"service": "channels"},
        {"url": "bot.example.com/hook"},
        {"url": None},
        {"eventFilters": {}},
        {"eventFilters": [{"key": "messageStatus", "value": "sent"}]},
        {"eventFilters": [*on(SMS), *on(WHATSAPP)]},
        {"eventFilters": [{"key": "channelId"}]},
        {"signingKey": 7},
        {"events": ["conversation.updated"]},
    ],
)
def test_wrong_subscription_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    answered = subscribe(desk, **changes)

    assert answered.status == 422
    assert fields(answered)["code"] == "InvalidPayload"
    assert desk.world.count("subscriptions") == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example.com/hook",
        "https://bot.example.com:8443/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://bot.example.com?tenant=7",
    ],
)
def test_strict_service_refuses_the_url(ana: Row, url: str) -> None:
    strict = Desk(a_world(ana, require_https=True))

    assert subscribe(strict, url=url).status == 422
    assert subscribe(strict, url="https://bot.example.com/hook?tenant=7").status == 201


def test_several_faults_are_told_in_one_message(desk: Desk) -> None:
    message = fields(desk.call("POST", PATH, {"colour": "red"}))["message"]

    assert message.split("; ") == [
        "service is required",
        "event is required",
        "url is required",
        'unknown field "colour"',
    ]


def test_older_path_leads_to_the_same(desk: Desk) -> None:
    made = fields(subscribe(desk))["id"]
    account = FACTS.account["organization_id"]

    older = f"/organizations/{account}/workspaces/{WORKSPACE}{PATH}"
    assert fields(desk.call("GET", f"{older}/{made}"))["id"] == made
    assert desk.call("GET", older.replace(account, "0")).status == 403


def test_subscription_that_there_is_not_is_not_found(desk: Desk) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        assert desk.call(method, f"{PATH}/nope", {} if method == "PATCH" else None).status == 404
