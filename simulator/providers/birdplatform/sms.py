"""Text messages of the REST API: sent, listed, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.birdplatform import checks, messages, pages, people, segments
from simulator.providers.birdplatform.refusals import Detail, Fault, fields_of, invalid, refused
from simulator.providers.birdplatform.sending import accepted, answer
from simulator.records import ApiCall
from simulator.world import Row, World

CHANNEL = "sms"

CATEGORIES = ("transactional", "marketing", "authentication", "service")

UNSUPPORTED = (
    *("media_urls", "scheduled_at", "broadcast_id", "campaign_id", "audience_id", "contact_id", "topic_id"),
    "personalization",
)
"""Fields that are announced and refused. Source: the SDK, on each of them."""

TEMPLATE_FIELDS = (
    "requested_language",
    "resolved_language",
    "template_id",
    "template_version_id",
    "template_content_hash",
)
"""What a message says about its template; all null where it has none."""


def send_sms(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take a text to one number."""
    fields = fields_of(call)
    fault = invalid(_faults(fields, world)) or _named_fault(fields, world)
    if fault is not None:
        return refused(call, fault)
    is_template = fields.get("template") is not None
    said = {"template": fields["template"]} if is_template else {"text": fields["text"]}
    category = "transactional" if is_template else fields["category"]
    row, heard, effects = accepted(call, world, ids, channel=CHANNEL, said=said, category=category)
    return answer("send_sms", shown(row, call.at_ms), heard, effects)


def _faults(fields: Mapping[str, Any], world: World) -> list[Detail]:
    found = list(checks.text(fields, "to", ""))
    text, template = fields.get("text"), fields.get("template")
    if (text is None) == (template is None):
        found.append(Detail("text", "exactly one of text and template is required"))
    elif template is not None:
        named = [name for name in ("id", "slug") if isinstance(template, Mapping) and template.get(name)]
        if len(named) != 1:
            found.append(Detail("template", "exactly one of template.id and template.slug is required"))
    else:
        found += checks.text(fields, "text", "")
        found += checks.text(fields, "from", "")
        if fields.get("category") not in CATEGORIES:
            found.append(Detail("category", f"category must be one of {', '.join(CATEGORIES)}"))
        if isinstance(text, str) and segments.of(text)["count"] > world.limits["segments"]:
            found.append(Detail("text", f"text must have at most {world.limits['segments']} segments"))
    return [*found, *checks.labels(fields, world.limits)]


def _named_fault(fields: Mapping[str, Any], world: World) -> Fault | None:
    """Give the fault that has a name of its own."""
    unsupported = next((name for name in UNSUPPORTED if fields.get(name) is not None), "")
    if unsupported:
        return Fault("sms_unsupported", param=unsupported)
    if not people.PHONE.fullmatch(fields["to"]):
        return Fault("sms_invalid_recipient", param="to")
    if fields.get("from") not in (None, people.own_number(world, CHANNEL)):
        return Fault("sms_sender_not_configured", param="from")
    return None


def shown(row: Mapping[str, Any], at_ms: int) -> dict[str, Any]:
    """Give a text message as the REST API shows it."""
    text = said(row)
    found = {name: row[name] for name in ("id", "direction")}
    found |= {"status": messages.status_at(row, at_ms), "to": row["to"], "from": row["from"], "text": text}
    if row["category"]:
        found["category"] = row["category"]
    found |= dict.fromkeys(TEMPLATE_FIELDS)
    found |= {"segments": segments.of(text), "cost": None}
    found |= {name: row[name] for name in messages.ECHOED if row[name] is not None}
    error = messages.error_now(row, at_ms)
    if error is not None:
        found["last_error"] = error
    person = row["from"] if row["direction"] == "inbound" else row["to"]
    if people.country_of(person):
        found["country_code"] = people.country_of(person)
    return found | messages.times_at(row, at_ms)


def said(row: Mapping[str, Any]) -> str:
    """Give the words of a message; those of a template are not known here."""
    text = row["content"].get("text")
    return str(text) if text is not None else "…"


def list_sms(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the messages, newest first, of those whom and of what is asked for."""
    found = [shown(row, call.at_ms) for row in reversed(messages.all_of(world, CHANNEL))]
    named = {"to": "to", "from": "from", "category": "category", "country": "country_code"}
    wanted = [
        each
        for each in found
        if all(call.query.get(name, each.get(field)) == each.get(field) for name, field in named.items())
        and pages.is_wanted(each, call)
    ]
    return pages.page(call, wanted, "list_sms")


def get_sms(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give one message as it stands now."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    return ApiResponse(template="get_sms", values={"message": shown(row, call.at_ms)})


def list_sms_events(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give what became of a message so far, oldest first."""
    row = _row(call, world)
    if row is None:
        return _missing(call)
    # Of what people write there is nothing to follow.
    happened = row["statuses"] if row["direction"] == "outbound" else ()
    values = {"events": pages.timeline(row, happened, call, prefix="evt")}
    return ApiResponse(template="list_sms_events", values=values)


def _row(call: ApiCall, world: World) -> Row | None:
    return messages.find(world, CHANNEL, call.params["messageId"])


def _missing(call: ApiCall) -> ApiResponse:
    return refused(call, Fault("not_found", "the message does not exist"))
