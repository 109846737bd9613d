"""Messages as the world keeps them: their rows, what becomes of them, the events about that, how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.providers.birdplatform import content, people
from simulator.records import ApiCall
from simulator.units import iso8601
from simulator.world import Effect, Emit, Put, Row, World

TABLE = "messages"
"""The key is the id. A row holds the content under `content`, by the name of its kind."""

DAY_MS = 86_400_000

ECHOED = ("tags", "metadata")
"""What a call gives to a message, and every event about it has."""

FAILURES: Mapping[str, tuple[str, str]] = {
    "service_window_expired": ("failed", "More than 24 hours have passed since the recipient last replied."),
    "undeliverable": ("failed", "Message could not be delivered."),
    "insufficient_balance": ("rejected", "The workspace wallet could not fund the send."),
    "unreachable": ("undelivered", "The handset is off or outside coverage."),
}
"""Why a message does not arrive → the status it ends with, and the words; the words are chosen."""


def instant(ms: int) -> str:
    """Give a time as the platform writes it: with milliseconds where there are any."""
    text = iso8601(ms)
    return text.replace(".000Z", "Z")


def all_of(world: World, channel: str) -> list[Row]:
    """Give the messages of a channel, oldest first; what a story gives as one must say as much as those really sent."""
    return [row for _, row in world.rows(TABLE) if row.get("channel") == channel and "statuses" in row]


def find(world: World, channel: str, message_id: str) -> Row | None:
    """Give the message of that id on a channel, or None."""
    row = world.get(TABLE, message_id)
    return row if row is not None and row.get("channel") == channel and "statuses" in row else None


def received(
    message_id: str, channel: str, *, user: Row, world: World, at_ms: int, said: Mapping[str, Any]
) -> dict[str, Any]:
    """Give the row of what a person sent; `said` is its content by the name of its kind, and what it answers."""
    return {
        "id": message_id,
        "channel": channel,
        "direction": "inbound",
        "user": user["id"],
        "from": people.sender(user) if channel == "whatsapp" else user["phone"],
        "to": _own(world, channel),
        "content": said,
        "statuses": ((at_ms, "received"),),
        "error": None,
        "tags": None,
        "metadata": None,
        "category": None,
        "created_ms": at_ms,
        "read_ms": None,
        "reactions": (),
    }


def sent(
    call: ApiCall,
    world: World,
    ids: Ids,
    *,
    channel: str,
    user: Row,
    said: Mapping[str, Any],
    category: str | None = None,
) -> dict[str, Any]:
    """Give the row of what the bot says, with all that will become of it."""
    statuses, failure = _statuses(call, world, ids, channel=channel, user=user, is_template="template" in said)
    return {
        "id": ids.give("wam" if channel == "whatsapp" else "sms"),
        "channel": channel,
        "direction": "outbound",
        "user": user["id"],
        "from": _own(world, channel),
        "to": people.receiver(user) if channel == "whatsapp" else user["phone"],
        "content": said,
        "statuses": statuses,
        "error": failure,
        "tags": call.fields.get("tags"),
        "metadata": call.fields.get("metadata"),
        "category": category,
        "created_ms": call.at_ms,
        "read_ms": None,
        "reactions": (),
    }


def _own(world: World, channel: str) -> Any:
    number = people.own_number(world, channel)
    return {"phone_number": number} if channel == "whatsapp" else number


def _statuses(
    call: ApiCall, world: World, ids: Ids, *, channel: str, user: Row, is_template: bool
) -> tuple[tuple[tuple[int, str], ...], str | None]:
    accepted = (call.at_ms, "accepted")
    handed_ms = call.at_ms + ids.give("sent_after")
    done_ms = call.at_ms + ids.give("delivered_after")
    failure = None
    if channel == "whatsapp" and not is_template and is_window_closed(user, world, call.at_ms):
        failure = "service_window_expired"
    match world.options["receipts"]:
        case _ if failure is not None:
            return (accepted, (handed_ms, "failed")), failure
        case "nothing":
            return (accepted,), None
        case "sent":
            return (accepted, (handed_ms, "sent")), None
        case "failed" if channel == "whatsapp":
            return (accepted, (handed_ms, "sent"), (done_ms, "failed")), "undeliverable"
        case "failed":
            return (accepted, (handed_ms, "sent"), (done_ms, "undelivered")), "unreachable"
        case "rejected":
            return ((call.at_ms, "rejected"),), "insufficient_balance"
        case _:
            return (accepted, (handed_ms, "sent"), (done_ms, "delivered")), None


def is_window_closed(user: Row, world: World, at_ms: int) -> bool:
    """True where WhatsApp takes nothing but templates: the person has not written within a day."""
    wrote_ms = user.get("wrote_ms")
    return bool(world.options["service_window"]) and (wrote_ms is None or at_ms - int(wrote_ms) >= DAY_MS)


def is_lost(row: Mapping[str, Any]) -> bool:
    """True where a message will not reach the person."""
    return row["error"] is not None


def events_of(row: Mapping[str, Any], at_ms: int) -> tuple[Effect, ...]:
    """Give the events of what becomes of a message, each at its time."""
    found = []
    for since_ms, status in row["statuses"]:
        lag_ms = (since_ms - at_ms, since_ms - at_ms)
        values = {**about(row), "error": _error_at(row, status, since_ms)}
        found.append(Emit(type=f"{row['channel']}.{status}", values=values, user=row["user"], after_ms=lag_ms))
    return tuple(found)


def about(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what every event about a message says of it."""
    answered = row["content"].get("in_reply_to_message_id")
    echoed = {name: row[name] for name in ECHOED}
    said = {"text": row["content"].get("text", "…")} if row["channel"] == "sms" else {}
    return {"id": row["id"], "from": row["from"], "to": row["to"], **echoed, "in_reply_to_message_id": answered, **said}


def put(row: Mapping[str, Any]) -> Put:
    """Give the effect by which a message is kept."""
    return Put(table=TABLE, key=row["id"], row=row)


# --- how they are read -----------------------------------------------------------------------------------------------


def status_at(row: Mapping[str, Any], at_ms: int) -> str:
    """Give the status of a message at that time."""
    past = [status for since_ms, status in row["statuses"] if since_ms <= at_ms]
    return str(past[-1] if past else row["statuses"][0][1])


def times_at(row: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """Give when a message was sent and delivered, as far as it has come by then."""
    reached = {status: since_ms for since_ms, status in row["statuses"] if since_ms <= at_ms}
    found: dict[str, Any] = {"created_at": instant(row["created_ms"])}
    for name, status in (("sent_at", "sent"), ("delivered_at", "delivered")):
        found[name] = instant(reached[status]) if status in reached else None
    return found


def error_now(row: Mapping[str, Any], at_ms: int) -> dict[str, Any] | None:
    """Give why a message has failed by that time; None where it has not."""
    since_ms, status = row["statuses"][-1]
    return _error_at(row, status, since_ms) if since_ms <= at_ms else None


def _error_at(row: Mapping[str, Any], status: str, since_ms: int) -> dict[str, Any] | None:
    if row["error"] is None or FAILURES[row["error"]][0] != status:
        return None
    return {"code": row["error"], "description": FAILURES[row["error"]][1], "occurred_at": instant(since_ms)}


def whatsapp(row: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """Give a WhatsApp message as the REST API shows it."""
    shown = {name: row[name] for name in ("id", "direction", "from", "to")}
    for kind, value in row["content"].items():
        shown[kind] = content.shown(kind, value) if row["direction"] == "outbound" else value
    if row["reactions"]:
        shown["reactions"] = [dict(each) for each in row["reactions"]]
    shown["status"] = status_at(row, at_ms)
    error = error_now(row, at_ms)
    if error is not None:
        shown["last_error"] = error
    read_at = instant(row["read_ms"]) if row["read_ms"] is not None and row["read_ms"] <= at_ms else None
    shown |= {**times_at(row, at_ms), "read_at": read_at, "cost": None}
    return shown | {name: row[name] for name in ECHOED if row[name] is not None}
