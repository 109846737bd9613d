"""What people do in their inboxes."""

from __future__ import annotations

import pytest

from simulator.errors import InputError
from simulator.provider import Act
from simulator.render.person import person

from .conftest import ANA, BEN, BOT, CANVAS, NOW_MS, Instance, body_of


def types(occurrences: object) -> list[str]:
    return [each.type for each in occurrences]  # type: ignore[attr-defined]


def test_first_message_begins_a_conversation(canvas: Instance) -> None:
    created, message = canvas.act(ANA, "text", "hello")

    assert types((created, message)) == ["conversation_created", "conversation_message_created"]
    assert created.values["conversation_id"] == message.values["conversation_id"]
    assert created.values["path"] == message.values["path"] == "/conversations"
    assert created.values["request"] == message.values["request"]
    assert message.values["author_id"] == ANA
    assert message.after_ms > created.after_ms


def test_further_message_goes_on_in_the_same_conversation(canvas: Instance) -> None:
    first = canvas.act(ANA, "text", "hello")[1].values
    (second,) = canvas.act(ANA, "text", "again")

    assert second.type == "conversation_message_created"
    assert second.values["conversation_id"] == first["conversation_id"]
    assert int(second.values["message_id"]) > int(first["message_id"])
    assert second.values["path"] == f"/conversations/{first['conversation_id']}/add_message"
    assert second.values["request"] != first["request"]


def test_each_person_has_a_conversation_of_her_own(canvas: Instance) -> None:
    ana, ben = canvas.act(ANA, "text", "hello"), canvas.act(BEN, "text", "hello")

    assert len(ben) == 2
    assert ana[0].values["conversation_id"] != ben[0].values["conversation_id"]


def test_conversation_that_the_bot_began_goes_on(canvas: Instance) -> None:
    canvas.ask("POST", "/conversations", [("recipients[]", ANA), ("body", "hi")])

    assert types(canvas.act(ANA, "text", "hello")) == ["conversation_message_created"]


def test_conversation_that_the_bot_deleted_goes_on_with_new_messages_only(canvas: Instance) -> None:
    key = canvas.act(ANA, "text", "hello")[0].values["conversation_id"]
    canvas.ask("DELETE", f"/conversations/{key}")
    found = canvas.act(ANA, "text", "again")

    assert types(found) == ["conversation_message_created"]
    shown = body_of(canvas.ask("GET", f"/conversations/{key}"))
    assert [each["body"] for each in shown["messages"]] == ["again"]


@pytest.mark.parametrize("verb", ["image", "file"])
def test_file_stands_beside_the_message(canvas: Instance, verb: str) -> None:
    media = {"url": "http://127.0.0.1:1/_media/k/cat.jpg", "name": "cat.jpg", "size": 77, "content_type": "image/jpeg"}
    key = canvas.act(ANA, verb, media, text="Look")[0].values["conversation_id"]
    (message,) = body_of(canvas.ask("GET", f"/conversations/{key}"))["messages"]

    assert message["body"] == "Look"
    assert message["attachments"][0]["url"] == media["url"]
    assert message["attachments"][0]["content-type"] == "image/jpeg"


@pytest.mark.parametrize("verb", ["video", "audio"])
def test_recording_stands_beside_the_message(canvas: Instance, verb: str) -> None:
    key = canvas.act(ANA, verb, "https://example.com/song.mp3")[0].values["conversation_id"]
    shown = body_of(canvas.ask("GET", f"/conversations/{key}"))

    assert shown["messages"][0]["media_comment"]["media_type"] == verb
    assert shown["properties"] == ["media_objects"]


@pytest.mark.parametrize("verb", ["opens", "reads", "types", "leaves", "tap", "location", "contact", "sticker"])
def test_what_canvas_tells_nobody_cannot_be_done(canvas: Instance, verb: str) -> None:
    assert (
        CANVAS.acts(Act(verb=verb, value="x", user=canvas.world.get("users", ANA) or {}), canvas.world, canvas.ids())
        is None
    )


def test_message_into_a_group_is_seen_by_all_of_it(canvas: Instance) -> None:
    fields = [("recipients[]", ANA), ("recipients[]", BEN), ("body", "hi"), ("group_conversation", "true")]
    key = str(body_of(canvas.ask("POST", "/conversations", fields))[0]["id"])
    (message,) = canvas.act(ANA, "text", "hello all", **{"in": key})

    assert message.values["conversation_id"] == key
    shown = body_of(canvas.ask("GET", f"/conversations/{key}"))
    assert shown["messages"][0]["participating_user_ids"] == [int(BOT), int(ANA), int(BEN)]


def test_nobody_speaks_where_there_is_no_such_conversation(canvas: Instance) -> None:
    user = canvas.world.get("users", ANA) or {}

    assert CANVAS.acts(Act(verb="text", value="x", user=user, extra={"in": "1"}), canvas.world, canvas.ids()) is None


@pytest.mark.parametrize("event", ["conversation_created", "conversation_forwarded", "conversation_message_created"])
def test_native_event_is_about_something_that_can_be_looked_up(canvas: Instance, event: str) -> None:
    (found,) = canvas.act(ANA, "event", event)

    assert found.type == event
    assert canvas.ask("GET", f"/conversations/{found.values['conversation_id']}").status == 200


def test_id_of_a_person_must_be_a_number() -> None:
    with pytest.raises(InputError, match="whole numbers"):
        person(CANVAS, seed=1, start_ms=NOW_MS, name="ana", given={"id": "U-1"})
