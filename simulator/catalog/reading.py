"""A provider's folder → its Catalog; every fault of its files is told at once, with file, line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simulator import documents, units
from simulator.catalog.facts import (
    BODY_KINDS,
    FIELD_TYPES,
    OPTION_KINDS,
    BodyStyle,
    Catalog,
    Credential,
    Endpoint,
    EnvVariable,
    ErrorFact,
    EventFact,
    FieldFact,
    Limit,
    OperationFact,
    Option,
    SdkLine,
    Unconfirmed,
)
from simulator.catalog.forms import Form, Reader
from simulator.catalog.given import option_value
from simulator.catalog.policies import read_policy
from simulator.documents import Node
from simulator.errors import InputError, Problem, did_you_mean

TEMPLATE = ".json.j2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixed:
    """What stands about an event in provider.yaml: what is so only beside the other events."""

    weight: float = 0.0
    is_mandatory: bool = False


class Events(Mapping[str, EventFact]):
    """
    The events of a catalog by their types, each read from its file when it is first asked for.

    A provider may have a hundred of them, and most commands ask for one. Asking for one may raise an `InputError` with
    the problems of its file.
    """

    def __init__(self, folder: Path, sources: Mapping[str, Any], nodes: Sequence[tuple[Node, Node]]) -> None:
        """Begin with nothing read; `nodes` are the entries of `events:` in provider.yaml."""
        self._folder = folder
        self._sources = sources
        self._nodes = {key.spelling: (key, value) for key, value in nodes}
        self._read: dict[str, EventFact] = {}

    def __getitem__(self, event_type: str) -> EventFact:
        if event_type not in self._read:
            key, value = self._nodes[event_type]
            form = Form(self._sources)
            fact = _event(form, self._folder, key, value)
            if fact is None or form.problems:
                raise InputError(*sorted(form.problems, key=_place_of))
            self._read[event_type] = fact
        return self._read[event_type]

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, event_type: object) -> bool:
        return event_type in self._nodes


def read(folder: Path, *, is_whole: bool = True) -> Catalog:
    """
    Give the catalog that a folder holds; the folder's name is the provider's id.

    The files of its events are read and checked at once, or else each when it is first asked for.

    Raises:
        InputError: with the problems of all files that were read.
    """
    root = documents.read_file(folder / "provider.yaml", _label(folder, "provider.yaml"))
    form = Form()
    sources = root.get("sources")
    form.sources = form.mapping(sources) if sources is not None else form.sources
    readers = dict(_readers(form, folder))
    if not is_whole:
        readers["events"] = lambda node: Events(folder, form.sources, form.pairs(node))
    catalog: Catalog = form.record(root, Catalog, given={"id": folder.name, "folder": folder}, readers=readers)
    if not form.problems:
        _check_names(form, catalog, root)
    if form.problems:
        raise InputError(*sorted(form.problems, key=_place_of))
    return catalog


def file_stem(event_type: str) -> str:
    """Give the path of an event type's files below `events/`, without their endings."""
    return event_type.replace(":", "-")


def _label(folder: Path, name: str) -> str:
    return f"templates/{folder.name}/{name}"


def _place_of(problem: Problem) -> tuple[Any, ...]:
    file, *rest = problem.where.split(":")
    return (file, *(int(part) for part in rest if part.isdigit()))


def _readers(form: Form, folder: Path) -> Mapping[str, Reader]:
    return {
        "sources": form.mapping,
        "verbs": form.mapping,
        "account": form.mapping,
        "credentials": partial(form.table, Credential),
        "options": partial(_options, form),
        "endpoints": partial(form.table, Endpoint),
        "events": partial(_events, form, folder),
        "operations": partial(_operations, form, folder),
        "errors": partial(_errors, form, folder),
        "limits": partial(_limits, form),
        "policy": partial(read_policy, form),
        "body": partial(_body, form),
        "env": partial(form.listing, EnvVariable),
        "sdk_lines": partial(form.listing, SdkLine),
        "unconfirmed": partial(form.listing, Unconfirmed),
    }


# --- events ----------------------------------------------------------------------------------------------------------


def _events(form: Form, folder: Path, node: Node) -> Mapping[str, EventFact]:
    found = {key.spelling: _event(form, folder, key, value) for key, value in form.pairs(node)}
    stems = [file_stem(event_type) for event_type in found]
    inside = folder / "events"
    for path in sorted(path for path in inside.rglob("*") if path.is_file()):
        name = path.relative_to(inside).as_posix()
        stem = name.removesuffix(TEMPLATE).removesuffix(".yaml")
        if stem not in stems:
            fix = did_you_mean(stem, stems, "declare it in provider.yaml under `events:`, or take the file away")
            what = "no event type has this file"
            form.tell(_label(folder, f"events/{name}"), "undeclared-event", what, fix=fix)
    return MappingProxyType({event_type: fact for event_type, fact in found.items() if fact is not None})


def _event(form: Form, folder: Path, key: Node, node: Node) -> EventFact | None:
    name = f"events/{file_stem(key.spelling)}"
    template = _template(form, folder, key, name)
    mixed = form.record(node, Mixed, at=f"events.{key.spelling}")
    try:
        root = documents.read_file(folder / f"{name}.yaml", _label(folder, f"{name}.yaml"))
    except InputError as error:
        form.problems += error.problems
        return None
    fact: EventFact = form.record(
        root,
        EventFact,
        given={
            "type": key.spelling,
            "template": template,
            "weight": mixed.weight,
            "is_mandatory": mixed.is_mandatory,
        },
        readers={"values": _expressions, "fields": partial(_fields, form)},
    )
    return fact


def _template(form: Form, folder: Path, key: Node, name: str) -> Path:
    path = folder / f"{name}{TEMPLATE}"
    if not path.is_file():
        what = f'"{key.spelling}" has no {name}{TEMPLATE}'
        form.tell(key.place, "missing-template", what, fix="write the file")
    return path


def _expressions(node: Node) -> Mapping[str, str]:
    return MappingProxyType({key.spelling: value.spelling for key, value in node.items})


def _fields(form: Form, node: Node) -> Mapping[str, FieldFact]:
    found = {}
    for key, value in form.pairs(node):
        path = key.spelling
        fact: FieldFact = form.record(value, FieldFact, given={"path": path, "chance": 1.0}, at=path)
        for word in str(fact.type).split("|"):
            form.word(value.get("type"), "type", FIELD_TYPES, word)
        form.pattern(value.get("pattern"))
        found[path] = replace(fact, chance=_chance(form, value.get("presence")))
    return MappingProxyType(found)


def _chance(form: Form, node: Node | None) -> float:
    if node is None or node.spelling in ("required", "conditional"):
        return 1.0
    word, _, share = node.spelling.partition(" ")
    why = f"found: {node.spelling}"
    try:
        if word == "optional":
            return units.share(share)
    except ValueError as error:
        why = str(error)
    fix = "write `required`, `conditional`, or `optional 80%`"
    form.tell(node.place, "unknown-presence", "it is not said when the field is there", why=why, fix=fix)
    return 1.0


# --- the REST API ----------------------------------------------------------------------------------------------------


def _operations(form: Form, folder: Path, node: Node) -> Mapping[str, OperationFact]:
    found = {}
    for key, value in form.pairs(node):
        name = key.spelling
        given = {"name": name, "template": _template(form, folder, key, f"api/{name}")}
        fact: OperationFact = form.record(value, OperationFact, given=given, at=f"operations.{name}")
        if not all(re.fullmatch(r"[A-Z]+ /\S*", str(route)) for route in fact.routes or [""]):
            form.tell(value.place, "bad-route", f'"{name}" has no routes', fix="write `routes: [POST /path]`")
        found[name] = fact
    return MappingProxyType(found)


def _errors(form: Form, folder: Path, node: Node) -> Mapping[str, ErrorFact]:
    for key, _ in form.pairs(node)[:1]:
        _template(form, folder, key, "api/error")
    rows: Mapping[str, ErrorFact] = form.table(ErrorFact, node)
    return rows


# --- all else --------------------------------------------------------------------------------------------------------


def _options(form: Form, node: Node) -> Mapping[str, Option]:
    found: dict[str, Option] = dict(form.table(Option, node))
    for key, value in form.pairs(node):
        option, default = found[key.spelling], value.get("default")
        form.word(value.get("kind"), "kind", OPTION_KINDS)
        try:
            found[option.name] = replace(option, default=option_value(option, option.default))
        except ValueError as error:
            place = default.place if default is not None else key.place
            form.tell(place, "bad-option", f'"{option.name}" cannot have this default', fix=str(error))
    return MappingProxyType(found)


def _limits(form: Form, node: Node) -> Mapping[str, Any]:
    return MappingProxyType({name: limit.value for name, limit in form.table(Limit, node).items()})


def _body(form: Form, node: Node) -> Any:
    style = form.record(node, BodyStyle, at="body")
    form.word(node.get("kind"), "kind", BODY_KINDS)
    known = [each.name for each in fields(BodyStyle)]
    for _, changes in form.pairs(node.get("styles")):
        for key, _ in form.pairs(changes):
            form.word(key, "key", known)
    return style


def _check_names(form: Form, catalog: Catalog, root: Node) -> None:
    """Names that point from one part to another lead somewhere."""
    for _, value in form.pairs(root.get("verbs")):
        form.word(value, "event type", catalog.events)
    for element in form.elements(root.get("unconfirmed")):
        form.word(element.get("setting"), "option", catalog.options)
    body = root.get("body")
    form.word(body.get("option") if body is not None else None, "option", catalog.options)
