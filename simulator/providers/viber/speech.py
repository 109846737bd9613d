"""A call that was accepted, read as what the bot said by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.provider import ApiResponse
from simulator.providers.viber import boards
from simulator.providers.viber.messages import coordinate
from simulator.records import ApiCall, Reply

KINDS: Mapping[str, str] = {"picture": "image", "rich_media": "cards"}
"""Viber's word for a message → ours, where they differ."""


def replies(call: ApiCall, response: ApiResponse) -> tuple[Reply, ...]:
    """
    Give what the bot said, one reply for each person it spoke to; none by a call that says nothing.

    A message that the device refuses to show is nothing said; `failed` tells the bot so. Whom a broadcast could not
    reach stands in its answer.
    """
    fields = call.fields
    if call.operation not in ("send_message", "broadcast_message") or boards.why_not_shown(fields):
        return ()
    receivers = fields["broadcast_list"] if call.operation == "broadcast_message" else [fields.get("receiver") or ""]
    unreached = {row["receiver"] for row in response.values.get("failed_list", ())}
    kind = fields.get("type") or "keyboard"
    return tuple(
        Reply(
            to=receiver,
            kind=KINDS.get(kind, kind),
            text=fields.get("text") or fields.get("alt_text") or None,
            buttons=boards.buttons(fields),
            media=fields.get("media"),
            location=_place(fields["location"]) if kind == "location" else None,
            raw=_without_token(fields),
            call_id=call.id,
            operation=call.operation,
            message_id=str(response.values.get("message_token", "")),
        )
        for receiver in dict.fromkeys(receivers)
        if receiver not in unreached
    )


def _place(location: Mapping[str, Any]) -> dict[str, Any]:
    return {**location, **{name: coordinate(location.get(name)) for name in ("lat", "lon")}}


def _without_token(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The token is how the bot logs in, no part of what it says."""
    return {name: value for name, value in fields.items() if name != "auth_token"}
