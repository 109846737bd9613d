from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import FACTS, a_world, act, do, emitted, say

WHATSAPP = {"type": "whatsapp", "phoneNumber": "+14155550123", "givenName": "Ana"}


def link(world: World, user: Row, **fields: Any) -> Any:
    return do(world, "link_channel", {**WHATSAPP, **fields}, user_id=user["id"])


def platforms(world: World, user: Row) -> list[str]:
    told = do(world, "get_app_user", user_id=user["id"]).values["user"]
    return [client["platform"] for client in told["clients"]]


@pytest.fixture
def new(ana: Row, bob: Row) -> World:
    world = a_world(ana, bob, version="v1.1")
    act(world, ana, "text", "hello")
    return world


def test_link_is_pending_in_the_answer_and_stands_afterwards(new: World, ana: Row) -> None:
    user = link(new, ana).values["user"]

    assert [(each["platform"], each["status"]) for each in user["pendingClients"]] == [("whatsapp", "pending")]
    assert platforms(new, ana) == ["messenger", "whatsapp"]


def test_link_is_told_step_by_step(new: World, ana: Row) -> None:
    told = emitted(link(new, ana))

    assert [each.type for each in told] == ["link:match", "link:success", "client:add"]
    assert told[0].values["criteria"] == {"phoneNumber": "+14155550123", "givenName": "Ana"}
    assert told[0].values["channel"] == "whatsapp"
    assert told[2].values["client"]["externalId"] == "+14155550123"


@pytest.mark.parametrize(
    ("confirmation", "events"),
    [
        (None, ["link:failure"]),
        ({"type": "immediate"}, ["link:failure"]),
        ({"type": "prompt"}, ["link:match", "link:failure"]),
    ],
)
def test_link_that_fails_leaves_nothing(ana: Row, confirmation: Any, events: list[str]) -> None:
    world = a_world(ana, linking="failure")

    told = emitted(link(world, ana, confirmation=confirmation))

    assert [each.type for each in told] == events
    assert told[-1].values["error"]["code"] == "bad_request"
    assert platforms(world, ana) == ["messenger"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"type": "telegram"}, "bad_request"),
        ({"phoneNumber": None}, "bad_request"),
        ({"phoneNumber": "0123"}, "bad_request"),
        ({"phoneNumber": 7}, "bad_request"),
        ({"type": "mailgun"}, "bad_request"),
        ({"integrationId": "x"}, "bad_request"),
        ({"confirmation": {"type": "x"}}, "bad_request"),
        ({"confirmation": "immediate"}, "bad_request"),
        ({"type": "messenger"}, "conflict"),
    ],
)
def test_wrong_link_is_refused(new: World, ana: Row, fields: Any, error: str) -> None:
    response = link(new, ana, **fields)

    assert (response.error, response.effects) == (error, ())


def test_wish_that_nobody_answers_stays_pending_until_it_is_cancelled(ana: Row) -> None:
    world = a_world(ana, linking="nothing")
    fields = {"type": "twilio", "phoneNumber": "+14155550123", "confirmation": {"type": "userActivity"}}
    do(world, "link_channel", fields, user_id=ana["id"])
    pending = do(world, "get_app_user", user_id=ana["id"]).values["user"]["pendingClients"]
    again = do(world, "link_channel", fields, user_id=ana["id"]).error
    (removed,) = emitted(do(world, "unlink_channel", user_id=ana["id"], channel="twilio"))

    assert [(client["platform"], client["active"]) for client in pending] == [("twilio", False)]
    assert again == "conflict"
    assert (removed.values["client"]["status"], removed.values["reason"]) == ("pending", "linkCancelled")
    assert do(world, "get_app_user", user_id=ana["id"]).values["user"]["pendingClients"] == []


def test_message_goes_by_the_channel_that_it_names(new: World, ana: Row) -> None:
    link(new, ana)

    sent = say(new, ana, destination={"integrationType": "whatsapp"})

    by = {each.values["channel"] for each in emitted(sent) if each.type.startswith("message:delivery")}
    assert by == {"whatsapp"}
    known = FACTS.account["integrations"]
    assert say(new, ana, destination={"integrationId": known["whatsapp"]}).error == ""


@pytest.mark.parametrize(
    "fields",
    [
        {"destination": {"integrationType": "line"}},
        {"destination": {"integrationId": "x"}},
        {"destination": {}},
        {"destination": "whatsapp"},
        {"destination": {"integrationType": "messenger"}, "role": "appUser"},
    ],
)
def test_message_to_where_nobody_is_is_refused(new: World, ana: Row, fields: Any) -> None:
    assert say(new, ana, **fields).error == "bad_request"


def test_channel_is_taken_away_and_told(new: World, ana: Row) -> None:
    link(new, ana)

    gone = do(new, "unlink_channel", user_id=ana["id"], channel="whatsapp")

    assert [(each.type, each.values["client"]["platform"]) for each in emitted(gone)] == [("client:remove", "whatsapp")]
    assert platforms(new, ana) == ["messenger"]
    assert do(new, "unlink_channel", user_id=ana["id"], channel="whatsapp").error == "channel_not_found"


def test_who_has_no_channel_left_gets_no_receipts(new: World, ana: Row) -> None:
    do(new, "unlink_channel", user_id=ana["id"], channel="messenger")

    assert platforms(new, ana) == []
    assert [each.type for each in emitted(say(new, ana))] == ["message:appMaker/text"]


@pytest.mark.parametrize(
    ("channel", "key"),
    [("whatsapp", "phoneNumber"), ("mailgun", "address"), ("telegram", "chatId"), ("line", "userId")],
)
def test_channel_knows_a_person_by_its_own_kind_of_id(ana: Row, channel: str, key: str) -> None:
    world = a_world({**ana, "channel": channel})

    (entity,) = do(world, "get_channels", user_id=ana["id"]).values["channels"]

    assert list(entity) == ["type", "integrationId", key]


def test_link_requests_are_addresses_of_channels(new: World, ana: Row) -> None:
    known = FACTS.account["integrations"]
    wanted = f"{known['messenger']},{known['telegram']}"

    found = do(new, "get_link_requests", user_id=ana["id"], query={"integrationIds": wanted}).values["requests"]

    assert [each["type"] for each in found] == ["messenger", "telegram"]
    assert all(each["code"] in each["url"] for each in found)
    for query in ({}, {"integrationIds": "x"}, {"integrationIds": known["twilio"]}):
        assert do(new, "get_link_requests", user_id=ana["id"], query=query).error == "bad_request"


@pytest.mark.parametrize(
    "operation",
    ["get_channels", "link_channel", "unlink_channel", "get_business_systems", "get_auth_code", "get_link_requests"],
)
def test_nobody_has_channels(new: World, operation: str) -> None:
    assert do(new, operation, user_id="nobody", channel="line").error == "user_not_found"


def test_codes_are_given(new: World, ana: Row) -> None:
    assert do(new, "get_auth_code", user_id=ana["id"]).values["code"]
    assert do(new, "get_business_systems", user_id=ana["id"]).error == ""
