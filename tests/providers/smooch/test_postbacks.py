from __future__ import annotations

from typing import Any

import pytest

from simulator.world import Row, World

from .conftest import do, emitted, say

TRACK = {"type": "postback", "text": "Track it", "payload": "TRACK"}
LINK = {"type": "link", "text": "Shop", "uri": "https://x.example"}


def test_postback_that_was_tapped_elsewhere_is_told(world: World, ana: Row) -> None:
    sent = say(world, ana, actions=[LINK, TRACK]).values["message"]
    response = do(world, "post_postback", {"actionId": sent["actions"][1]["_id"]}, user_id=ana["id"])
    (told,) = emitted(response)

    assert (told.type, told.user, told.values["action"]["payload"]) == ("postback", ana["id"], "TRACK")
    assert told.values["message"]["_id"] == sent["_id"]


@pytest.mark.parametrize("action_id", [None, 7, "0" * 24, "link"])
def test_what_is_no_postback_cannot_be_tapped(world: World, ana: Row, action_id: Any) -> None:
    sent = say(world, ana, actions=[LINK, TRACK]).values["message"]
    wanted = sent["actions"][0]["_id"] if action_id == "link" else action_id

    response = do(world, "post_postback", {"actionId": wanted}, user_id=ana["id"])

    assert (response.error, response.effects) == ("bad_request", ())


def test_nobody_taps(world: World) -> None:
    assert do(world, "post_postback", {"actionId": "x"}, user_id="0" * 24).error == "user_not_found"
