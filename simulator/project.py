"""The project file: defaults for the commands, and named targets; `simulator.toml`, or a table of pyproject.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, did_you_mean

FILE = "simulator.toml"
SHARED_FILE = "pyproject.toml"
SHARED_TABLE = ("tool", "simulator")

TARGETS = "targets"

TARGET_KEYS: Mapping[str, str] = {
    "endpoint": "Where the bot listens: an address, or provider = address for several.",
    "credentials": 'Name = "${VARIABLE}" or "file:PATH", no secret itself; in a table for one provider, or for all.',
    "options": "Switches of the provider: name = value; in a table for one provider, or for all that have them.",
    "policy": "How failed deliveries are tried again.",
    "allow_hosts": "Hosts outside this machine that the bot may register.",
    "pace": "How time passes while nobody is at work: instant, real, or 10x.",
}
"""What a target may say, and what each key means."""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_SYNTAX_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

Keys = tuple[str, ...]
"""The way to a value: `("run", "seed")`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A place where a bot runs, and what is to be known of it."""

    name: str
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """Provider → where its events go; under the empty name those of all others."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    """`NAME` or `PROVIDER.NAME` → `env:NAME` or `file:PATH`, never the secret itself."""
    options: Mapping[str, str] = field(default_factory=dict)
    """`NAME` or `PROVIDER.NAME` → value."""
    policy: str = ""
    allow_hosts: tuple[str, ...] = ()
    pace: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A project file, read and checked as far as it does not hang on the commands' options."""

    file: Path
    commands: Mapping[str, Mapping[str, Any]]
    """Command → option, as it is written on the command line without its dashes → value."""
    targets: Mapping[str, Target]
    lines: Mapping[Keys, int]
    """Where each key stands."""

    @property
    def folder(self) -> Path:
        """Where it lies; relative paths in it begin there."""
        return self.file.parent

    def place(self, *keys: str) -> str:
        """Give file and line of a key, or of the nearest one around it."""
        found = next((self.lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self.lines), 1)
        return f"{shown(self.file)}:{found}"

    def target(self, name: str) -> Target:
        """
        Give the target of that name.

        Raises:
            InputError: there is none.
        """
        if name in self.targets:
            return self.targets[name]
        raise InputError(
            Problem(
                code="unknown-target",
                what=f'unknown target "{name}"',
                where="--target",
                at=shown(self.file),
                why=f"there are: {', '.join(self.targets)}" if self.targets else "the project file names no target",
                fix=did_you_mean(name, self.targets, f"add a table [{TARGETS}.{name}]"),
            )
        )


def find(folder: Path) -> Path | None:
    """Give the nearest project file, from this folder upwards; None where there is none."""
    for each in (folder, *folder.parents):
        own, shared = each / FILE, each / SHARED_FILE
        if own.is_file():
            return own
        if shared.is_file() and _has_table(shared):
            return shared
    return None


def read(file: Path, commands: Collection[str]) -> Project:
    """
    Give the project of a file; `commands` are the names that tables for commands may have.

    Raises:
        InputError: with all that is wrong in it.
    """
    text = _text_of(file)
    above = SHARED_TABLE if file.name == SHARED_FILE else ()
    value = _parsed(text, file)
    for name in above:
        value = value.get(name, {})
    lines = {keys[len(above) :]: line for keys, line in lines_of(text).items() if keys[: len(above)] == above}
    reader = _Reader(file, lines)
    found = reader.read(value, commands)
    if reader.problems:
        raise InputError(*reader.problems)
    return found


def lines_of(text: str) -> dict[Keys, int]:
    """Give the line, from 1, of each table and each key of a TOML text, as far as they stand on lines of their own."""
    found: dict[Keys, int] = {}
    table: Keys = ()
    quotes = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not quotes:
            header, assignment = _HEADER.match(line), _ASSIGNMENT.match(line)
            if header:
                table = _parts(header[1])
                found.setdefault(table, number)
            elif assignment:
                found.setdefault((*table, *_parts(assignment[1])), number)
        for mark in ('"""', "'''"):
            # Within a text of several lines nothing is a key.
            if line.count(mark) % 2 and quotes in ("", mark):
                quotes = "" if quotes else mark
    return found


def _parts(dotted: str) -> Keys:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _has_table(file: Path) -> bool:
    try:
        return b"[tool.simulator" in file.read_bytes()
    except OSError:
        return False


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(
            Problem(code="unreadable-file", what="the project file cannot be read", where=shown(file), why=why)
        ) from error


def _parsed(text: str, file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _SYNTAX_PLACE.search(str(error))
        last = max(len(text.splitlines()), 1)
        where = f"{shown(file)}:{place[1]}:{place[2]}" if place and place[1] else f"{shown(file)}:{last}"
        raise InputError(
            Problem(
                code="bad-toml",
                what="this is no TOML",
                where=where,
                why=_SYNTAX_PLACE.sub("", str(error)),
                fix='a text stands in quotes: endpoint = ":3000/hook"',
            )
        ) from error


class _Reader:
    """Reads a project file and keeps what is wrong."""

    def __init__(self, file: Path, lines: Mapping[Keys, int]) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._lines = lines

    def read(self, value: Mapping[str, Any], commands: Collection[str]) -> Project:
        known = [*commands, TARGETS]
        found: dict[str, Mapping[str, Any]] = {}
        for name, inner in value.items():
            if name not in known:
                fix = did_you_mean(name, known, f"tables are named after commands, or {TARGETS}.NAME")
                self._wrong((name,), "unknown-key", f'unknown table "{name}"', f"there are: {', '.join(known)}", fix)
            elif not isinstance(inner, dict):
                self._wrong((name,), "wrong-type", f"{name} is no table", "its keys are options", f"write [{name}]")
            elif name != TARGETS:
                found[name] = inner
        targets = value.get(TARGETS)
        read = dict(self._targets(targets)) if isinstance(targets, dict) else {}
        return Project(file=self._file, commands=found, targets=read, lines=self._lines)

    def _targets(self, targets: Mapping[str, Any]) -> Iterator[tuple[str, Target]]:
        for name, value in targets.items():
            if not isinstance(value, dict):
                fix = f"write [{TARGETS}.{name}]"
                self._wrong((TARGETS, name), "wrong-type", f"the target {name} is no table", "it has keys", fix)
                continue
            for key in value.keys() - TARGET_KEYS.keys():
                fix = did_you_mean(key, TARGET_KEYS, "use one of them")
                why = f"a target has: {', '.join(TARGET_KEYS)}"
                self._wrong((TARGETS, name, key), "unknown-key", f'unknown key "{key}"', why, fix)
            yield name, self._target(name, value)

    def _target(self, name: str, value: Mapping[str, Any]) -> Target:
        endpoint = value.get("endpoint", {})
        endpoints = {"": endpoint} if isinstance(endpoint, str) else self._texts(name, "endpoint", endpoint)
        credentials = self._texts(name, "credentials", flat(value.get("credentials", {})))
        hosts = value.get("allow_hosts", [])
        if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
            self._wrong((TARGETS, name, "allow_hosts"), "wrong-type", "allow_hosts is no list of names", "", '["host"]')
            hosts = []
        return Target(
            name=name,
            endpoints=endpoints,
            credentials={key: self._secret(name, key, text) for key, text in credentials.items()},
            options=self._texts(name, "options", flat(value.get("options", {}))),
            policy=self._text(name, "policy", value),
            allow_hosts=tuple(hosts),
            pace=self._text(name, "pace", value),
        )

    def _secret(self, target: str, key: str, text: str) -> str:
        """Give where a credential is found, as `--credential` reads it."""
        variable = _VARIABLE.fullmatch(text)
        if variable:
            return f"env:{variable[1]}"
        if text.startswith("file:"):
            return f"file:{self._file.parent / text.removeprefix('file:')}"
        why = "a project file is shared, and so would be the secret"
        own = key.rpartition(".")[2]
        fix = f'write {own} = "${{{variable_for(key)}}}" and set that variable, or "file:PATH"'
        self._wrong(
            (TARGETS, target, "credentials", *key.split(".")), "secret-in-file", "a secret stands in the file", why, fix
        )
        return ""

    def _text(self, target: str, key: str, value: Mapping[str, Any]) -> str:
        text = value.get(key, "")
        if isinstance(text, str):
            return text
        self._wrong((TARGETS, target, key), "wrong-type", f"{key} is no text", "", f'write {key} = "…"')
        return ""

    def _texts(self, target: str, key: str, value: Any) -> dict[str, str]:
        if isinstance(value, dict) and all(isinstance(each, str | int | float) for each in value.values()):
            return {name: written(each) for name, each in value.items()}
        why = "it gives a text to each name"
        self._wrong((TARGETS, target, key), "wrong-type", f"{key} is no table of texts", why, f'{key} = {{name = "…"}}')
        return {}

    def _wrong(self, keys: Keys, code: str, what: str, why: str, fix: str) -> None:
        line = next((self._lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self._lines), 1)
        at = ".".join(keys)
        self.problems.append(
            Problem(code=code, what=what, where=f"{shown(self._file)}:{line}", at=at, why=why, fix=fix)
        )


def shown(file: Path) -> str:
    """Give the path of the file as seen from the working directory, where there is a way."""
    try:
        return os.path.relpath(file)
    except ValueError:
        return str(file)


def flat(value: Any) -> Any:
    """Give a table with what stands in tables inside of it as `TABLE.NAME`, one level deep; anything else as it is."""
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {}
    for name, each in value.items():
        found |= {f"{name}.{own}": inner for own, inner in each.items()} if isinstance(each, dict) else {name: each}
    return found


def written(value: Any) -> str:
    """Give a value of the file as it would be written on the command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def variable_for(credential: str) -> str:
    """Give the variable that is proposed for a credential: `AUTH_TOKEN` for `auth_token`."""
    return credential.upper().replace(".", "_")
