"""Messages as the service keeps them, and as webhooks and answers of each version show them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from simulator.deferral import deferrable, deferrable_as, plainly_deferrable
from simulator.providers.smooch.people import LETTERS, SDK_CHANNELS, channel_of, integration_of
from simulator.world import Row

Message = Mapping[str, Any]
"""A message as it is kept: all that is known of it, its time as `received_ms`."""

CONTENT = (
    "type",
    "text",
    "payload",
    "mediaUrl",
    "mediaType",
    "mediaSize",
    "altText",
    "coordinates",
    "location",
    "items",
    "actions",
    "displaySettings",
    "fields",
    "blockChatInput",
    "metadata",
    "name",
    "avatarUrl",
)
"""What whoever writes may give."""

OF_TYPES: Mapping[str, tuple[str, ...]] = {
    "mediaUrl": ("image", "file"),
    "coordinates": ("location",),
    "items": ("carousel", "list"),
    "fields": ("form",),
}
"""What belongs to messages of some types alone; on others it is passed over."""

MEDIA_TYPES: Mapping[str, str] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
"""Ending of a media URL → its type, where the caller does not say it."""

# --- keeping ---------------------------------------------------------------------------------------------------------


def from_user(
    content: Mapping[str, Any],
    user: Row,
    message_id: str,
    received_ms: int,
    options: Mapping[str, Any],
    account: Mapping[str, Any],
) -> dict[str, Any]:
    """Give a message that a person wrote on her channel."""
    channel = channel_of(user, options)
    source: dict[str, Any] = {"type": channel}
    if channel not in SDK_CHANNELS:
        # The channel knows of it a moment before Smooch does.
        original_id = f"m_{external_id(message_id)[:12]}"
        source = {"originalMessageId": original_id, "originalMessageTimestamp": seconds(received_ms - 294), **source}
    integration = integration_of(channel, account)
    if integration is not None:
        source["integrationId"] = integration
    own = {"role": "appUser", "name": user["name"], "authorId": user["id"], "source": source}
    return _kept({**own, **content}, message_id, received_ms)


def through_api(content: Mapping[str, Any], user: Row, message_id: str, received_ms: int) -> dict[str, Any]:
    """Give a message that came through the API in a person's name."""
    own = {"role": "appUser", "name": user["name"], "authorId": user["id"], "source": {"type": "api"}}
    return _kept({**own, **_given(content)}, message_id, received_ms)


def from_bot(
    content: Mapping[str, Any], message_id: str, received_ms: int, options: Mapping[str, Any]
) -> dict[str, Any]:
    """Give a message of the business; its author is known by the e-mail address, or else by the app."""
    email = content.get("email")
    own: dict[str, Any] = {"role": "appMaker", "authorId": author_id(str(email or options["app_id"]))}
    if email:
        digest = hashlib.md5(str(email).strip().lower().encode("utf-8", "surrogatepass"), usedforsecurity=False)
        own["avatarUrl"] = f"https://www.gravatar.com/avatar/{digest.hexdigest()}.png?s=200&d=mm"
    return _kept({**own, "source": {"type": "api"}, **_given(content)}, message_id, received_ms)


@plainly_deferrable
def author_id(text: str) -> str:
    """Give the 22 letters and digits that stand for whoever of the business writes."""
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), "big")
    return "".join(LETTERS[number // 62**place % 62] for place in range(22))


@plainly_deferrable
def numbered(message_id: str, number: int) -> str:
    """Give the id of a part of a message: those of its items and actions follow its own."""
    return f"{(int(message_id, 16) + number) % 16**24:024x}"


_FRACTIONS = ("", *(f".{ms:03d}".rstrip("0") for ms in range(1, 1000)))


def seconds_written(ms: int) -> str:
    """Give what JSON makes of `seconds`: Python takes long to find the shortest text of a fraction."""
    return f"{ms // 1000}{_FRACTIONS[ms % 1000]}" if ms >= 0 else str(seconds(ms))


@deferrable_as(seconds_written)
def seconds(ms: int) -> int | float:
    """Give a time as the service writes it: Unix seconds, a whole number where there are no milliseconds."""
    return ms // 1000 if ms % 1000 == 0 else ms / 1000


@plainly_deferrable
def external_id(message_id: str) -> str:
    """Give the id that a message has on the channel; all events about it tell the same."""
    digest = hashlib.sha256(message_id.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest[:21]).decode("ascii")


@deferrable
def media_type(url: str) -> str | None:
    """Give the type that the ending of a URL tells, or None."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    return MEDIA_TYPES.get(path.rpartition(".")[2].lower())


def _given(content: Mapping[str, Any]) -> dict[str, Any]:
    kind = content["type"]
    names = (name for name in CONTENT if kind in OF_TYPES.get(name, (kind,)))
    return {name: content[name] for name in names if content.get(name) is not None}


def _kept(message: Mapping[str, Any], message_id: str, received_ms: int) -> dict[str, Any]:
    # The time in the id is that of the message.
    message_id = f"{received_ms // 1000 & 0xFFFF_FFFF:08x}{message_id[8:]}"
    kept = {**message, "_id": message_id, "received_ms": received_ms}
    numbers = count(1)
    if kept.get("items") is not None:
        kept["items"] = [_numbered_item(item, message_id, numbers) for item in kept["items"]]
    if kept.get("actions") is not None:
        kept["actions"] = [_numbered_action(action, message_id, numbers) for action in kept["actions"]]
    if kept.get("fields") is not None:
        kept["fields"] = [_numbered_field(field, message_id, numbers) for field in kept["fields"]]
        kept = {"submitted": False, "blockChatInput": False, **kept}
    url = kept.get("mediaUrl")
    if url is not None and kept.get("mediaType") is None:
        kept["mediaType"] = media_type(url)
    text = kept.get("text")
    if text is None and kept["type"] not in ("form", "formResponse"):
        kept["text"] = _fallback(kept)
    return kept


def _numbered_item(item: Mapping[str, Any], message_id: str, numbers: Iterable[int]) -> dict[str, Any]:
    kept = {**item, "_id": _next_id(message_id, numbers)}
    if kept.get("mediaUrl") is not None and kept.get("mediaType") is None:
        kept["mediaType"] = media_type(kept["mediaUrl"])
    kept["actions"] = [_numbered_action(action, message_id, numbers) for action in item.get("actions") or ()]
    return kept


def _numbered_action(action: Mapping[str, Any], message_id: str, numbers: Iterable[int]) -> dict[str, Any]:
    kept = {**action, "_id": _next_id(message_id, numbers)}
    if kept.get("type") == "buy":
        uri = f"https://app.smooch.io/checkout/{kept['_id']}"
        kept = {"currency": "usd", "uri": uri, **kept, "state": "offered"}
    return kept


def _numbered_field(field: Mapping[str, Any], message_id: str, numbers: Iterable[int]) -> dict[str, Any]:
    kept = {**field, "_id": _next_id(message_id, numbers)}
    if kept.get("type") == "text":
        kept = {"minSize": 1, "maxSize": 128, **kept}
    if kept.get("options") is not None:
        kept["options"] = [{"_id": _next_id(message_id, numbers), **option} for option in kept["options"]]
    return kept


def _next_id(message_id: str, numbers: Iterable[int]) -> str:
    return numbered(message_id, next(iter(numbers)))


def _fallback(message: Message) -> str:
    """Give the text that stands for a message where a channel shows text alone."""
    if message["type"] == "location":
        place = message["coordinates"]
        return f"Location shared:\nhttps://maps.google.com/maps?q={place['lat']},{place['long']}"
    if message["type"] in ("carousel", "list"):
        return "\n".join(_item_text(number, item) for number, item in enumerate(message["items"], 1))
    return ""


def _item_text(number: int, item: Mapping[str, Any]) -> str:
    links = [f"{action['text']}: {action['uri']}" for action in item["actions"] if action.get("type") == "link"]
    return "\n".join([f"{number}. {item['title']}", *filter(None, [item.get("description")]), *links])


# --- showing ---------------------------------------------------------------------------------------------------------

V1_OF_USER = (
    *("_id", "type", "text", "mediaUrl", "mediaType", "payload", "metadata"),
    *("role", "authorId", "name", "received", "source"),
)
V1_PLACE = ("text", "authorId", "received", "type", "coordinates", "role", "_id", "source")
V1_OF_BOT = (
    *("items", "text", "mediaUrl", "mediaType", "coordinates", "actions", "metadata"),
    *("type", "role", "received", "name", "authorId", "avatarUrl", "_id", "source"),
)
"""Order of keys in v1, as in the documentation's examples. They name nobody on a location and no type of an image."""

V11 = (
    *("type", "text", "payload", "mediaUrl", "mediaType", "altText", "coordinates", "location", "items"),
    *("displaySettings", "fields", "textFallback", "quotedMessage", "submitted", "blockChatInput", "actions"),
    *("metadata", "role", "received", "name", "authorId", "avatarUrl", "mediaSize", "_id", "source"),
)
"""Order of keys in v1.1, as far as it was captured."""

REST = (
    *("_id", "authorId", "role", "type", "name", "text", "mediaUrl", "mediaType", "mediaSize", "altText", "avatarUrl"),
    *("received", "source", "coordinates", "location", "items", "displaySettings", "fields", "submitted"),
    *("blockChatInput", "textFallback", "quotedMessage", "actions", "payload", "metadata"),
)

ITEM = ("title", "description", "size", "mediaUrl", "mediaType", "altText", "metadata", "_id", "actions")
V1_ACTION = ("text", "payload", "amount", "currency", "state", "default", "uri", "iconUrl", "metadata", "_id", "type")
V11_ACTION = (
    *("text", "payload", "amount", "currency", "state", "default", "iconUrl", "fallback", "size", "openOnReceive"),
    *("metadata", "extraChannelOptions", "type", "_id", "uri"),
)
REST_ACTION = ("_id", "type", *(name for name in V11_ACTION if name not in ("_id", "type")))


def shown(message: Message, version: str) -> dict[str, Any]:
    """Give a message as webhooks of that version show it."""
    if version == "v1":
        return _v1(message)
    return _in_order(message, V11, V11_ACTION, has_uri=True)


def answered(message: Message, version: str) -> dict[str, Any]:
    """Give a message as the REST API shows it."""
    return _in_order(message, REST, REST_ACTION, has_uri=version != "v1")


def shown_action(action: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Give an action as webhooks of that version show it."""
    return _action(action, V1_ACTION if version == "v1" else V11_ACTION, has_uri=version != "v1")


def _v1(message: Message) -> dict[str, Any]:
    kept = dict(message)
    order: tuple[str, ...] = V1_OF_BOT
    if message["role"] == "appUser":
        order = V1_PLACE if message["type"] == "location" else V1_OF_USER
        if message["type"] == "image":
            kept.pop("mediaType", None)
    if not kept.get("text") or kept["type"] in ("carousel", "list"):
        kept.pop("text", None)
    kept["source"] = {"type": message["source"]["type"]}
    return _in_order(kept, order, V1_ACTION, has_uri=False)


def _in_order(message: Message, order: tuple[str, ...], actions: tuple[str, ...], *, has_uri: bool) -> dict[str, Any]:
    ready = {**message, "received": seconds(message["received_ms"])}
    quoted = ready.get("quotedMessage")
    if quoted is not None and "content" in quoted:
        content = _in_order(quoted["content"], order, actions, has_uri=has_uri)
        ready["quotedMessage"] = {**quoted, "content": content}
    if ready.get("actions") is not None:
        ready["actions"] = [_action(action, actions, has_uri=has_uri) for action in ready["actions"]]
    if ready.get("items") is not None:
        listed = [
            {**item, "actions": [_action(action, actions, has_uri=has_uri) for action in item["actions"]]}
            for item in ready["items"]
        ]
        ready["items"] = [{name: item[name] for name in ITEM if item.get(name) is not None} for item in listed]
    return {name: ready[name] for name in order if ready.get(name) is not None}


def _action(action: Mapping[str, Any], order: tuple[str, ...], *, has_uri: bool) -> dict[str, Any]:
    if has_uri and action.get("type") in ("postback", "reply"):
        # v1.1 was seen to write an empty one where there is none.
        action = {"uri": "", **action}
    return {name: action[name] for name in order if action.get(name) is not None}


FILTERS: Mapping[str, Callable[..., Any]] = {
    "seconds": seconds,
    "from_user": from_user,
    "from_bot": from_bot,
    "external_id": external_id,
    "shown": shown,
    "shown_action": shown_action,
}
