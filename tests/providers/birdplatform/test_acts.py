from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.world import Row
from tests.providers.conftest import bench

from .conftest import Desk, a_person, fields

PICTURE = {"url": "http://127.0.0.1:8080/_media/k/tulip.png", "name": "tulip.png", "content_type": "image/png"}


def data_of(found: Any) -> Any:
    (occurrence,) = found
    return json.loads(bench("birdplatform").render(occurrence.type, values=occurrence.values).body)["data"]


def test_person_who_writes_can_be_read_and_answered(desk: Desk, ana: Row) -> None:
    data = data_of(desk.act(ana["id"], "text", "Hello"))

    assert (data["text"], data["from"]["phone_number"]) == ({"body": "Hello"}, ana["phone"])
    assert data["from"]["display_name"] == "Ana"
    shown = fields(desk.call("GET", f"/v1/whatsapp/messages/{data['whatsapp_id']}"))
    assert (shown["direction"], shown["status"], shown["text"]) == ("inbound", "received", {"body": "Hello"})


def test_file_lies_at_the_mock_api_behind_the_message(desk: Desk, ana: Row) -> None:
    data = data_of(desk.act(ana["id"], "image", PICTURE, text="For you"))
    image = data["image"]
    path = f"/v1/whatsapp/messages/{data['whatsapp_id']}/media/{image['id']}"

    assert image["url"] == f"http://127.0.0.1:8080/birdplatform{path}"
    assert (image["caption"], image["mime_type"]) == ("For you", "image/png")
    answered = desk.call("GET", path)
    location = dict(answered.headers)["Location"]
    assert (answered.status, answered.body) == (302, b"")
    assert location.startswith(f"{PICTURE['url']}?X-Amz-Date=")
    assert "X-Amz-Expires=900" in location


def test_file_of_elsewhere_is_told_at_the_real_address(desk: Desk, ana: Row) -> None:
    video = data_of(desk.act(ana["id"], "video", "https://example.com/garden.mp4"))["video"]

    assert video["url"].startswith("https://platform.bird.com/v1/whatsapp/messages/wam_")


def test_file_is_gone_after_thirty_days(desk: Desk, ana: Row) -> None:
    data = data_of(desk.act(ana["id"], "image", PICTURE))
    desk.now_ms += 30 * 86_400_000
    answered = desk.call("GET", f"/v1/whatsapp/messages/{data['whatsapp_id']}/media/{data['image']['id']}")

    assert (answered.status, fields(answered)["error"]["type"]) == (404, "not_found_error")


def test_file_of_another_message_is_not_given(desk: Desk, ana: Row) -> None:
    data, other = data_of(desk.act(ana["id"], "image", PICTURE)), desk.written(ana["id"])

    assert desk.call("GET", f"/v1/whatsapp/messages/{other}/media/{data['image']['id']}").status == 404


def test_tap_says_what_the_bot_put_there_and_on_which_message(desk: Desk, ana: Row) -> None:
    desk.written(ana["id"])
    buttons = [{"type": "quick_reply", "quick_reply": {"slug": "go", "text": "Go"}}]
    interactive = {"type": "button", "body_text": "Shall we?", "buttons": buttons}
    said = {"to": ana["id"], "from": desk.number, "interactive": interactive}
    sent = fields(desk.call("POST", "/v1/whatsapp/messages", said))
    (reply,) = desk.replies()
    data = data_of(desk.act(ana["id"], "tap", reply.buttons[0]))

    assert data["in_reply_to_message_id"] == sent["id"]
    assert data["interactive_reply"] == {"type": "button", "button": {"slug": "go", "text": "Go"}}


@pytest.mark.parametrize(
    ("verb", "value", "field"),
    [
        ("audio", "https://example.com/a.ogg", "audio"),
        ("file", {**PICTURE, "name": "a.pdf", "content_type": "application/pdf"}, "document"),
        ("sticker", 46105, "sticker"),
        ("location", {"lat": 51.5, "lon": -0.1, "name": "There"}, "location"),
        ("contact", {"name": "Ben", "phone": "+447700900123"}, "contact_cards"),
        ("url", "https://example.org", "text"),
    ],
)
def test_each_kind_is_a_field_of_its_own(desk: Desk, ana: Row, verb: str, value: Any, field: str) -> None:
    data = data_of(desk.act(ana["id"], verb, value))

    assert set(data) - {"whatsapp_id", "workspace_id", "direction", "from", "to", "tags", "metadata"} == {field}


def test_person_on_sms_sends_text_alone(desk: Desk, ben: Row) -> None:
    data = data_of(desk.act(ben["id"], "text", "héllo ☃"))

    assert (data["text"], data["from"]) == ("héllo ☃", ben["phone"])
    assert data["segments"] == {"count": 1, "encoding": "UCS2", "characters": 7}
    assert desk.act(ben["id"], "image", PICTURE) is None
    assert desk.act(ben["id"], "reads", "last") is None


def test_reading_tells_of_each_message_once(desk: Desk, ana: Row) -> None:
    desk.written(ana["id"])
    sent = [desk.say(ana["id"], words) for words in ("one", "two")]
    first, second = desk.act(ana["id"], "reads", "last"), desk.act(ana["id"], "reads", "last")

    assert first is not None
    assert [each.values["id"] for each in first] == sent
    assert second == ()
    shown = fields(desk.call("GET", f"/v1/whatsapp/messages/{sent[0]}"))
    assert shown["read_at"] is not None
    events = fields(desk.call("GET", f"/v1/whatsapp/messages/{sent[0]}/events", query={"type": "whatsapp.read"}))
    assert [each["type"] for each in events["data"]] == ["whatsapp.read"]


def test_what_did_not_arrive_cannot_be_read() -> None:
    ana = a_person("ana")
    desk = Desk(ana, receipts="failed")
    desk.written(ana["id"])
    desk.say(ana["id"], "one")

    assert desk.act(ana["id"], "reads", "last") == ()


def test_event_by_its_name_about_whatsapp_opens_the_window(desk: Desk, ana: Row) -> None:
    found = desk.act(ana["id"], "event", "whatsapp.received/unsupported")

    assert found is not None
    assert [each.type for each in found] == ["whatsapp.received/unsupported"]
    assert desk.world.get("users", ana["id"])["wrote_ms"] == desk.now_ms  # type: ignore[index]


def test_nobody_writes_in_a_group(desk: Desk, ana: Row) -> None:
    assert desk.act(ana["id"], "text", "Hello", **{"in": "group"}) is None
