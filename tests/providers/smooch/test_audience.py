from __future__ import annotations

from typing import Any

import pytest

from simulator.providers.smooch.audience import audiences, spread, wants
from simulator.world import Row, World

from .conftest import a_world, do

HOOK = {"target": "https://bot.example.com/hook"}


def hook(**changes: Any) -> Row:
    return {"_id": "w", "url": "https://x.example", "events": ["message"], "version": "v1.1", **changes}


@pytest.mark.parametrize(
    ("triggers", "event", "is_wanted"),
    [
        (["message"], "message:appUser/text", True),
        (["message"], "message:appMaker/list", True),
        (["message"], "message:delivery:user", False),
        (["message"], "postback", False),
        (["message:appUser"], "message:appMaker/text", False),
        (["postback"], "postback/menu", True),
        (["*"], "conversation:read", True),
        (["*"], "message:delivery:channel", True),
        (["*"], "typing:appUser", False),
        (["*", "typing:appUser"], "typing:appUser", True),
    ],
)
def test_trigger_stands_for_what_it_names(triggers: list[str], event: str, is_wanted: bool) -> None:
    assert wants(hook(events=triggers), event, {}) is is_wanted


@pytest.mark.parametrize(
    ("version", "event", "is_wanted"),
    [
        ("v1", "delivery:success", True),
        ("v1", "message:delivery:user", False),
        ("v1.1", "delivery:failure", False),
        ("v1.1", "message:delivery:failure", True),
    ],
)
def test_each_version_has_its_own_delivery_events(version: str, event: str, is_wanted: bool) -> None:
    assert wants(hook(events=["*"], version=version), event, {}) is is_wanted


def test_endpoint_that_nobody_registered_gets_what_the_option_says() -> None:
    row = {"url": "https://x.example", "events": None}

    assert wants(row, "typing:appUser", {})
    assert wants(row, "postback", {"triggers": ("postback",), "webhooks": ("",)})
    assert not wants(row, "postback", {"triggers": ("message",), "webhooks": ("",)})


def test_event_goes_to_its_own_webhooks_alone() -> None:
    assert wants(hook(), "message:appUser/text", {"webhooks": ("w",)})
    assert not wants(hook(), "message:appUser/text", {"webhooks": ("other",)})


def test_named_endpoint_has_the_form_of_the_options() -> None:
    (group,) = audiences(a_world(version="v1.1", include_client="true"))

    assert (group["version"], group["with_client"], group["with_profile"]) == ("v1.1", True, False)
    assert group["webhooks"] == ("",)


def test_v1_knows_no_flags() -> None:
    (group,) = audiences(a_world(include_client="true", include_full_app_user="true"))

    assert (group["version"], group["with_client"], group["with_profile"]) == ("v1", False, False)


def test_webhooks_of_one_form_share_an_event(world: World) -> None:
    for fields in (HOOK, HOOK, {**HOOK, "includeClient": True}):
        do(world, "create_webhook", fields)

    assert sorted(len(group["webhooks"]) for group in audiences(world)) == [1, 2]


def test_event_of_the_other_version_still_has_a_form(world: World) -> None:
    assert [values["version"] for values in spread(world, "typing:appUser", {})] == ["v1"]
