"""A small provider that exists in tests alone: its folder in a temporary one, its declaration beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simulator.catalog import BodyStyle, Catalog, DeliveryPolicy, ErrorFact, EventFact, FieldFact
from simulator.ids import Ids
from simulator.provider import ApiResponse, Provider, Route, Signed
from simulator.records import ApiCall
from simulator.world import Put, World

TEXT_TEMPLATE = """
{
  "type": "text",
  "id": {{ ids.event() | json }},
  "token": {{ ids.token() }},
  "at": {{ now }}, "at_s": {{ now | unix_s }}, "at_text": {{ now | iso8601 | json }},
  "attempt": {{ attempt }},
  "user": {{ user | card | json }},
  "account": {{ account.name | json }},
  "option": {{ options.mode | json }},
  {% if present("maybe") %}"maybe": true,{% endif %}
  {% if present("likely") %}"likely": true,{% endif %}
  "text": {{ event.text | json }},
  "words": {{ event.words | json }},
  "twice": {{ event.twice | json }}
}
"""

VALUES = {
    "text": "fake.sentence()",
    "words": "[fake.word(), fake.word()]",
    "twice": "event.words ~ '/' ~ event.text",
}

API_TEMPLATES = {
    "send": '{"ok": true, "id": {{ ids.message() | json }}, "text": {{ answer.text | json }}, "at": {{ now }}}',
    "get_user": '{"user": {{ answer.user | json }}}',
    "error": '{"ok": false, "error": {{ answer.name | json }}, "detail": {{ answer.detail | json }}}',
}


def folder(root: Path, templates: Mapping[str, str] = MappingProxyType({})) -> Path:
    """Write the provider's folder and give it; `templates` are more files, or others in place of its own."""
    files = {
        "events/text.json.j2": TEXT_TEMPLATE,
        **{f"api/{name}.json.j2": text for name, text in API_TEMPLATES.items()},
    }
    top = root / "templates" / "sample"
    for name, text in {**files, **templates}.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return top


def event_fact(top: Path, name: str, values: Mapping[str, str] = MappingProxyType({})) -> EventFact:
    """Give the facts of an event type whose template lies in that folder."""
    fields = {
        "maybe": FieldFact(path="maybe", type="boolean", presence="optional 50%", chance=0.5, source="s"),
        "likely": FieldFact(path="likely", type="boolean", presence="optional 50%", chance=0.5, source="s"),
        "type": FieldFact(path="type", type="text", source="s"),
    }
    template = top / "events" / f"{name}.json.j2"
    return EventFact(type=name, summary="", template=template, values=values, fields=fields, source="s")


def catalog(root: Path, templates: Mapping[str, str] = MappingProxyType({}), **changes: Any) -> Catalog:
    """Give the catalog of the provider, its folder written below `root`."""
    top = folder(root, templates)
    events = {"text": event_fact(top, "text", VALUES)}
    for name in templates:
        if name.startswith("events/") and name != "events/text.json.j2":
            event = name.removeprefix("events/").removesuffix(".json.j2")
            events[event] = event_fact(top, event)
    facts: dict[str, Any] = {
        "id": "sample",
        "title": "Sample",
        "api_version": "1",
        "api_base": "/v1",
        "folder": top,
        "about": "",
        "sources": {"s": "somewhere"},
        "credentials": {},
        "options": {},
        "endpoints": {},
        "events": events,
        "operations": {},
        "errors": {
            "not_found": ErrorFact(name="not_found", status=404, summary="", source="s"),
            "rate_limited": ErrorFact(name="rate_limited", status=429, summary="", source="s"),
        },
        "verbs": {},
        "reply_fields": (),
        "limits": {},
        "policy": DeliveryPolicy(success="2xx", timeout_ms=1, retry_on=(), delays_ms=(), source="s"),
        "body": BodyStyle(),
        "account": {"name": "Shop bot"},
        "env": (),
        "sdk_lines": (),
        "not_imitated": (),
        "unconfirmed": (),
    }
    return Catalog(**{**facts, **changes})


def authorize(call: ApiCall, world: World) -> ApiResponse | None:
    """Refuse a call without the token."""
    if call.headers.get("authorization") == f"Bearer {world.credentials['token']}":
        return None
    return refuse(call, "unauthorized", "no token")


def refuse(call: ApiCall, error: str, detail: str) -> ApiResponse:
    """Give a refusal that tells its name."""
    statuses = {"not_found": 404, "bad_method": 405, "bad_body": 400, "too_large": 413, "unauthorized": 401}
    values = {"name": error, "detail": detail}
    return ApiResponse(status=statuses.get(error, 429), template="error", values=values, error=error)


def send(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Accept a message."""
    row = {"text": (call.fields or {}).get("text")}
    return ApiResponse(template="send", values=row, effects=(Put(table="messages", key=ids.give("message"), row=row),))


def get_user(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Tell who was asked for."""
    return ApiResponse(template="get_user", values={"user": call.params["user_id"]})


def person(drawn: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """Give a row of users."""
    return {"id": ids.give("user"), "name": drawn["name"], "email": drawn["email"], "locale": drawn["locale"]}


PROVIDER = Provider(
    id="sample",
    acts=lambda act, world, ids: None,
    sign=lambda what: Signed(),
    authorize=authorize,
    routes=(
        Route(method="POST", path="/v1/messages", operation="send", handler=send),
        Route(method="GET", path="/v1/users/{user_id}", operation="get_user", handler=get_user),
        Route(
            method="GET", path="/v1/users/me", operation="get_me", handler=lambda c, w, i: ApiResponse(body={"me": 1})
        ),
        Route(
            method="DELETE",
            path="/v1/users/{user_id}/notes/{note_id}",
            operation="delete_note",
            handler=lambda call, world, ids: ApiResponse(status=204, body=None),
        ),
    ),
    ids={
        "user": lambda stream, now_ms: f"u-{stream.getrandbits(64):016x}",
        "event": lambda stream, now_ms: f"e-{stream.getrandbits(64):016x}",
        "message": lambda stream, now_ms: f"m-{stream.getrandbits(64):016x}",
        "token": lambda stream, now_ms: (now_ms << 22) | stream.getrandbits(22),
    },
    person=person,
    replies=lambda call, response: (),
    refuse=refuse,
    filters={"card": lambda user: {"id": user["id"], "name": user["name"]}},
)


def world(**changes: Any) -> World:
    """Give an empty world of the provider."""
    given: dict[str, Any] = {"credentials": {"token": "t0ken"}, "options": {"mode": "plain"}, "limits": {}}
    return World(**{**given, **changes})
