"""A call that was accepted, read as what the bot said by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.provider import ApiResponse
from simulator.providers.birdplatform import content, interactive
from simulator.records import ApiCall, Reply

KINDS: Mapping[str, str] = {"document": "file", "contact_cards": "contact"}
"""The platform's word for a content → ours, where they differ."""


def replies(call: ApiCall, response: ApiResponse) -> tuple[Reply, ...]:
    """
    Give what the bot said, where it reaches somebody; nothing by a call that says nothing.

    A read receipt says something only where it shows that an answer is being written.
    """
    maker = {
        "send_whatsapp": _whatsapp,
        "send_sms": _sms,
        "mark_whatsapp_read": _typing,
        "set_whatsapp_reaction": _reaction,
    }.get(call.operation)
    if maker is None:
        return ()
    about = {"message_id": str(response.values.get("message_id", "")), "about": response.values.get("about")}
    told = {"raw": call.fields, "call_id": call.id, "operation": call.operation, **about}
    return tuple(maker(user, call.fields, told) for user in response.values.get("reached", ()))


def _whatsapp(user: str, fields: Mapping[str, Any], told: Mapping[str, Any]) -> Reply:
    kind = content.kind_of(fields)
    said: Any = fields[kind]
    location = {"lat": said["latitude"], "lon": said["longitude"]} if kind == "location" else None
    shown = KINDS.get(kind, kind)
    if kind == "interactive":
        shown = "cards" if said["type"] == "carousel" else "text"
    return Reply(
        to=user,
        kind=shown,
        text=content.words(kind, said),
        buttons=interactive.buttons(said) if kind == "interactive" else (),
        media=content.media(kind, said),
        location=location,
        **told,
    )


def _sms(user: str, fields: Mapping[str, Any], told: Mapping[str, Any]) -> Reply:
    text = fields.get("text")
    return Reply(to=user, kind="text" if text is not None else "template", text=text, **told)


def _typing(user: str, fields: Mapping[str, Any], told: Mapping[str, Any]) -> Reply:
    return Reply(to=user, kind="typing", **told)


def _reaction(user: str, fields: Mapping[str, Any], told: Mapping[str, Any]) -> Reply:
    return Reply(to=user, kind="reacts", text=fields["emoji"], **told)
