"""Which kind of step a map is, and what stands beside the key that says so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.errors import did_you_mean, nearest
from simulator.scenario import vocabulary as words
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, pairs, some, told_at

_ACTOR = re.compile(r"[a-z][a-z0-9_]*")
_INSIDE: Mapping[str, tuple[str, ...]] = {
    "act": (*words.VERBS, *words.ACT_BESIDE),
    "bot": (*words.BOT_FIELDS, *words.BOT_OTHER),
    "repeat": tuple(words.REPEAT),
    "api": tuple(words.API),
    "emit": tuple(words.EMIT),
    "choose": tuple(words.CHOICE),
    "wait": tuple(words.WAIT),
    "include": ("path",),
}


def word_of_step(spot: Spot, setting: Setting) -> str | None:
    """Give the key that says which step it is; None where there is none, or more than one, which is told."""
    known = [name for name, _, _ in pairs(spot) if name in words.STEPS or name in setting.actors]
    if len(known) > 1:
        fix = "begin each with a dash of its own"
        spot.tell(
            "several-steps",
            f"one step cannot be {' and '.join(known)}",
            why="a step has one speaker, or one word of the language",
            fix=fix,
        )
        return None
    return known[0] if known else _undeclared(spot, setting)


def _undeclared(spot: Spot, setting: Setting) -> str | None:
    """Tell that no key is a step's; give the one that may be an actor whom the file does not declare."""
    candidates = [(name, key) for name, key, _ in pairs(spot) if name not in words.MODIFIERS]
    if not candidates:
        names = " and ".join(name for name, _, _ in pairs(spot))
        spot.tell(
            "no-step",
            f"{names} stands alone",
            why="it stands beside the key of a step",
            fix="indent it by as much as the step that it belongs to",
        )
        return None
    name, key = candidates[0]
    known = (*words.STEPS, *setting.actors)
    inner = next((kind for kind, inside in _INSIDE.items() if kind in ("act", "bot") and name in inside), None)
    fix = did_you_mean(words.MEANT.get(name, name), known)
    if inner is not None:
        speaker = "bot" if inner == "bot" else next(iter(setting.actors), "ana")
        fix = f"say who: - {speaker}: {{{name}: …}}"
    is_name = _ACTOR.fullmatch(name) is not None
    if name not in setting.tally.undeclared:
        setting.tally.undeclared.add(name)
        fix = fix or (
            f"if it is an actor, declare it: actors: [{name}]" if is_name else "an actor's name is in lower case"
        )
        actors = f"actors: {some(setting.actors)}" if setting.actors else "no actors are declared"
        why = f"{actors}; steps: {', '.join(words.STEPS)}"
        told_at(spot, key, name).tell(
            "unknown-step", f'"{name}" is no step, and no actor of this story', why=why, fix=fix
        )
    is_like_step = did_you_mean(words.MEANT.get(name, name), words.STEPS) != "" or inner is not None
    return name if is_name and not is_like_step else None


def beside_of(spot: Spot, word: str, kind: str) -> dict[str, Spot]:
    """Give what stands beside the step's key; tell of what cannot."""
    known = words.BESIDE.get(kind, ())
    found: dict[str, Spot] = {}
    for name, key, value in pairs(spot):
        if name == word:
            continue
        here = told_at(spot, key, name)
        meant = nearest(words.MEANT_BESIDE.get(name, name), known)
        if name in known:
            found[name] = value
        elif name in _INSIDE.get(kind, ()):
            here.tell(
                "misplaced-key",
                f'"{name}" stands beside {word}, not in it',
                fix=f"write it inside: {word}: {{…, {name}: …}}",
            )
        elif name in words.MODIFIERS:
            owners = " or ".join(
                "an actor's step" if owner == "act" else owner for owner, held in words.BESIDE.items() if name in held
            )
            here.tell(
                "misplaced-key",
                f'"{name}" cannot stand beside {word}',
                why=f"it stands beside {owners}",
                fix="take it out",
            )
        else:
            why = f"beside {word} may stand: {some(known)}" if known else f"nothing stands beside {word}"
            here.tell(
                "unknown-key",
                f'unknown key "{name}"',
                why=why,
                fix=f'did you mean "{meant}"?' if meant else "take it out",
            )
            if meant is not None:
                # It is read as what it is like, so that what is wrong in it is told too.
                found.setdefault(meant, value)
    return found
