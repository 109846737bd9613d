from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.birdplatform.webhooks import is_public, wants

from .conftest import Desk, fields

PATH = "/v1/webhooks"
URL = "https://bot.example.com/hooks/bird"


def a_webhook(desk: Desk, **changes: Any) -> Any:
    return fields(desk.call("POST", PATH, {"url": URL, "events": ["whatsapp.received"], **changes}))


def test_secret_is_shown_when_it_is_made_and_never_again(desk: Desk) -> None:
    made = a_webhook(desk, description="Shop")

    assert made["secret"].startswith("whsec_")
    assert desk.registered[0].row["credentials"] == {"webhook_secret": made["secret"]}
    shown = fields(desk.call("GET", f"{PATH}/{made['id']}"))
    assert "secret" not in shown
    assert (shown["description"], shown["status"], shown["filter"]) == ("Shop", "active", None)


def test_rotation_keeps_the_secret_before_for_a_day(desk: Desk) -> None:
    made = a_webhook(desk)
    rotated = fields(desk.call("POST", f"{PATH}/{made['id']}/rotate-secret"))
    row = desk.world.get("subscriptions", made["id"])

    assert row is not None
    assert rotated["secret"] != made["secret"]
    assert row["credentials"] == {
        "webhook_secret": rotated["secret"],
        "previous_secret": made["secret"],
        "previous_until_ms": str(desk.now_ms + 86_400_000),
    }


def test_endpoint_can_be_changed_listed_and_taken_away(desk: Desk) -> None:
    made = [a_webhook(desk)["id"], a_webhook(desk, url=f"{URL}/2")["id"]]
    desk.call("PATCH", f"{PATH}/{made[0]}", {"status": "paused", "events": ["sms.received"]})

    def listed(**query: str) -> list[str]:
        return [each["id"] for each in fields(desk.call("GET", PATH, query=query))["data"]]

    assert listed() == made[::-1]
    assert listed(order="asc") == made
    assert listed(url=URL) == [made[0]]
    assert fields(desk.call("GET", f"{PATH}/{made[0]}"))["events"] == ["sms.received"]
    assert desk.call("DELETE", f"{PATH}/{made[0]}").status == 204
    assert listed() == [made[1]]
    assert desk.call("DELETE", f"{PATH}/{made[0]}").status == 404


@pytest.mark.parametrize(
    ("fields_given", "param"),
    [
        ({"events": ["whatsapp.received"]}, "url"),
        ({"url": URL}, "events"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": ["message.received"]}, "events[0]"),
        ({"url": URL, "events": ["sms.sent", {"type": "sms.sent"}]}, "events[1]"),
        ({"url": URL, "events": ["sms.sent"] * 101}, "events"),
        ({"url": "bot", "events": ["sms.sent"]}, "url"),
        ({"url": f"{URL}{'x' * 2048}", "events": ["sms.sent"]}, "url"),
        ({"url": URL, "events": ["sms.sent"], "description": "x" * 257}, "description"),
        ({"url": URL, "events": ["sms.sent"], "filter": {"mailbox_id": "mbx_1"}}, "filter"),
        ({"url": URL, "events": ["sms.sent"], "destination": {"type": "connector"}}, "destination"),
    ],
)
def test_wrong_endpoint_is_refused_by_its_field(desk: Desk, fields_given: dict[str, Any], param: str) -> None:
    answered = desk.call("POST", PATH, fields_given)

    assert answered.status == 422
    assert param in [each["param"] for each in fields(answered)["error"]["details"]]
    assert desk.registered == []


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        (URL, True),
        ("https://bot.example.com:8443/hook", True),
        ("http://bot.example.com/hook", False),
        ("https://localhost/hook", False),
        ("https://127.0.0.1/hook", False),
        ("https://10.0.0.7/hook", False),
        ("https://[::1]/hook", False),
        ("https://bot.internal/hook", False),
        ("https://8.8.8.8/hook", True),
    ],
)
def test_address_must_be_public_where_that_is_wanted(url: str, is_taken: bool) -> None:
    strict, loose = Desk(require_https=True), Desk()

    assert is_public(url) is is_taken
    assert strict.call("POST", PATH, {"url": url, "events": ["sms.sent"]}).status == (201 if is_taken else 422)
    assert loose.call("POST", PATH, {"url": url, "events": ["sms.sent"]}).status == 201


def test_events_go_to_who_asks_for_them_and_is_not_paused(desk: Desk) -> None:
    made = a_webhook(desk, events=["whatsapp.received", "sms.sent"])
    row = desk.world.get("subscriptions", made["id"])
    assert row is not None

    assert wants(row, "whatsapp.received/image", {})
    assert not wants(row, "whatsapp.read", {})
    assert not wants({**row, "status": "paused"}, "sms.sent", {})
    assert wants({"url": URL, "events": None}, "email.bounced", {})
    assert wants({"events": ["email.bounced"]}, "email.bounced", {})
