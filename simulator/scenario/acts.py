"""Steps in which an actor does something, and what may stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.scenario import files
from simulator.scenario import vocabulary as words
from simulator.scenario.delivering import check_ack, deliver_of
from simulator.scenario.given import chat_of
from simulator.scenario.model import ActStep
from simulator.scenario.modifiers import ack_of, is_path, save_of
from simulator.scenario.setting import Head, Setting
from simulator.scenario.spots import Spot, entries, pairs, shortened, told_at, wanted
from simulator.scenario.values import duration_of, speech_of, text_of, word_of

_BESIDE = {name: f"write `{name}:` beside the actor, one level out" for name in words.BESIDE["act"]}


def act_step(spot: Spot, actor: str, beside: Mapping[str, Spot], head: Head, setting: Setting) -> ActStep | None:
    """Give the step in which the actor does what stands at the spot; None where that cannot be read, which is told."""
    done = _map_act(spot, actor, setting) if spot.node.kind == "map" else _speech(spot, setting)
    # What is saved is there after the step, so it is read last.
    modifiers: dict[str, Any] = {
        "deliver": deliver_of(beside.get("deliver"), setting.abilities),
        "ack": ack_of(beside.get("ack"), setting),
        "save": save_of(beside.get("save"), setting),
    }
    check_ack(beside.get("ack"), modifiers["deliver"])
    if done is None:
        return None
    return ActStep(
        **head, actor=actor, **done, **{name: value for name, value in modifiers.items() if value is not None}
    )


def _speech(spot: Spot, setting: Setting) -> dict[str, Any] | None:
    if spot.node.kind == "list":
        wanted(spot, "text, or a map", "one step is one message; write a step for each")
        return None
    setting.abilities.verb(spot, "text")
    setting.names.read_all(spot)
    return {"verb": "text", "value": speech_of(spot)}


def _map_act(spot: Spot, actor: str, setting: Setting) -> dict[str, Any] | None:
    known = (*words.VERBS, *words.ACT_BESIDE)
    found = entries(spot, known, noun="an act", elsewhere=_BESIDE)
    verb = _verb_of(spot, found, actor)
    if verb is None:
        return None
    setting.abilities.verb(found[verb], verb)
    done: dict[str, Any] = {"verb": verb, "value": _value(found[verb], verb, setting)}
    done["extra"] = _extra(found, verb, setting)
    if verb == "raw" and "event" in found:
        done["event"] = event_type_of(found["event"], setting)
    if "with" in found:
        event_type = str(done["value"]) if verb == "event" else ""
        done["overrides"] = overrides_of(found["with"], event_type, setting)
    return done


def _extra(found: Mapping[str, Spot], verb: str, setting: Setting) -> dict[str, Any]:
    """What stands beside the verb: a caption, and the chat in which it is done."""
    extra: dict[str, Any] = {}
    if verb != "text" and "text" in found:
        setting.names.read_all(found["text"])
        extra["text"] = speech_of(found["text"])
    if "in" in found and verb == "raw":
        why = "raw is the whole body, and says itself where it belongs"
        found["in"].tell("clashing-keys", "`in` cannot stand beside `raw`", why=why, fix="leave it out")
    elif "in" in found:
        extra["in"] = chat_of(found["in"], setting, verb)
    return extra


def _verb_of(spot: Spot, found: Mapping[str, Spot], actor: str) -> str | None:
    """Give the one thing that is done; tell where there is none, or several that do not go together."""
    verbs = [name for name in found if name in words.VERBS]
    if len(verbs) > 1 and "text" in verbs and any(name in words.CAPTIONED for name in verbs):
        verbs.remove("text")
    if "raw" in verbs and "event" in verbs:
        verbs.remove("event")
    if len(verbs) == 1:
        if verbs[0] == "raw" and "with" in found:
            found["with"].tell(
                "clashing-keys",
                "`with` cannot stand beside `raw`",
                why="raw is the whole body already",
                fix="change it there",
            )
        return verbs[0]
    if verbs:
        second = found[verbs[1]]
        fix = f"write a step for each: - {actor}: {{{verbs[0]}: …}}"
        second.tell("clashing-keys", f"one step does one thing, not {' and '.join(verbs)}", fix=fix)
    elif all(key.spelling in found for key, _ in spot.node.items):
        spot.tell(
            "missing-key",
            f"what {actor} does is missing",
            why=f"it is one of: {', '.join(words.VERBS)}",
            fix="write what is done",
        )
    return None


def _value(spot: Spot, verb: str, setting: Setting) -> Any:
    setting.names.read_all(spot)
    if verb in words.MEDIA:
        return _media(spot, setting)
    if verb == "event":
        return event_type_of(spot, setting)
    readers: dict[str, Callable[[Spot], Any]] = {
        "location": _location,
        "contact": _contact,
        "reads": lambda each: _word_or_expression(each, ("last",)),
        "leaves": lambda each: _word_or_expression(each, ("chat",)),
        "opens": _opening,
        "types": _typing,
        "sticker": lambda each: each.node.plain() if text_of(each) is not None else None,
        "raw": _raw,
    }
    return readers.get(verb, speech_of)(spot)


def _media(spot: Spot, setting: Setting) -> str | None:
    """Give the file's path or the URL; a file must be there, inside the scenarios' root."""
    text = text_of(spot)
    if text is None or "://" in text or "{{" in text:
        return text
    path = files.beside(setting.folder, text)
    if not files.is_inside(setting.root, path):
        spot.tell(
            "outside-root",
            f'"{shortened(text)}" lies outside of the scenarios',
            why=f"their root is {setting.root.name}/",
            fix="copy the file into it",
        )
    elif not files.is_file(path):
        near = files.nearest_beside(path) or "the path is relative to this scenario's folder"
        spot.tell(
            "missing-file", f'there is no file "{shortened(text)}"', why=f"looked in {path.parent.name}/", fix=near
        )
    return text


def event_type_of(spot: Spot, setting: Setting) -> str:
    """Give an event type that each provider of the story has; empty where none is written, which is told."""
    text = text_of(spot) or ""
    if text:
        setting.abilities.event(spot, text)
    return text


def _raw(spot: Spot) -> Any:
    """The whole body: any value that is written."""
    if spot.node.kind == "null":
        wanted(spot, "the whole body", "write a map, a list or a text")
    return spot.node.plain()


def _location(spot: Spot) -> Any:
    found = entries(spot, ("lat", "lon", "name", "address"), noun="a location", required=("lat", "lon"))
    for name, most in (("lat", 90), ("lon", 180)):
        value = found[name].node.value if name in found else None
        if name not in found or (isinstance(value, str) and "{{" in value):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            wanted(found[name], "a number of degrees", "write it in digits, without quotes")
        elif abs(value) > most:
            found[name].tell("wrong-value", f"{value} is out of range", why=f"{name} goes from -{most} to {most}")
    return spot.node.plain()


def _contact(spot: Spot) -> Any:
    """A name, or a map; a number is a text there: its zeros and its plus count."""
    if spot.node.kind != "map":
        return speech_of(spot)
    found = entries(spot, ("name", "phone", "avatar"), noun="a contact", required=("name",))
    return {name: text_of(each) for name, each in found.items()}


def _opening(spot: Spot) -> Any:
    """`chat`, or the context of the link by which it is opened."""
    if spot.node.kind == "map":
        return {
            name: text_of(each)
            for name, each in entries(spot, ("context",), noun="opens", required=("context",)).items()
        }
    return _word_or_expression(spot, ("chat",))


def _typing(spot: Spot) -> Any:
    return True if spot.node.value is True else duration_of(spot)


def _word_or_expression(spot: Spot, known: tuple[str, ...]) -> str | None:
    text = text_of(spot)
    return text if text is not None and "{{" in text else word_of(spot, known)


def overrides_of(spot: Spot, event_type: str, setting: Setting) -> dict[str, Any]:
    """Give dotted path → value of a `with:` over the body of that event type; empty: over any body."""
    if spot.node.kind != "map":
        wanted(spot, "a map", "write `with: {path.to.field: value}`")
        return {}
    setting.names.read_all(spot)
    for path, key, _ in pairs(spot):
        if is_path(told_at(spot, key, path), path.removeprefix("+")):
            setting.abilities.path(told_at(spot, key, path), path, event_type)
    return {path: value.node.plain() for path, _, value in pairs(spot)}
