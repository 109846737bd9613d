"""Steps that hold other steps: loops, branches, choices, strands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from simulator.scenario import vocabulary as words
from simulator.scenario.model import (
    AnyStep,
    Choice,
    ChooseStep,
    IfStep,
    MeanwhileStep,
    RepeatStep,
)
from simulator.scenario.setting import Head, Setting
from simulator.scenario.spots import Spot, elements, entries, pairs, wanted
from simulator.scenario.values import number_of, whole_of

Beside = Mapping[str, Spot]
"""The keys beside that of the step."""

ReadSteps = Callable[[Spot, Setting], tuple[AnyStep, ...]]
"""Gives the steps of a list; what is wrong in them is told."""

_MOST_ROUNDS = 10_000
_MOST_WEIGHT = 1_000_000
_A_FEW = 2


# --- loops -----------------------------------------------------------------------------------------------------------


def repeat_step(spot: Spot, beside: Beside, head: Head, setting: Setting, *, read: ReadSteps) -> RepeatStep | None:
    """Give the loop over the steps that stand beside its key."""
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
        steps = _beside(spot, beside, "steps", setting, read)
        until = setting.names.read_test(found["until"]) if "until" in found else None
    return RepeatStep(**head, times=times, until=until, at_most=at_most, steps=steps)


def _check_repeat(spot: Spot, found: Mapping[str, Spot]) -> None:
    if "times" in found and "until" in found:
        found["until"].tell(
            "clashing-keys",
            "`until` cannot stand beside `times`",
            fix="write `at_most` for the highest number of rounds",
        )
    elif "times" in found and "at_most" in found:
        found["at_most"].tell(
            "clashing-keys",
            "`at_most` cannot stand beside `times`",
            why="times says how many rounds there are; at_most ends an `until`",
            fix="leave one of them out",
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


# --- branches --------------------------------------------------------------------------------------------------------


def if_step(spot: Spot, beside: Beside, head: Head, setting: Setting, *, read: ReadSteps) -> IfStep | None:
    """Give the branch between the steps that stand beside its key."""
    test = setting.names.read_test(spot)
    is_guarded = setting.abilities.is_guarded or (test is not None and re.search(r"\bprovider\b", test) is not None)
    inside = replace(setting, abilities=replace(setting.abilities, is_guarded=is_guarded))
    steps = _beside(spot, beside, "steps", inside, read)
    otherwise = _beside(spot, beside, "else", inside, read) if "else" in beside else ()
    return None if test is None else IfStep(**head, test=test, steps=steps, otherwise=otherwise)


def choose_step(spot: Spot, _: Beside, head: Head, setting: Setting, *, read: ReadSteps) -> ChooseStep | None:
    """Give the choice between the ways that its list holds."""
    if spot.node.kind != "list" or not spot.node.elements:
        wanted(spot, "a list of ways", "write `- {weight: 3, steps: […]}` for each")
        return None
    choices = tuple(choice for way in elements(spot) if (choice := _choice(way, setting, read)) is not None)
    return ChooseStep(**head, choices=choices)


def _choice(spot: Spot, setting: Setting, read: ReadSteps) -> Choice | None:
    if _is_step(spot, setting):
        fix = "write `- steps:` in its place, and the step below it with a dash of its own"
        spot.tell("misplaced-key", "a step stands where a way belongs", why="a way has: weight, steps", fix=fix)
        return None
    found = entries(spot, tuple(words.CHOICE), noun="a way", required=("steps",))
    weight = number_of(found.get("weight"), above=0, most=_MOST_WEIGHT)
    if "steps" not in found:
        return None
    steps = read(found["steps"], _inside(setting))
    return Choice(steps=steps) if weight is None else Choice(weight=weight, steps=steps)


def _is_step(spot: Spot, setting: Setting) -> bool:
    return any(name in setting.actors or name in words.STEPS for name, _, _ in pairs(spot))


# --- strands ---------------------------------------------------------------------------------------------------------


def meanwhile_step(spot: Spot, _: Beside, head: Head, setting: Setting, *, read: ReadSteps) -> MeanwhileStep | None:
    """Give the strands that run side by side; each is a list of steps."""
    fix = "write a list of lists: one dash for each strand, and one more for each of its steps"
    if spot.node.kind != "list" or not spot.node.elements:
        wanted(spot, "a list of strands", fix)
        return None
    if len(spot.node.elements) < _A_FEW:
        spot.tell("wrong-value", "there is one strand only", why="nothing runs beside it", fix="write a second one")
    # Side by side, each strand may read what another sets.
    with setting.names.loop():
        strands = []
        for strand in elements(spot):
            if strand.node.kind == "list":
                strands.append(read(strand, _inside(setting)))
            else:
                wanted(strand, "a list of steps", fix)
    return MeanwhileStep(**head, strands=tuple(strands))


# --- what all of them have -------------------------------------------------------------------------------------------


def _beside(spot: Spot, beside: Beside, name: str, setting: Setting, read: ReadSteps) -> tuple[AnyStep, ...]:
    """Give the steps that stand beside the step's key."""
    if name not in beside:
        spot.tell(
            "missing-key",
            f'"{name}" is missing',
            why="the steps that it is about stand beside it",
            fix=f"write `{name}:` under it, in the same column",
        )
        return ()
    return read(Spot(beside[name].node, f"{spot.at}.{name}", spot.told), _inside(setting))


def _inside(setting: Setting) -> Setting:
    return replace(setting, level=setting.level + 1)
