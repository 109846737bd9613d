"""What an actor does → the events that Smooch sends about it, and what the service then knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.ids import Ids
from simulator.provider import Act, Occurrence
from simulator.providers.smooch.app import account_of, as_kept, echoes_postbacks
from simulator.providers.smooch.audience import spread
from simulator.providers.smooch.filled import filled, paid, submitted
from simulator.providers.smooch.history import (
    CONVERSATIONS,
    conversation_with,
    messages_with,
    put_conversation,
    put_message,
)
from simulator.providers.smooch.menu import postback_of
from simulator.providers.smooch.messages import from_user, media_type
from simulator.providers.smooch.people import channel_of, integration_of
from simulator.providers.smooch.postbacks import offered
from simulator.providers.smooch.ways import REFERRING, WITHOUT_RECEIPTS, WITHOUT_START
from simulator.providers.smooch.ways import referral as referral_of
from simulator.records import Button
from simulator.world import Effect, Row, World


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One event, before it is known which webhooks get it in which form."""

    type: str
    values: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()


def acts(act: Act, world: World, ids: Ids) -> tuple[Occurrence, ...] | None:
    """
    Give the events of an act; none where nothing comes of it, None where an actor of Smooch cannot do that.

    There is one event for each form in which webhooks want it. A native event, given as the verb `event`, has the same
    effects as the act that leads to it. Who was deleted, or merged into somebody else, can do nothing any more.
    """
    maker = MAKERS.get(act.verb)
    if maker is None or act.extra.get("in") or not act.user:
        return None
    return tuple(each for happening in maker(act, world, ids) for each in _occurrences(happening, world))


def _occurrences(happening: Happening, world: World) -> Iterator[Occurrence]:
    trigger = happening.type.partition("/")[0]
    effects = happening.effects
    for values in spread(world, trigger, happening.values):
        yield Occurrence(type=happening.type, values=values, effects=effects)
        effects = ()


# --- messages --------------------------------------------------------------------------------------------------------


def _message(kind: str, act: Act, world: World, ids: Ids, **content: Any) -> tuple[Happening, ...]:
    user = world.get("users", act.user["id"]) or act.user
    content = {**content, "text": as_kept(content["text"], world)} if "text" in content else content
    message = from_user(
        {"type": kind, **content},
        user,
        ids.give("message"),
        ids.give("received"),
        world.options,
        account_of(world),
    )
    effects = (put_message(user, message), _begun(user, world))
    return (Happening(type=f"message:appUser/{kind}", values={"message": message}, effects=effects),)


def _begun(user: Row, world: World) -> Effect:
    return put_conversation(world, user, unread=conversation_with(world, user)["unread"])


def _text(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    # A link is text like any other.
    return _message("text", act, world, ids, text=str(act.value))


def _image(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    return _message("image", act, world, ids, **_media(act, "image/jpeg"))


def _file(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    return _message("file", act, world, ids, **_media(act, "application/octet-stream"))


def _video(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    # There are no messages of sound or video: they come as files.
    return _message("file", act, world, ids, **_media(act, "video/mp4"))


def _audio(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    return _message("file", act, world, ids, **_media(act, "audio/mpeg"))


def _media(act: Act, otherwise: str) -> dict[str, Any]:
    given = act.value if isinstance(act.value, Mapping) else {"url": str(act.value)}
    url = str(given["url"])
    family = otherwise.partition("/")[0]
    candidates = [given.get("content_type"), media_type(url)]
    if act.verb in ("video", "audio"):
        candidates = [each for each in candidates if each is not None and each.startswith(family)]
    kind = next(filter(None, candidates), otherwise)
    return {
        "text": str(act.extra.get("text") or ""),
        "mediaUrl": url,
        "mediaType": kind,
        "mediaSize": given.get("size"),
    }


def _location(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    return _message("location", act, world, ids, coordinates={"lat": act.value["lat"], "long": act.value["lon"]})


# --- actions ---------------------------------------------------------------------------------------------------------


def _tap(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    """A reply answers with its payload, a postback tells of itself, a request sends the place; a link tells nothing."""
    button: Button = act.value
    user = world.get("users", act.user["id"]) or act.user
    if button.kind == "location":
        place = {"lat": user["latitude"], "long": user["longitude"]}
        return _message("location", act, world, ids, coordinates=place)
    message, action = _offered(button, user, world)
    if action.get("type") == "buy":
        return (_payment(message, action, user, world),)
    if button.kind != "reply":
        return ()
    if action.get("type") != "postback":
        beside = {"metadata": action["metadata"]} if action.get("metadata") else {}
        return _message("text", act, world, ids, text=button.label, payload=button.payload, **beside)
    tapped = Happening(type="postback", values={"message": message, "action": action}, effects=(_begun(user, world),))
    if not echoes_postbacks(world):
        return (tapped,)
    return (tapped, *_message("text", act, world, ids, text=button.label))


def _offered(button: Button, user: Row, world: World) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give the latest message that has this button, and the action that it is; empty ones where there is none."""
    for message, action in offered(user, world):
        # What is bought has no payload.
        payload = button.payload if action.get("type") == "buy" else action.get("payload")
        if (action.get("text"), payload) == (button.label, button.payload):
            return message, action
    return {}, {}


def _payment(message: Mapping[str, Any], action: Mapping[str, Any], user: Row, world: World) -> Happening:
    after = paid(message, action["_id"])
    values = {"message": after, "action": {**action, "state": "paid"}}
    return Happening(type="payment:success", values=values, effects=(put_message(user, after), _begun(user, world)))


# --- the conversation itself -----------------------------------------------------------------------------------------


def _opens(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    """Opting in on a channel; where there is a conversation already, what the way in carried is told by itself."""
    channel = channel_of(act.user, world.options)
    given = act.value if isinstance(act.value, Mapping) else {}
    code = given.get("context", act.extra.get("context"))
    referral = referral_of(str(code), channel) if code is not None and channel in REFERRING else None
    if referral is not None and world.get(CONVERSATIONS, act.user["id"]) is not None:
        return (Happening(type="conversation:referral", values={"referral": referral}),)
    if channel in WITHOUT_START:
        return ()
    return (Happening(type="conversation:start", values={"referral": referral}, effects=(_begun(act.user, world),)),)


def _reads(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    """One event for all that was unread; none where all was read before, or where the channel does not tell."""
    is_untold = channel_of(act.user, world.options) in WITHOUT_RECEIPTS
    if is_untold or not conversation_with(world, act.user)["unread"]:
        return ()
    return (Happening(type="conversation:read", effects=(put_conversation(world, act.user, unread=0),)),)


def _types(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    activity = "typing:start" if act.value in (True, None, "true") else "typing:stop"
    return (Happening(type="typing:appUser", values={"activity": activity}),)


def _native(act: Act, world: World, ids: Ids) -> tuple[Happening, ...]:
    event_type = str(act.value)
    maker = OWN_MAKERS.get(event_type)
    made = maker(act, world, ids) if maker is not None else None
    if made is not None:
        return (made,)
    effects: tuple[Effect, ...] = ()
    if event_type == "conversation:read":
        effects = (put_conversation(world, act.user, unread=0),)
    elif event_type.startswith(("message:appUser", "conversation:", "postback")):
        effects = (_begun(act.user, world),)
    return (Happening(type=event_type, effects=effects),)


def _form_response(act: Act, world: World, ids: Ids) -> Happening | None:
    """The latest form that she has not answered yet."""
    user = act.user
    forms = [message for message in messages_with(world, user) if message["type"] == "form"]
    form = next((message for message in reversed(forms) if not message["submitted"]), None)
    if form is None:
        return None
    message = filled(form, user, ids.give("message"), ids.give("received"), world.options, account_of(world))
    effects = (put_message(user, submitted(form)), put_message(user, message), _begun(user, world))
    return Happening(type="message:appUser/formResponse", values={"message": message}, effects=effects)


def _payment_success(act: Act, world: World, ids: Ids) -> Happening | None:
    """The latest thing that she was offered to buy, and has not paid yet."""
    for message, action in offered(act.user, world):
        if (action.get("type"), action.get("state")) == ("buy", "offered"):
            return _payment(message, action, act.user, world)
    return None


def _menu(act: Act, world: World, ids: Ids) -> Happening | None:
    """The first postback of the menu that the bot has made."""
    action = postback_of(world, integration_of(channel_of(act.user, world.options), account_of(world)))
    if action is None:
        return None
    return Happening(type="postback/menu", values={"action": action}, effects=(_begun(act.user, world),))


OWN_MAKERS: Mapping[str, Callable[[Act, World, Ids], Happening | None]] = {
    "message:appUser/formResponse": _form_response,
    "payment:success": _payment_success,
    "postback/menu": _menu,
}
"""Native event → what it comes from, where the bot gave occasion for it; else it is drawn."""

MAKERS: Mapping[str, Callable[[Act, World, Ids], tuple[Happening, ...]]] = {
    "text": _text,
    "url": _text,
    "image": _image,
    "file": _file,
    "video": _video,
    "audio": _audio,
    "location": _location,
    "tap": _tap,
    "opens": _opens,
    "reads": _reads,
    "types": _types,
    "event": _native,
}
