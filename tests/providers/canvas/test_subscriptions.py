"""Which events go where: subscriptions of the form, and those of LTI tools."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.canvas.subscriptions import wants

from .conftest import Instance, body_of

HERE, TOOLS = "/live_events/subscriptions", "/api/lti/subscriptions"
GRADES = {"name": "Grades", "url": "https://bot.example.com/grades", "events": ["grade_change"], "sign": True}
TOOL = {
    "ContextId": "a1b2c3",
    "ContextType": "course",
    "EventTypes": ["submission_created"],
    "Format": "live-event",
    "TransportType": "https",
    "TransportMetadata": {"Url": "https://bot.example.com/tool"},
}


def made(canvas: Instance, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = body_of(canvas.ask("POST", HERE, {**GRADES, **more}))
    return found


def receivers(canvas: Instance, event: str) -> set[str]:
    """Give the addresses to which such an event goes."""
    return {row["url"] for _, row in canvas.world.rows("subscriptions") if wants(row, event, {})}


# --- the form


def test_subscription_gets_what_it_has_chosen_and_nothing_else(canvas: Instance) -> None:
    answered = canvas.ask("POST", HERE, GRADES)

    assert answered.status == 201
    assert receivers(canvas, "grade_change") == {GRADES["url"]}
    assert receivers(canvas, "conversation_created") == set()


def test_events_of_a_subscription_may_be_signed_by_its_own_choice(canvas: Instance) -> None:
    signed = made(canvas)["id"]
    plain = made(canvas, sign="false")["id"]
    rows = dict(canvas.world.rows("subscriptions"))

    assert (rows[signed]["options"], rows[plain]["options"]) == ({"signing": "jwt"}, {"signing": "plain"})


def test_subscription_is_shown_as_it_was_made(canvas: Instance) -> None:
    shown = made(canvas)

    assert shown == {"id": shown["id"], **GRADES, "format": "canvas", "status": "active"}
    assert body_of(canvas.ask("GET", f"{HERE}/{shown['id']}")) == shown
    assert body_of(canvas.ask("GET", HERE)) == [shown]


def test_deactivated_subscription_gets_nothing(canvas: Instance) -> None:
    key = made(canvas)["id"]
    canvas.ask("PUT", f"{HERE}/{key}", [("status", "deactivated")])
    while_off = receivers(canvas, "grade_change")
    canvas.ask("PUT", f"{HERE}/{key}", [("status", "active"), ("events[]", "course_created")])

    assert while_off == set()
    assert receivers(canvas, "course_created") == {GRADES["url"]}
    assert receivers(canvas, "grade_change") == set()


def test_deleted_subscription_is_gone(canvas: Instance) -> None:
    key = made(canvas)["id"]

    assert canvas.ask("DELETE", f"{HERE}/{key}").status == 200
    assert canvas.world.count("subscriptions") == 0
    assert canvas.ask("GET", f"{HERE}/{key}").response.error == "not_found"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "bot.example.com"},
        {"url": "http://["},
        {"url": None},
        {"events": []},
        {"events": ["grade_changed"]},
        {"events": None},
        {"format": "caliper"},
        {"status": "asleep"},
    ],
)
def test_subscription_that_cannot_be_is_refused(canvas: Instance, wrong: dict[str, Any]) -> None:
    answered = canvas.ask("POST", HERE, {**GRADES, **wrong})

    assert (answered.status, answered.response.error) == (400, "subscription_invalid")
    assert canvas.world.count("subscriptions") == 0


def test_subscription_stays_as_it_is_where_a_change_cannot_be(canvas: Instance) -> None:
    shown = made(canvas)
    refused = canvas.ask("PUT", f"{HERE}/{shown['id']}", {"events": ["nonsense"]})

    assert refused.response.error == "subscription_invalid"
    assert body_of(canvas.ask("GET", f"{HERE}/{shown['id']}")) == shown


def test_endpoint_that_a_person_named_gets_all() -> None:
    assert wants({"url": "http://127.0.0.1:1/", "events": None}, "grade_change", {})
    assert wants({"events": ["grade_change"]}, "grade_change", {})


# --- LTI tools


def test_tool_s_subscription_gets_its_events_and_is_shown_in_its_own_words(canvas: Instance) -> None:
    shown = body_of(canvas.ask("POST", TOOLS, {"subscription": TOOL}))

    assert {name: shown[name] for name in TOOL} == TOOL
    assert receivers(canvas, "submission_created") == {"https://bot.example.com/tool"}
    assert body_of(canvas.ask("GET", f"{TOOLS}/{shown['Id']}")) == shown


def test_form_and_tools_do_not_see_each_other_s(canvas: Instance) -> None:
    form = made(canvas)["id"]
    tool = body_of(canvas.ask("POST", TOOLS, {"subscription": TOOL}))["Id"]

    assert [each["Id"] for each in body_of(canvas.ask("GET", TOOLS))] == [tool]
    assert canvas.ask("GET", f"{TOOLS}/{form}").response.error == "not_found"
    assert canvas.ask("DELETE", f"{HERE}/{tool}").response.error == "not_found"


def test_tool_s_subscription_is_replaced_and_deleted(canvas: Instance) -> None:
    key = body_of(canvas.ask("POST", TOOLS, {"subscription": TOOL}))["Id"]
    canvas.ask("PUT", f"{TOOLS}/{key}", {"subscription": {**TOOL, "EventTypes": ["quiz_submitted"]}})
    replaced = receivers(canvas, "quiz_submitted")
    canvas.ask("DELETE", f"{TOOLS}/{key}")

    assert replaced == {"https://bot.example.com/tool"}
    assert receivers(canvas, "quiz_submitted") == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ContextType": "planet"},
        {"ContextId": ""},
        {"Format": "caliper"},
        {"TransportType": "sqs"},
        {"TransportMetadata": {}},
        {"TransportMetadata": {"Url": 7}},
        {"EventTypes": ["nonsense"]},
    ],
)
def test_tool_s_subscription_that_cannot_be_is_refused(canvas: Instance, wrong: dict[str, Any]) -> None:
    answered = canvas.ask("POST", TOOLS, {"subscription": {**TOOL, **wrong}})

    assert (answered.status, body_of(answered)) == (400, {"error": "Invalid subscription"})
    assert canvas.ask("POST", TOOLS, {}).response.error == "tool_subscription_invalid"


def test_tool_s_subscriptions_come_in_pages_of_a_hundred(canvas: Instance) -> None:
    for _ in range(130):
        canvas.ask("POST", TOOLS, {"subscription": TOOL})
    first = canvas.ask("GET", TOOLS)
    second = canvas.ask("GET", TOOLS, startkey=dict(first.headers)["EndKey"])

    assert (len(body_of(first)), len(body_of(second))) == (100, 30)
    assert "EndKey" not in dict(second.headers)
