"""The conversations API: conversations, who takes part in them, and what is said in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.providers.bird import threads
from simulator.world import Put, Row
from tests.providers.conftest import bench

from .conftest import KEY_ID, SMS, WHATSAPP, Desk, a_message, a_world, fields

TEXT = {"type": "text", "text": {"text": "How are you?"}}
KEY = {"participantType": "accessKey", "participantId": KEY_ID, "addMissingParticipants": True}
AGENT = "5795352d-f111-407b-be33-c9db94e4a666"


def types(desk: Desk) -> list[str]:
    return [each.type for each in desk.emitted]


def opening(user: Row, **changes: Any) -> dict[str, Any]:
    contact = {"type": "contact", "identifierKey": "phonenumber", "identifierValue": user["phone"]}
    return {"channelId": SMS, "participants": [contact], "initialMessage": {"body": TEXT}, **changes}


# --- conversations


def test_opened_conversation_goes_out_with_its_first_message(desk: Desk, ben: Row) -> None:
    answered = desk.call("POST", "/conversations", opening(ben, name="Order 42"))

    found = fields(answered)
    assert (answered.status, found["name"], found["visibility"]) == (201, "Order 42", "public")
    assert [each["type"] for each in found["featuredParticipants"]] == ["contact", "accessKey"]
    assert found["lastMessage"]["preview"] == {"text": "How are you?"}
    assert types(desk)[:2] == ["sms.outbound/text", "conversation.created"]
    assert answered.response.values["reached"] == [ben["id"]]


def test_conversation_without_a_message_has_none(desk: Desk, ben: Row) -> None:
    found = fields(desk.call("POST", "/conversations", opening(ben, initialMessage=None)))

    assert types(desk) == ["conversation.created"]
    assert "lastMessage" not in found


def test_recipients_of_the_first_message_take_part(desk: Desk) -> None:
    recipients = [{"type": "to", "identifierKey": "phonenumber", "identifierValue": "+31612345678"}]
    body = {"channelId": SMS, "initialMessage": {"body": TEXT, "recipients": recipients}}
    answered = desk.call("POST", "/conversations", body)

    assert answered.response.values["reached"] == ["+31612345678"]
    assert desk.world.get("users", "+31612345678") is not None


def test_second_conversation_with_a_contact_is_a_conflict(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    answered = desk.call("POST", "/conversations", opening(ana, channelId=WHATSAPP))

    assert answered.status == 409
    assert fields(answered) == {
        "code": "ConflictError",
        "message": "conversation already exists",
        "details": {"conversationId": conversation},
    }


def test_closed_conversation_is_no_conflict(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    closed = desk.call("PATCH", f"/conversations/{conversation}", {"status": "closed"})

    assert fields(closed)["status"] == "closed"
    assert types(desk) == ["conversation.updated"]
    assert desk.call("POST", "/conversations", opening(ana, channelId=WHATSAPP)).status == 201


@pytest.mark.parametrize(
    "changes",
    [
        {"channelId": "00000000-0000-5000-8000-000000000000"},
        {"visibility": "secret"},
        {"participants": [{"type": "user", "id": AGENT}] * 6},
        {"participants": [{"type": "robot", "id": AGENT}]},
        {"participants": [{"type": "user"}]},
        {"initialMessage": {"body": TEXT, "colour": "red"}},
        {"initialMessage": {}},
        {"initiatingParticipant": "me"},
        {"attributes": {"count": 1}},
        {"colour": "red"},
    ],
)
def test_wrong_conversation_is_refused(desk: Desk, ben: Row, changes: dict[str, Any]) -> None:
    answered = desk.call("POST", "/conversations", opening(ben, **changes))

    assert (answered.status, answered.response.effects) == (422, ())


def test_change_is_told_and_kept(desk: Desk, ana: Row) -> None:
    path = f"/conversations/{desk.conversation_with(ana['id'])}"
    desk.call("PATCH", path, {"name": "Tulips", "attributes": {"typingStatus": "start"}})
    told = desk.emitted[0].values

    assert (types(desk), told["name"], told["attributes"]) == (
        ["conversation.updated"],
        "Tulips",
        {"typingStatus": "start"},
    )
    assert fields(desk.call("GET", path))["attributes"] == {"typingStatus": "start"}
    assert desk.call("PATCH", path, {"status": "archived"}).status == 422


def test_deleted_conversation_is_told_with_its_last_state(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    answered = desk.call("DELETE", f"/conversations/{conversation}")

    assert (answered.status, answered.body) == (204, b"")
    assert types(desk) == ["conversation.deleted"]
    assert desk.emitted[0].values["last_message"]["preview"] == "Hello"
    assert desk.call("GET", f"/conversations/{conversation}").status == 404


def test_conversations_are_listed_newest_first_and_filtered(desk: Desk, ana: Row, ben: Row) -> None:
    first, second = desk.conversation_with(ana["id"]), desk.conversation_with(ben["id"])
    desk.call("PATCH", f"/conversations/{first}", {"status": "closed"})

    def listed(**query: str) -> list[str]:
        return [each["id"] for each in fields(desk.call("GET", "/conversations", query=query))["results"]]

    assert listed() == [second, first]
    assert listed(channelId=WHATSAPP) == [first]
    assert listed(status="active") == [second]


@pytest.mark.parametrize("layout", ["documented", "observed"])
def test_conversation_is_shown_as_its_events_show_it(ana: Row, layout: str) -> None:
    desk = Desk(a_world(ana, layout=layout))
    _, created = desk.act(ana["id"], "text", "Hello") or ()
    made = bench("bird", layout=layout)
    payload = fields(desk.call("GET", f"/conversations/{created.values['id']}"))
    event = json.loads(made.render(created.type, values=created.values).body)["payload"]

    since = payload.pop("lastMessageIncomingAt")
    assert since == event["lastMessage"]["createdAt"]
    assert list(payload.items()) == list(event.items())


def test_conversation_that_a_story_gives_is_whole(desk: Desk, ana: Row) -> None:
    conversation = "badbf15c-bad3-4bf3-9223-6b7f414f9770"
    desk.world.apply(Put(table="conversations", key=conversation, row={"user": ana["id"], "name": "Old one"}))

    found = fields(desk.call("GET", f"/conversations/{conversation}"))
    assert (found["id"], found["name"], found["channelId"]) == (conversation, "Old one", WHATSAPP)
    assert desk.conversation_with(ana["id"]) == conversation


# --- what is said


def test_message_goes_out_on_the_channel(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    answered = desk.call("POST", f"/conversations/{conversation}/messages", {**KEY, "body": TEXT})

    found = fields(answered)
    assert answered.status == 201
    assert list(found) == ["id", "conversationId", "sender", "body", "recipients", "status", "meta", "createdAt"]
    assert (found["sender"]["type"], found["sender"]["displayName"], found["status"]) == (
        "accessKey",
        "Shop bot",
        "accepted",
    )
    assert types(desk) == ["whatsapp.outbound/text", "conversation.updated/outgoing"] * 3
    assert answered.response.values["reached"] == [ana["id"]]


def test_who_takes_no_part_cannot_speak(desk: Desk, ana: Row) -> None:
    path = f"/conversations/{desk.conversation_with(ana['id'])}/messages"
    strange = {"participantType": "flow", "participantId": AGENT, "body": TEXT}

    assert desk.call("POST", path, strange).status == 422
    assert desk.call("POST", path, {**strange, "addMissingParticipants": True}).status == 201
    assert desk.call("POST", path, strange).status == 201


def test_conversation_that_a_story_gives_is_with_its_first_person(desk: Desk, ana: Row) -> None:
    desk.world.apply(Put(table="conversations", key="given", row={"participants": [ana["id"]]}))
    row = threads.conversation(desk.world, "given")

    assert row is not None
    assert row["user"] == ana["id"]
    assert fields(desk.call("GET", "/conversations/given"))["id"] == "given"


def test_nothing_can_be_said_in_a_closed_conversation(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    desk.call("PATCH", f"/conversations/{conversation}", {"status": "closed"})
    answered = desk.call("POST", f"/conversations/{conversation}/messages", {**KEY, "body": TEXT})

    assert (answered.status, answered.response.error) == (422, "conversation_closed")


@pytest.mark.parametrize(
    "changes", [{"participantType": "robot"}, {"participantId": ""}, {"body": None}, {"colour": "red"}, {"meta": 1}]
)
def test_wrong_words_are_refused(desk: Desk, ana: Row, changes: dict[str, Any]) -> None:
    path = f"/conversations/{desk.conversation_with(ana['id'])}/messages"

    assert desk.call("POST", path, {**KEY, "body": TEXT, **changes}).status == 422


def test_message_in_the_name_of_the_contact_goes_out_to_nobody(desk: Desk, ana: Row) -> None:
    path = f"/conversations/{desk.conversation_with(ana['id'])}/messages"
    body = {"participantType": "contact", "participantId": ana["contact_id"], "body": TEXT}
    answered = desk.call("POST", path, body)

    assert types(desk) == ["conversation.updated"]
    assert desk.emitted[0].values["last_message"]["recipients"] is None
    assert answered.response.values["reached"] == []


def test_draft_is_told_to_nobody(desk: Desk, ana: Row) -> None:
    path = f"/conversations/{desk.conversation_with(ana['id'])}/messages"
    answered = desk.call("POST", path, {**KEY, "body": TEXT, "draft": True})

    assert (answered.status, types(desk), answered.response.values["reached"]) == (201, [], [])


def test_messages_of_a_conversation_have_whole_bodies(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    desk.call("POST", f"/channels/{WHATSAPP}/messages", a_message(ana["id"], "x" * 500))
    path = f"/conversations/{conversation}/messages"

    newest = fields(desk.call("GET", path))["results"]
    assert [each["body"]["text"]["text"] for each in newest] == ["x" * 500, "Hello"]
    assert fields(desk.call("GET", path, query={"direction": "asc"}))["results"] == newest[::-1]
    assert fields(desk.call("GET", f"{path}/{newest[1]['id']}")) == newest[1]
    assert newest[1]["sender"].keys() == {"id", "type", "status", "displayName", "avatarUrl"}
    shown = fields(desk.call("GET", f"/conversations/{conversation}"))
    assert len(shown["lastMessage"]["preview"]["text"]) == 140


def test_message_of_another_conversation_is_not_found(desk: Desk, ana: Row, ben: Row) -> None:
    first, second = desk.conversation_with(ana["id"]), desk.conversation_with(ben["id"])
    message = fields(desk.call("GET", f"/conversations/{first}/messages"))["results"][0]["id"]

    assert desk.call("GET", f"/conversations/{second}/messages/{message}").status == 404


# --- who takes part


def test_participants_come_and_go(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    path = f"/conversations/{conversation}/participants"
    added = desk.call("POST", path, {"type": "user", "id": AGENT, "displayName": "Sam Agent"})

    assert (added.status, fields(added)["displayName"]) == (201, "Sam Agent")
    assert types(desk) == ["conversation.updated"]
    assert [each["id"] for each in desk.emitted[0].values["participants"]] == [ana["contact_id"], AGENT]
    changed = desk.call("PATCH", f"{path}/{AGENT}", {"displayName": "Sam"})
    assert fields(changed)["displayName"] == "Sam"
    assert fields(desk.call("GET", f"{path}/{AGENT}")) == fields(changed)
    assert desk.call("DELETE", f"{path}/{AGENT}").status == 204
    assert [each["type"] for each in fields(desk.call("GET", path))["results"]] == ["contact"]


def test_participant_that_there_is_not_is_not_found(desk: Desk, ana: Row) -> None:
    path = f"/conversations/{desk.conversation_with(ana['id'])}/participants"

    for method in ("GET", "PATCH", "DELETE"):
        assert desk.call(method, f"{path}/{AGENT}", {} if method == "PATCH" else None).status == 404
    assert desk.call("POST", path, {"type": "contact", "id": AGENT}).status == 404
    assert desk.call("POST", path, {"type": "user"}).status == 422
    assert desk.call("PATCH", f"{path}/{ana['contact_id']}", {"displayName": 7}).status == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/messages"),
        ("POST", "/messages"),
        ("GET", "/messages/m"),
        ("GET", "/participants"),
        ("POST", "/participants"),
        ("GET", "/participants/p"),
    ],
)
def test_conversation_that_there_is_not_is_not_found(desk: Desk, method: str, path: str) -> None:
    body = {} if method in ("PATCH", "POST") else None

    assert desk.call(method, f"/conversations/{AGENT}{path}", body).status == 404
