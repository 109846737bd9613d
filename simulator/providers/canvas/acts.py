"""What a person does in her inbox → the events that Canvas sends about it, and what the instance then knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.providers.canvas import conversations as inbox
from simulator.providers.canvas.files import shown_file, type_of
from simulator.providers.canvas.people import bot_id
from simulator.world import Put, Row, World

MESSAGE_AFTER_MS = 40
"""A conversation is there before its first message; chosen."""

NATIVE_TEXT = "Hello"
"""What a person wrote of whom a story says only that an event came of it."""


def acts(act: Act, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """
    Give the events of an act, None where an actor of Canvas cannot do that.

    Canvas tells of nothing but what is written and of people who are added: opening, reading, typing and leaving cause
    no event. A person's first message to the bot begins their private conversation; each later one continues it.
    """
    if act.verb == "event":
        return _native(act, world, ids)
    maker = MAKERS.get(act.verb)
    if maker is None:
        return None
    row = _where(act, world)
    if row is None and act.extra.get("in"):
        return None
    return _written(act, row, world, ids, **maker(act, ids))


def _where(act: Act, world: World) -> Row | None:
    """Give the conversation that is meant: the one that is named, else the private one with the bot."""
    if act.extra.get("in"):
        return inbox.conversation(world, str(act.extra["in"]))
    return inbox.private_with(world, str(act.user["id"]))


def _written(act: Act, row: Row | None, world: World, ids: Ids, **content: Any) -> tuple[Occurrence, ...]:
    request = {"request_id": ids.give("request")}
    begun = row if row is not None else _begun(act, world, ids, is_private=True)
    path = "" if row is not None else "/conversations"
    found, added = _said(act, begun, world, ids, **content)
    effects = (inbox.put_message(added), inbox.put(found))
    event_type, values = inbox.message_created(added, request, path)
    if row is not None:
        return (Occurrence(type=event_type, values=values, effects=effects),)
    first_type, first = inbox.created(begun, request)
    return (
        Occurrence(type=first_type, values=first, effects=effects),
        Occurrence(type=event_type, values=values, after_ms=MESSAGE_AFTER_MS),
    )


def _begun(act: Act, world: World, ids: Ids, *, is_private: bool) -> Row:
    key = inbox.unused(world, inbox.CONVERSATIONS, ids.give("conversation"))
    people = (str(act.user["id"]), bot_id(world))
    subject = act.extra.get("subject")
    return inbox.new_conversation(key, people, is_private=is_private, now_ms=ids.give("now"), subject=subject)


def _said(act: Act, row: Row, world: World, ids: Ids, **content: Any) -> tuple[Row, Row]:
    """Give the conversation and the message, once the person has said it."""
    key = inbox.unused(world, inbox.MESSAGES, ids.give("message"), after=inbox.last_id(row))
    added = inbox.new_message(
        key,
        row["id"],
        **{
            "author_id": str(act.user["id"]),
            "now_ms": ids.give("now"),
            "people": row["participants"],
            **content,
        },
    )
    return inbox.with_message(row, added, bot_id(world)), added


# --- what is written -------------------------------------------------------------------------------------------------


def _text(act: Act, ids: Ids) -> dict[str, Any]:
    return {"body": str(act.value)}


def _attachment(act: Act, ids: Ids) -> dict[str, Any]:
    """A file beside the text, as the REST API shows it."""
    media = _media(act)
    name = media.get("name") or _name_in(media["url"])
    shown = shown_file(
        file_id=ids.give("attachment"),
        uuid=ids.give("uuid"),
        name=name,
        content_type=media.get("content_type") or type_of(name),
        url=media["url"],
        size=media.get("size"),
        created_ms=ids.give("now"),
    )
    return {"body": str(act.extra.get("text") or name), "attachments": (shown,)}


def _recording(act: Act, ids: Ids) -> dict[str, Any]:
    """A video or a sound that is recorded in the inbox itself."""
    media = _media(act)
    name = media.get("name") or _name_in(media["url"])
    shown = {
        "content-type": media.get("content_type") or f"{act.verb}/mp4",
        "display_name": name,
        "media_id": ids.give("media"),
        "media_type": act.verb,
        "url": media["url"],
    }
    return {"body": str(act.extra.get("text") or name), "media_comment": shown}


def _media(act: Act) -> Mapping[str, Any]:
    return act.value if isinstance(act.value, Mapping) else {"url": str(act.value)}


def _name_in(url: Any) -> str:
    return str(url).partition("?")[0].rsplit("/", 1)[-1]


MAKERS: Mapping[str, Callable[[Act, Ids], dict[str, Any]]] = {
    "text": _text,
    "url": _text,
    "image": _attachment,
    "file": _attachment,
    "video": _recording,
    "audio": _recording,
}

# --- events by their own names ---------------------------------------------------------------------------------------


def _native(act: Act, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """The one event that is named, and about something that the bot can then look up."""
    request = {"request_id": ids.give("request")}
    row = _where(act, world)
    effects: tuple[Put, ...]
    match act.value:
        case "conversation_message_created":
            begun = row if row is not None else _begun(act, world, ids, is_private=True)
            found, added = _said(act, begun, world, ids, body=NATIVE_TEXT)
            event_type, values = inbox.message_created(added, request)
            effects = (inbox.put_message(added), inbox.put(found))
        case "conversation_created":
            begun = _begun(act, world, ids, is_private=row is None)
            event_type, values = inbox.created(begun, request)
            effects = (inbox.put(begun),)
        case "conversation_forwarded":
            group = _group(act, world) or _begun(act, world, ids, is_private=False)
            changed = {**group, "updated_ms": ids.give("now")}
            event_type, values = inbox.forwarded(changed, request)
            effects = (inbox.put(changed),)
        case _:
            return None
    return (Occurrence(type=event_type, values=values, effects=effects),)


def _group(act: Act, world: World) -> Row | None:
    """Give the latest group conversation of this person and the bot."""
    found = [inbox.conversation(world, key) for key, _ in world.rows(inbox.CONVERSATIONS)]
    shared = [row for row in found if row and not row["private"] and str(act.user["id"]) in row["participants"]]
    return shared[-1] if shared else None
