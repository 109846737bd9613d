"""Steps that say what the bot must say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.scenario import vocabulary as words
from simulator.scenario.given import chat_of
from simulator.scenario.matchers import reply_fields, wanted_of
from simulator.scenario.model import BotStep
from simulator.scenario.modifiers import save_of
from simulator.scenario.setting import Head, Setting
from simulator.scenario.spots import Spot, entries, wanted
from simulator.scenario.values import deadline_of, text_of, truth_of, whole_of, word_of

_ELSEWHERE = {
    "deliver": "write it beside the actor's step: it is about what is sent",
    "ack": "write it beside the actor's step: it is about the answer to what is sent",
}

_MEANINGLESS = {
    "within": (
        "a reply that must not come is looked for until all is quiet",
        "for a time in which the bot says nothing at all write the step `silence: 2s`",
    ),
    "save": ("there is no reply to take it from", "take it out"),
}
"""What stands for nothing beside `times: 0` → why, and what to write."""


def bot_step(spot: Spot, head: Head, setting: Setting) -> BotStep | None:
    """Give the step by which the bot must say what stands there; None where that cannot be read, which is told."""
    if spot.node.kind == "list":
        wanted(spot, "text, or a map", "write a step for each reply; in any order they stand under together:")
        return None
    if spot.node.kind != "map":
        return BotStep(**head, wanted=wanted_of(spot, setting))
    found = entries(spot, (*reply_fields(setting), *words.BOT_OTHER), noun="bot", elsewhere=_ELSEWHERE)
    if not spot.node.items:
        wanted(spot, "what the bot must say", "write {text: any} for whatever it says")
    step = BotStep(
        **head,
        wanted=wanted_of(
            spot,
            setting,
            only=[name for name in found if name not in words.BOT_OTHER],
            is_optional="optional" in found and found["optional"].node.value is True,
        ),
        to=_actor_of(found.get("to"), setting),
        chat=chat_of(found.get("in"), setting),
        operation=_operation_of(found.get("operation"), setting),
        **_limits(found),
        save=save_of(found.get("save"), setting) or {},
    )
    if step.is_optional and step.times is not None:
        found["optional"].tell(
            "clashing-keys",
            "`optional` cannot stand beside `times`",
            why="times counts exactly",
            fix="leave one of them out",
        )
    if step.times == 0:
        _check_none(found)
    return step


def _check_none(found: Mapping[str, Spot]) -> None:
    """Tell what says nothing about a reply that must not come."""
    for name, (why, fix) in _MEANINGLESS.items():
        if name in found:
            found[name].tell("misplaced-key", f'"{name}" means nothing beside `times: 0`', why=why, fix=fix)


def _limits(found: Mapping[str, Spot]) -> dict[str, Any]:
    read = {
        "within_ms": deadline_of(found.get("within"), least=1),
        "times": whole_of(found.get("times"), most=10_000),
        "is_optional": truth_of(found.get("optional")),
    }
    if read["is_optional"] and read["within_ms"] is None:
        read["within_ms"] = 0
    return {name: value for name, value in read.items() if value is not None}


def _actor_of(spot: Spot | None, setting: Setting) -> str | None:
    return word_of(spot, tuple(setting.actors), code="unknown-actor", noun="actor")


def _operation_of(spot: Spot | None, setting: Setting) -> str | None:
    text = text_of(spot)
    if spot is not None and text is not None:
        setting.abilities.operation(spot, text)
    return text
