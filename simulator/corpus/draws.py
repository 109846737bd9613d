"""What the values of one payload of a corpus are drawn from: all of it hangs on the payload's own place alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from simulator.corpus.writing import KINDS as KINDS_WRITTEN
from simulator.corpus.writing import Manner, Writing, manner
from simulator.fake import KINDS, POOL_SIZE, known_locale
from simulator.fake.patterns import PATTERNS
from simulator.fake.pools import entry
from simulator.ids import IdMaker, Ids
from simulator.seeds import Wide

POOL_BITS = POOL_SIZE.bit_length() - 1
PRESENCE_BITS = 32

JOINED = frozenset({"sentence", "paragraph", "text", "catch_phrase", "bs"})
"""Texts that are put together from two entries of their pool, so that millions do not repeat a few thousand."""


class Place(NamedTuple):
    """Where a payload stands in its corpus."""

    number: int
    """Of all payloads, from 0."""
    kind: int
    """Which of the mix's event types."""
    user: int
    """Which of the crowd."""
    due_ms: int
    talk: int
    """Of all conversations."""
    turn: int
    """Which turn of its conversation: an event, and what follows from it alone."""
    turn_ms: int
    """When the turn began."""
    talk_ms: int
    """When the conversation began."""


def payload_key(prefix: bytes, number: int) -> bytes:
    """Give the key of what is drawn for one payload."""
    return prefix + number.to_bytes(8, "big")


def turn_key(prefix: bytes, talk: int, turn: int, name: str) -> bytes:
    """Give the key of an id that all events of a turn share."""
    return prefix + b"t" + name.encode() + (talk << 16 | turn).to_bytes(8, "big")


def talk_key(prefix: bytes, talk: int, name: str) -> bytes:
    """Give the key of an id that all events of a conversation share."""
    return prefix + b"c" + name.encode() + talk.to_bytes(8, "big")


class SharedIds(Ids):
    """The ids of a payload, of which some are those of its turn or of its conversation."""

    def __init__(
        self,
        makers: Mapping[str, IdMaker],
        stream: Wide,
        now_ms: int,
        shared: Mapping[str, Callable[[str], tuple[Wide, int]]],
    ) -> None:
        """Begin; `shared`: name of an id → its name with the label → the stream and time by which it is drawn."""
        super().__init__(makers, stream, now_ms)
        self._shared = shared

    def give(self, name: str, label: str = "") -> Any:
        """
        Give the id of that name; a label tells several of one name apart.

        Raises:
            AttributeError: the provider has no ids of that name.
        """
        shared = self._shared.get(name)
        if shared is None:
            return super().give(name, label)
        key = f"{name}:{label}" if label else name
        if key not in self.drawn:
            stream, now_ms = shared(key)
            self.drawn[key] = self._makers[name](stream, now_ms)
        return self.drawn[key]


class Texts:
    """Faker's methods as expressions call them, drawn from the stream of one payload."""

    def __init__(self, seed: int, locale: str, stream: Wide, writing: Writing | None = None) -> None:
        """
        Draw from the pools of that seed and locale; `writing` says how messages are written.

        Raises:
            InputError: there is no such locale.
        """
        self._seed = seed
        self._locale = known_locale(locale)
        self._stream = stream
        self._writing = writing

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        if kind not in KINDS:
            raise AttributeError(f"fake has no {kind!r}")

        def draw(*arguments: Any, **named: Any) -> Any:
            if kind in PATTERNS:
                return PATTERNS[kind](self._stream, *arguments, **named)
            if kind in JOINED and not arguments and not named:
                first, second = self._stream.getrandbits(POOL_BITS), self._stream.getrandbits(POOL_BITS)
                if self._writing is not None and kind in KINDS_WRITTEN:
                    return self.beginning(first) + self.ending(self.kind_of(first) * POOL_SIZE + second)
                return self.head(kind, first) + self.tail(kind, second)
            return self.entry(kind, self._stream.getrandbits(POOL_BITS), arguments, named)

        return draw

    def entry(self, kind: str, number: int, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """Give an entry of a pool."""
        return entry(self._seed, self._locale, kind, number, arguments=arguments, named=named)

    def head(self, kind: str, number: int) -> str:
        """Give the first half of a text."""
        return self.half(kind, number, 0)

    def tail(self, kind: str, number: int) -> str:
        """Give the second half of a text."""
        return self.half(kind, number, 1)

    @property
    def manner(self) -> Manner:
        """How messages are written here."""
        assert self._writing is not None
        return manner(self._writing, self._seed, self._locale)

    def beginning(self, number: int) -> str:
        """Give the first part of a message."""
        return self.manner.beginning(number)

    def kind_of(self, number: int) -> int:
        """Give the kind of second part that a first part of that number has."""
        return self.manner.kinds[number]

    def ending(self, number: int) -> str:
        """Give the second part of a message."""
        return self.manner.ending(number)

    def half(self, kind: str, number: int, which: int) -> str:
        """Give one half of a text."""
        return halves(str(entry(self._seed, self._locale, kind, number)))[which]


@lru_cache(maxsize=4 * POOL_SIZE)
def halves(text: str) -> tuple[str, str]:
    """Give a text in two parts, cut between two words where it has several."""
    words = text.split(" ")
    if len(words) == 1:
        return text[: len(text) // 2], text[len(text) // 2 :]
    middle = len(words) // 2
    return " ".join([*words[:middle], ""]), " ".join(words[middle:])


def presence(chances: Mapping[str, float], stream: Wide) -> Callable[[str], bool]:
    """Give what tells whether the payload has an optional field, by the chances of all."""

    def present(path: str) -> bool:
        """Tell it."""
        chance = chances[path]
        return chance >= 1 or stream.getrandbits(PRESENCE_BITS) < chance * 2**PRESENCE_BITS

    return present
