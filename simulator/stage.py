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

MOST_NAMES = 1_000
"""So many texts and numbers of a call are looked at; a person is named among the first."""


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
        """
        Give who answers a call, and the id by which it is told: a call belongs to the actor in it.

        One that names no actor, but a conversation, a message or whatever else a single story knows by an id, belongs
        to that story. One that names nothing belongs to the only story that plays; where there are several the lobby
        answers it, and says so.
        """
        if not self.playing and not self.ended and not self.owners:
            # As in `serve`: nobody but the lobby has ever been there.
            return self.lobby, ""
        names = [text for text, _ in zip(texts_of(call), range(MOST_NAMES), strict=False)]
        for text in names:
            if text in self.owners:
                return self.owners[text], text
        for text in filter(_is_id, names):
            for story in reversed([*self.ended, *self.playing]):
                if story.world.get("users", text) is not None:
                    return story, text
        for text in names:
            knowing = [story for story in (*self.playing, *self.ended) if _knows(story, text)]
            if len(knowing) == 1:
                return knowing[0], text
        if len(self.playing) == 1:
            return self.playing[0], ""
        if self.playing:
            self.lobby.pass_over(call, len(self.playing))
        return self.lobby, ""

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


def _is_id(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _knows(story: Story, text: str) -> bool:
    """True where a text is an id of something in the story's world, and no word that happens to be a key there."""
    return (_is_id(text) or text in story.ids) and story.world.holds(text)


def texts_of(call: ApiCall) -> Iterator[str]:
    """Give every text and whole number that stands in a call: parts of its path, its query, its body."""
    yield from call.path.split("/")
    yield from _texts(list(call.query.values()), 0)
    try:
        yield from _texts(json.loads(call.body), 0)
    except (ValueError, RecursionError):
        yield from call.body.decode("utf-8", "replace").replace("=", "&").split("&")


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= 64:
        yield str(value)
    elif isinstance(value, list) and depth < DEEPEST_NAME:
        for each in value:
            yield from _texts(each, depth + 1)
    elif isinstance(value, dict) and depth < DEEPEST_NAME:
        for each in value.values():
            yield from _texts(each, depth + 1)
