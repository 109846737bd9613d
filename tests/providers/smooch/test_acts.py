from __future__ import annotations

from typing import Any

import pytest

from simulator.records import Button
from simulator.world import Row, World

from .conftest import a_world, act, do, say

MEDIA = {"url": "http://127.0.0.1:1/_media/k/cat.mp4", "name": "cat.mp4", "size": 77, "content_type": "video/mp4"}


def one(occurrences: Any) -> Any:
    (occurrence,) = occurrences
    return occurrence


def test_text_begins_the_conversation_and_stays_in_it(ana: Row) -> None:
    world = a_world(ana)

    said = one(act(world, ana, "text", "hello"))

    message = said.values["message"]
    assert (said.type, message["text"], message["authorId"]) == ("message:appUser/text", "hello", ana["id"])
    assert world.get("messages", message["_id"]) is not None
    assert do(world, "get_messages", user_id=ana["id"]).error == ""


def test_time_in_the_id_is_that_of_the_message(world: World, ana: Row) -> None:
    message = one(act(world, ana, "text", "hello")).values["message"]

    assert int(message["_id"][:8], 16) == message["received_ms"] // 1000


@pytest.mark.parametrize(
    ("verb", "value", "event", "media_type"),
    [
        ("image", {**MEDIA, "content_type": "image/png"}, "message:appUser/image", "image/png"),
        ("video", MEDIA, "message:appUser/file", "video/mp4"),
        ("audio", MEDIA, "message:appUser/file", "audio/mpeg"),
        ("audio", "https://x.example/a.ogg", "message:appUser/file", "audio/ogg"),
        ("file", "https://x.example/a.pdf?x=1", "message:appUser/file", "application/pdf"),
        ("file", "https://x.example/a", "message:appUser/file", "application/octet-stream"),
    ],
)
def test_media_has_a_type(world: World, ana: Row, verb: str, value: Any, event: str, media_type: str) -> None:
    said = one(act(world, ana, verb, value))

    assert (said.type, said.values["message"]["mediaType"]) == (event, media_type)


def test_link_is_text(world: World, ana: Row) -> None:
    assert one(act(world, ana, "url", "https://x.example")).values["message"]["text"] == "https://x.example"


@pytest.mark.parametrize("verb", ["contact", "sticker", "leaves"])
def test_actor_of_smooch_cannot_do_that(world: World, ana: Row, verb: str) -> None:
    assert act(world, ana, verb, "x") is None


def test_there_are_no_groups(world: World, ana: Row) -> None:
    assert act(world, ana, "text", "hi", **{"in": "group"}) is None


def test_who_was_deleted_can_do_nothing_more(world: World, ana: Row) -> None:
    do(world, "delete_app_user", user_id=ana["id"])

    assert act(world, world.get("users", ana["id"]) or {}, "text", "hello") is None


# --- taps


def test_reply_comes_back_as_text_with_payload_and_metadata(world: World, ana: Row) -> None:
    say(world, ana, actions=[{"type": "reply", "text": "Go", "payload": "GO", "metadata": {"step": 1}}])

    message = one(act(world, ana, "tap", Button(label="Go", payload="GO"))).values["message"]

    assert (message["text"], message["payload"], message["metadata"]) == ("Go", "GO", {"step": 1})


def test_postback_brings_the_message_whose_action_it_is(world: World, ana: Row) -> None:
    item = {"title": "Mug", "actions": [{"type": "postback", "text": "Take", "payload": "MUG"}]}
    sent = say(world, ana, type="carousel", items=[item], text=None).values["message"]

    tapped = one(act(world, ana, "tap", Button(label="Take", payload="MUG")))

    assert tapped.type == "postback"
    assert tapped.values["message"]["_id"] == sent["_id"]
    assert tapped.values["action"]["_id"] == sent["items"][0]["actions"][0]["_id"]


def test_of_two_equal_buttons_the_latest_is_tapped(world: World, ana: Row) -> None:
    action = {"type": "postback", "text": "Go", "payload": "GO"}
    say(world, ana, actions=[action], at_ms=1_767_603_600_200)
    later = say(world, ana, actions=[action], at_ms=1_767_603_600_300).values["message"]

    tapped = one(act(world, ana, "tap", Button(label="Go", payload="GO")))

    assert tapped.values["message"]["_id"] == later["_id"]


def test_request_for_the_place_sends_it(world: World, ana: Row) -> None:
    said = one(act(world, ana, "tap", Button(label="Where?", payload="", kind="location")))

    assert said.values["message"]["coordinates"] == {"lat": ana["latitude"], "long": ana["longitude"]}


@pytest.mark.parametrize("kind", ["url", "none"])
def test_other_buttons_tell_nobody(world: World, ana: Row, kind: str) -> None:
    assert act(world, ana, "tap", Button(label="Shop", payload="https://x.example", kind=kind)) == ()


# --- forms, payments and the menu

FIELDS = [
    {"type": "text", "name": "full_name", "label": "Your name"},
    {"type": "email", "name": "email", "label": "E-mail"},
    {"type": "select", "name": "size", "label": "Size", "options": [{"name": "s", "label": "Small"}, {"name": "l"}]},
]
BUY = {"type": "buy", "text": "Buy mug", "amount": 1250}


def test_form_is_answered_once_and_quoted(world: World, ana: Row) -> None:
    form = say(world, ana, type="form", text=None, fields=FIELDS, metadata={"step": 1}).values["message"]

    message = one(act(world, ana, "event", "message:appUser/formResponse")).values["message"]

    assert message["source"]["type"] == "web"
    assert [field.get("text", field.get("email")) for field in message["fields"]] == [ana["name"], ana["userId"], None]
    assert message["fields"][2]["select"][0]["name"] == "l"
    assert message["textFallback"].startswith(f"Your name: {ana['name']}\nE-mail: ")
    quoted = message["quotedMessage"]["content"]
    assert (quoted["_id"], quoted["submitted"], quoted["metadata"]) == (form["_id"], True, {"step": 1})
    assert (world.get("messages", form["_id"]) or {})["message"]["submitted"] is True
    # There is no other form: this one is drawn.
    assert one(act(world, ana, "event", "message:appUser/formResponse")).values.get("message") is None


def test_answer_may_repeat_itself_as_text(ana: Row) -> None:
    world = a_world(ana, form_text="fallback")
    say(world, ana, type="form", text=None, fields=FIELDS)

    message = one(act(world, ana, "event", "message:appUser/formResponse")).values["message"]

    assert message["text"] == message["textFallback"]


@pytest.mark.parametrize(
    ("verb", "value"), [("tap", Button(label="Buy mug", payload="x", kind="none")), ("event", "payment:success")]
)
def test_what_is_bought_is_paid_from_then_on(world: World, ana: Row, verb: str, value: Any) -> None:
    sent = say(world, ana, actions=[BUY]).values["message"]

    bought = one(act(world, ana, verb, value))

    assert bought.type == "payment:success"
    assert (bought.values["action"]["state"], bought.values["message"]["_id"]) == ("paid", sent["_id"])
    (_, row), *_ = [each for each in world.rows("messages") if each[0] == sent["_id"]]
    assert row["message"]["actions"][0]["state"] == "paid"


def test_payment_that_nobody_asked_for_is_drawn(world: World, ana: Row) -> None:
    assert "message" not in one(act(world, ana, "event", "payment:success")).values


def test_menu_that_is_tapped_is_the_bot_s_own(world: World, ana: Row) -> None:
    items = [
        {"type": "link", "text": "Shop", "uri": "https://x.example"},
        {"type": "postback", "text": "Go", "payload": "GO"},
    ]
    do(world, "update_menu", {"items": items})

    assert one(act(world, ana, "event", "postback/menu")).values["action"]["payload"] == "GO"


@pytest.mark.parametrize("is_setting", [False, True])
def test_postback_is_said_too_where_the_app_wants_that(ana: Row, is_setting: bool) -> None:
    world = a_world(ana, echo_postback="false" if is_setting else "true")
    if is_setting:
        do(world, "update_app", {"settings": {"echoPostback": True}})
    say(world, ana, actions=[{"type": "postback", "text": "Track it", "payload": "TRACK"}])

    postback, message = act(world, ana, "tap", Button(label="Track it", payload="TRACK")) or ()

    assert (postback.type, message.type) == ("postback", "message:appUser/text")
    assert message.values["message"]["text"] == "Track it"


def test_number_of_a_credit_card_is_kept_from_the_bot(world: World, ana: Row) -> None:
    said = one(act(world, ana, "text", "4242 4242 4242 4242, please")).values["message"]

    assert said["text"] == "************4242, please"


# --- the conversation


def test_reading_is_told_once_for_all_that_was_unread(world: World, ana: Row) -> None:
    say(world, ana)
    say(world, ana, text="there", at_ms=1_767_603_600_200)

    assert [each.type for each in act(world, ana, "reads", "last") or ()] == ["conversation:read"]
    assert act(world, ana, "reads", "last") == ()


def test_opened_chat_may_carry_a_referral(world: World, ana: Row, bob: Row) -> None:
    assert one(act(world, bob, "opens", "chat")).values["referral"] is None
    way = {"source": "MESSENGER_CODE", "type": "OPEN_THREAD"}
    referral = {"code": "ad", "details": way}
    assert one(act(a_world(bob), bob, "opens", {"context": "ad"})).values["referral"] == referral


@pytest.mark.parametrize(
    ("channel", "details"), [("messenger", {"source": "MESSENGER_CODE", "type": "OPEN_THREAD"}), ("wechat", None)]
)
def test_who_comes_in_once_more_is_referred(ana: Row, channel: str, details: Any) -> None:
    world = a_world({**ana, "channel": channel})
    user = world.get("users", ana["id"]) or {}
    act(world, user, "text", "hello")

    came = one(act(world, user, "opens", {"context": "ad"}))

    assert came.type == "conversation:referral"
    assert (came.values["referral"]["code"], came.values["referral"].get("details")) == ("ad", details)


@pytest.mark.parametrize(
    ("channel", "verb", "events"),
    [
        ("telegram", "opens", ["conversation:start"]),
        ("twilio", "opens", []),
        ("mailgun", "opens", []),
        ("viber", "reads", ["conversation:read"]),
        ("line", "reads", []),
        ("twitter", "reads", []),
    ],
)
def test_channel_decides_what_is_told_of_a_conversation(ana: Row, channel: str, verb: str, events: list[str]) -> None:
    user = {**ana, "channel": channel}
    world = a_world(user)
    say(world, user)

    assert [each.type for each in act(world, user, verb, "last") or ()] == events


def test_channel_without_referrals_tells_no_context(ana: Row) -> None:
    user = {**ana, "channel": "viber"}

    assert one(act(a_world(user), user, "opens", {"context": "ad"})).values["referral"] is None


@pytest.mark.parametrize(("value", "activity"), [(True, "typing:start"), (False, "typing:stop")])
def test_typing_starts_and_stops(world: World, ana: Row, value: bool, activity: str) -> None:
    assert one(act(world, ana, "types", value)).values["activity"] == activity


def test_native_event_has_the_effects_of_the_act(world: World, ana: Row) -> None:
    say(world, ana)

    assert one(act(world, ana, "event", "conversation:read")).type == "conversation:read"
    assert act(world, ana, "reads", "last") == ()


# --- several webhooks


def test_each_form_of_webhooks_gets_an_event_of_its_own_about_the_same_message(world: World, ana: Row) -> None:
    for version in ("v1", "v1.1"):
        do(world, "create_webhook", {"target": f"https://bot.example.com/{version}"}, version=version)

    said = act(world, ana, "text", "hello") or ()

    assert sorted(each.values["version"] for each in said) == ["v1", "v1.1"]
    assert len({each.values["message"]["_id"] for each in said}) == 1
    assert [bool(each.effects) for each in said] == [True, False]
