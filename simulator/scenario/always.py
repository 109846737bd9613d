"""What must hold over the whole run."""

from __future__ import annotations

from typing import Any

from simulator.scenario import vocabulary as words
from simulator.scenario.matchers import reply_fields, wanted_of
from simulator.scenario.model import Always
from simulator.scenario.modifiers import ack_from, ack_of, is_bare
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, elements, entries, wanted
from simulator.scenario.values import deadline_of, text_of, whole_of
from simulator.scenario.written import one_line


def always_of(spot: Spot | None, setting: Setting) -> tuple[Always, ...]:
    """Give the invariants of a list; what is wrong in them is told."""
    if spot is None:
        return ()
    if spot.node.kind != "list":
        wanted(spot, "a list", "begin each rule with a dash: `- ack: {status: 2xx}`")
        return ()
    read = (_rule(element, setting) for element in elements(spot))
    return tuple(rule for rule in read if rule is not None)


def _rule(spot: Spot, setting: Setting) -> Always | None:
    found = entries(spot, tuple(words.ALWAYS), noun="a rule")
    if spot.node.kind == "map" and len(found) != 1 and len(found) == len(spot.node.items):
        wanted(spot, "one rule, ack or never", "begin each with a dash of its own")
    if len(found) != 1:
        return None
    name, value = next(iter(found.items()))
    said = _ack(value, setting) if name == "ack" else _never(value, setting)
    return Always(place=spot.place, at=value.at, text=one_line(spot.node), **said)


def _ack(spot: Spot, setting: Setting) -> dict[str, Any]:
    """The same as beside a step, and what only a whole run can tell."""
    if spot.node.kind != "map" or is_bare(spot):
        return {"ack": ack_of(spot, setting)}
    found = entries(spot, tuple(words.ALWAYS_ACK), noun="ack")
    said: dict[str, Any] = {
        "p50_ms": deadline_of(found.get("p50")),
        "p99_ms": deadline_of(found.get("p99")),
        "lost": whole_of(found.get("lost")),
    }
    if any(name in words.ACK for name in found):
        said["ack"] = ack_from(found, setting)
    return said


def _never(spot: Spot, setting: Setting) -> dict[str, Any]:
    found = entries(spot, tuple(words.NEVER), noun="never")
    said: dict[str, Any] = {}
    if "bot" in found:
        said["never_bot"] = _never_bot(found["bot"], setting)
    if "operation" in found:
        said["never_operation"] = text_of(found["operation"])
        if said["never_operation"] is not None:
            setting.abilities.operation(found["operation"], said["never_operation"])
    if spot.node.kind == "map" and not spot.node.items:
        wanted(spot, "what must never be", "write {bot: …} or {operation: …}")
    return said


def _never_bot(spot: Spot, setting: Setting) -> dict[str, Any]:
    if spot.node.kind != "map":
        return wanted_of(spot, setting)
    if not spot.node.items:
        wanted(spot, "what the bot must never say", "write {text: any} for any text at all")
    elsewhere = dict.fromkeys(words.BOT_OTHER, "a rule holds for the whole run; take it out")
    found = entries(spot, reply_fields(setting), noun="a reply", elsewhere=elsewhere)
    return wanted_of(spot, setting, only=list(found))
