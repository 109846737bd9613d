from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import do


def told(world: World, user: Row) -> Any:
    return do(world, "get_app_user", user_id=user["id"]).values["user"]


def test_person_is_told_with_her_clients(world: World, ana: Row, bob: Row) -> None:
    shown = told(world, ana)

    assert (shown["_id"], shown["userId"], shown["conversationStarted"]) == (ana["id"], ana["userId"], True)
    assert shown["clients"][0]["platform"] == "messenger"
    assert told(world, bob)["conversationStarted"] is False


def test_what_is_not_named_stays(world: World, ana: Row) -> None:
    do(world, "update_app_user", {"givenName": "Ada", "properties": {"plan": "pro", "seats": 3}}, user_id=ana["id"])
    response = do(world, "update_app_user", {"properties": {"seats": 4}, "email": "a@x.example"}, user_id=ana["userId"])

    assert response.values["user"]["properties"] == {"plan": "pro", "seats": 4}
    assert (told(world, ana)["givenName"], told(world, ana)["email"]) == ("Ada", "a@x.example")


def test_null_takes_away(world: World, ana: Row) -> None:
    do(world, "update_app_user", {"givenName": "Ada", "properties": {"plan": "pro"}}, user_id=ana["id"])
    do(
        world,
        "update_app_user",
        {"givenName": None, "signedUpAt": None, "properties": {"plan": None}},
        user_id=ana["id"],
    )

    assert "givenName" not in told(world, ana)
    assert told(world, ana)["properties"] == {}
    assert told(world, ana)["signedUpAt"] == ana["signedUpAt"]


@pytest.mark.parametrize("fields", [{"givenName": 7}, {"properties": []}, {"properties": {"a": {}}}])
def test_wrong_change_is_refused(world: World, ana: Row, fields: Any) -> None:
    response = do(world, "update_app_user", fields, user_id=ana["id"])

    assert (response.error, response.effects) == ("bad_request", ())


@pytest.mark.parametrize("operation", ["get_app_user", "update_app_user"])
def test_nobody_is_not_found(world: World, operation: str) -> None:
    assert do(world, operation, {}, user_id="nobody").error == "user_not_found"
