"""The bot speaks, looks up and archives; what is wrong is refused in MessageBird's words."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row

from .conftest import FACTS, Desk, fields, text


def test_conversation_that_the_bot_starts_has_events_of_every_status(desk: Desk, ana: Row) -> None:
    answered = desk.call("POST", "/v1/conversations/start", text(to=ana["phone"], channelId=desk.channel))

    assert answered.status == 201
    assert [each.type for each in desk.emitted] == [
        "conversation.created",
        "message.created/sent",
        "message.updated",
        "message.updated",
    ]
    assert [each.values["message"]["status"] for each in desk.emitted[1:]] == ["pending", "sent", "delivered"]
    assert answered.response.values["reached"] == [ana["id"]]


def test_active_conversation_goes_on(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    started = desk.call("POST", "/v1/conversations/start", text(to=ana["phone"][1:], channelId=desk.channel))

    assert fields(started)["id"] == conversation
    assert fields(started)["messages"]["totalCount"] == 2
    assert "conversation.created" not in {each.type for each in desk.emitted}


def test_message_is_accepted_with_its_id_and_echoes_what_it_was_given(desk: Desk, ana: Row) -> None:
    sent = text(
        to=ana["phone"], **{"from": desk.channel}, source={"order": 7}, tag="t", trackId="x", fallback={"from": "y"}
    )
    answered = desk.call("POST", "/v1/send", sent)
    found = fields(answered)

    assert (answered.status, found["status"]) == (202, "accepted")
    assert found["fallback"]["id"] != found["id"]
    shown = fields(desk.call("GET", f"/v1/messages/{found['id']}"))
    assert list(shown)[10:13] == ["source", "tag", "trackId"]
    assert shown["source"] == {"order": 7}


def test_message_asked_for_in_the_moment_before_its_first_status_has_that_one(desk: Desk, ana: Row) -> None:
    sent = desk.call("POST", "/v1/send", text(to=ana["phone"], **{"from": desk.channel}))
    desk.now_ms -= 4_000
    shown = fields(desk.call("GET", f"/v1/messages/{fields(sent)['id']}"))

    assert shown["status"] == "pending"


def test_message_that_fails_says_why_and_reaches_nobody(ana: Row) -> None:
    desk = Desk(ana, receipts="failed")
    answered = desk.call("POST", "/v1/send", text(to=ana["phone"], **{"from": desk.channel}))

    assert answered.response.values["reached"] == []
    last = desk.emitted[-1].values["message"]
    assert (last["status"], set(last["error"])) == ("failed", {"code", "description"})


def test_stranger_becomes_a_contact(desk: Desk) -> None:
    started = fields(desk.call("POST", "/v1/conversations/start", text(to="+31612345678", channelId=desk.channel)))

    assert (started["contact"]["msisdn"], started["contact"]["displayName"]) == (31612345678, "31612345678")
    assert fields(desk.call("GET", f"/v1/conversations/{started['id']}"))["contactId"] == started["contact"]["id"]


def test_new_status_is_told_once(desk: Desk, ana: Row) -> None:
    path = f"/v1/conversations/{desk.conversation_with(ana['id'])}"
    desk.call("PATCH", path, {"status": "archived"})

    assert [each.type for each in desk.emitted] == ["conversation.updated"]
    assert desk.emitted[0].values["conversation"]["status"] == "archived"
    desk.call("PATCH", path, {"status": "archived"})
    assert desk.emitted == []


def test_lists_come_in_pages_newest_first(desk: Desk, ana: Row) -> None:
    path = f"/v1/conversations/{desk.conversation_with(ana['id'])}/messages"
    for number in range(12):
        desk.call("POST", path, text(str(number)))
    first = fields(desk.call("GET", path))
    second = fields(desk.call("GET", path, query={"offset": "10", "limit": "5"}))

    assert (first["limit"], first["count"], first["totalCount"]) == (10, 10, 13)
    assert [each["content"]["text"] for each in first["items"]] == [str(number) for number in range(11, 1, -1)]
    assert [each["content"]["text"] for each in second["items"]] == ["1", "0", "Hello"]


@pytest.mark.parametrize(
    ("changes", "code", "parameter"),
    [
        ({"to": None}, 9, "to"),
        ({"to": "nobody"}, 10, "to"),
        ({"channelId": None}, 9, "channelId"),
        ({"channelId": "0" * 32}, 10, "channelId"),
        ({"type": None}, 9, "type"),
        ({"type": "song"}, 10, "type"),
        ({"content": None}, 9, "content"),
        ({"content": {"image": {}}}, 9, "content.text"),
        ({"content": {"text": ""}}, 10, "content.text"),
        ({"type": "image", "content": {"image": {}}}, 9, "content.image.url"),
        ({"type": "image", "content": {"image": "x"}}, 10, "content.image"),
        (
            {"type": "location", "content": {"location": {"latitude": 99, "longitude": 0}}},
            10,
            "content.location.latitude",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    desk: Desk, ana: Row, changes: dict[str, Any], code: int, parameter: str
) -> None:
    answered = desk.call("POST", "/v1/conversations/start", text(to=ana["phone"], channelId=desk.channel) | changes)

    assert answered.status == 422
    assert [(each["code"], each["parameter"]) for each in fields(answered)["errors"]] == [(code, parameter)]
    assert answered.response.effects == ()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/conversations/x", None),
        ("PATCH", "/v1/conversations/x", {"status": "archived"}),
        ("GET", "/v1/conversations/x/messages", None),
        ("POST", "/v1/conversations/x/messages", {}),
        ("GET", "/v1/messages/x", None),
        ("GET", "/v1/webhooks/x", None),
        ("PATCH", "/v1/webhooks/x", {}),
        ("DELETE", "/v1/webhooks/x", None),
    ],
)
def test_what_there_is_not_is_not_found(desk: Desk, method: str, path: str, body: Any) -> None:
    answered = desk.call(method, path, body)

    assert (answered.status, fields(answered)["errors"][0]["code"]) == (404, 20)


def test_page_that_is_none_is_refused(desk: Desk) -> None:
    assert fields(desk.call("GET", "/v1/conversations", query={"limit": "-1"}))["errors"][0]["parameter"] == "limit"


@pytest.mark.parametrize("status", [None, "closed"])
def test_unknown_status_is_refused(desk: Desk, ana: Row, status: str | None) -> None:
    path = f"/v1/conversations/{desk.conversation_with(ana['id'])}"

    assert desk.call("PATCH", path, {"status": status}).status == 422


def test_every_error_is_a_list_of_one() -> None:
    assert all({"code", "description"} <= error.values.keys() for error in FACTS.errors.values())
