"""The steps of a scenario: which kind each is, and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from simulator.scenario import vocabulary as words
from simulator.scenario.acts import act_step
from simulator.scenario.api import api_step
from simulator.scenario.kinds import beside_of, word_of_step
from simulator.scenario.model import (
    AnyStep,
    BotStep,
    IfStep,
    RepeatStep,
    SetStep,
    SilenceStep,
    TogetherStep,
    WaitStep,
)
from simulator.scenario.replies import bot_step
from simulator.scenario.setting import MOST_LEVELS, MOST_STEPS, Head, Setting
from simulator.scenario.spots import (
    Spot,
    duration_of,
    elements,
    entries,
    pairs,
    span_of,
    wanted,
    whole_of,
)
from simulator.scenario.written import one_line

Beside = Mapping[str, Spot]
"""The keys beside that of the step."""

_MOST_ROUNDS = 10_000


def read_steps(spot: Spot | None, setting: Setting) -> tuple[AnyStep, ...]:
    """Give the steps of a list; what is wrong in them is told."""
    if spot is None:
        return ()
    if spot.node.kind != "list" or not spot.node.elements:
        wanted(spot, "a list of steps", "begin each step with a dash: `- ana: hello`")
        return ()
    if setting.level > MOST_LEVELS:
        spot.tell("too-deep", f"more than {MOST_LEVELS} steps stand inside each other", fix="take the inner ones out")
        return ()
    steps = []
    for element in elements(spot):
        step = _read_step(element, setting)
        if step is not None:
            steps.append(step)
        elif not spot.told.has_problems:
            # No reader should come to this: a step that is not read has been told of. It must not be lost in silence.
            wanted(element, "a step that says something")
    return tuple(steps)


def _read_step(spot: Spot, setting: Setting) -> AnyStep | None:
    setting.tally.steps += 1
    if setting.tally.steps == MOST_STEPS + 1:
        spot.tell(
            "too-many-steps",
            f"the scenario has more than {MOST_STEPS} steps",
            fix="write a loop with repeat:, or several files",
        )
    if setting.tally.steps > MOST_STEPS:
        return None
    if spot.node.kind != "map" or not spot.node.items:
        wanted(spot, "a step", "a step is a map such as `ana: hello` or `bot: Hi`")
        return None
    word = word_of_step(spot, setting)
    if word is None:
        return None
    kind = word if word in words.STEPS else "act"
    beside = beside_of(spot, word, kind)
    value = next(value for name, _, value in pairs(spot) if name == word)
    head = Head(place=spot.place, at=value.at, text=one_line(spot.node), key=setting.keys.next(spot.node))
    if kind == "act":
        return act_step(value, word, beside, head, setting)
    return _READERS[kind](value, beside, head, setting)


# --- one reader for each kind ----------------------------------------------------------------------------------------


def _bot(spot: Spot, _: Beside, head: Head, setting: Setting) -> BotStep | None:
    return bot_step(spot, head, setting)


def _together(spot: Spot, _: Beside, head: Head, setting: Setting) -> TogetherStep | None:
    if spot.node.kind != "list" or not spot.node.elements:
        wanted(spot, "a list of bot steps", "write `- bot: …` for each reply")
        return None
    steps = [_read_step(element, setting) if _is_bot(element) else None for element in elements(spot)]
    return TogetherStep(**head, steps=tuple(step for step in steps if isinstance(step, BotStep)))


def _is_bot(spot: Spot) -> bool:
    if spot.node.kind == "map" and any(name == "bot" for name, _, _ in pairs(spot)):
        return True
    spot.tell("wrong-type", "only bot steps stand under together", fix="write `- bot: …`")
    return False


def _silence(spot: Spot, _: Beside, head: Head, __: Setting) -> SilenceStep | None:
    for_ms = duration_of(spot)
    return None if for_ms is None else SilenceStep(**head, for_ms=for_ms)


def _wait(spot: Spot, _: Beside, head: Head, __: Setting) -> WaitStep | None:
    if spot.node.kind == "map" and spot.node.items:
        entries(spot, (), noun="wait", not_yet=words.NOT_YET["wait"])
        return None
    span = span_of(spot)
    return None if span is None else WaitStep(**head, span=span)


def _repeat(spot: Spot, beside: Beside, head: Head, setting: Setting) -> RepeatStep | None:
    elsewhere = {"steps": "write `steps:` beside repeat, one level out"}
    found: dict[str, Spot] = {}
    if spot.node.kind == "map":
        found = entries(spot, tuple(words.REPEAT), noun="repeat", elsewhere=elsewhere)
        _check_repeat(spot, found)
    else:
        wanted(spot, "a map", "write {times: 3}, or {until: …, at_most: 10}")
    times = whole_of(found.get("times"), least=1, most=_MOST_ROUNDS)
    at_most = whole_of(found.get("at_most"), least=1, most=_MOST_ROUNDS)
    with setting.names.loop():
        steps = _inner(spot, beside, "steps", setting)
        until = setting.names.read_test(found["until"]) if "until" in found else None
    return RepeatStep(**head, times=times, until=until, at_most=at_most, steps=steps)


def _check_repeat(spot: Spot, found: Mapping[str, Spot]) -> None:
    if "times" in found and "until" in found:
        found["until"].tell(
            "clashing-keys",
            "`until` cannot stand beside `times`",
            fix="write `at_most` for the highest number of rounds",
        )
    elif "until" in found and "at_most" not in found:
        spot.tell(
            "missing-key",
            '"at_most" is missing',
            why="without it the loop might never end",
            fix="write {until: …, at_most: 10}",
        )
    elif "times" not in found and "until" not in found:
        spot.tell(
            "missing-key", '"times" is missing', why="repeat has times, or until and at_most", fix="write {times: 3}"
        )


def _if(spot: Spot, beside: Beside, head: Head, setting: Setting) -> IfStep | None:
    test = setting.names.read_test(spot)
    is_guarded = setting.abilities.is_guarded or (test is not None and re.search(r"\bprovider\b", test) is not None)
    inside = replace(setting, abilities=replace(setting.abilities, is_guarded=is_guarded))
    steps = _inner(spot, beside, "steps", inside)
    otherwise = _inner(spot, beside, "else", inside) if "else" in beside else ()
    return None if test is None else IfStep(**head, test=test, steps=steps, otherwise=otherwise)


def _inner(spot: Spot, beside: Beside, name: str, setting: Setting) -> tuple[AnyStep, ...]:
    """Give the steps that stand beside the step's key."""
    if name not in beside:
        spot.tell(
            "missing-key",
            f'"{name}" is missing',
            why="the steps that it is about stand beside it",
            fix=f"write `{name}:` under it, in the same column",
        )
        return ()
    inner = Spot(beside[name].node, f"{spot.at}.{name}", spot.told)
    return read_steps(inner, replace(setting, level=setting.level + 1))


def _set(spot: Spot, _: Beside, head: Head, setting: Setting) -> SetStep | None:
    if spot.node.kind != "map" or not spot.node.items:
        wanted(spot, "a map of name → value", "write `set: {count: 1}`")
        return None
    variables = setting.names.variables(spot)
    for name, value in variables.items():
        setting.names.read_all(value)
        setting.names.doubt_bare(value)
        setting.names.set(name, value)
    return SetStep(**head, values={name: value.node.plain() for name, value in variables.items()})


def _include(spot: Spot, beside: Beside, head: Head, setting: Setting) -> AnyStep | None:
    # Imported here, since an included file has steps in turn.
    from simulator.scenario.includes import include_step

    return include_step(spot, beside.get("vars"), head, setting)


_READERS: Mapping[str, Callable[[Spot, Beside, Head, Setting], AnyStep | None]] = {
    "bot": _bot,
    "together": _together,
    "silence": _silence,
    "wait": _wait,
    "repeat": _repeat,
    "if": _if,
    "set": _set,
    "api": api_step,
    "include": _include,
}
