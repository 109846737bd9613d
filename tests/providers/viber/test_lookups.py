from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import NOW_MS, a_person, a_world, do


def test_account_info_tells_webhook_and_subscribers(world: World) -> None:
    values = do(world, "get_account_info", {}).values

    assert values["account"]["name"] == "Shop bot"
    assert values["webhook"] == "https://bot.example.com/hook"
    assert values["subscribers_count"] == 1
    assert len(values["event_types"]) == 10


def test_account_without_webhook_has_none_to_tell(ana: Row) -> None:
    values = do(a_world(ana, is_registered=False), "get_account_info", None).values

    assert (values["webhook"], values["event_types"]) == ("", [])


def test_details_tell_person_and_device(world: World, ana: Row) -> None:
    user = do(world, "get_user_details", {"id": ana["id"]}).values["user"]

    assert list(user)[:3] == ["id", "name", "avatar"]
    assert user["primary_device_os"] == ana["primary_device_os"]
    assert "phone" not in user


def test_details_are_told_twice_in_twelve_hours(world: World, ana: Row) -> None:
    times = [NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + 12 * 3_600_000]
    errors = [do(world, "get_user_details", {"id": ana["id"]}, at_ms=at_ms).error for at_ms in times]

    assert errors == ["", "", "too_many_requests", ""]


def test_details_are_counted_for_each_person() -> None:
    people = [a_person(name, subscribed=True) for name in ("ana", "cem", "dee")]
    world = a_world(*people)

    assert [do(world, "get_user_details", {"id": person["id"]}).error for person in people] == [""] * 3


@pytest.mark.parametrize(
    ("user_id", "error"),
    [(None, "missing_data"), ("nobody", "receiver_not_registered"), (7, "receiver_not_registered")],
)
def test_details_of_nobody_are_refused(world: World, user_id: Any, error: str) -> None:
    assert do(world, "get_user_details", {"id": user_id}).error == error


def test_details_of_who_is_not_subscribed_are_refused(world: World, bob: Row) -> None:
    assert do(world, "get_user_details", {"id": bob["id"]}).error == "receiver_not_subscribed"


def test_online_tells_each_that_was_asked_for(ana: Row, bob: Row) -> None:
    away = a_person("away", subscribed=True, online_status=1)
    world = a_world(ana, bob, away)
    users = do(world, "get_online", {"ids": [ana["id"], bob["id"], away["id"], "nobody"]}).values["users"]

    assert [user["online_status"] for user in users] == [0, 4, 1, 4]
    assert [user["online_status_message"] for user in users] == ["online", "unavailable", "offline", "unavailable"]
    assert [("last_online" in user) for user in users] == [False, False, True, False]


@pytest.mark.parametrize(
    ("listed", "error"),
    [(None, "missing_data"), ([], "bad_data"), ("x", "bad_data"), ([1], "bad_data"), (["x"] * 101, "bad_data")],
)
def test_online_needs_a_list_of_at_most_a_hundred(world: World, listed: Any, error: str) -> None:
    assert do(world, "get_online", {"ids": listed}).error == error


@pytest.mark.parametrize("operation", ["get_account_info", "get_user_details", "get_online"])
def test_body_that_is_no_object_is_refused(world: World, operation: str) -> None:
    assert do(world, operation, ["x"]).error == "bad_body"
