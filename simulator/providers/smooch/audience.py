"""Which webhooks hear of an event, and in which form each of them gets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.world import Row, World

EVERYTHING = "*"
MESSAGES = ("message:appUser", "message:appMaker")
"""What the trigger `message` stands for."""

UNCOVERED = frozenset({"typing:appUser"})
"""What `*` does not stand for; it has to be named."""

SHARED_TRIGGERS = (
    *MESSAGES,
    "postback",
    "conversation:read",
    "conversation:start",
    "conversation:referral",
    "merge:appUser",
    "payment:success",
    "link:success",
    "link:match",
    "link:failure",
)
TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "v1": (*SHARED_TRIGGERS, "delivery:success", "delivery:failure"),
    "v1.1": (
        *SHARED_TRIGGERS,
        "message:delivery:channel",
        "message:delivery:user",
        "message:delivery:failure",
        "typing:appUser",
        "client:add",
        "client:remove",
        "appUser:delete",
        "notification:delivery:channel",
        "notification:delivery:user",
        "notification:delivery:failure",
    ),
}
"""Version of a webhook → the triggers that it may name, `message` and `*` beside them."""


def audiences(world: World) -> tuple[Mapping[str, Any], ...]:
    """
    Give a group for each form in which webhooks want their bodies; each is what an event carries for that group.

    `version`, `with_client` and `with_profile` are for its template, `webhooks` and `triggers` for `wants`. An endpoint
    that a person named, and nobody registered, has the form that the options say.
    """
    groups: dict[tuple[Any, ...], list[str]] = {}
    for _, row in world.rows("subscriptions"):
        groups.setdefault(_form(row, world.options), []).append(str(row.get("_id", "")))
    if not groups:
        groups[_form({}, world.options)] = []
    return tuple(_carried(form, webhooks, world.options) for form, webhooks in groups.items())


def spread(world: World, trigger: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the values of an event for each group of webhooks that knows its trigger; for one at least."""
    groups = audiences(world)
    knowing = [group for group in groups if trigger in TRIGGERS[group["version"]]] or groups[:1]
    yield from ({**group, **values} for group in knowing)


def wants(subscription: Row, event_type: str, values: Mapping[str, Any]) -> bool:
    """Tell whether an event goes to a webhook: in its form, and by its triggers."""
    trigger = event_type.partition("/")[0]
    if "webhooks" in values and subscription.get("_id", "") not in values["webhooks"]:
        return False
    version = subscription.get("version", values.get("version"))
    if version in TRIGGERS and trigger not in TRIGGERS[version]:
        return False
    named = subscription.get("events")
    named = values.get("triggers") if named is None else named
    return named is None or any(covers(name, trigger) for name in named)


def covers(name: str, trigger: str) -> bool:
    """Tell whether a trigger that a webhook names stands for that of an event."""
    if name == EVERYTHING:
        return trigger not in UNCOVERED
    return name == trigger or (name == "message" and trigger in MESSAGES)


def _form(row: Row, options: Mapping[str, Any]) -> tuple[Any, ...]:
    version = row.get("version", options["version"])
    if version == "v1":
        return (version, False, False)
    flags = ("include_client", "include_full_app_user")
    return (version, *(bool(row.get(name, options[name])) for name in flags))


def _carried(form: tuple[Any, ...], webhooks: list[str], options: Mapping[str, Any]) -> Mapping[str, Any]:
    version, with_client, with_profile = form
    triggers = tuple(name.strip() for name in str(options["triggers"]).split(",") if name.strip())
    return {
        "version": version,
        "with_client": with_client,
        "with_profile": with_profile,
        "webhooks": tuple(webhooks),
        "triggers": triggers,
    }
