"""What must be found somewhere: in a reply of the bot, in its HTTP answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from simulator import match
from simulator.documents import Node
from simulator.scenario import vocabulary as words
from simulator.scenario.setting import Setting
from simulator.scenario.spots import Spot, elements, pairs
from simulator.scenario.values import speech_of, spelled

_SPELLED = ("text", "buttons", "image", "video", "audio", "file", "url", "contact", "sticker")
"""The fields in which text belongs: `42` counts there as it is spelled."""
_WILD = ("any", "none")

Found = tuple[str, str, str]
"""Path, code and message of what is wrong with a matcher."""


def reply_fields(setting: Setting) -> tuple[str, ...]:
    """Give the fields of a reply that the language or one of the story's providers knows."""
    own = (name for catalog in setting.abilities.catalogs.values() for name in catalog.reply_fields)
    return tuple(dict.fromkeys((*words.BOT_FIELDS, *own)))


def wanted_of(
    spot: Spot, setting: Setting, only: Collection[str] | None = None, *, is_optional: bool = False
) -> dict[str, Any]:
    """
    Give field → matcher of a reply; bare text is a matcher for its text.

    `only` names the fields that are taken. What a provider of several does not have is skipped there, where the reply
    is optional.
    """
    if spot.node.kind != "map":
        return _bare(spot, setting)
    fields = {name: value for name, _, value in pairs(spot) if only is None or name in only}
    for name, value in fields.items():
        setting.abilities.bot_field(value, name, is_optional=is_optional)
        _check_speech(name, value)
    fields = {name: value for name, value in fields.items() if not value.is_empty}
    wanted = {name: spelled(value.node) if name in _SPELLED else value.node.plain() for name, value in fields.items()}
    _tell({name: value.node for name, value in fields.items()}, match.problems_of(wanted), spot)
    for name, value in fields.items():
        _note(wanted[name], value, setting)
    return wanted


def _bare(spot: Spot, setting: Setting) -> dict[str, Any]:
    setting.abilities.bot_field(spot, "text")
    text = speech_of(spot)
    if text is None:
        return {}
    if text.strip() in _WILD:
        # `any` and `none` are words of the language in maps alone; here the bot says them.
        what, fix = (
            f'waits for the word "{text.strip()}" itself',
            f"write {{text: {text.strip()}}} for {text.strip()} text",
        )
        spot.tell("bare-word", f"this {what}", why="bare text is what the bot says", fix=fix, is_warning=True)
        return {"text": {"equals": text}}
    _tell({"text": spot.node}, match.problems_of(text), spot)
    _note(text, spot, setting)
    return {"text": text}


def _check_speech(name: str, spot: Spot) -> None:
    """Tell where YAML took something away from the words that the bot must say."""
    if spot.is_empty or (name == "text" and spot.is_scalar):
        speech_of(spot)
    elif name == "buttons" and spot.node.kind == "list":
        for element in elements(spot):
            _check_speech("text", element)


def matcher_at(spot: Spot, setting: Setting) -> Any:
    """Give the matcher that stands at the spot: for a text, or dotted path → matcher."""
    matcher = spelled(spot.node) if spot.node.kind != "map" else spot.node.plain()
    found = match.value_problems(matcher) if isinstance(matcher, dict) else match.problems_of(matcher)
    _tell({"": spot.node}, found, spot)
    _note(matcher, spot, setting)
    return matcher


def _note(matcher: Any, spot: Spot, setting: Setting) -> None:
    """Note what the matcher reads, and then what it sets."""
    setting.names.read_all(spot, is_matcher=True)
    for name in sorted(match.captures_of(matcher)):
        setting.names.set(name, spot, is_capture=True)


# --- from a path in the matcher to its place -------------------------------------------------------------------------


def _tell(nodes: Mapping[str, Node], found: list[Found], spot: Spot) -> None:
    for path, code, what in found:
        if code == "unfinished-expression":
            continue  # told with all other expressions
        node, at = located(nodes, path)
        problem, _, fix = what.partition("; ")
        here = Spot(node or spot.node, f"{spot.at}.{at}" if at else spot.at, spot.told)
        if code == "empty-matcher" and spot.told.has_told_at(here.place):
            continue  # told as text that YAML took away
        here.tell(code, problem, fix=fix or _fix_for(code, node))


def located(nodes: Mapping[str, Node], path: str) -> tuple[Node | None, str]:
    """Give the node nearest to a path of the matcher, and as much of the path as leads to it."""
    name = next((name for name in nodes if path == name or path.startswith(f"{name}.") or not name), None)
    if name is None:
        return next(iter(nodes.values()), None), ""
    node, at, rest = nodes[name], name, path[len(name) :].lstrip(".")
    while rest:
        step = _step_towards(node, rest)
        if step is None:
            break
        node, taken = step
        at, rest = f"{at}.{taken}" if at else taken, rest[len(taken) :].lstrip(".")
    return node, at


def _step_towards(node: Node, rest: str) -> tuple[Node, str] | None:
    """Give the value of the longest key, or of the index, with which the rest of the path begins."""
    for key, value in sorted(node.items, key=lambda pair: -len(pair[0].spelling)):
        if rest == key.spelling or rest.startswith(f"{key.spelling}."):
            return value, key.spelling
    index = re.match(r"\d+", rest)
    if index is not None and node.kind == "list" and int(index[0]) < len(node.elements):
        return node.elements[int(index[0])], index[0]
    return None


def _fix_for(code: str, node: Node | None) -> str:
    if code == "unfinished-regex" and node is not None and not node.is_quoted:
        return "put it in quotes"
    return 'a literal that begins with ~ or /, or holds <, is written {equals: "…"}' if code == "bad-regex" else ""
