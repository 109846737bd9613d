"""What a person does with a message of the business beyond writing back: she fills in a form, or pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.providers.smooch.messages import Message, from_user, numbered
from simulator.providers.smooch.people import SDK_CHANNELS, channel_of
from simulator.world import Row

FORM_CHANNEL = "web"
"""Where forms are shown, unless a person uses another client of Smooch's own."""


def filled(
    form: Message,
    user: Row,
    message_id: str,
    received_ms: int,
    options: Mapping[str, Any],
    account: Mapping[str, Any],
) -> dict[str, Any]:
    """Give the message by which a person answers a form: her own data where it is asked for, else what fits."""
    channel = channel_of(user, options)
    writer = user if channel in SDK_CHANNELS else {**user, "channel": FORM_CHANNEL}
    answers = [_answer(field, user) for field in form["fields"]]
    fallback = "\n".join(f"{answer['label']}: {_told(answer)}" for answer in answers)
    content = {
        "type": "formResponse",
        "textFallback": fallback,
        "quotedMessage": {"type": "message", "content": submitted(form)},
        **({"text": fallback} if options["form_text"] == "fallback" else {}),
    }
    message = from_user(content, writer, message_id, received_ms, options, account)
    return {**message, "fields": _with_ids(answers, message["_id"])}


def submitted(form: Message) -> dict[str, Any]:
    """Give a form as it stands once it was answered."""
    return {**form, "submitted": True}


def paid(message: Message, action_id: str = "") -> dict[str, Any]:
    """Give a message of which a buy button was paid: the one of that id, or all."""

    def settled(actions: Any) -> list[dict[str, Any]]:
        return [_settled(action) if action_id in ("", action["_id"]) else dict(action) for action in actions]

    after = dict(message)
    if message.get("actions"):
        after["actions"] = settled(message["actions"])
    if message.get("items"):
        after["items"] = [{**item, "actions": settled(item["actions"])} for item in message["items"]]
    return after


def _settled(action: Mapping[str, Any]) -> dict[str, Any]:
    return {**action, "state": "paid"} if action.get("type") == "buy" else dict(action)


def _answer(field: Mapping[str, Any], user: Row) -> dict[str, Any]:
    known = {name: field.get(name) for name in ("type", "name", "label")}
    if field["type"] == "email":
        return {**known, "email": _email(user)}
    if field["type"] == "select":
        chosen = field["options"][-1]
        return {**known, "select": [{"name": chosen["name"], "label": chosen.get("label", chosen["name"])}]}
    text = user["name"] if "name" in str(field["name"]).casefold() else "yes"
    return {**known, "text": text[: field.get("maxSize", 128)]}


def _email(user: Row) -> str:
    candidates = (user.get("email"), user.get("userId"))
    return next((each for each in candidates if each and "@" in each), f"{user['id']}@example.com")


def _told(answer: Mapping[str, Any]) -> str:
    if answer["type"] == "select":
        return ", ".join(str(each["label"]) for each in answer["select"])
    return str(answer[answer["type"]])


def _with_ids(answers: list[dict[str, Any]], message_id: str) -> list[dict[str, Any]]:
    """Give the answers with their ids, and those of what was chosen; all of them follow the message's own."""
    number, found = 0, []
    for answer in answers:
        number += 1
        kept = {"_id": numbered(message_id, number), **answer}
        if "select" in kept:
            chosen = []
            for each in kept["select"]:
                number += 1
                chosen.append({"_id": numbered(message_id, number), **each})
            kept["select"] = chosen
        found.append(kept)
    return found


FILTERS: Mapping[str, Callable[..., Any]] = {"filled": filled, "paid": paid}
