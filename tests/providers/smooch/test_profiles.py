from __future__ import annotations

import re

import pytest

from simulator.providers.smooch.people import client
from simulator.providers.smooch.profiles import RAW
from simulator.world import Row

from .conftest import FACTS, a_world

FORMS = {
    "messenger": r"\d{16}",
    "twitter": r"\d{16}",
    "telegram": r"\d{1,9}",
    "viber": "[A-Za-z0-9+/]{22}==",
    "line": "U[0-9a-f]{32}",
    "wechat": "o[A-Za-z0-9_-]{22}",
    "twilio": r"\+\d+",
    "whatsapp": r"\d+",
    "messagebird": r"\d+",
    "mailgun": r"[^@]+@[^@]+",
}


def on_channel(user: Row, channel: str) -> dict[str, object]:
    return client({**user, "channel": channel}, a_world().options, FACTS.account)


@pytest.mark.parametrize("channel", FORMS)
def test_person_has_an_id_of_the_channel_s_form(ana: Row, channel: str) -> None:
    shown = on_channel(ana, channel)

    assert re.fullmatch(FORMS[channel], str(shown["externalId"]))


@pytest.mark.parametrize("channel", FACTS.options["channel"].values or ())
def test_every_channel_tells_something_of_a_person(ana: Row, channel: str) -> None:
    shown = on_channel(ana, channel)

    assert isinstance(shown["raw"], dict)
    assert shown["raw"]
    assert isinstance(shown["info"], dict)
    assert not [value for value in shown["info"].values() if isinstance(value, dict | list)]
    assert channel in RAW


def test_id_of_telegram_is_a_number_in_its_own_profile_alone(ana: Row) -> None:
    shown = on_channel(ana, "telegram")

    assert isinstance(shown["raw"], dict)
    assert str(shown["raw"]["id"]) == shown["externalId"]
    assert isinstance(shown["raw"]["id"], int)


@pytest.mark.parametrize(
    ("channel", "form"),
    [
        ("web", "[0-9a-f]{32}"),
        ("ios", "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        ("telegram", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ],
)
def test_client_has_an_id_of_its_platform_s_form(ana: Row, channel: str, form: str) -> None:
    assert re.fullmatch(form, str(on_channel(ana, channel)["id"]))
