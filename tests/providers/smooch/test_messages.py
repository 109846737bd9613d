from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.providers.smooch.messages import (
    answered,
    author_id,
    from_bot,
    media_type,
    numbered,
    seconds,
    seconds_written,
    shown,
)
from simulator.world import Row

from .conftest import NOW_MS, a_world, act

ACTION = {"type": "postback", "text": "Take it", "payload": "MUG"}
LINK = {"type": "link", "text": "Details", "uri": "https://x.example/mug"}
ITEM = {"title": "Mug", "description": "300 ml", "mediaUrl": "https://x.example/mug.png", "actions": [ACTION, LINK]}
OPTIONS = {"app_id": "5c1f9a3be4d1f2001c8a7b10"}
MESSAGE_ID = "5ca1e17aa7b3c2000d4e6020"


def made(**content: Any) -> dict[str, Any]:
    return from_bot({"type": "text", **content}, MESSAGE_ID, NOW_MS, OPTIONS)


@pytest.mark.parametrize(("ms", "written"), [(1554112863274, 1554112863.274), (1554112863000, 1554112863)])
def test_time_is_seconds_and_whole_where_it_can_be(ms: int, written: float) -> None:
    assert seconds(ms) == written
    assert type(seconds(ms)) is type(written)


@given(st.integers(-(10**12), 10**14))
def test_time_is_written_as_json_writes_it(ms: int) -> None:
    assert seconds_written(ms) == json.dumps(seconds(ms))


def test_parts_of_a_message_have_the_ids_that_follow_its_own() -> None:
    message = made(type="list", items=[ITEM], actions=[ACTION])

    first = int(message["_id"], 16)
    parts = [message["items"][0], *message["items"][0]["actions"], message["actions"][0]]
    assert [int(part["_id"], 16) - first for part in parts] == [1, 2, 3, 4]


def test_last_id_is_followed_by_one_of_the_same_length() -> None:
    assert numbered("f" * 24, 1) == "0" * 24


def test_author_of_the_business_is_the_same_for_the_same_address() -> None:
    assert re.fullmatch("[0-9A-Za-z]{22}", author_id("shop@example.com"))
    assert made(email="shop@example.com")["authorId"] == author_id("shop@example.com")
    assert made()["authorId"] != author_id("shop@example.com")


def test_picture_of_the_author_is_the_address_s_unless_one_is_given() -> None:
    assert made(email="Shop@example.com ")["avatarUrl"].startswith("https://www.gravatar.com/avatar/")
    assert made(email="shop@example.com", avatarUrl="https://x.example/a.png")["avatarUrl"] == "https://x.example/a.png"
    assert "avatarUrl" not in made()


def test_cards_have_a_text_but_not_in_webhooks_of_v1() -> None:
    message = made(type="carousel", items=[ITEM])

    assert shown(message, "v1.1")["text"] == "1. Mug\n300 ml\nDetails: https://x.example/mug"
    assert "text" not in shown(message, "v1")


def test_postback_has_an_empty_uri_in_v1_1() -> None:
    message = made(text="x", actions=[ACTION, LINK])

    assert [action.get("uri") for action in shown(message, "v1.1")["actions"]] == ["", LINK["uri"]]
    assert [action.get("uri") for action in shown(message, "v1")["actions"]] == [None, LINK["uri"]]


def test_purchase_has_its_currency_and_state() -> None:
    (action,) = made(text="x", actions=[{"type": "buy", "text": "Buy", "amount": 1250}])["actions"]

    assert (action["currency"], action["state"]) == ("usd", "offered")
    assert action["uri"].endswith(action["_id"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/a.PNG?x=1", "image/png"),
        ("https://x.example/a", None),
        ("https://x.example/a.unknown", None),
        ("https://[x/a.png", None),
    ],
)
def test_media_type_is_that_of_the_ending(url: str, expected: str | None) -> None:
    assert media_type(url) == expected


def test_v1_1_writes_a_message_in_the_order_of_captures(ana: Row) -> None:
    world = a_world(ana, version="v1.1")
    (said,) = act(world, ana, "image", {"url": "https://x.example/a.jpg", "size": 7}, text="look") or ()
    message = shown(said.values["message"], "v1.1")

    names = "type text mediaUrl mediaType role received name authorId mediaSize _id source"
    assert list(message) == names.split()
    assert list(message["source"]) == ["originalMessageId", "originalMessageTimestamp", "type", "integrationId"]


def test_own_clients_of_smooch_have_no_ids_of_a_channel(ana: Row) -> None:
    world = a_world(ana, channel="web")
    (said,) = act(world, ana, "text", "hi") or ()

    assert list(shown(said.values["message"], "v1.1")["source"]) == ["type", "integrationId"]


def test_api_answers_in_its_own_order() -> None:
    message = made(text="x", name="Shop", avatarUrl="https://x.example/a", actions=[ACTION], metadata={"ticket": 1})
    names = "_id authorId role type name text avatarUrl received source actions metadata"

    assert list(answered(message, "v1.1")) == names.split()
    assert list(answered(message, "v1.1")["actions"][0]) == ["_id", "type", "text", "payload", "uri"]
