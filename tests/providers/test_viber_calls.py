"""Viber's SDKs for Python call the mock API, and understand what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from simulator.world import Put, Remove

from .conftest import Bench, bench
from .proofs import Proofs
from .served import Served, served

KEYBOARD = {
    "Type": "keyboard",
    "Buttons": [{"Columns": 3, "Rows": 1, "ActionType": "reply", "ActionBody": "yes", "Text": "Yes"}],
}
CARDS = {
    "Type": "rich_media",
    "ButtonsGroupColumns": 6,
    "ButtonsGroupRows": 2,
    "Buttons": [{"Columns": 6, "Rows": 2, "ActionType": "open-url", "ActionBody": "https://example.com", "Text": "Go"}],
}
TYPES = ("text", "picture", "video", "file", "sticker", "contact", "url", "location", "rich_media", None)


@pytest.fixture
def made() -> Bench:
    made = bench("viber", public_chat="true")
    made.world.apply(Remove(table="subscriptions", key=""))
    made.world.apply(Put(table="subscriptions", key="webhook", row={"url": "http://127.0.0.1:1/hook", "events": None}))
    made.world.apply(Put(table="users", key=made.ana["id"], row={**made.ana, "subscribed": True}))
    return made


@pytest.fixture
def viber(made: Bench) -> Iterator[Served]:
    with served(made) as found:
        yield found


@pytest.fixture
def api(viber: Served, made: Bench, monkeypatch: pytest.MonkeyPatch) -> Any:
    viberbot = pytest.importorskip("viberbot")
    monkeypatch.setattr(viberbot.api.api, "VIBER_BOT_API_URL", f"{viber.base_url}/pa")
    return viberbot.Api(viberbot.BotConfiguration(made.world.credentials["auth_token"], "Shop", ""))


def messages() -> list[Any]:
    """Give a message of each type that the SDK has, in the order of `TYPES`."""
    kinds = pytest.importorskip("viberbot.api.messages")
    data = pytest.importorskip("viberbot.api.messages.data_types.contact")
    place = pytest.importorskip("viberbot.api.messages.data_types.location")
    return [
        kinds.TextMessage(text="hi", keyboard=KEYBOARD, tracking_data="step-1"),
        kinds.PictureMessage(media="https://example.com/a.jpg", text="Tulips", thumbnail="https://example.com/b.jpg"),
        kinds.VideoMessage(media="https://example.com/a.mp4", size=77, duration=3),
        kinds.FileMessage(media="https://example.com/a.pdf", size=77, file_name="a.pdf"),
        kinds.StickerMessage(sticker_id=46105),
        kinds.ContactMessage(contact=data.Contact(name="Ben", phone_number="+447700900123")),
        kinds.URLMessage(media="https://example.com"),
        kinds.LocationMessage(location=place.Location(lat=51.5, lon=-0.12)),
        kinds.RichMediaMessage(rich_media=CARDS, min_api_version=7, alt_text="Cards"),
        kinds.KeyboardMessage(keyboard=KEYBOARD, tracking_data="step-2"),
    ]


def test_official_sdk_calls_every_method_that_it_has(api: Any, viber: Served, made: Bench, proofs: Proofs) -> None:
    ana = made.ana["id"]
    tokens = api.send_messages(ana, messages())
    events = api.set_webhook("https://bot.example.com/hook", ["delivered", "seen"])
    account = api.get_account_info()
    details = api.get_user_details(ana)
    (online,) = api.get_online([ana])
    (posted,) = api.post_messages_to_public_account(made.catalog.account["members"][0]["id"], messages()[:1])

    assert [call.fields.get("type") for call in viber.calls[: len(TYPES)]] == list(TYPES)
    assert len({*tokens, posted}) == len(TYPES) + 1
    assert events == ["subscribed", "unsubscribed", "delivered", "message", "seen"]
    assert (account["name"], account["webhook"]) == ("Shop bot", "https://bot.example.com/hook")
    assert (details["id"], details["name"]) == (ana, made.ana["name"])
    assert (online["id"], online["online_status_message"]) == (ana, "online")
    assert viber.operations == [call.operation for call in viber.calls]
    proofs.record("viber", "viberbot", operations=viber.operations)


def test_official_sdk_says_by_which_status_it_was_refused(api: Any, viber: Served, made: Bench) -> None:
    for error in ("receiver_not_subscribed", "too_many_requests", "general_error"):
        status = made.catalog.errors[error].values["code"]
        viber.faults.append(error)

        with pytest.raises(Exception, match=f"failed with status: {status}, message: "):
            api.send_messages(made.ana["id"], messages()[:1])


def test_official_sdk_without_the_right_token_is_refused(api: Any, made: Bench) -> None:
    api._bot_configuration._auth_token = "wrong"

    with pytest.raises(Exception, match="failed with status: 2, message: invalidAuthToken"):
        api.get_online([made.ana["id"]])


async def test_aioviber_calls_every_method_that_it_has(viber: Served, made: Bench, proofs: Proofs) -> None:
    aioviber = pytest.importorskip("aioviber.api")
    viberbot = pytest.importorskip("viberbot")
    ana = made.ana["id"]
    settings = viberbot.BotConfiguration(made.world.credentials["auth_token"], "Shop", "")
    async with aiohttp.ClientSession() as session:
        api = aioviber.Api(settings, session, None)
        api._viber_bot_api_url = f"{viber.base_url}/pa"
        tokens = [await api.send_message(ana, message) for message in messages()]
        events = await api.set_webhook("https://bot.example.com/hook", ["seen"])
        account = await api.get_account_info()
        details = await api.get_user_details(ana)
        online = await api.get_users_status([ana])

    assert len(set(tokens)) == len(TYPES)
    assert events == ["subscribed", "unsubscribed", "message", "seen"]
    assert account["uri"] == "shopbot"
    assert details["id"] == ana
    assert online[0]["id"] == ana
    assert viber.operations == [call.operation for call in viber.calls]
    proofs.record("viber", "aioviber", operations=viber.operations)
