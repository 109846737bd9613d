"""Steps that stand in another file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from simulator.documents import Node
from simulator.errors import InputError
from simulator.scenario import files
from simulator.scenario import vocabulary as words
from simulator.scenario.blocks import Beside, ReadSteps
from simulator.scenario.model import IncludeStep
from simulator.scenario.setting import MOST_INCLUDES, Head, Setting
from simulator.scenario.spots import Spot, entries, shortened, tell_long_texts, wanted
from simulator.scenario.values import text_of
from simulator.scenario.written import Keys

_LEFT_OUT = ("given", "always", "cases", "load")
"""What a whole scenario may say, and what is not taken over where another one includes its steps."""


def include_step(spot: Spot, beside: Beside, head: Head, setting: Setting, *, read: ReadSteps) -> IncludeStep | None:
    """Give the steps of the file named there; None where it cannot be read, which is told."""
    named, given = spot, beside.get("vars")
    if spot.node.kind == "map":
        found = entries(spot, tuple(words.INCLUDE), noun="include", required=("path",), meant={"file": "path"})
        if "path" not in found:
            return None
        named, given = found["path"], found.get("vars", given)
    text = text_of(named)
    path = None if text is None else _path(named, text, setting)
    document = None if path is None or text is None else _document(named, path, text, setting)
    if document is None or path is None or text is None:
        return None
    inside = replace(
        setting,
        keys=Keys(head["key"]),
        label=files.label_beside(setting.label, text),
        folder=path.parent,
        chain=(*setting.chain, (path, files.label_beside(setting.label, text))),
        level=setting.level + 1,
    )
    return _steps_of(Spot(document, spot.at, spot.told), given, head, inside, read)


def _path(spot: Spot, text: str, setting: Setting) -> Path | None:
    path = files.beside(setting.folder, text)
    if not files.is_inside(setting.root, path):
        why = f"their root is {setting.root.name}/, and nothing above it is read"
        spot.tell(
            "outside-root", f'"{shortened(text)}" lies outside of the scenarios', why=why, fix="copy the file into it"
        )
    elif not files.is_file(path):
        fix = files.nearest_beside(path) or "the path is relative to this file's folder"
        spot.tell(
            "missing-file", f'there is no file "{shortened(text)}"', why=f"looked in {path.parent.name}/", fix=fix
        )
    elif path in [each for each, _ in setting.chain]:
        names = [label for _, label in setting.chain]
        circle = " → ".join(
            [*names[[each for each, _ in setting.chain].index(path) :], files.label_beside(setting.label, text)]
        )
        spot.tell(
            "circular-include", f'"{shortened(text)}" includes itself', why=circle, fix="take one of these includes out"
        )
    else:
        setting.tally.includes += 1
        if setting.tally.includes <= MOST_INCLUDES:
            return path
        if setting.tally.includes == MOST_INCLUDES + 1:
            fix = "put the steps of several into one"
            spot.tell("too-many-includes", f"more than {MOST_INCLUDES} files are included", fix=fix)
    return None


def _document(spot: Spot, path: Path, text: str, setting: Setting) -> Node | None:
    label = files.label_beside(setting.label, text)
    spot.told.begin(label)
    try:
        if path not in setting.tally.documents:
            setting.tally.documents[path] = files.read_document(path, label, spot.told)
        return setting.tally.documents[path]
    except InputError as error:
        spot.told.take_over(error.problems, label)
        return None


def _steps_of(spot: Spot, given: Spot | None, head: Head, setting: Setting, read: ReadSteps) -> IncludeStep | None:
    if spot.node.kind != "map":
        wanted(spot, "a map", "an included file has `steps:`, and perhaps `vars:`")
        return None
    tell_long_texts(spot)
    found = entries(spot, tuple(words.TOP), noun="an included file", required=("steps",))
    for name in _LEFT_OUT:
        if name in found:
            fix = "say it in the story that includes this file"
            found[name].tell(
                "not-included",
                f'"{name}" of an included file does not count',
                why="only its steps and vars do",
                fix=fix,
                is_warning=True,
            )
    variables = {**_variables(found.get("vars"), setting), **_variables(given, setting)}
    with setting.names.seeing(variables):
        steps = read(found["steps"], setting) if "steps" in found else ()
    return IncludeStep(**head, variables={name: value.node.plain() for name, value in variables.items()}, steps=steps)


def _variables(spot: Spot | None, setting: Setting) -> Mapping[str, Spot]:
    if spot is None:
        return {}
    if spot.node.kind != "map":
        wanted(spot, "a map of name → value")
        return {}
    variables = setting.names.variables(spot)
    for value in variables.values():
        setting.names.read_all(value)
    return variables
