"""What a person does → the events that Bird sends about it: one of the channel, one of the conversation."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.providers.bird import interactions, media, people, threads
from simulator.records import Button
from simulator.world import Effect, Put, Remove, Row, World


class Content(NamedTuple):
    """What a person sends."""

    variant: str
    """That of the inbound event."""
    body: dict[str, Any]
    meta: Mapping[str, str] = {}
    """What stands beside the time in `meta.extraInformation`."""


def acts(act: Act, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """
    Give the events of an act; none where nothing comes of it, None where a person cannot do that on her channel.

    She writes on WhatsApp unless the option `platform`, or her own row, says otherwise; `INBOUND` tells what she can
    send on each platform.
    """
    if act.extra.get("in"):
        return None
    user = world.get("users", act.user["id"]) or act.user
    platform = user.get("platform") or world.options["platform"]
    if act.verb == "event":
        return (_native(str(act.value), user, world, ids),)
    if act.verb == "reads":
        return interactions.reads(user, platform, world)
    maker = MAKERS.get(act.verb)
    if maker is None:
        return None
    button = act.value if isinstance(act.value, Button) else None
    if button is not None and button.kind != "reply":
        return interactions.follows(button, user, platform, world)
    stored: tuple[Put, ...] = ()
    if isinstance(act.value, Mapping) and "url" in act.value:
        url, stored = media.shared(act.value, ids.give("message"), world, ids)
        act = replace(act, value={**act.value, "url": url})
    content = _on(platform, maker(act), button)
    return None if content is None else _spoken(content, button, user, platform, world, ids, stored=stored)


def _spoken(
    content: Content,
    button: Button | None,
    user: Row,
    platform: str,
    world: World,
    ids: Ids,
    *,
    stored: tuple[Put, ...],
) -> tuple[Occurrence, ...]:
    """Give what a person sends; a tap names the message whose button or row it was."""
    answered = interactions.offering(button, user, world) if content.variant == "reply" else None
    reply_to = {"id": answered["id"], "order": 0, "type": "click"} if answered is not None else None
    if content.meta and answered is not None and answered["body"]["type"] == "list":
        content = content._replace(meta=_tapped("list_reply", str(button.payload if button is not None else "")))
    first, *others = _message(content, user, platform, world, ids, reply_to=reply_to)
    return replace(first, effects=(*stored, *first.effects)), *others


def _tapped(kind: str, payload: str) -> dict[str, str]:
    """Give what WhatsApp tells of a tap beside the message."""
    return {"whatsapp.interactive.type": kind, f"whatsapp.interactive.{kind}.id": payload}


def _on(platform: str, content: Content, button: Button | None) -> Content | None:
    """Give what a platform makes of what a person sends; None where she cannot send that there."""
    variants = INBOUND.get(platform, ("text", "image", "file"))
    if button is not None and "reply" not in variants:
        # Where there are no buttons, she types what stands on it.
        content = Content("text", _text_body(button.label))
    if platform == "email" and content.variant == "text":
        words = content.body["text"]["text"]
        return Content("html", {"type": "html", "html": {"html": f"<p>{html.escape(words)}</p>", "text": words}})
    if platform == "whatsapp":
        return content
    # Only WhatsApp tells what kind of file it is, and which button was tapped; the others know files alone.
    variant = "file" if content.variant in ("audio", "video", "sticker") else content.variant
    return Content(variant, content.body) if variant in variants else None


# --- messages --------------------------------------------------------------------------------------------------------


def _message(
    content: Content, user: Row, platform: str, world: World, ids: Ids, *, reply_to: Mapping[str, Any] | None
) -> tuple[Occurrence, ...]:
    channel_id = people.channel_id(world, platform)
    found = threads.of_contact(world, user["id"], channel_id)
    participant = people.participant(user, world.options, platform, people.account_of(world))
    # A message is made a moment before its event is due, but after all that went before it in the conversation.
    now_ms = ids.give("time")
    latest_ms = found["updated_ms"] + 1 if found is not None else 0
    created_ms = max(now_ms - ids.give("lag"), min(now_ms, latest_ms))
    conversation = (
        dict(found)
        if found is not None
        else threads.new(
            ids.give("conversation"), user=user["id"], channel_id=channel_id, initiating=participant, at_ms=created_ms
        )
    )
    message = {
        **_event_values(user, platform, world, ids),
        "conversation_id": conversation["id"],
        "user": user["id"],
        "direction": "incoming",
        "participant": participant,
        "recipients": None,
        "body": content.body,
        "template": None,
        "meta": {"extraInformation": {"timestamp": str(created_ms // 1000 - 2), **content.meta}},
        "reference": "",
        "reply_to": reply_to,
        "statuses": ((created_ms, "delivered"),),
        "failure": {},
        "created_ms": created_ms,
    }
    updated_ms = min(now_ms, created_ms + ids.give("moment"))
    conversation = threads.spoken(conversation, message, updated_ms)
    effects: tuple[Effect, ...] = (
        Put(table="users", key=user["id"], row={**user, "wrote_ms": now_ms}),
        Put(table=threads.MESSAGES, key=message["id"], row=message),
        Put(table=threads.CONVERSATIONS, key=conversation["id"], row=conversation),
    )
    given = {**message, "extra": message["meta"]["extraInformation"], "updated_ms": now_ms}
    inbound = Occurrence(type=f"{platform}.inbound/{content.variant}", values=given, effects=effects)
    if not world.options["conversations"]:
        return (inbound,)
    kind = "conversation.updated" if found is not None else "conversation.created"
    return inbound, Occurrence(type=kind, values={**threads.event_of(conversation), "updated_ms": updated_ms})


def _event_values(user: Row, platform: str, world: World, ids: Ids) -> dict[str, Any]:
    """Give what any inbound event of a person says, whatever she sent."""
    own = people.connector(world, platform)
    # Captures of text messages have nothing there.
    identifier = own.get("identifier", "") if platform != "sms" else ""
    return {
        "id": ids.give("message"),
        "platform": platform,
        "channel_id": people.channel_id(world, platform),
        "contact": people.sender(user, platform, people.account_of(world)),
        "connector": {"id": own.get("id", ""), "identifierValue": identifier},
        "platform_reference": ids.give("whatsapp" if platform == "whatsapp" else "platform"),
        "status": "delivered",
    }


def _text_body(words: str) -> dict[str, Any]:
    return {"type": "text", "text": {"text": words}}


def _text(act: Act) -> Content:
    return Content("text", _text_body(str(act.value)))


def _tap(act: Act) -> Content:
    button: Button = act.value
    postback = {"type": "postback", "postback": {"text": button.label, "payload": button.payload}}
    body = {"type": "text", "text": {"text": button.label, "actions": [postback]}}
    return Content("reply", body, _tapped("button_reply", button.payload))


def _image(act: Act) -> Content:
    image: dict[str, Any] = {"images": [{"mediaUrl": _media(act)["url"], "altText": ""}]}
    if act.extra.get("text"):
        image["text"] = str(act.extra["text"])
    return Content("image", {"type": "image", "image": image}, {"whatsapp.media.type": "image"})


def _audio(act: Act) -> Content:
    return Content("audio", _file_body(act, "audio/ogg"), {"whatsapp.media.type": "audio"})


def _video(act: Act) -> Content:
    return Content("video", _file_body(act, "video/mp4"), {"whatsapp.media.type": "video"})


def _file(act: Act) -> Content:
    return Content("file", _file_body(act, "application/pdf", is_named=True), {"whatsapp.media.type": "document"})


def _file_body(act: Act, content_type: str, *, is_named: bool = False) -> dict[str, Any]:
    """Give the body of media that are no picture; only documents have a name."""
    file = _media(act)
    given = str(file.get("content_type") or "")
    fits = bool(given) and (is_named or given.partition("/")[0] == content_type.partition("/")[0])
    entry = {"contentType": given if fits else content_type, "mediaUrl": file["url"]}
    if is_named:
        entry["filename"] = file.get("name") or str(file["url"]).partition("?")[0].rsplit("/", 1)[-1]
    caption = {"text": str(act.extra["text"])} if act.extra.get("text") else {}
    return {"type": "file", "file": {**caption, "files": [entry]}}


def _sticker(act: Act) -> Content:
    url = f"https://media.api.bird.com/stickers/{act.value}.webp"
    entry = {"contentType": "image/webp", "mediaUrl": url, "metadata": {"isAnimated": False}}
    return Content("sticker", {"type": "file", "file": {"files": [entry]}})


def _location(act: Act) -> Content:
    given = act.value
    location: dict[str, Any] = {"coordinates": {"latitude": given["lat"], "longitude": given["lon"]}}
    if given.get("name") or given.get("address"):
        location["location"] = {"address": given.get("address", ""), "label": given.get("name", "")}
    return Content("location", {"type": "location", "location": location})


def _media(act: Act) -> Mapping[str, Any]:
    return act.value if isinstance(act.value, Mapping) else {"url": str(act.value)}


INBOUND: Mapping[str, tuple[str, ...]] = {
    "whatsapp": ("text", "reply", "image", "audio", "video", "file", "sticker", "location"),
    "sms": ("text",),
    "email": ("html",),
    **dict.fromkeys(("facebook", "telegram", "line", "viber"), ("text", "reply", "image", "file", "location")),
    **dict.fromkeys(("instagram", "applemessages"), ("text", "reply", "image", "file")),
}
"""Platform → the variants of its inbound event: text, pictures and files where nothing is said."""

MAKERS: Mapping[str, Callable[[Act], Content]] = {
    "text": _text,
    "url": _text,
    "tap": _tap,
    "image": _image,
    "audio": _audio,
    "video": _video,
    "file": _file,
    "sticker": _sticker,
    "location": _location,
}

# --- the rest --------------------------------------------------------------------------------------------------------


def _native(event_type: str, user: Row, world: World, ids: Ids) -> Occurrence:
    """Give an event by its own name, about what there is; what there is not, its values draw."""
    name = event_type.partition("/")[0]
    if name.startswith("conversation."):
        return _native_conversation(event_type, user, world, ids)
    platform, _, kind = name.partition(".")
    if platform == "channel":
        return Occurrence(type=event_type)
    if kind != "inbound" or platform == "voice":
        # Each of them says whom it is about by itself.
        return Occurrence(type=event_type, values={"channel_id": people.channel_id(world, platform)})
    spoke = Put(table="users", key=user["id"], row={**user, "wrote_ms": ids.give("time")})
    return Occurrence(type=event_type, values=_event_values(user, platform, world, ids), effects=(spoke,))


def _native_conversation(event_type: str, user: Row, world: World, ids: Ids) -> Occurrence:
    """Give an event about a person's latest conversation, or about a new one in which nobody has spoken."""
    mine = [row for row in threads.conversations(world) if row.get("user") == user["id"]]
    if event_type == "conversation.created" or not mine:
        platform = user.get("platform") or world.options["platform"]
        row: Row = threads.new(
            ids.give("conversation"),
            user=user["id"],
            channel_id=people.channel_id(world, platform),
            initiating=people.participant(user, world.options, platform, people.account_of(world)),
            at_ms=ids.give("time"),
        )
    else:
        row = mine[-1]
    change: Effect = Put(table=threads.CONVERSATIONS, key=row["id"], row=row)
    if event_type == "conversation.deleted":
        change = Remove(table=threads.CONVERSATIONS, key=row["id"])
    return Occurrence(type=event_type, values=threads.event_of(row), effects=(change,))
