"""What a person does → the events that Bird sends about it: one of the channel, one of the conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.providers.bird import bodies, people, threads
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

    She writes on WhatsApp unless the option `platform`, or her own row, says SMS, which knows text alone.
    """
    if act.extra.get("in"):
        return None
    user = world.get("users", act.user["id"]) or act.user
    platform = user.get("platform") or world.options["platform"]
    if act.verb == "event":
        return (_native(str(act.value), user, world, ids),)
    if act.verb == "reads":
        return _reads(user, platform, world, ids)
    maker = MAKERS.get(act.verb)
    if maker is None:
        return None
    button = act.value if isinstance(act.value, Button) else None
    if button is not None and button.kind != "reply":
        # A link opens a page, and nobody hears of it.
        return ()
    content = maker(act)
    if platform == "sms" and button is not None:
        content = Content("text", _text_body(button.label))
    if platform == "sms" and content.variant != "text":
        return None
    return _message(content, user, platform, world, ids, reply_to=_answered(button, user, world))


# --- messages --------------------------------------------------------------------------------------------------------


def _message(
    content: Content, user: Row, platform: str, world: World, ids: Ids, *, reply_to: Mapping[str, Any] | None
) -> tuple[Occurrence, ...]:
    channel_id = people.channel_id(world, platform)
    found = threads.of_contact(world, user["id"], channel_id)
    participant = people.participant(user, world.options)
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
    identifier = own.get("identifier", "") if platform == "whatsapp" else ""
    return {
        "id": ids.give("message"),
        "platform": platform,
        "channel_id": people.channel_id(world, platform),
        "contact": people.channel_contact(user, platform),
        "connector": {"id": own.get("id", ""), "identifierValue": identifier},
        "platform_reference": ids.give(platform),
        "status": "delivered",
    }


def _answered(button: Button | None, user: Row, world: World) -> dict[str, Any] | None:
    """Give which message of the bot a tapped button stood on: the latest that has it."""
    if button is None:
        return None
    for row in reversed(threads.messages(world)):
        offered = bodies.buttons(row["body"]) if row.get("direction") == "outgoing" and row.get("body") else ()
        if row.get("user") == user["id"] and button in offered:
            return {"id": row["id"], "order": 0, "type": "click"}
    return None


def _text_body(words: str) -> dict[str, Any]:
    return {"type": "text", "text": {"text": words}}


def _text(act: Act) -> Content:
    return Content("text", _text_body(str(act.value)))


def _tap(act: Act) -> Content:
    button: Button = act.value
    postback = {"type": "postback", "postback": {"text": button.label, "payload": button.payload}}
    body = {"type": "text", "text": {"text": button.label, "actions": [postback]}}
    meta = {"whatsapp.interactive.type": "button_reply", "whatsapp.interactive.button_reply.id": button.payload}
    return Content("reply", body, meta)


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
    media = _media(act)
    given = str(media.get("content_type") or "")
    fits = bool(given) and (is_named or given.partition("/")[0] == content_type.partition("/")[0])
    entry = {"contentType": given if fits else content_type, "mediaUrl": media["url"]}
    if is_named:
        entry["filename"] = media.get("name") or str(media["url"]).partition("?")[0].rsplit("/", 1)[-1]
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


def _reads(user: Row, platform: str, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """A `read` of the bot's last message on WhatsApp; nothing where she has read it, or where there is none."""
    if platform != "whatsapp":
        return None
    unread = [
        row
        for row in threads.messages(world)
        if row.get("user") == user["id"] and row.get("direction") == "outgoing" and not row.get("is_read")
    ]
    if not unread:
        return ()
    last = unread[-1]
    read = tuple(Put(table=threads.MESSAGES, key=row["id"], row={**row, "is_read": True}) for row in unread)
    values = {
        "message_id": last["id"],
        "channel_id": last["channel_id"],
        "interaction_type": "read",
        "contact": people.channel_contact(user),
        "reference": last["reference"],
    }
    return (Occurrence(type="whatsapp.interaction", values=values, effects=read),)


def _native(event_type: str, user: Row, world: World, ids: Ids) -> Occurrence:
    """Give an event by its own name, about what there is; what there is not, its values draw."""
    name = event_type.partition("/")[0]
    if name.startswith("conversation."):
        return _native_conversation(event_type, user, world, ids)
    platform, _, kind = name.partition(".")
    if kind != "inbound":
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
            initiating=people.participant(user, world.options),
            at_ms=ids.give("time"),
        )
    else:
        row = mine[-1]
    change: Effect = Put(table=threads.CONVERSATIONS, key=row["id"], row=row)
    if event_type == "conversation.deleted":
        change = Remove(table=threads.CONVERSATIONS, key=row["id"])
    return Occurrence(type=event_type, values=threads.event_of(row), effects=(change,))
