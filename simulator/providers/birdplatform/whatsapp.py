"""WhatsApp messages of the REST API: sent, listed, read, reacted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.birdplatform import checks, content, interactive, messages, pages, people
from simulator.providers.birdplatform.refusals import Detail, Fault, fields_of, invalid, refused
from simulator.providers.birdplatform.sending import accepted, answer
from simulator.records import ApiCall
from simulator.world import Row, World

CHANNEL = "whatsapp"

RESOLVED_MS = 15 * messages.DAY_MS
"""So long a message can be answered and reacted to. Source: the SDK, on quoting and on reactions."""


def send_whatsapp(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a message to one person."""
    fields = fields_of(call)
    fault = invalid(_send_faults(fields, world)) or _whole_fault(fields, call, world)
    if fault is not None:
        return refused(call, fault)
    kind = content.kind_of(fields)
    said = {name: fields[name] for name in (kind, "in_reply_to_message_id") if fields.get(name) is not None}
    row, heard, effects = accepted(call, world, ids, channel=CHANNEL, said=said)
    return answer("send_whatsapp", messages.whatsapp(row, call.at_ms), heard, effects)


def _send_faults(fields: Mapping[str, Any], world: World) -> list[Detail]:
    found = list(checks.text(fields, "to", ""))
    if not found and not (people.PHONE.fullmatch(fields["to"]) or people.SCOPED_ID.fullmatch(fields["to"])):
        found.append(Detail("to", "to must be a phone number in E.164 format or a business-scoped user ID"))
    found += content.faults(fields, world.limits)
    if fields.get("template") is None or fields.get("from") is not None:
        found += checks.text(fields, "from", "")
    found += checks.text(fields, "in_reply_to_message_id", "", needed=False)
    return [*found, *checks.labels(fields, world.limits)]


def _whole_fault(fields: Mapping[str, Any], call: ApiCall, world: World) -> Fault | None:
    """Give what only the whole of a message shows, or what the world says of it."""
    if fields.get("from") not in (None, people.own_number(world, CHANNEL)):
        return Fault("sender_not_connected", param="from")
    tapped = fields.get("interactive")
    name = interactive.refusal(tapped, world.limits) if tapped is not None else ""
    if name:
        return Fault(name, param="interactive")
    quoted = fields.get("in_reply_to_message_id")
    if quoted is not None and resolved(world, quoted, call.at_ms) is None:
        return Fault("quoted_not_found", param="in_reply_to_message_id")
    return None


def resolved(world: World, message_id: str, at_ms: int) -> Row | None:
    """Give a message that WhatsApp can still find, or None."""
    row = messages.find(world, CHANNEL, message_id)
    return row if row is not None and at_ms - row["created_ms"] < RESOLVED_MS else None


# --- what there is ---------------------------------------------------------------------------------------------------


def list_whatsapp(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the messages, newest first, of those whom and of what is asked for."""
    shown = [messages.whatsapp(row, call.at_ms) for row in reversed(messages.all_of(world, CHANNEL))]
    return pages.page(call, [each for each in shown if _is_wanted(each, call)], "list_whatsapp")


def _is_wanted(shown: Mapping[str, Any], call: ApiCall) -> bool:
    sides = {"to": shown["to"], "from": shown["from"]}
    for name, address in sides.items():
        if call.query.get(name) not in (None, address.get("phone_number"), address.get("bsuid")):
            return False
    for name in ("phone_number", "bsuid"):
        if name in call.query and call.query[name] not in [address.get(name) for address in sides.values()]:
            return False
    return pages.is_wanted(shown, call)


def get_whatsapp(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one message as it stands now."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    return ApiResponse(template="get_whatsapp", values={"message": messages.whatsapp(row, call.at_ms)})


def list_whatsapp_events(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give what became of a message so far, oldest first."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    happened = list(row["statuses"])
    if row["direction"] == "outbound" and row["read_ms"] is not None:
        happened.append((row["read_ms"], "read"))
    values = {"events": pages.timeline(row, happened, call, prefix="ev")}
    return ApiResponse(template="list_whatsapp_events", values=values)


def mark_whatsapp_read(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Acknowledge what a person wrote, and show her that an answer is being written where that is asked for."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    is_typing = fields_of(call).get("typing_indicator", False)
    if not isinstance(is_typing, bool):
        return refused(call, Fault("validation", "typing_indicator must be a boolean", "typing_indicator"))
    if row["direction"] != "inbound":
        return refused(call, Fault("not_inbound", param="message_id"))
    effects = (messages.put({**row, "read_ms": call.at_ms}),)
    values = {"typing": is_typing, "reached": [row["user"]] if is_typing else []}
    return ApiResponse(status=202, template="mark_whatsapp_read", values=values, effects=effects)


# --- reactions -------------------------------------------------------------------------------------------------------


def set_whatsapp_reaction(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Put an emoji on what a person wrote, in place of the one that is there."""
    emoji = fields_of(call).get("emoji")
    wrong = list(checks.text(fields_of(call), "emoji", "", world.limits["emoji"]))
    row = resolved(world, call.params["messageId"], call.at_ms)
    fault = invalid(wrong) or _reaction_fault(row)
    if fault is not None or row is None:
        return refused(call, fault or Fault("not_found"))
    others = _others(row, world)
    own = {"emoji": emoji, "from": {"phone_number": people.own_number(world, CHANNEL)}}
    kind = content.kind_of(row["content"])
    about = {"message_id": row["id"], "about": content.words(kind, row["content"].get(kind))}
    values = {"id": ids.give("war"), "emoji": emoji, "reached": [row["user"]], **about}
    effects = (messages.put({**row, "reactions": (*others, own)}),)
    return ApiResponse(status=202, template="set_whatsapp_reaction", values=values, effects=effects)


def remove_whatsapp_reaction(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take the own emoji back; where there is none, nothing is changed."""
    row = resolved(world, call.params["messageId"], call.at_ms)
    fault = _reaction_fault(row)
    if fault is not None or row is None:
        return refused(call, fault or Fault("not_found"))
    effects = (messages.put({**row, "reactions": _others(row, world)}),)
    return ApiResponse(status=202, template="remove_whatsapp_reaction", effects=effects)


def _reaction_fault(row: Row | None) -> Fault | None:
    if row is None:
        return Fault("not_found", "the message does not exist, or is too old")
    return Fault("not_inbound", param="message_id") if row["direction"] != "inbound" else None


def _others(row: Row, world: World) -> tuple[Mapping[str, Any], ...]:
    own = people.own_number(world, CHANNEL)
    return tuple(each for each in row["reactions"] if each["from"].get("phone_number") != own)


def _row(call: ApiCall, world: World) -> Row | None:
    return messages.find(world, CHANNEL, call.params["messageId"])


def _missing(call: ApiCall) -> ApiResponse:
    return refused(call, Fault("not_found", "the message does not exist"))
