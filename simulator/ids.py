"""Ids as a provider makes them, from a random stream; each is drawn once per event and remembered."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

_VERSION = 0xF << 76
_VARIANT = 0xC << 60

IdMaker = Callable[[random.Random, int], Any]
"""Random stream and story time (Unix ms) → an id of the provider's form."""


class Ids:
    """The ids of one event or one call: `ids.message()` gives the same at every use."""

    def __init__(
        self, makers: Mapping[str, IdMaker], stream: random.Random | Callable[[], random.Random], now_ms: int
    ) -> None:
        """Begin with none. Where `stream` gives the one to draw from, it is asked once the first is drawn, if ever."""
        self._makers = makers
        self._stream = stream
        self._now_ms = now_ms
        self.drawn: dict[str, Any] = {}
        """All that was drawn so far, by name; `name:label` where a label was given."""

    def __repr__(self) -> str:
        # Where it lies in memory would be another place in each run; expressions refuse what is written so.
        return "ids"

    def give(self, name: str, label: str = "") -> Any:
        """
        Give the id of that name; a label tells several of one name apart.

        Raises:
            AttributeError: the provider has no ids of that name.
        """
        key = f"{name}:{label}" if label else name
        if key not in self.drawn:
            maker = self._makers.get(name)
            if maker is None:
                raise AttributeError(f"no id is called {name!r}; there are: {', '.join(sorted(self._makers))}")
            if callable(self._stream):
                self._stream = self._stream()
            self.drawn[key] = maker(self._stream, self._now_ms)
        return self.drawn[key]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._makers:
            raise AttributeError(f"no id is called {name!r}; there are: {', '.join(sorted(self._makers))}")

        def give(label: Any = "") -> Any:
            return self.give(name, str(label))

        give.__name__ = name
        return give


def uuid_text(stream: random.Random, version: int = 4) -> str:
    """
    Give a drawn UUID of that version, in small letters.

    Source: RFC 9562, sections 4.1 and 4.2.
    """
    # What is done here can be written down for all payloads of a corpus: nothing is looked up by what was drawn.
    number = stream.getrandbits(128) & ~(_VERSION | _VARIANT) | version << 76 | 0x8 << 60
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
