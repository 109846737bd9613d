"""Steps in which an actor does something, and what may stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator import match, paths
from simulator.scenario import files
from simulator.scenario import vocabulary as words
from simulator.scenario.delivering import deliver_of
from simulator.scenario.matchers import matcher_at
from simulator.scenario.model import AckWanted, ActStep
from simulator.scenario.setting import Head, Setting
from simulator.scenario.spots import (
    Spot,
    duration_of,
    entries,
    pairs,
    shortened,
    speech_of,
    text_of,
    told_at,
    wanted,
    word_of,
)

_BESIDE = {name: f"write `{name}:` beside the actor, one level out" for name in words.BESIDE["act"]}


def act_step(spot: Spot, actor: str, beside: Mapping[str, Spot], head: Head, setting: Setting) -> ActStep | None:
    """Give the step in which the actor does what stands at the spot; None where that cannot be read, which is told."""
    done = _map_act(spot, actor, setting) if spot.node.kind == "map" else _speech(spot, setting)
    # What is saved is there after the step, so it is read last.
    modifiers: dict[str, Any] = {
        "deliver": deliver_of(beside.get("deliver")),
        "ack": ack_of(beside.get("ack"), setting),
        "save": save_of(beside.get("save"), setting),
    }
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
    found = entries(spot, known, noun="an act", not_yet=words.NOT_YET["act"], elsewhere=_BESIDE)
    verb = _verb_of(spot, found, actor)
    if verb is None:
        return None
    setting.abilities.verb(found[verb], verb)
    done: dict[str, Any] = {"verb": verb, "value": _value(found[verb], verb, setting)}
    if verb != "text" and "text" in found:
        setting.names.read_all(found["text"])
        done["extra"] = {"text": speech_of(found["text"])}
    if verb == "raw" and "event" in found:
        done["event"] = _event_type(found["event"], setting)
    if "with" in found:
        event_type = str(done["value"]) if verb == "event" else ""
        done["overrides"] = _overrides(found["with"], event_type, setting)
    return done


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
        return _event_type(spot, setting)
    readers: dict[str, Callable[[Spot], Any]] = {
        "location": _location,
        "contact": _contact,
        "reads": lambda each: _word_or_expression(each, ("last",)),
        "leaves": lambda each: _word_or_expression(each, ("chat",)),
        "opens": _opening,
        "types": _typing,
        "sticker": lambda each: each.node.plain() if text_of(each) is not None else None,
        "raw": lambda each: each.node.plain(),
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


def _event_type(spot: Spot, setting: Setting) -> str:
    text = text_of(spot) or ""
    if text:
        setting.abilities.event(spot, text)
    return text


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


def _overrides(spot: Spot, event_type: str, setting: Setting) -> dict[str, Any]:
    if spot.node.kind != "map":
        wanted(spot, "a map", "write `with: {path.to.field: value}`")
        return {}
    setting.names.read_all(spot)
    for path, key, _ in pairs(spot):
        if _is_path(told_at(spot, key, path), path.removeprefix("+")):
            setting.abilities.path(told_at(spot, key, path), path, event_type)
    return {path: value.node.plain() for path, _, value in pairs(spot)}


# --- beside a step ---------------------------------------------------------------------------------------------------


def ack_of(spot: Spot | None, setting: Setting) -> AckWanted | None:
    """Give what the bot's HTTP answer must be; a bare status is sugar for `{status: …}`."""
    if spot is None:
        return None
    if spot.is_scalar:
        return AckWanted(status=status_of(spot))
    elsewhere = dict.fromkeys(("p50", "p99", "lost"), "it is counted over a whole run: write it under always:")
    return ack_from(entries(spot, tuple(words.ACK), noun="ack", elsewhere=elsewhere), setting)


def ack_from(found: Mapping[str, Spot], setting: Setting) -> AckWanted:
    """Give what the bot's HTTP answer must be, from what is said of it."""
    return AckWanted(
        status=status_of(found.get("status")),
        within_ms=duration_of(found.get("within"), least=1),
        headers=_headers(found.get("headers"), setting),
        body=_ack_body(found.get("body"), setting),
    )


def status_of(spot: Spot | None) -> str | None:
    """Give a status such as `200`, `2xx` or `200, 204`; None where it is none, which is told."""
    text = text_of(spot)
    if spot is not None and text is not None and not match.is_status(text):
        spot.tell(
            "wrong-value",
            f'"{shortened(text)}" is no status',
            why="one is written as 200, 2xx, or 200, 204",
            fix="write it so",
        )
        return None
    return text


def _headers(spot: Spot | None, setting: Setting) -> dict[str, Any]:
    if spot is None:
        return {}
    if spot.node.kind != "map":
        wanted(spot, "a map of header → matcher")
        return {}
    return {name: matcher_at(value, setting) for name, _, value in pairs(spot)}


def _ack_body(spot: Spot | None, setting: Setting) -> Any:
    return None if spot is None else matcher_at(spot, setting)


def save_of(spot: Spot | None, setting: Setting) -> dict[str, str] | None:
    """Give variable → path; the variables are set from here on."""
    if spot is None:
        return None
    if spot.node.kind != "map":
        wanted(spot, "a map of variable → path", "write `save: {order: message.text}`")
        return None
    saved = {}
    for name, value in setting.names.variables(spot).items():
        path = text_of(value)
        if path is not None and _is_path(value, path):
            saved[name] = path
            setting.names.set(name, value)
    return saved


def _is_path(spot: Spot, path: str) -> bool:
    if paths.split(path):
        return True
    spot.tell(
        "wrong-value", "the path is empty", why="it says where the value stands", fix="write one such as message.text"
    )
    return False
