from __future__ import annotations

from typing import Any

import pytest

from simulator.provider import ApiResponse
from simulator.providers.smooch.speech import replies
from simulator.world import Row, World

from .conftest import SMOOCH, a_call, do, say

ANSWER = ApiResponse(status=201, values={"user_id": "ana", "message": {"_id": "m1", "mediaType": "video/mp4"}})
REPLY = {"type": "reply", "text": "Go", "payload": "GO"}
ITEM = {"title": "Mug", "actions": [{"type": "postback", "text": "Take", "payload": "MUG"}]}


def said(operation: str = "post_message", **fields: Any) -> Any:
    call = a_call(operation, {"role": "appMaker", **fields}, user_id="x")
    return replies(call, ANSWER)


def test_text_message_is_one_reply() -> None:
    (reply,) = said(type="text", text="hi", actions=[REPLY])

    assert (reply.to, reply.kind, reply.text, reply.operation) == ("ana", "text", "hi", "post_message")
    assert [(button.label, button.payload, button.kind) for button in reply.buttons] == [("Go", "GO", "reply")]
    assert (reply.message_id, reply.raw["type"]) == ("m1", "text")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": "image", "mediaUrl": "https://x.example/a.png"}, "image"),
        ({"type": "file", "mediaUrl": "https://x.example/a.mp4"}, "video"),
        ({"type": "carousel", "items": [ITEM]}, "cards"),
        ({"type": "list", "items": [ITEM]}, "cards"),
        ({"type": "form", "fields": []}, "form"),
    ],
)
def test_message_has_our_word_for_its_kind(fields: dict[str, Any], kind: str) -> None:
    (reply,) = said(**fields)

    assert (reply.kind, reply.media) == (kind, fields.get("mediaUrl"))


def test_place_is_where_it_points() -> None:
    (reply,) = said(type="location", coordinates={"lat": 1, "long": 2})

    assert reply.location == {"lat": 1, "lon": 2}


def test_buttons_of_cards_come_before_those_of_the_message() -> None:
    link = {"type": "link", "text": "Shop", "uri": "https://x.example"}
    (reply,) = said(type="list", items=[ITEM], actions=[link, {"type": "locationRequest", "text": "Where?"}])

    found = [(button.label, button.payload, button.kind) for button in reply.buttons]
    assert found == [("Take", "MUG", "reply"), ("Shop", "https://x.example", "url"), ("Where?", "Where?", "location")]


def test_action_without_a_label_is_called_by_its_type() -> None:
    (reply,) = said(type="carousel", items=[{"title": "x", "actions": [{"type": "share"}]}])

    assert [(button.label, button.kind) for button in reply.buttons] == [("share", "none")]


def test_typing_is_a_reply_where_it_begins() -> None:
    (reply,) = said("conversation_activity", type="typing:start")

    assert (reply.to, reply.kind) == ("ana", "typing")
    assert said("conversation_activity", type="typing:stop") == ()


def test_message_that_is_taken_back_is_told_with_its_text(world: World, ana: Row) -> None:
    sent = say(world, ana, text="Wrong price").values["message"]
    params = {"user_id": ana["id"], "message_id": sent["_id"]}
    response = do(world, "delete_message", **params)
    (reply,) = SMOOCH.replies(a_call("delete_message", **params), response)

    assert (reply.to, reply.kind, reply.about, reply.message_id) == (ana["id"], "deletes", "Wrong price", sent["_id"])


def test_person_s_message_that_is_taken_away_is_nothing_said(world: World, ana: Row) -> None:
    (hers,) = do(world, "get_messages", user_id=ana["id"]).values["messages"]
    params = {"user_id": ana["id"], "message_id": hers["_id"]}

    assert SMOOCH.replies(a_call("delete_message", **params), do(world, "delete_message", **params)) == ()


def test_message_in_a_person_s_name_is_nothing_said() -> None:
    assert said(role="appUser", type="text", text="hi") == ()
