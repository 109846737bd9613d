"""What people do, and the events that come of it."""

from __future__ import annotations

import pytest

from simulator.records import Button
from simulator.world import Row

from .conftest import SMS, WHATSAPP, WORKSPACE, Desk, a_message, a_world, fields


def test_first_message_opens_a_conversation(desk: Desk, ana: Row) -> None:
    inbound, created = desk.act(ana["id"], "text", "Hello") or ()

    assert (inbound.type, created.type) == ("whatsapp.inbound/text", "conversation.created")
    assert created.values["last_message"]["id"] == inbound.values["id"]
    assert created.values["channel_id"] == inbound.values["channel_id"] == WHATSAPP
    assert [each["type"] for each in created.values["participants"]] == ["contact"]


def test_later_message_updates_the_same_conversation(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    _, updated = desk.act(ana["id"], "text", "Are you there?") or ()

    assert updated.type == "conversation.updated"
    assert updated.values["id"] == conversation
    assert updated.values["last_message"]["preview"] == "Are you there?"


def test_message_after_the_end_opens_another_conversation(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    desk.call("PATCH", f"/conversations/{conversation}", {"status": "closed"})
    _, created = desk.act(ana["id"], "text", "Me again") or ()

    assert created.type == "conversation.created"
    assert created.values["id"] != conversation


def test_who_writes_by_sms_has_text_alone(desk: Desk, ben: Row) -> None:
    inbound, _ = desk.act(ben["id"], "text", "Hello") or ()

    assert (inbound.type, inbound.values["channel_id"]) == ("sms.inbound/text", SMS)
    assert "annotations" not in inbound.values["contact"]
    assert desk.act(ben["id"], "image", {"url": "https://example.com/a.jpg"}) is None
    assert desk.act(ben["id"], "reads", "last") is None


def test_tap_by_sms_is_the_label_typed_in(desk: Desk, ben: Row) -> None:
    inbound, _ = desk.act(ben["id"], "tap", Button(label="Opening hours", payload="hours")) or ()

    assert inbound.type == "sms.inbound/text"
    assert inbound.values["body"] == {"type": "text", "text": {"text": "Opening hours"}}


def test_channel_without_conversations_has_its_own_event_alone(ana: Row) -> None:
    desk = Desk(a_world(ana, conversations=False))

    assert [each.type for each in desk.act(ana["id"], "text", "Hello") or ()] == ["whatsapp.inbound/text"]


def test_tap_names_the_message_that_has_the_button(desk: Desk, ana: Row) -> None:
    desk.conversation_with(ana["id"])
    actions = [{"type": "postback", "postback": {"text": "Track order", "payload": "track"}}]
    body = {"type": "text", "text": {"text": "What now?", "actions": actions}}
    sent = fields(desk.call("POST", f"/channels/{WHATSAPP}/messages", a_message(ana["id"], body=body)))
    desk.call("POST", f"/channels/{WHATSAPP}/messages", a_message(ana["id"], "Take your time."))

    inbound, _ = desk.act(ana["id"], "tap", Button(label="Track order", payload="track")) or ()

    assert inbound.type == "whatsapp.inbound/reply"
    assert inbound.values["reply_to"] == {"id": sent["id"], "order": 0, "type": "click"}
    assert inbound.values["body"]["text"] == {"text": "Track order", "actions": actions}


def test_link_that_is_tapped_tells_nobody(desk: Desk, ana: Row) -> None:
    assert desk.act(ana["id"], "tap", Button(label="Shop", payload="https://example.com", kind="url")) == ()


@pytest.mark.parametrize(
    ("verb", "content_type", "is_named"),
    [("audio", "audio/ogg", False), ("video", "video/mp4", False), ("file", "application/pdf", True)],
)
def test_media_but_pictures_are_files_and_documents_have_names(
    desk: Desk, ana: Row, verb: str, content_type: str, is_named: bool
) -> None:
    inbound, _ = desk.act(ana["id"], verb, "https://example.com/thing.bin?x=1", text="Look") or ()

    content = inbound.values["body"]["file"]
    assert content["text"] == "Look"
    assert content["files"][0]["contentType"] == content_type
    assert content["files"][0].get("filename") == ("thing.bin" if is_named else None)


PICTURE = {"url": "http://127.0.0.1:1/_media/k/cat.png", "name": "cat.png", "content_type": "image/png"}


def test_picture_lies_behind_the_access_key_and_keeps_its_caption(desk: Desk, ana: Row) -> None:
    inbound, updated = desk.act(ana["id"], "image", PICTURE, text="My cat") or ()
    image = inbound.values["body"]["image"]

    path = f"/bird/workspaces/{WORKSPACE}/messages/{inbound.values['id']}/media/"
    assert image["images"][0]["mediaUrl"].startswith(f"http://127.0.0.1:1{path}")
    assert (image["text"], updated.values["last_message"]["preview"]) == ("My cat", "My cat")


def test_picture_may_lie_open(ana: Row) -> None:
    inbound, _ = Desk(a_world(ana, media="open")).act(ana["id"], "image", PICTURE) or ()

    assert inbound.values["body"]["image"] == {"images": [{"mediaUrl": PICTURE["url"], "altText": ""}]}


def test_place_may_have_a_name(desk: Desk, ana: Row) -> None:
    inbound, _ = desk.act(ana["id"], "location", {"lat": 52.37, "lon": 4.89, "name": "Dam"}) or ()

    location = inbound.values["body"]["location"]
    assert location["coordinates"] == {"latitude": 52.37, "longitude": 4.89}
    assert location["location"] == {"address": "", "label": "Dam"}


def test_what_was_sent_is_read_once(desk: Desk, ana: Row) -> None:
    desk.conversation_with(ana["id"])
    sent = fields(desk.call("POST", f"/channels/{WHATSAPP}/messages", a_message(ana["id"])))

    (read,) = desk.act(ana["id"], "reads", "last") or ()

    assert (read.type, read.values["message_id"]) == ("whatsapp.interaction", sent["id"])
    assert desk.act(ana["id"], "reads", "last") == ()


def test_times_of_a_conversation_never_go_back(desk: Desk, ana: Row) -> None:
    times = []
    for _ in range(5):
        desk.now_ms -= 990
        inbound, updated = desk.act(ana["id"], "text", "quick") or ()
        times += [inbound.values["created_ms"], updated.values["updated_ms"]]
        assert max(times) <= desk.now_ms

    assert times == sorted(times)


def test_conversation_deleted_by_its_own_name_is_gone(desk: Desk, ana: Row) -> None:
    conversation = desk.conversation_with(ana["id"])
    (deleted,) = desk.act(ana["id"], "event", "conversation.deleted") or ()

    assert deleted.values["id"] == conversation
    assert desk.call("GET", f"/conversations/{conversation}").status == 404


def test_conversation_created_by_its_own_name_can_be_looked_up(desk: Desk, ana: Row) -> None:
    (created,) = desk.act(ana["id"], "event", "conversation.created") or ()

    found = fields(desk.call("GET", f"/conversations/{created.values['id']}"))
    assert "lastMessage" not in found
    assert found["initiatingParticipant"]["contact"]["identifierValue"] == ana["phone"]


@pytest.mark.parametrize("verb", ["contact", "types", "opens", "leaves"])
def test_nobody_can_do_what_bird_has_no_event_for(desk: Desk, ana: Row, verb: str) -> None:
    assert desk.act(ana["id"], verb, "chat") is None


def test_nobody_can_act_in_a_group(desk: Desk, ana: Row) -> None:
    assert desk.act(ana["id"], "text", "Hello", **{"in": "group"}) is None


@pytest.mark.parametrize(("kind", "told"), [("text", "button_reply"), ("list", "list_reply")])
def test_tap_says_whether_it_was_a_button_or_a_row(desk: Desk, ana: Row, kind: str, told: str) -> None:
    desk.conversation_with(ana["id"])
    action = {"type": "postback", "postback": {"text": "Go", "payload": "go"}}
    body = {"type": kind, kind: {"text": "Shall we?", "actions": [action]}}
    desk.call("POST", f"/channels/{WHATSAPP}/messages", {**a_message(ana["id"]), "body": body})
    inbound, _ = desk.act(ana["id"], "tap", Button(label="Go", payload="go")) or ()

    assert inbound.values["extra"]["whatsapp.interactive.type"] == told
    assert inbound.values["extra"][f"whatsapp.interactive.{told}.id"] == "go"
    assert inbound.values["reply_to"]["type"] == "click"
