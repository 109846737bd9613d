from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import FACTS, act, do

LINK = {"type": "link", "text": "Shop", "uri": "https://x.example"}
GO = {"type": "postback", "text": "Go", "payload": "GO"}


MESSENGER = FACTS.account["integrations"]["messenger"]


def items(world: World) -> Any:
    return do(world, "get_menu").values["items"]


def test_menu_is_put_shown_and_taken_away(world: World) -> None:
    assert items(world) == []
    made = do(world, "update_menu", {"items": [LINK, {"type": "submenu", "text": "More", "items": [GO]}]})

    assert items(world) == made.values["items"]
    assert [item["type"] for item in items(world)] == ["link", "submenu"]
    assert items(world)[1]["items"][0]["payload"] == "GO"
    ids = [items(world)[0]["_id"], items(world)[1]["_id"], items(world)[1]["items"][0]["_id"]]
    assert [int(each, 16) - int(ids[0], 16) for each in ids] == [0, 1, 2]
    do(world, "delete_menu")
    assert items(world) == []


def test_menu_of_an_integration_stands_before_that_of_the_app(world: World, ana: Row) -> None:
    do(world, "update_menu", {"items": [{**GO, "payload": "APP"}]})
    made = do(world, "create_integration_menu", {"items": [{**GO, "payload": "OWN"}]}, integration_id=MESSENGER)
    tapped = act(world, ana, "event", "postback/menu") or ()
    do(world, "delete_integration_menu", integration_id=MESSENGER)
    tapped_later = act(world, ana, "event", "postback/menu") or ()

    assert (made.status, made.values["items"][0]["payload"]) == (201, "OWN")
    assert [each.values["action"]["payload"] for each in (*tapped, *tapped_later)] == ["OWN", "APP"]
    assert do(world, "get_integration_menu", integration_id=MESSENGER).values["items"] == []


@pytest.mark.parametrize("verb", ["get", "create", "update", "delete"])
def test_menu_of_an_integration_that_there_is_not_is_not_found(world: World, verb: str) -> None:
    response = do(world, f"{verb}_integration_menu", {"items": [GO]}, integration_id="0" * 24)

    assert (response.error, response.effects) == ("integration_not_found", ())


@pytest.mark.parametrize(
    "listed",
    [
        None,
        [],
        [GO] * 4,
        ["x"],
        [{"type": "dance", "text": "x"}],
        [{**GO, "text": ""}],
        [{**GO, "payload": None}],
        [{**LINK, "uri": "x"}],
        [{"type": "submenu", "text": "More"}],
        [{"type": "submenu", "text": "More", "items": [GO] * 6}],
        [{"type": "submenu", "text": "More", "items": [{"type": "submenu", "text": "x", "items": [GO]}]}],
    ],
)
def test_menu_that_is_none_is_refused(world: World, listed: Any) -> None:
    response = do(world, "update_menu", {"items": listed})

    assert (response.error, response.effects) == ("bad_request", ())
