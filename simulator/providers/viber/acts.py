"""What an actor does → the events that Viber sends about it, and what the service then knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.records import Button
from simulator.world import Effect, Put, Row, World

CONVERSATIONS = "conversations"
"""The table of chats; the key is the person's id, since each has one chat with the bot. For its row see `chat_with`."""


def acts(act: Act, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """
    Give the events of an act; none where nothing comes of it, None where an actor of Viber cannot do that.

    A native event, given as the verb `event`, has the same effects as the act that leads to it.
    """
    if act.extra.get("in"):
        return None
    if act.verb == "event":
        return (_native(act, world),)
    maker = MAKERS.get(act.verb)
    return maker(act, world) if maker is not None else None


def chat_with(world: World, user_id: str) -> dict[str, Any]:
    """
    Give the row of the chat with a person.

    `unseen`: the token of the last message that she has not read, or None. `tracking_data`: what the bot's last message
    carried. `sent_ms`: when the bot sent its messages since she last wrote, as far as they count.
    """
    return {"unseen": None, "tracking_data": None, "sent_ms": (), **(world.get(CONVERSATIONS, user_id) or {})}


# --- messages --------------------------------------------------------------------------------------------------------


def _message(kind: str, act: Act, world: World, **values: Any) -> tuple[Occurrence, ...]:
    """A message: it carries the tracking data of the bot's last one, and it subscribes who wrote it."""
    chat = chat_with(world, act.user["id"])
    given = {"tracking_data": chat["tracking_data"], "silent": False, **values}
    return (Occurrence(type=f"message/{kind}", values=given, effects=_spoke(act.user, world)),)


def _spoke(user: Row, world: World) -> tuple[Effect, ...]:
    # Source: older documentation: a person's first message subscribes her, without an event of its own.
    return (_chat(user, world, sent_ms=()), _subscription(user, world, is_subscribed=True))


def _chat(user: Row, world: World, **changes: Any) -> Put:
    return Put(table=CONVERSATIONS, key=user["id"], row={**chat_with(world, user["id"]), **changes})


def _subscription(user: Row, world: World, *, is_subscribed: bool) -> Put:
    row = world.get("users", user["id"]) or user
    return Put(table="users", key=user["id"], row={**row, "subscribed": is_subscribed})


def _text(act: Act, world: World) -> tuple[Occurrence, ...]:
    return _message("text", act, world, text=str(act.value))


def _image(act: Act, world: World) -> tuple[Occurrence, ...]:
    media = _media(act)
    return _message("picture", act, world, text=_caption(act), media=media["url"], thumbnail=media["url"])


def _video(act: Act, world: World) -> tuple[Occurrence, ...]:
    media = _media(act)
    known = {"size": media["size"]} if media.get("size") else {}
    return _message("video", act, world, text=_caption(act), media=media["url"], thumbnail=None, **known)


def _file(act: Act, world: World) -> tuple[Occurrence, ...]:
    media = _media(act)
    known = {"size": media["size"]} if media.get("size") else {}
    name = media.get("name") or str(media["url"]).partition("?")[0].rsplit("/", 1)[-1]
    return _message("file", act, world, media=media["url"], file_name=name, **known)


def _sticker(act: Act, world: World) -> tuple[Occurrence, ...]:
    return _message("sticker", act, world, sticker_id=act.value)


def _contact(act: Act, world: World) -> tuple[Occurrence, ...]:
    given = act.value if isinstance(act.value, Mapping) else {"name": str(act.value), "phone": act.user["phone"]}
    phone = given.get("phone", given.get("phone_number", act.user["phone"]))
    return _message("contact", act, world, name=given.get("name"), phone_number=str(phone), avatar=given.get("avatar"))


def _url(act: Act, world: World) -> tuple[Occurrence, ...]:
    return _message("url", act, world, media=str(act.value))


def _location(act: Act, world: World) -> tuple[Occurrence, ...]:
    return _message("location", act, world, lat=act.value["lat"], lon=act.value["lon"])


def _media(act: Act) -> Mapping[str, Any]:
    return act.value if isinstance(act.value, Mapping) else {"url": str(act.value)}


def _caption(act: Act) -> str:
    return str(act.extra.get("text") or "")


# --- buttons ---------------------------------------------------------------------------------------------------------


def _tap(act: Act, world: World) -> tuple[Occurrence, ...]:
    """A button answers, opens a page (and tells the bot so unless it is silent), or asks for a place or a number."""
    button: Button = act.value
    user = act.user
    match button.kind:
        case "reply":
            return _message("text", act, world, text=button.payload, silent=button.is_silent)
        case "url":
            return () if button.is_silent else _message("text", act, world, text=button.payload)
        case "location":
            return _message("location", act, world, lat=user["latitude"], lon=user["longitude"])
        case "phone":
            return _message("contact", act, world, name=user["name"], phone_number=user["phone"], avatar=user["avatar"])
        case _:
            return ()


# --- the chat itself -------------------------------------------------------------------------------------------------


def _reads(act: Act, world: World) -> tuple[Occurrence, ...]:
    """One `seen` for all that was unread, about the last of it; none where all was read before."""
    chat = chat_with(world, act.user["id"])
    if chat["unseen"] is None:
        return ()
    read = _chat(act.user, world, unseen=None)
    return (Occurrence(type="seen", values={"message_token": chat["unseen"]}, effects=(read,)),)


def _opens(act: Act, world: World) -> tuple[Occurrence, ...]:
    """Opening the chat subscribes nobody; a deep link carries a context."""
    given = act.value if isinstance(act.value, Mapping) else {}
    user = world.get("users", act.user["id"]) or act.user
    values = {
        "context": given.get("context", act.extra.get("context")),
        "avatar": user["avatar"],
        "subscribed": bool(user["subscribed"]),
    }
    return (Occurrence(type="conversation_started", values=values),)


def _leaves(act: Act, world: World) -> tuple[Occurrence, ...]:
    return (Occurrence(type="unsubscribed", effects=(_subscription(act.user, world, is_subscribed=False),)),)


def _native(act: Act, world: World) -> Occurrence:
    event_type = str(act.value)
    values: dict[str, Any] = {}
    effects: tuple[Effect, ...] = ()
    if event_type == "subscribed":
        # Who subscribes again begins anew: what the earlier conversation carried is dropped.
        fresh = _chat(act.user, world, tracking_data=None)
        effects = (_subscription(act.user, world, is_subscribed=True), fresh)
    elif event_type == "unsubscribed":
        effects = (_subscription(act.user, world, is_subscribed=False),)
    elif event_type.startswith("message/"):
        effects = _spoke(act.user, world)
        values = {"tracking_data": chat_with(world, act.user["id"])["tracking_data"]}
    elif event_type.startswith("conversation_started"):
        values = {"subscribed": bool((world.get("users", act.user["id"]) or act.user)["subscribed"])}
    return Occurrence(type=event_type, values=values, effects=effects)


MAKERS: Mapping[str, Callable[[Act, World], tuple[Occurrence, ...]]] = {
    "text": _text,
    "image": _image,
    "video": _video,
    "file": _file,
    "sticker": _sticker,
    "contact": _contact,
    "url": _url,
    "location": _location,
    "tap": _tap,
    "reads": _reads,
    "opens": _opens,
    "leaves": _leaves,
}
