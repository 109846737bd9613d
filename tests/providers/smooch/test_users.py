from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import do, emitted


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


# --- made, and forgotten


def test_person_is_made_before_she_has_written(world: World) -> None:
    fields = {"userId": "new@example.com", "givenName": "Eve", "properties": {"plan": "pro"}}
    made = do(world, "pre_create_app_user", fields)

    assert made.status == 201
    user = do(world, "get_app_user", user_id="new@example.com").values["user"]
    assert user == made.values["user"]
    assert (user["givenName"], user["properties"], user["conversationStarted"]) == ("Eve", {"plan": "pro"}, False)
    assert (user["clients"], user["signedUpAt"]) == ([], "2026-01-05T09:00:00.123Z")


def test_message_to_who_was_made_reaches_no_channel(world: World) -> None:
    do(world, "pre_create_app_user", {"userId": "new@example.com"})

    sent = do(world, "post_message", {"role": "appMaker", "type": "text", "text": "hi"}, user_id="new@example.com")

    assert [each.type for each in emitted(sent)] == ["message:appMaker/text"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        (None, "bad_request"),
        ({"userId": 7}, "bad_request"),
        ({"userId": "x", "email": 7}, "bad_request"),
        ({"userId": "x", "properties": []}, "bad_request"),
    ],
)
def test_wrong_person_is_not_made(world: World, fields: Any, error: str) -> None:
    assert do(world, "pre_create_app_user", fields).error == error


def test_user_id_is_one_s_own(world: World, ana: Row) -> None:
    assert do(world, "pre_create_app_user", {"userId": ana["userId"]}).error == "conflict"


def test_profile_is_forgotten_and_the_person_is_not(world: World, ana: Row) -> None:
    do(world, "update_app_user", {"givenName": "Ada", "properties": {"plan": "pro"}}, user_id=ana["id"])
    shown = do(world, "delete_profile", user_id=ana["id"]).values["user"]

    assert shown == told(world, ana)
    assert (shown["userId"], shown["properties"]) == (ana["userId"], {})
    assert "givenName" not in shown
    assert do(world, "delete_profile", user_id="nobody").error == "user_not_found"
