from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import FACTS, act, do

MESSENGER = FACTS.account["integrations"]["messenger"]
TELEGRAM = {"type": "telegram", "token": "123:abc", "displayName": "Our bot"}


def types(world: World, **query: str) -> list[str]:
    return [row["type"] for row in do(world, "list_integrations", query=query).values["listed"]]


def test_integrations_are_those_of_the_account(world: World) -> None:
    assert types(world) == list(FACTS.account["integrations"])
    assert types(world, types="twilio, line") == ["line", "twilio"]
    shown = do(world, "get_integration", integration_id=MESSENGER).values["integration"]
    assert (shown["_id"], shown["type"], shown["status"]) == (MESSENGER, "messenger", "active")


def test_secrets_of_an_integration_are_not_told(world: World) -> None:
    made = do(world, "create_integration", TELEGRAM)

    assert made.status == 201
    assert made.values["integration"].keys() == {"_id", "type", "status", "displayName"}


def test_integration_is_changed_and_taken_away(world: World) -> None:
    key = do(world, "create_integration", TELEGRAM).values["integration"]["_id"]
    fields = {"displayName": "Another", "type": "line", "token": "456:def"}
    changed = do(world, "update_integration", fields, integration_id=key).values["integration"]
    do(world, "delete_integration", integration_id=key)

    assert (changed["displayName"], changed["type"]) == ("Another", "telegram")
    assert "token" not in changed
    assert do(world, "get_integration", integration_id=key).error == "integration_not_found"
    assert types(world) == list(FACTS.account["integrations"])


def test_channel_that_is_tied_no_more_has_no_integration_in_messages(world: World, ana: Row) -> None:
    do(world, "delete_integration", integration_id=MESSENGER)

    (said,) = act(world, ana, "text", "hello") or ()

    assert "integrationId" not in said.values["message"]["source"]


@pytest.mark.parametrize(
    "fields", [None, {}, {"type": "pigeon"}, {"type": "telegram"}, {"type": "telegram", "token": 7}, {"type": ["web"]}]
)
def test_integration_that_is_none_is_refused(world: World, fields: Any) -> None:
    response = do(world, "create_integration", fields)

    assert (response.error, response.effects) == ("bad_request", ())


@pytest.mark.parametrize("operation", ["get_integration", "update_integration", "delete_integration"])
def test_unknown_integration_is_not_found(world: World, operation: str) -> None:
    assert do(world, operation, {}, integration_id="0" * 24).error == "integration_not_found"


def test_page_of_integrations_has_an_end(world: World) -> None:
    assert do(world, "list_integrations", query={"limit": "0"}).error == "bad_request"
    assert do(world, "list_integrations", query={"limit": "5", "offset": "10"}).values["has_more"] is False
