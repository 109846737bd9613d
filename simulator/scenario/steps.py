"""The steps of a scenario: which kind each is, and what stands in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from simulator.scenario import vocabulary as words
from simulator.scenario.acts import act_step
from simulator.scenario.api import api_step
from simulator.scenario.blocks import Beside, choose_step, if_step, meanwhile_step, repeat_step
from simulator.scenario.emitting import emit_step
from simulator.scenario.includes import include_step
from simulator.scenario.kinds import beside_of, word_of_step
from simulator.scenario.model import AnyStep, BotStep, SetStep, TogetherStep
from simulator.scenario.moments import silence_step, wait_step
from simulator.scenario.replies import bot_step
from simulator.scenario.setting import MOST_LEVELS, MOST_STEPS, Head, Setting
from simulator.scenario.spots import Spot, elements, pairs, shortened, wanted
from simulator.scenario.written import one_line


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
        wanted(spot, "a step", _glued(spot, setting) or "a step is a map such as `ana: hello` or `bot: Hi`")
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


def _glued(spot: Spot, setting: Setting) -> str:
    """What to write where the space behind the colon is missing."""
    name, colon, rest = spot.node.spelling.partition(":")
    if spot.node.is_quoted or not colon or not (name in words.STEPS or name in setting.actors):
        return ""
    return f"put a space behind the colon: `{name}: {shortened(rest)}`"


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


_READERS: Mapping[str, Callable[[Spot, Beside, Head, Setting], AnyStep | None]] = {
    "bot": _bot,
    "together": _together,
    "silence": silence_step,
    "wait": wait_step,
    "emit": emit_step,
    "repeat": partial(repeat_step, read=read_steps),
    "if": partial(if_step, read=read_steps),
    "choose": partial(choose_step, read=read_steps),
    "meanwhile": partial(meanwhile_step, read=read_steps),
    "set": _set,
    "api": api_step,
    "include": partial(include_step, read=read_steps),
}
