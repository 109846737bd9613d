from __future__ import annotations

from typing import Any

import pytest

from simulator.world import World

from .conftest import do

LINK = {"type": "link", "text": "Shop", "uri": "https://x.example"}
GO = {"type": "postback", "text": "Go", "payload": "GO"}


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
