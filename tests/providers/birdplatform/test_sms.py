from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row

from .conftest import Desk, fields

SEND = "/v1/sms/messages"


def a_text(desk: Desk, /, **changes: Any) -> dict[str, Any]:
    known = {"to": "+31612345678", "from": desk.world.options["sms_number"], "text": "Hello", "category": "service"}
    said = {**known, **changes}
    return {name: value for name, value in said.items() if value is not None}


def test_text_message_has_an_event_of_each_status_and_is_heard(desk: Desk, ben: Row) -> None:
    shown = fields(desk.call("POST", SEND, a_text(desk, to=ben["id"])))

    assert (shown["status"], shown["segments"]["count"], shown["template_id"]) == ("accepted", 1, None)
    assert [each.type for each in desk.emitted] == ["sms.accepted", "sms.sent", "sms.delivered"]
    assert [(reply.kind, reply.text, reply.to) for reply in desk.replies()] == [("text", "Hello", ben["id"])]


def test_text_message_that_does_not_arrive_says_why() -> None:
    desk = Desk(receipts="failed")
    shown = fields(desk.call("POST", SEND, a_text(desk)))
    events = [each.type for each in desk.emitted]
    desk.now_ms += 60_000
    later = fields(desk.call("GET", f"{SEND}/{shown['id']}"))

    assert events == ["sms.accepted", "sms.sent", "sms.undelivered"]
    assert (later["status"], later["last_error"]["code"], later["country_code"]) == ("undelivered", "unreachable", "NL")


def test_template_is_taken_without_a_sender(desk: Desk, ben: Row) -> None:
    answered = desk.call("POST", SEND, {"to": ben["id"], "template": {"slug": "code", "parameters": {"code": "1"}}})

    assert (answered.status, fields(answered)["category"]) == (202, "transactional")
    assert [reply.kind for reply in desk.replies()] == ["template"]


def test_what_people_write_is_listed_and_has_no_timeline(desk: Desk, ben: Row) -> None:
    found = desk.act(ben["id"], "text", "Hello")
    assert found is not None
    message = found[0].values["id"]

    assert [each["id"] for each in fields(desk.call("GET", SEND, query={"direction": "inbound"}))["data"]] == [message]
    assert fields(desk.call("GET", f"{SEND}/{message}"))["status"] == "received"
    assert fields(desk.call("GET", f"{SEND}/{message}/events")) == {"data": []}


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"text": None}, "text"),
        ({"text": ""}, "text"),
        ({"template": {"slug": "a"}}, "text"),
        ({"text": None, "template": {}}, "template"),
        ({"category": None}, "category"),
        ({"category": "spam"}, "category"),
        ({"from": None}, "from"),
        ({"to": None}, "to"),
        ({"text": "x" * 1837}, "text"),
        ({"text": "☃" * 805}, "text"),
    ],
)
def test_wrong_text_message_is_refused_by_its_field(desk: Desk, changes: dict[str, Any], param: str) -> None:
    answered = desk.call("POST", SEND, a_text(desk, **changes))

    assert answered.status == 422
    assert param in [each["param"] for each in fields(answered)["error"]["details"]]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"to": "0612345678"}, "SMSInvalidRecipient"),
        ({"from": "MyBrand"}, "SMSSenderNotConfigured"),
        ({"media_urls": ["https://x.y/a"]}, "SMSUnsupportedFeature"),
    ],
)
def test_refusal_of_a_name_of_its_own(desk: Desk, changes: dict[str, Any], name: str) -> None:
    answered = desk.call("POST", SEND, a_text(desk, **changes))

    assert (answered.status, fields(answered)["error"]["name"]) == (422, name)


def test_text_message_is_no_whatsapp_message(desk: Desk, ben: Row) -> None:
    message = fields(desk.call("POST", SEND, a_text(desk, to=ben["id"])))["id"]

    assert desk.call("GET", f"/v1/whatsapp/messages/{message}").status == 404
    assert desk.call("GET", f"{SEND}/{message[:-1]}_").status == 404
