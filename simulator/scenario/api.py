"""Steps that change what the provider's API answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator import units
from simulator.scenario import vocabulary as words
from simulator.scenario.model import ApiStep
from simulator.scenario.setting import Head, Setting
from simulator.scenario.spots import Spot, entries, wanted
from simulator.scenario.values import deadline_of, whole_of


def api_step(spot: Spot, _: Mapping[str, Spot], head: Head, setting: Setting) -> ApiStep | None:
    """Give the step that changes the next answers; None where what they are cannot be read, which is told."""
    found = entries(spot, tuple(words.API), noun="api", required=("answer",))
    operation = "reply"
    if "operation" in found and found["operation"].is_scalar:
        operation = found["operation"].node.spelling
        setting.abilities.operation(found["operation"], operation, beside=("reply",))
    elif "operation" in found:
        wanted(found["operation"], "the name of an operation")
    counts: dict[str, Any] = {
        "times": whole_of(found.get("times"), least=1),
        "after": whole_of(found.get("after")),
    }
    if "answer" not in found:
        return None
    answer = _answer(found["answer"], setting)
    return ApiStep(
        **head, operation=operation, **answer, **{name: count for name, count in counts.items() if count is not None}
    )


def _answer(spot: Spot, setting: Setting) -> dict[str, Any]:
    if spot.node.kind != "map":
        return _named_answer(spot, setting)
    found = entries(spot, tuple(words.ANSWER), noun="answer")
    if "delay" in found and len(found) > 1:
        found["delay"].tell(
            "clashing-keys",
            "`delay` cannot stand beside `status` and `body`",
            why="it delays the right answer",
            fix="leave one of them out",
        )
    elif not found and not spot.node.items:
        wanted(spot, "a named error, {status, body} or {delay}")
    if "body" in found:
        setting.names.read_all(found["body"])
    return {
        "status": whole_of(found.get("status"), least=100, most=599),
        "body": found["body"].node.plain() if "body" in found else None,
        "delay_ms": deadline_of(found.get("delay")),
    }


def _named_answer(spot: Spot, setting: Setting) -> dict[str, Any]:
    """An error of the provider by its name; a bare duration is sugar for `{delay: …}`."""
    if not spot.is_scalar:
        wanted(spot, "a named error, {status, body} or {delay}")
        return {}
    text = spot.node.spelling
    try:
        units.duration_ms(text)
    except ValueError:
        setting.abilities.error(spot, text)
        return {"error": text}
    return {"delay_ms": deadline_of(spot)}
