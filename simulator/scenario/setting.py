"""What a step is read against: who may speak, what the providers can do, where files lie, what is set so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from simulator.documents import Node
from simulator.records import Place
from simulator.scenario.abilities import Abilities
from simulator.scenario.names import Names
from simulator.scenario.written import Keys

MOST_STEPS = 10_000
MOST_INCLUDES = 100
MOST_LEVELS = 50


class Head(TypedDict):
    """What every step has."""

    place: Place
    at: str
    text: str
    key: str


@dataclass(slots=True)
class Tally:
    """How much was read so far, over all files of one scenario."""

    steps: int = 0
    includes: int = 0
    undeclared: set[str] = field(default_factory=set)
    """Actors that were told of already."""
    documents: dict[Path, Node] = field(default_factory=dict)
    """What was included so far: a file that comes again is not read again."""
    causes: dict[str, set[str]] = field(default_factory=dict)
    """Event type → those that a stream sends after it."""

    def is_circle(self, cause: str, event_type: str) -> bool:
        """Keep that the one causes the other; true where the cause thereby comes after itself."""
        self.causes.setdefault(cause, set()).add(event_type)
        seen: set[str] = set()
        waiting = [event_type]
        while waiting:
            each = waiting.pop()
            if each not in seen:
                seen.add(each)
                waiting += self.causes.get(each, ())
        return cause in seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What the steps of one file are read against."""

    names: Names
    tally: Tally
    abilities: Abilities = field(default_factory=Abilities)
    actors: Collection[str] = ()
    chats: Collection[str] = ()
    """Conversations that the file names under `given`."""
    keys: Keys
    label: str
    """How messages call the file."""
    folder: Path
    """The file's absolute folder."""
    root: Path
    """The folder above which no file may lie."""
    chain: tuple[tuple[Path, str], ...]
    """Path and label of the files from the scenario to this one, each included by the one before it."""
    level: int = 0
    """How many steps stand around the ones that are read."""
