"""What a person does → the events that the platform sends about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.providers.birdplatform import interactive, media, messages
from simulator.records import Button
from simulator.world import Effect, Put, Row, World


class Said(NamedTuple):
    """What a person sends."""

    variant: str
    """That of the event."""
    field: str
    """Its kind of content, as a message names it."""
    value: Any
    source: str = ""
    """Where the file of it lies."""


def acts(act: Act, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """
    Give the events of an act; none where nothing comes of it, None where a person cannot do that on her channel.

    She writes on WhatsApp unless the option `channel`, or her own row, says otherwise; a text message is text alone.
    """
    if act.extra.get("in"):
        return None
    user = world.get("users", act.user["id"]) or act.user
    channel = str(user.get("channel") or world.options["channel"])
    if act.verb == "event":
        return (_native(str(act.value), user, world, ids),)
    if act.verb == "reads":
        return _reads(user, channel, world, ids)
    maker = MAKERS.get(act.verb)
    if maker is None:
        return None
    if isinstance(act.value, Button) and act.value.kind != "reply":
        # A link opens a page, and nobody hears of it.
        return ()
    if channel == "sms":
        return _text_message(act, user, world, ids)
    return _message(maker(act), act, user, world, ids)


def _message(said: Said, act: Act, user: Row, world: World, ids: Ids) -> tuple[Occurrence, ...]:
    """Give what somebody sends on WhatsApp; from then on she can be written to freely for a day."""
    now_ms = ids.give("time")
    message_id = ids.give("wam")
    kept: tuple[Effect, ...] = ()
    value = said.value
    if said.source:
        media_id = ids.give("waf")
        value = {"id": media_id, "url": media.url_of(message_id, media_id, said.source), **said.value}
        kept = (media.stored(message_id, media_id, said.source, now_ms),)
    answered = _offering(act.value, user, world) if said.variant == "reply" else None
    content = {said.field: value, **({"in_reply_to_message_id": answered} if answered else {})}
    row = messages.received(message_id, "whatsapp", user=user, world=world, at_ms=now_ms, said=content)
    values = {**messages.about(row), "content": value}
    effects = (*kept, messages.put(row), Put(table="users", key=user["id"], row={**user, "wrote_ms": now_ms}))
    return (Occurrence(type=f"whatsapp.received/{said.variant}", values=values, effects=effects),)


def _text_message(act: Act, user: Row, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """Give a text message; who would tap a button types what stands on it."""
    if act.verb not in ("text", "url", "tap"):
        return None
    words = act.value.label if isinstance(act.value, Button) else str(act.value)
    said = {"text": words}
    row = messages.received(ids.give("sms"), "sms", user=user, world=world, at_ms=ids.give("time"), said=said)
    known = Put(table="users", key=user["id"], row=user)
    return (
        Occurrence(
            type="sms.received", values={**messages.about(row), "text": words}, effects=(messages.put(row), known)
        ),
    )


def _offering(button: Button, user: Row, world: World) -> str | None:
    """Give the id of the bot's latest message that has this button; None where none has."""
    for row in reversed(messages.all_of(world, "whatsapp")):
        offered = row["content"].get("interactive")
        is_hers = row["user"] == user["id"] and row["direction"] == "outbound"
        if is_hers and offered and button in interactive.buttons(offered):
            return str(row["id"])
    return None


def _reads(user: Row, channel: str, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """Give an event for each message of the bot that she has not read yet; by SMS nobody is told."""
    if channel == "sms":
        return None
    now_ms = ids.give("time")
    unread = [
        row
        for row in messages.all_of(world, channel)
        if (row["user"], row["direction"], row["read_ms"]) == (user["id"], "outbound", None)
        and not messages.is_lost(row)
    ]
    return tuple(
        Occurrence(
            type="whatsapp.read", values=messages.about(row), effects=(messages.put({**row, "read_ms": now_ms}),)
        )
        for row in unread
    )


def _native(event_type: str, user: Row, world: World, ids: Ids) -> Occurrence:
    """Give an event by its own name; whatever a person sends on WhatsApp lets her be written to freely."""
    effects: tuple[Effect, ...] = ()
    if event_type.startswith("whatsapp.received"):
        effects = (Put(table="users", key=user["id"], row={**user, "wrote_ms": ids.give("time")}),)
    return Occurrence(type=event_type, effects=effects)


# --- what she sends --------------------------------------------------------------------------------------------------


def _text(act: Act) -> Said:
    return Said("text", "text", {"body": str(act.value)})


def _tap(act: Act) -> Said:
    button = act.value
    reply = {"type": "button", "button": {"slug": button.payload, "text": button.label}}
    return Said("reply", "interactive_reply", reply)


def _file(kind: str, content_type: str) -> Callable[[Act], Said]:
    def make(act: Act) -> Said:
        given: Mapping[str, Any] = act.value if isinstance(act.value, Mapping) else {"url": str(act.value)}
        known = str(given.get("content_type") or "")
        fits = kind == "document" or known.partition("/")[0] == content_type.partition("/")[0]
        value: dict[str, Any] = {"mime_type": known if known and fits else content_type}
        if kind == "audio":
            value["voice"] = True
        if act.extra.get("text") and kind != "audio":
            value["caption"] = str(act.extra["text"])
        if kind == "document":
            value["filename"] = given.get("name") or str(given["url"]).partition("?")[0].rsplit("/", 1)[-1]
        return Said(kind, kind, value, str(given["url"]))

    return make


def _sticker(act: Act) -> Said:
    source = f"https://media.platform.bird.com/stickers/{act.value}.webp"
    return Said("sticker", "sticker", {"mime_type": "image/webp", "animated": False}, source)


def _location(act: Act) -> Said:
    named = {name: act.value[name] for name in ("name", "address") if act.value.get(name)}
    return Said("location", "location", {"latitude": act.value["lat"], "longitude": act.value["lon"], **named})


def _contact(act: Act) -> Said:
    name, phone = str(act.value.get("name", "")), str(act.value.get("phone", ""))
    card = {
        "origin": "other",
        "vcard": f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;type=CELL:{phone}\nEND:VCARD\n",
        "name": {"formatted_name": name, "first_name": name.partition(" ")[0]},
        "phone_numbers": [{"phone_number": phone, "type": "cell"}],
    }
    return Said("contact", "contact_cards", [card])


MAKERS: Mapping[str, Callable[[Act], Said]] = {
    "text": _text,
    "url": _text,
    "tap": _tap,
    "image": _file("image", "image/jpeg"),
    "video": _file("video", "video/mp4"),
    "audio": _file("audio", "audio/ogg"),
    "file": _file("document", "application/pdf"),
    "sticker": _sticker,
    "location": _location,
    "contact": _contact,
}
