"""The channels API: messages that are taken, refused, delivered or lost."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.units import iso8601
from simulator.world import Row

from .conftest import KEY_ID, SMS, WHATSAPP, Desk, a_message, a_world, fields

MESSAGES = f"/channels/{WHATSAPP}/messages"
HOUR_MS = 3_600_000


def types(desk: Desk) -> list[str]:
    return [each.type for each in desk.emitted]


def statuses(desk: Desk) -> list[str]:
    return [each.values["status"] for each in desk.emitted if each.type.startswith("whatsapp")]


def test_message_is_answered_as_accepted(desk: Desk, ana: Row) -> None:
    desk.conversation_with(ana["id"])
    answered = desk.call("POST", MESSAGES, a_message(ana["id"], "Hello", reference="order-42"))

    found = fields(answered)
    assert answered.status == 202
    names = "id channelId sender receiver body meta reference parts status reason lastStatusAt createdAt updatedAt"
    assert [name for name in found if name != "direction"] == names.split()
    assert (found["status"], found["parts"], found["direction"]) == ("accepted", [], "outgoing")
    assert found["receiver"]["contacts"][0] == {
        "id": ana["contact_id"],
        "identifierKey": "phonenumber",
        "identifierValue": ana["phone"],
    }


def test_each_status_has_an_event_on_the_channel_and_in_the_conversation(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    desk.call("POST", MESSAGES, a_message(ana["id"]))

    assert types(desk) == ["whatsapp.outbound/text", "conversation.updated/outgoing"] * 3
    assert statuses(desk) == ["accepted", "sent", "delivered"]
    last = [each.values["last_message"] for each in desk.emitted if each.type.startswith("conversation")]
    assert [each["status"] for each in last] == ["accepted", "sent", "delivered"]
    assert {each["sender"]["id"] for each in last} == {KEY_ID}
    assert {each.values["id"] for each in desk.emitted if each.type.startswith("conversation")} == {conversation}
    assert {each.user for each in desk.emitted} == {ana["id"]}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"receipts": "nothing"}, ["accepted"]),
        ({"receipts": "sent"}, ["accepted", "sent"]),
        ({"receipts": "failed"}, ["accepted", "sent", "delivery_failed"]),
        ({"accepted_event": False}, ["sent", "delivered"]),
    ],
)
def test_options_say_what_becomes_of_a_message(ana: Row, options: dict[str, Any], wanted: list[str]) -> None:
    desk = Desk(a_world(ana, **options))
    desk.conversation_with(ana["id"])
    desk.call("POST", MESSAGES, a_message(ana["id"]))

    assert statuses(desk) == wanted


def test_status_of_a_message_goes_on_with_the_time(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    sent = fields(desk.call("POST", MESSAGES, a_message(ana["id"])))

    desk.now_ms += 10_000
    found = fields(desk.call("GET", f"{MESSAGES}/{sent['id']}"))
    assert (found["status"], len(found["parts"])) == ("delivered", 1)
    assert found["createdAt"] < found["lastStatusAt"] == found["updatedAt"]
    assert fields(desk.call("GET", f"/conversations/{conversation}"))["lastMessage"]["status"] == "delivered"


def test_first_message_to_somebody_opens_a_conversation(desk: Desk, ben: Row) -> None:
    desk.call("POST", f"/channels/{SMS}/messages", a_message(ben["id"]))

    assert types(desk)[:2] == ["sms.outbound/text", "conversation.created"]
    assert types(desk)[2:] == ["sms.outbound/text", "conversation.updated/outgoing"] * 2
    assert desk.emitted[1].values["initiating"]["type"] == "accessKey"


def test_unknown_number_becomes_a_contact(desk: Desk) -> None:
    desk.call("POST", f"/channels/{SMS}/messages", a_message("+31612345678"))
    found = fields(desk.call("GET", "/conversations"))["results"][0]

    assert found["featuredParticipants"][0]["displayName"] == "+31612345678"
    assert desk.world.get("users", "+31612345678") is not None


def test_whatsapp_loses_a_text_to_who_has_not_written(desk: Desk, ana: Row) -> None:
    answered = desk.call("POST", MESSAGES, a_message(ana["id"]))

    assert answered.status == 202
    assert statuses(desk) == ["accepted", "sending_failed"]
    assert desk.emitted[-2].values["failure"]["description"]
    assert answered.response.values["reached"] == []


def test_window_is_closed_a_day_after_the_last_word(desk: Desk, ana: Row) -> None:
    desk.conversation_with(ana["id"])
    desk.now_ms += 24 * HOUR_MS - 2_000
    desk.call("POST", MESSAGES, a_message(ana["id"]))
    before = statuses(desk)
    desk.call("POST", MESSAGES, a_message(ana["id"]))

    assert before[-1] == "delivered"
    assert statuses(desk)[-1] == "sending_failed"


def test_template_passes_when_the_window_is_closed(desk: Desk, ana: Row) -> None:
    template = {"projectId": "9d7dcf98-a234-4e45-8304-baabc5db4f50", "version": "latest", "locale": "en"}
    desk.call("POST", MESSAGES, {**a_message(ana["id"]), "body": None, "template": template})

    assert statuses(desk)[-1] == "delivered"
    assert types(desk)[0] == "whatsapp.outbound/template"


def test_window_may_be_left_out(ana: Row) -> None:
    desk = Desk(a_world(ana, service_window=False))
    desk.call("POST", MESSAGES, a_message(ana["id"]))

    assert statuses(desk)[-1] == "delivered"


def test_window_of_a_contact_can_be_asked_for(desk: Desk, ana: Row, ben: Row) -> None:
    path = f"/channels/{WHATSAPP}/contacts/{ana['contact_id']}"
    before = fields(desk.call("GET", path))
    desk.conversation_with(ana["id"])

    assert before == {"serviceWindowExpireAt": None, "isPermanentSession": None, "metadata": None}
    assert fields(desk.call("GET", path))["serviceWindowExpireAt"] == "2026-01-06T09:00:02.000Z"
    query = {"contactIdentifierValue": ben["phone"]}
    assert desk.call("GET", f"/channels/{SMS}/contacts/x", query=query).status == 200
    assert desk.call("GET", f"/channels/{SMS}/contacts/x").status == 404


def test_several_people_are_reached_once_each(desk: Desk, ana: Row, ben: Row) -> None:
    contacts = [{"identifierValue": each} for each in (ana["phone"], ben["phone"], ana["phone"])]
    body = {**a_message(ana["id"]), "receiver": {"contacts": contacts}}
    answered = desk.call("POST", f"/channels/{SMS}/messages", body)

    assert answered.response.values["reached"] == [ana["id"], ben["id"]]
    assert len({each.values["id"] for each in desk.emitted if each.type.startswith("sms")}) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"body": None},
        {"template": {"projectId": "x", "version": "latest"}},
        {"body": {"type": "text", "text": {}}},
        {"body": {"type": "poem", "poem": {}}},
        {"body": {"type": "image", "image": {"images": []}}},
        {"body": {"type": "file", "file": {"files": [{"mediaUrl": "https://example.com/a"}]}}},
        {"body": {"type": "location", "location": {"coordinates": {"latitude": 91, "longitude": 0}}}},
        {"body": "hello"},
        {"receiver": {}},
        {"receiver": {"contacts": [{"identifierValue": "0612345678"}]}},
        {"receiver": {"contacts": [{"identifierKey": "emailaddress", "identifierValue": "a@example.com"}]}},
        {"tags": ["a"] * 11},
        {"colour": "red"},
        {"meta": []},
        {"reference": 7},
    ],
)
def test_wrong_message_is_refused_and_sets_nothing_off(desk: Desk, ana: Row, changes: dict[str, Any]) -> None:
    answered = desk.call("POST", MESSAGES, {**a_message(ana["id"]), **changes})

    assert (answered.status, fields(answered)["code"]) == (422, "InvalidPayload")
    assert answered.response.effects == ()


def test_whatsapp_takes_three_actions(desk: Desk, ana: Row) -> None:
    def status(count: int, channel: str) -> int:
        action = {"type": "reply", "reply": {"id": "a", "text": "A"}}
        body = {"type": "text", "text": {"text": "Choose", "actions": [action] * count}}
        return desk.call("POST", f"/channels/{channel}/messages", a_message(ana["id"], body=body)).status

    assert [status(3, WHATSAPP), status(4, WHATSAPP), status(4, SMS)] == [202, 422, 202]


def test_unknown_channel_is_not_found(desk: Desk, ana: Row) -> None:
    channel = "00000000-0000-5000-8000-000000000000"
    for method, path, body in (
        ("POST", f"/channels/{channel}/messages", a_message(ana["id"])),
        ("GET", f"/channels/{channel}/messages", None),
        ("GET", f"/channels/{channel}", None),
    ):
        assert desk.call(method, path, body).status == 404


def test_messages_of_a_channel_come_newest_first_and_filtered(desk: Desk, ana: Row) -> None:
    desk.conversation_with(ana["id"])
    desk.call("POST", MESSAGES, a_message(ana["id"], "one"))
    desk.call("POST", MESSAGES, a_message(ana["id"], "two"))

    found = fields(desk.call("GET", MESSAGES))["results"]
    assert [each["body"]["text"]["text"] for each in found] == ["two", "one", "Hello"]
    incoming = fields(desk.call("GET", MESSAGES, query={"direction": "incoming"}))["results"]
    assert [each["sender"]["contact"]["identifierValue"] for each in incoming] == [ana["phone"]]
    assert fields(desk.call("GET", MESSAGES, query={"phonenumber": "+31600000000"}))["results"] == []
    assert fields(desk.call("GET", f"/channels/{SMS}/messages"))["results"] == []


def test_what_was_read_is_an_interaction(desk: Desk, ana: Row) -> None:
    desk.conversation_with(ana["id"])
    sent = fields(desk.call("POST", MESSAGES, a_message(ana["id"])))
    path = f"{MESSAGES}/{sent['id']}/interactions"
    before = fields(desk.call("GET", path))["results"]
    desk.act(ana["id"], "reads", "last")

    assert before == []
    assert [each["type"] for each in fields(desk.call("GET", path))["results"]] == ["read"]


def test_messages_between_two_times_are_listed(desk: Desk, ana: Row) -> None:
    desk.conversation_with(ana["id"])
    between = iso8601(desk.now_ms + 500)
    later = fields(desk.call("POST", MESSAGES, a_message(ana["id"])))["id"]

    def listed(**query: str) -> list[str]:
        return [each["id"] for each in fields(desk.call("GET", MESSAGES, query=query))["results"]]

    everything = listed()
    assert listed(startAt=between) == [later]
    assert listed(endAt=between) == everything[1:]
    assert listed(startAt=between, endAt=between) == []
    assert desk.call("GET", MESSAGES, query={"startAt": "yesterday"}).status == 422


def test_channels_are_listed(desk: Desk) -> None:
    found = fields(desk.call("GET", "/channels"))["results"]

    assert [each["platformId"] for each in found[:3]] == ["whatsapp", "sms", "email"]
    assert fields(desk.call("GET", f"/channels/{SMS}")) == found[1]
