"""One provider in a run: what its account knows, who plays on it, and whose a call of the bot is."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator.catalog import Catalog
from simulator.lobby import Lobby
from simulator.player import Player
from simulator.provider import Provider
from simulator.records import ApiCall
from simulator.story import Story

REMEMBERED_STORIES = 32
"""How many ended stories still answer late calls of the bot from their own world."""

DEEPEST_NAME = 8
"""So deep in a body a person's id is looked for."""


@dataclass(slots=True)
class Stage:
    """One provider in a run: what its account knows, and who plays."""

    provider: Provider
    catalog: Catalog
    lobby: Lobby
    playing: list[Story] = field(default_factory=list)
    owners: dict[str, Player] = field(default_factory=dict)
    """The provider's id of a person → the story that she belongs to."""
    ended: deque[Story] = field(default_factory=deque)

    def find(self, call: ApiCall) -> tuple[Player, str]:
        """Give who answers a call, and the person whom it names: a call belongs to the actor in it."""
        for text in texts_of(call):
            if text in self.owners:
                return self.owners[text], text
        return (self.playing[0] if len(self.playing) == 1 else self.lobby), ""

    def enter(self, story: Story) -> None:
        """Let a story begin."""
        self.playing.append(story)
        self.owners.update(dict.fromkeys(story.cast.user_ids.values(), story))

    def leave(self, story: Story) -> None:
        """Let a story end; late calls still find it for a while."""
        self.playing.remove(story)
        self.ended.append(story)
        if len(self.ended) > REMEMBERED_STORIES:
            forgotten = self.ended.popleft()
            for user_id in forgotten.cast.user_ids.values():
                # The same seed and start give the same person; by now she may belong to a later story.
                if self.owners.get(user_id) is forgotten:
                    del self.owners[user_id]


def texts_of(call: ApiCall) -> Iterator[str]:
    """Give every text that stands in a call: parts of its path, its query, its body."""
    yield from call.path.split("/")
    yield from _texts(list(call.query.values()), 0)
    try:
        yield from _texts(json.loads(call.body), 0)
    except (ValueError, RecursionError):
        yield from call.body.decode("utf-8", "replace").replace("=", "&").split("&")


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth < DEEPEST_NAME:
        for each in value:
            yield from _texts(each, depth + 1)
    elif isinstance(value, dict) and depth < DEEPEST_NAME:
        for each in value.values():
            yield from _texts(each, depth + 1)
