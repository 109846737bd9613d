"""What a person does → the events that MessageBird sends about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.providers.messagebird import shapes, threads
from simulator.records import Button
from simulator.world import Effect, Put, Row, World


def acts(act: Act, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """
    Give the events of an act; none where nothing comes of it, None where a person cannot do that.

    A text message is text alone; the option `platform` says whether people write such ones.
    """
    if act.extra.get("in"):
        return None
    user = world.get("users", act.user["id"]) or act.user
    if act.verb == "event":
        return (_native(str(act.value), user, world, ids),)
    if act.verb == "reads":
        return _reads(user, world, ids)
    maker = MAKERS.get(act.verb)
    if maker is None:
        return None
    if isinstance(act.value, Button) and act.value.kind != "reply":
        # A link opens a page, and nobody hears of it.
        return ()
    kind, content = maker(act)
    if kind != "text" and world.options["platform"] == "sms":
        return None
    return _message(kind, content, user, world, ids)


def _message(kind: str, content: Mapping[str, Any], user: Row, world: World, ids: Ids) -> tuple[Occurrence, ...]:
    now_ms = ids.give("time")
    created_ms = now_ms - ids.give("lag")
    found = threads.of_contact(world, user["id"])
    row = found or threads.new(user, world, ids, at_ms=created_ms)
    row = {**row, "received_ms": created_ms, "updated_ms": created_ms}
    said = threads.said(
        row, world, ids, at_ms=created_ms, direction="received", fields={"type": kind, "content": {kind: content}}
    )
    effects: tuple[Effect, ...] = (
        *threads.known(user, world),
        Put(table=threads.CONVERSATIONS, key=row["id"], row=row),
        Put(table=threads.MESSAGES, key=said["id"], row=said),
    )
    about = {
        "channel_id": row["channel_id"],
        "contact": shapes.contact(user, world.options),
        "conversation": shapes.conversation(row),
    }
    shown = shapes.message(said, updated_ms=now_ms)
    created = Occurrence(type=f"message.created/{VARIANTS.get(kind, kind)}", values={**about, "message": shown})
    if found is not None:
        return (Occurrence(type=created.type, values=created.values, effects=effects),)
    return Occurrence(type="conversation.created", values=about, effects=effects), created


VARIANTS = {"whatsappSticker": "sticker"}


def _text(act: Act) -> tuple[str, Any]:
    return "text", act.value.label if isinstance(act.value, Button) else str(act.value)


def _media(kind: str, *, has_caption: bool = True) -> Callable[[Act], tuple[str, Any]]:
    def make(act: Act) -> tuple[str, Any]:
        url = act.value["url"] if isinstance(act.value, Mapping) else str(act.value)
        caption = {"caption": str(act.extra["text"])} if has_caption and act.extra.get("text") else {}
        return kind, {"url": url, **caption}

    return make


def _location(act: Act) -> tuple[str, Any]:
    return "location", {"latitude": act.value["lat"], "longitude": act.value["lon"]}


def _sticker(act: Act) -> tuple[str, Any]:
    return "whatsappSticker", {"link": f"https://media.messagebird.com/v1/stickers/{act.value}.webp"}


MAKERS: Mapping[str, Callable[[Act], tuple[str, Any]]] = {
    "text": _text,
    "url": _text,
    "tap": _text,
    "image": _media("image"),
    "video": _media("video"),
    "audio": _media("audio", has_caption=False),
    "file": _media("file"),
    "location": _location,
    "sticker": _sticker,
}


def _reads(user: Row, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """Give the new status of the bot's last message; nothing where she has read it, or where there is none."""
    if world.options["platform"] == "sms":
        return None
    sent = [row for row in threads.messages(world) if row["user"] == user["id"] and row["direction"] == "sent"]
    unread = [row for row in sent if not row["is_read"]]
    if not unread:
        return ()
    last = unread[-1]
    row = threads.conversation(world, last["conversation_id"])
    if row is None:
        return ()
    read = tuple(Put(table=threads.MESSAGES, key=each["id"], row={**each, "is_read": True}) for each in unread)
    values = {
        "channel_id": last["channel_id"],
        "contact": shapes.contact(user, world.options),
        "conversation": shapes.conversation(row),
        "message": shapes.message(last, "read", ids.give("time")),
    }
    return (Occurrence(type="message.updated", values=values, effects=read),)


def _native(event_type: str, user: Row, world: World, ids: Ids) -> Occurrence:
    """Give an event by its own name, about the person's conversation where there is one; the rest is drawn."""
    row = threads.of_contact(world, user["id"])
    if row is None:
        row = threads.new(user, world, ids, at_ms=ids.give("time"))
    values = {
        "channel_id": row["channel_id"],
        "contact": shapes.contact(user, world.options),
        "conversation": shapes.conversation(row),
    }
    kept = Put(table=threads.CONVERSATIONS, key=row["id"], row=row)
    return Occurrence(type=event_type, values=values, effects=(*threads.known(user, world), kept))
