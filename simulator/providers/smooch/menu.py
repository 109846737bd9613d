"""The persistent menu of the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.messages import numbered
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import is_url
from simulator.records import ApiCall
from simulator.world import Put, Remove, World

TABLE, KEY = "account", "menu"
"""Where it is kept: all conversations of the app have the same one."""

SUBMENU = "submenu"
NEEDED: Mapping[str, str] = {"link": "uri", "webview": "uri", "postback": "payload"}
"""Type of an item → what it must have beside its text."""


def get_menu(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the menu; one without items where there is none."""
    return ApiResponse(template="get_menu", values={"items": list(items_of(world))})


def update_menu(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Put this menu in place of the one that was there."""
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    detail = next(_faults("items", fields.get("items"), world.limits, world.limits["menu_items"]), "")
    if detail:
        return refused(call, Fault("bad_request", detail))
    items = _numbered(fields["items"], ids.give("message", "menu"))
    return ApiResponse(
        template="update_menu", values={"items": items}, effects=(Put(table=TABLE, key=KEY, row={"items": items}),)
    )


def delete_menu(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Take the menu away."""
    return ApiResponse(template="delete_menu", effects=(Remove(table=TABLE, key=KEY),))


def items_of(world: World) -> tuple[Mapping[str, Any], ...]:
    """Give the items of the menu, none where there is none."""
    return tuple((world.get(TABLE, KEY) or {}).get("items", ()))


def postback_of(world: World) -> Mapping[str, Any] | None:
    """Give the first postback that stands in the menu, or None."""
    items = [inner for item in items_of(world) for inner in (item, *item.get("items", ()))]
    return next((item for item in items if item["type"] == "postback"), None)


def _faults(name: str, items: Any, limits: Mapping[str, Any], most: int) -> Iterator[str]:
    if not isinstance(items, list) or not 1 <= len(items) <= most:
        yield f"{name} is no list of 1 to {most}"
        return
    known = (*NEEDED, SUBMENU) if most == limits["menu_items"] else tuple(NEEDED)
    for number, item in enumerate(items):
        at = f"{name}.{number}"
        kind = item.get("type") if isinstance(item, Mapping) else None
        if not isinstance(kind, str) or kind not in known:
            yield f"{at}.type is none of {', '.join(known)}"
            return
        if not isinstance(item.get("text"), str) or not item["text"]:
            yield f"{at}.text is missing"
        if kind == SUBMENU:
            yield from _faults(f"{at}.items", item.get("items"), limits, limits["submenu_items"])
            continue
        value = item.get(NEEDED[kind])
        if not isinstance(value, str) or not value:
            yield f"{at}.{NEEDED[kind]} is missing"
        elif NEEDED[kind] == "uri" and not is_url(value):
            yield f"{at}.uri is no URL"


def _numbered(items: list[Mapping[str, Any]], menu_id: str) -> list[dict[str, Any]]:
    number, found = 0, []
    for item in items:
        number += 1
        shown = {"_id": numbered(menu_id, number), **_shown(item)}
        if item["type"] == SUBMENU:
            inside = []
            for inner in item["items"]:
                number += 1
                inside.append({"_id": numbered(menu_id, number), **_shown(inner)})
            shown["items"] = inside
        found.append(shown)
    return found


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("type", "text", "uri", "payload") if item.get(name) is not None}
