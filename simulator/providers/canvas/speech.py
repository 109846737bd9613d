"""A call that was accepted, read as what the bot said by it."""

from __future__ import annotations

from simulator.provider import ApiResponse
from simulator.providers.canvas.parameters import parameters
from simulator.records import ApiCall, Reply
from simulator.world import Row


def replies(call: ApiCall, response: ApiResponse) -> tuple[Reply, ...]:
    """
    Give what the bot said, one reply for each person who can read it; none by a call that says nothing.

    Canvas has nothing to tap and no cards: what a bot says is text, with a file or a recording beside it. The call's
    parameters are shown as Rails reads them, without the token.
    """
    if call.operation not in ("create_conversation", "add_message"):
        return ()
    asked = {name: value for name, value in parameters(call).items() if name != "access_token"}
    return tuple(
        Reply(
            to=reached["to"],
            kind=_kind(reached["message"]),
            text=reached["message"]["body"],
            media=_media(reached["message"]),
            raw={**asked, **call.params},
            call_id=call.id,
            operation=call.operation,
            message_id=reached["message"]["id"],
            chat=reached["message"]["conversation_id"],
        )
        for reached in response.values.get("reached", ())
    )


def _kind(message: Row) -> str:
    """Give what the message mostly is: the recording or the first file beside its text, else the text."""
    if message["media_comment"]:
        return str(message["media_comment"]["media_type"])
    for file in message["attachments"]:
        return "image" if file["content-type"].startswith("image/") else "file"
    return "text"


def _media(message: Row) -> str | None:
    beside = (message["media_comment"], *message["attachments"])
    return next((str(each["url"]) for each in beside if each), None)
