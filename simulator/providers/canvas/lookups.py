"""Who the bot is, and the public keys by which it verifies what is signed."""

from __future__ import annotations

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.canvas.answers import answered
from simulator.providers.canvas.keys import published
from simulator.providers.canvas.people import account_of
from simulator.providers.canvas.refusals import refuse
from simulator.records import ApiCall
from simulator.world import World

STAGE = "main"
"""The part of the real key set's address that does not change; of another one its gateway knows nothing."""


def get_self(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the person to whom the token belongs."""
    account = account_of(world)
    bot = account["bot"]
    shown = {
        "id": int(bot["id"]),
        "name": bot["name"],
        "created_at": "2024-01-15T08:00:00Z",
        "sortable_name": bot["name"],
        "short_name": bot["name"],
        "avatar_url": f"https://{account['hostname']}/images/messages/avatar-50.png",
        "locale": None,
        "effective_locale": "en",
    }
    return answered(call, ids, shown)


def get_jwks(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the three public keys of the time of the call."""
    if call.params.get("stage") != STAGE:
        return refuse(call, "unknown_stage", "")
    keys = published(call.at_ms, int(world.options["rotation"]))
    return ApiResponse(template="get_jwks", values={"keys": keys})
