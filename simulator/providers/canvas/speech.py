"""A call that was accepted, read as what the bot said by it."""

from __future__ import annotations

from simulator.provider import ApiResponse
from simulator.providers.canvas.parameters import parameters
from simulator.records import ApiCall, Reply


def replies(call: ApiCall, response: ApiResponse) -> tuple[Reply, ...]:
    """
    Give what the bot said, one reply for each person who can read it; none by a call that says nothing.

    Canvas has nothing to tap and no cards: what a bot says is text. Beside it the call's parameters are shown as Rails
    reads them, without the token.
    """
    if call.operation not in ("create_conversation", "add_message"):
        return ()
    asked = {name: value for name, value in parameters(call).items() if name != "access_token"}
    return tuple(
        Reply(
            to=reached["to"],
            kind="text",
            text=reached["text"],
            raw={**asked, **call.params},
            call_id=call.id,
            operation=call.operation,
            message_id=reached["message_id"],
        )
        for reached in response.values.get("reached", ())
    )
