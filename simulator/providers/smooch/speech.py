"""A call that was accepted, read as what the bot said by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.provider import ApiResponse
from simulator.providers.smooch.messages import OF_TYPES
from simulator.records import ApiCall, Button, Reply

OWN_SCHEMA = "smooch"
"""The form of a notification's message that is like any message."""

KINDS: Mapping[str, str] = {"carousel": "cards", "list": "cards"}
"""Smooch's word for a message → ours, where they differ."""

TAPS: Mapping[str, str] = {
    "reply": "reply",
    "postback": "reply",
    "link": "url",
    "webview": "url",
    "locationRequest": "location",
}
"""Type of an action → what a tap gives rise to; nothing, where it is another."""


def replies(call: ApiCall, response: ApiResponse) -> tuple[Reply, ...]:
    """
    Give what the bot said; nothing by a message in a person's name, and typing only where it begins.

    A message of the business that is taken back is said too, with the text that it had: that it is not there any more.
    """
    fields = call.fields
    to = str(response.values.get("user_id", ""))
    if call.operation == "delete_message":
        return _taken_back(call, to, response.values.get("message", {}))
    if call.operation == "conversation_activity" and fields.get("type") == "typing:start":
        return (Reply(to=to, kind="typing", raw=fields, call_id=call.id, operation=call.operation),)
    if call.operation == "post_notification":
        return _notified(call, to)
    if call.operation == "post_image":
        fields = response.values.get("fields", {})
    elif call.operation != "post_message":
        return ()
    if fields.get("role") != "appMaker":
        return ()
    message = response.values.get("message", {})
    return (_reply(call, fields, to, message),)


def _taken_back(call: ApiCall, to: str, message: Mapping[str, Any]) -> tuple[Reply, ...]:
    if message.get("role") != "appMaker":
        return ()
    known = {"about": message.get("text") or None, "message_id": message["_id"], "raw": dict(call.params)}
    return (Reply(to=to, kind="deletes", call_id=call.id, operation=call.operation, **known),)


def _notified(call: ApiCall, to: str) -> tuple[Reply, ...]:
    """A notification says something to whom the service knows; in another schema than its own it is just a call."""
    fields = call.fields["message"]
    if not to or call.fields.get("messageSchema") not in (None, OWN_SCHEMA):
        return ()
    return (_reply(call, fields, to, {}),)


def _reply(call: ApiCall, fields: Mapping[str, Any], to: str, message: Mapping[str, Any]) -> Reply:
    kind = fields["type"]
    # What belongs to messages of another type is passed over.
    said = {name: fields[name] for name in fields if kind in OF_TYPES.get(name, (kind,))}
    place = said.get("coordinates")
    return Reply(
        to=to,
        kind=_kind(said, message),
        text=said.get("text") or None,
        buttons=_buttons(said),
        media=said.get("mediaUrl"),
        location={"lat": place["lat"], "lon": place["long"]} if place else None,
        raw=fields,
        call_id=call.id,
        operation=call.operation,
        message_id=str(message.get("_id", "")),
    )


def _kind(fields: Mapping[str, Any], message: Mapping[str, Any]) -> str:
    kind = str(fields["type"])
    family = str(message.get("mediaType") or "").partition("/")[0]
    if kind == "file" and family in ("video", "audio"):
        return family
    return KINDS.get(kind, kind)


def _buttons(fields: Mapping[str, Any]) -> tuple[Button, ...]:
    """Give what can be tapped, that of the items before that of the message."""
    holders = (*(fields.get("items") or ()), fields)
    return tuple(_button(action) for holder in holders for action in holder.get("actions") or ())


def _button(action: Mapping[str, Any]) -> Button:
    label = str(action.get("text") or action["type"])
    payload = str(action.get("payload") or action.get("uri") or label)
    return Button(label=label, payload=payload, kind=TAPS.get(action["type"], "none"))
