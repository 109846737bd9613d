from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.providers.smooch.app import as_kept
from simulator.world import World

from .conftest import APP_ID, a_world, do


def told(world: World) -> Any:
    return do(world, "get_app").values["app"]


def test_app_is_told_with_its_settings(world: World) -> None:
    assert (told(world)["_id"], told(world)["name"]) == (APP_ID, "Shop bot")
    assert told(world)["settings"] == {"maskCreditCardNumbers": True, "echoPostback": False}


def test_what_is_not_named_stays(world: World) -> None:
    do(world, "update_app", {"name": "Flowers", "settings": {"echoPostback": True}, "metadata": {"plan": "pro"}})
    do(world, "update_app", {"settings": {"conversationRetentionSeconds": 60}})

    settings = {"maskCreditCardNumbers": True, "echoPostback": True, "conversationRetentionSeconds": 60}
    assert (told(world)["name"], told(world)["settings"]) == ("Flowers", settings)
    assert told(world)["metadata"] == {"plan": "pro"}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": 7},
        {"settings": "x"},
        {"settings": {"loud": True}},
        {"settings": {"echoPostback": 1}},
        {"settings": {"conversationRetentionSeconds": True}},
        {"metadata": {"a": {}}},
    ],
)
def test_app_that_is_none_is_refused(world: World, fields: Any) -> None:
    response = do(world, "update_app", fields)

    assert (response.error, response.effects) == ("bad_request", ())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("4242424242424242", "************4242"),
        ("my card: 4242-4242-4242-4242.", "my card: ************4242."),
        ("378282246310005", "***********0005"),
        ("4242424242424241", "4242424242424241"),
        ("order 1234567890123", "order 1234567890123"),
        ("call +14155550123", "call +14155550123"),
    ],
)
def test_card_is_known_by_its_check_digit(text: str, kept: str) -> None:
    assert as_kept(text, a_world()) == kept


def test_app_may_leave_cards_as_they_are(world: World) -> None:
    do(world, "update_app", {"settings": {"maskCreditCardNumbers": False}})

    assert as_kept("4242424242424242", world) == "4242424242424242"


@given(st.text())
def test_text_keeps_its_end(text: str) -> None:
    kept = as_kept(text, a_world())

    assert kept[-4:] == text[-4:]
    assert len(kept) <= len(text)
