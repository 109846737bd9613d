"""The app itself: its name, and the settings by which it behaves otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.ids import Ids
from simulator.provider import ApiResponse
from simulator.providers.smooch.refusals import Fault, refused
from simulator.providers.smooch.rules import flat_fault
from simulator.records import ApiCall
from simulator.world import Put, World

SETTINGS: Mapping[str, type] = {
    "maskCreditCardNumbers": bool,
    "useAnimalNames": bool,
    "conversationRetentionSeconds": int,
    "echoPostback": bool,
    "ignoreAutoConversationStart": bool,
}
"""Setting → its type."""

CARD_NUMBER = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")


def account_of(world: World) -> Mapping[str, Any]:
    """Give what the world knows of the app."""
    return world.get("account", "account") or {}


def echoes_postbacks(world: World) -> bool:
    """True where a tap on a postback posts the button's text as a message of the person, too."""
    settings = account_of(world).get("settings") or {}
    return bool(settings.get("echoPostback", world.options["echo_postback"]))


def as_kept(text: str, world: World) -> str:
    """
    Give a text as the service keeps it: of a credit card's number, its last four digits are left.

    Source: the changelog of curiouslychris/smooch-docs, where `************4242` stands for such a number. What counts
    as one is not told; here it is what the cards' own check digit confirms.
    """
    settings = account_of(world).get("settings") or {}
    if not settings.get("maskCreditCardNumbers", True):
        return text
    return CARD_NUMBER.sub(lambda found: _masked(found[0]), text)


def get_app(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Give the app."""
    return ApiResponse(template="get_app", values={"app": _told(account_of(world), world.options)})


def update_app(call: ApiCall, world: World, ids: Ids) -> ApiResponse:
    """Change what is named of the app; of its settings, what is not named stays."""
    fields = call.fields if isinstance(call.fields, Mapping) else {}
    detail = _detail(fields)
    if detail:
        return refused(call, Fault("bad_request", detail))
    account = account_of(world)
    row = dict(account)
    if fields.get("name") is not None:
        row["name"] = fields["name"]
    for name in ("settings", "metadata"):
        if fields.get(name) is not None:
            row[name] = {**(account.get(name) or {}), **fields[name]}
    effects = (Put(table="account", key="account", row=row),)
    return ApiResponse(template="update_app", values={"app": _told(row, world.options)}, effects=effects)


def _told(account: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    settings = {"maskCreditCardNumbers": True, "echoPostback": options["echo_postback"]}
    return {
        "_id": options["app_id"],
        "appToken": account["app_token"],
        "name": account["name"],
        "settings": {**settings, **(account.get("settings") or {})},
        "metadata": account.get("metadata") or {},
    }


def _masked(shown: str) -> str:
    digits = re.sub(r"\D", "", shown)
    # Every second digit counts twice, from the right.
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    is_card = (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0
    return f"{'*' * (len(digits) - 4)}{digits[-4:]}" if is_card else shown


def _detail(fields: Mapping[str, Any]) -> str:
    name, settings = fields.get("name"), fields.get("settings")
    if name is not None and (not isinstance(name, str) or not name):
        return "name is no text"
    if settings is not None and not isinstance(settings, Mapping):
        return "settings is no object"
    for key, value in (settings or {}).items():
        if key not in SETTINGS:
            return f"there is no setting {key!r}"
        if not isinstance(value, SETTINGS[key]) or isinstance(value, bool) is not (SETTINGS[key] is bool):
            return f"settings.{key} is of another type"
    return flat_fault("metadata", fields["metadata"]) if fields.get("metadata") is not None else ""
