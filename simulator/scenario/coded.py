"""Steps that code gives, one by one: read like those of a file, and told of in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulator import documents
from simulator.catalog import Catalog
from simulator.errors import InputError
from simulator.expressions import Sandbox
from simulator.records import Place
from simulator.scenario.abilities import Abilities
from simulator.scenario.findings import Findings
from simulator.scenario.keys import scenario_of
from simulator.scenario.model import Actor, AnyStep, Scenario
from simulator.scenario.names import Names
from simulator.scenario.people import actors_of
from simulator.scenario.setting import Setting, Tally
from simulator.scenario.spots import Spot
from simulator.scenario.steps import read_steps
from simulator.scenario.written import Keys

OPENING = {"wait": "0ms"}
"""The step that stands in the place of all that are still to come."""


class Coded:
    """A scenario whose steps come from code, with what its next step is read against."""

    def __init__(self, head: Mapping[str, Any], catalog: Catalog, place: Place) -> None:
        """
        Read the top of the scenario as a file has it: its name, actors, clock, seed, what is given.

        Relative paths begin in the folder of the file that the place is in.

        Raises:
            InputError: something of it is wrong.
        """
        self._catalog = catalog
        self._names = Names(Sandbox())
        self._tally = Tally()
        self._keys = Keys()
        self.at = ""
        """Where the last step stands: `calls[2]`."""
        self._count = 0
        self._chats: tuple[str, ...] = ()
        self.actors: dict[str, Actor] = {}
        """Who is there so far, by name; the scenario's own map, which grows."""
        told = _begun(place)
        written = {**head, "provider": catalog.id, "steps": [OPENING]}
        spot = Spot(documents.node_of(written, place), "", told)
        scenario = scenario_of(spot, self._setting(place), catalogs={catalog.id: catalog}, environment={})
        if scenario is None:
            raise InputError(*told.problems)
        self.actors.update(scenario.actors)
        self._chats = tuple(scenario.given.get("conversations", ()))
        self.scenario: Scenario = replace(scenario, actors=self.actors)

    def join(self, name: str, profile: Mapping[str, Any], place: Place) -> None:
        """
        Let somebody be there from now on.

        Raises:
            InputError: the name or the profile is none.
        """
        told = _begun(place)
        spot = Spot(documents.node_of({name: dict(profile)} if profile else [name], place), "actors", told)
        found = actors_of(spot, self._setting(place))
        if told.has_problems:
            raise InputError(*told.problems)
        self.actors.update(found)

    def step(self, written: Mapping[str, Any], place: Place) -> tuple[AnyStep, ...]:
        """
        Give the step that stands in a map, as it would in a file.

        Raises:
            InputError: it is none; all that is wrong with it is in it.
        """
        self._count += 1
        told = _begun(place)
        self.at = f"calls[{self._count}]"
        spot = Spot(documents.node_of([written], place), self.at, told)
        steps = read_steps(spot, self._setting(place))
        self._names.tell()
        if told.has_problems:
            raise InputError(*told.problems)
        return steps

    def _setting(self, place: Place) -> Setting:
        file = Path(place.file).absolute()
        return Setting(
            names=self._names,
            tally=self._tally,
            abilities=Abilities(catalogs={self._catalog.id: self._catalog}),
            actors=self.actors.keys(),
            chats=self._chats,
            keys=self._keys,
            label=place.file,
            folder=file.parent,
            root=file.parent,
            chain=((file, place.file),),
        )


def _begun(place: Place) -> Findings:
    told = Findings()
    told.begin(place.file)
    return told
