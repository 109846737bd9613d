"""The other channels: by what people are known there, what they can send, and how the bot writes to them."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.bird import people
from simulator.records import Button
from simulator.world import Row

from .conftest import FACTS, SMS, Desk, a_message, a_person, a_world, fields

OTHERS = ("facebook", "instagram", "telegram", "line", "viber", "linkedin", "tiktok", "applemessages")
ALL = ("whatsapp", "sms", "email", *OTHERS)
VALUES: dict[str, Any] = {
    "text": "hello",
    "image": "https://example.com/a.jpg",
    "file": "https://example.com/a.pdf",
    "audio": "https://example.com/a.ogg",
    "location": {"lat": 51.5, "lon": -0.12},
}


def a_desk(platform: str, **options: Any) -> tuple[Desk, Row]:
    ana = a_person("ana", platform=platform)
    return Desk(a_world(ana, **options)), ana


def channel_of(platform: str) -> str:
    return str(FACTS.account["connectors"][platform]["channel"])


def address_of(user: Row, platform: str) -> people.Address:
    return people.address(user, platform, FACTS.account)


@pytest.mark.parametrize("platform", ALL)
def test_what_is_written_has_an_event_of_its_platform_and_one_of_the_conversation(platform: str) -> None:
    desk, ana = a_desk(platform)
    inbound, created = desk.act(ana["id"], "text", "Hello & welcome") or ()

    assert inbound.type.startswith(f"{platform}.inbound/")
    assert created.values["channel_id"] == inbound.values["channel_id"]
    assert created.values["last_message"]["preview"] == "Hello & welcome"
    key, value = address_of(ana, platform)
    contact = created.values["participants"][0]["contact"]
    assert (contact["identifierKey"], contact["identifierValue"], contact["platformAddress"]) == (key, value, value)
    assert inbound.values["contact"]["identifierValue"] == value
    assert ("annotations" in inbound.values["contact"]) == (platform != "sms")


@pytest.mark.parametrize("platform", OTHERS)
def test_person_is_known_by_an_id_of_the_page_or_app(platform: str) -> None:
    _, ana = a_desk(platform)
    own = FACTS.account["connectors"][platform]

    assert address_of(ana, platform) == (f"{platform}id-{own['identifier']}", ana["social_id"])
    assert address_of(ana, "email") == ("emailaddress", ana["email"])


@pytest.mark.parametrize("platform", ALL)
def test_only_what_a_platform_knows_can_be_sent_there(platform: str) -> None:
    desk, ana = a_desk(platform)
    for verb, value in VALUES.items():
        found = desk.act(ana["id"], verb, value)

        assert found is None or found[0].type in FACTS.events
        assert found is not None or platform in ("sms", "email") or verb == "location"


@pytest.mark.parametrize("platform", [*OTHERS, "email"])
def test_bot_writes_to_the_address_that_it_was_written_from(platform: str) -> None:
    desk, ana = a_desk(platform)
    desk.conversation_with(ana["id"])
    key, value = address_of(ana, platform)
    receiver = {"contacts": [{"identifierKey": key, "identifierValue": value}]}
    path = f"/channels/{channel_of(platform)}/messages"
    sent = desk.call("POST", path, a_message("", receiver=receiver))

    assert sent.status == 202
    assert sent.response.values["reached"] == [ana["id"]]
    outbound = [each for each in desk.emitted if each.type.startswith(f"{platform}.outbound/")]
    assert [each.values["status"] for each in outbound] == ["accepted", "sent", "delivered"]
    assert {each.type for each in desk.emitted} <= FACTS.events.keys()
    assert outbound[0].values["contacts"][0]["identifierValue"] == value


def test_address_of_another_kind_is_refused() -> None:
    desk, ana = a_desk("email")
    path = f"/channels/{channel_of('email')}/messages"

    assert desk.call("POST", path, a_message(ana["phone"])).status == 422
    receiver = {"contacts": [{"identifierValue": "nobody"}]}
    assert "e-mail address" in fields(desk.call("POST", path, a_message("", receiver=receiver)))["message"]
    receiver = {"contacts": [{"identifierValue": "ben@example.com"}]}
    assert desk.call("POST", path, a_message("", receiver=receiver)).status == 202


def test_who_is_known_can_be_named_by_her_id_alone(desk: Desk, ben: Row) -> None:
    path = f"/channels/{SMS}/messages"
    known, unknown = ({"contacts": [{"id": each}]} for each in (ben["contact_id"], "somebody"))

    assert desk.call("POST", path, a_message("", receiver=known)).status == 202
    assert desk.call("POST", path, a_message("", receiver=unknown)).status == 422


def test_every_channel_is_listed(desk: Desk) -> None:
    found = fields(desk.call("GET", "/channels", query={"limit": "100"}))["results"]

    assert [each["platformId"] for each in found] == [*ALL, "voice"]
    assert len({each["id"] for each in found}) == len(found)


# --- interactions


def offer(desk: Desk, ana: Row, platform: str) -> Any:
    key, value = address_of(ana, platform)
    link = {"type": "link", "link": {"text": "Shop", "url": "https://example.com/offer"}}
    body = {"type": "text", "text": {"text": "Look", "actions": [link]}}
    channel = SMS if platform == "sms" else channel_of(platform)
    receiver = {"contacts": [{"identifierKey": key, "identifierValue": value}]}
    return fields(desk.call("POST", f"/channels/{channel}/messages", a_message("", receiver=receiver, body=body)))


LINK = Button(label="Shop", payload="https://example.com/offer", kind="url")


@pytest.mark.parametrize(("platform", "event"), [("email", "email.interaction/clicked"), ("sms", "sms.interaction")])
def test_link_that_is_followed_is_told_by_email_and_sms(platform: str, event: str) -> None:
    desk, ana = a_desk(platform)
    sent = offer(desk, ana, platform)
    (clicked,) = desk.act(ana["id"], "tap", LINK) or ()

    assert (clicked.type, clicked.values["message_id"]) == (event, sent["id"])
    assert clicked.values["metadata"] == {"link": "https://example.com/offer"}


def test_link_in_messenger_tells_nobody() -> None:
    desk, ana = a_desk("facebook")
    offer(desk, ana, "facebook")

    assert desk.act(ana["id"], "tap", LINK) == ()


@pytest.mark.parametrize(
    ("platform", "event", "kind"),
    [("email", "email.interaction/opened", "opened"), ("telegram", "telegram.interaction", "read")],
)
def test_what_is_opened_or_read_is_told_once_and_listed(platform: str, event: str, kind: str) -> None:
    desk, ana = a_desk(platform)
    sent = offer(desk, ana, platform)
    (read,) = desk.act(ana["id"], "reads", "last") or ()

    assert (read.type, read.values["interaction_type"]) == (event, kind)
    assert desk.act(ana["id"], "reads", "last") == ()
    path = f"/channels/{channel_of(platform)}/messages/{sent['id']}/interactions"
    assert [each["type"] for each in fields(desk.call("GET", path))["results"]] == [kind]


@pytest.mark.parametrize("platform", ["sms", "applemessages"])
def test_some_platforms_do_not_tell_what_was_read(platform: str) -> None:
    desk, ana = a_desk(platform)

    assert desk.act(ana["id"], "reads", "last") is None


def test_tap_without_buttons_is_the_label_typed_in() -> None:
    desk, ana = a_desk("tiktok")
    inbound, _ = desk.act(ana["id"], "tap", Button(label="Opening hours", payload="hours")) or ()

    assert inbound.type == "tiktok.inbound/text"
    assert inbound.values["body"] == {"type": "text", "text": {"text": "Opening hours"}}


# --- by their own names


@pytest.mark.parametrize("event", FACTS.events)
def test_every_event_can_be_had_by_its_own_name(desk: Desk, ana: Row, event: str) -> None:
    (found,) = desk.act(ana["id"], "event", event) or ()

    assert found.type == event


def test_subscription_by_another_name_gets_the_event_of_the_catalogue() -> None:
    desk, _ = a_desk("facebook", event_names="facebook=messenger")
    wanted = {"service": "channels", "event": "messenger.inbound", "url": "https://bot.example.com/hook"}
    made = fields(desk.call("POST", "/webhook-subscriptions", wanted))
    row = desk.world.get("subscriptions", made["id"])

    assert made["event"] == "messenger.inbound"
    assert row is not None
    assert people.documented_name("messenger.inbound", desk.world.options) == "facebook.inbound"
    assert row["events"] == ["facebook.inbound"]
