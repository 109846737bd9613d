from __future__ import annotations

import re
from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import FACTS, SMOOCH, a_call, a_world, do, emitted

WHATSAPP = FACTS.account["integrations"]["whatsapp"]
MESSAGE = {"type": "text", "text": "It is on its way."}


def notify(world: World, to: str, channel: str = "whatsapp", **more: Any) -> Any:
    return do(world, "post_notification", a_notification(to, channel, **more))


def a_notification(to: str, channel: str = "whatsapp", **more: Any) -> dict[str, Any]:
    destination = {"integrationId": FACTS.account["integrations"][channel], "destinationId": to}
    return {"destination": destination, "author": {"role": "appMaker"}, "message": MESSAGE, **more}


@pytest.fixture
def new(ana: Row) -> World:
    return a_world(ana, version="v1.1", channel="whatsapp")


def test_notification_to_whom_the_service_knows_is_matched(new: World, ana: Row) -> None:
    response = notify(new, ana["phone"].removeprefix("+"))

    assert response.status == 201
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", response.values["_id"])
    told = emitted(response)
    assert [each.type for each in told] == ["notification:delivery:channel", "notification:delivery:user"]
    assert {each.user for each in told} == {ana["id"]}
    assert all(each.values["is_known"] for each in told)
    assert len({each.values["external_id"] for each in told}) == 1


def test_stranger_is_not_matched(new: World) -> None:
    told = emitted(notify(new, "+447700900123"))

    assert [(each.user, each.values["is_known"], each.values["destination_id"]) for each in told][:1] == [
        ("", False, "447700900123")
    ]


def test_channel_without_confirmation_says_its_last_word_at_once(ana: Row) -> None:
    told = emitted(notify(a_world(ana), "+447700900123", "twilio"))

    assert [(each.type, each.values["is_final"]) for each in told] == [("notification:delivery:channel", True)]


@pytest.mark.parametrize(("delivery", "events"), [("failure", ["notification:delivery:failure"]), ("nothing", [])])
def test_channel_may_refuse_or_say_nothing(ana: Row, delivery: str, events: list[str]) -> None:
    told = emitted(notify(a_world(ana, delivery=delivery), "+447700900123"))

    assert [each.type for each in told] == events


@pytest.mark.parametrize(
    "fields",
    [
        {"destination": None},
        {"destination": {"integrationId": "x", "destinationId": "1"}},
        {"destination": {"integrationId": FACTS.account["integrations"]["web"], "destinationId": "1"}},
        {"destination": {"integrationId": WHATSAPP}},
        {"author": None},
        {"author": {"role": "appUser"}},
        {"author": {"role": "appMaker", "name": 7}},
        {"message": None},
        {"message": {"type": "text"}},
        {"message": {"type": "text", "text": "x" * 4097}},
    ],
)
def test_wrong_notification_is_refused(new: World, fields: Any) -> None:
    response = notify(new, "+447700900123", **fields)

    assert (response.error, response.effects) == ("bad_request", ())


def test_message_in_the_form_of_a_channel_is_taken_as_it_is(new: World) -> None:
    assert notify(new, "+447700900123", messageSchema="whatsapp", message={"type": "template"}).error == ""


def test_known_person_hears_what_the_bot_says(new: World, ana: Row) -> None:
    fields = a_notification(ana["phone"])
    call = a_call("post_notification", fields)

    (reply,) = SMOOCH.replies(call, notify(new, ana["phone"]))

    assert (reply.to, reply.kind, reply.text) == (ana["id"], "text", "It is on its way.")
    assert SMOOCH.replies(call, notify(new, "+447700900123")) == ()
