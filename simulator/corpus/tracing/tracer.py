"""One payload rendered with stand-ins for its values: the pieces of its text, and what they hang on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from simulator.corpus.draws import Place, SharedIds, payload_key, presence, talk_key, turn_key
from simulator.corpus.pools import Pools
from simulator.corpus.studio import CROWD, Studio
from simulator.corpus.tracing.chunks import Chunks
from simulator.corpus.tracing.drawn import TracedTexts, traced
from simulator.corpus.tracing.line import Line, UntracedError
from simulator.corpus.tracing.names import Names
from simulator.corpus.tracing.stands import Number, Stand
from simulator.corpus.tracing.stream import TracedStream, shared_stream
from simulator.corpus.tracing.trace import Trace
from simulator.deferral import recording
from simulator.render.encode import fragments
from simulator.render.slots import FAULTS
from simulator.render.template import in_order
from simulator.seeds import CHUNK_BYTES, Wide

Piece = str | Line
"""What is the same in all payloads of this course, or a line whose value stands there."""

INPUTS = ("i", "t", "u", "w", "k", "tk", "tw", "d")
"""Number, due time, person, conversation, turn, times of both, and the drawn bytes; `h` stands for their digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What one payload showed: how all are written for which the same is decided."""

    kind: str
    """The event type."""
    trace: Trace
    pieces: tuple[Piece, ...]
    """The body's text."""
    chunks: int
    """Chunks of drawn bytes that it needs."""
    event_id: Any
    """The id that was drawn for the event, or what stands for it; None where none was."""


class Tracer:
    """Traces payloads of one studio."""

    def __init__(self, studio: Studio) -> None:
        """Begin with nothing known."""
        self.studio = studio
        self._fragment = fragments(studio.style)
        self.names = Names(
            {
                "I": int.from_bytes,
                "J": json.dumps,
                "Q": self._fragment,
                "W": Wide,
                "H": blake2b,
                "P": studio.prefix,
                "payload_key": payload_key,
                "row": studio.user,
                "shape": self.shape,
            }
        )
        self.chunks = Chunks(CROWD)
        self._shapes: dict[Any, int] = {}
        self._beginnings: dict[tuple[bytes, str], bytes] = {}
        self._shape_of: dict[int, int] = {}
        self._pools = Pools(self._fragment)

    def shape(self, user: int) -> int:
        """Give the number of the shape that a person's row has: people of one shape have the same fields and locale."""
        found = self._shape_of.get(user)
        if found is None:
            row = self.studio.user(user)
            form = (_form(row), self.studio.locale(row))
            found = self._shape_of[user] = self._shapes.setdefault(form, len(self._shapes))
        return found

    def course(self, place: Place) -> Course:
        """
        Give the course of the payload at that place.

        Raises:
            UntracedError: something is done with its values that cannot be written down.
        """
        trace = Trace(self.names)
        stream = TracedStream(
            trace, Wide(payload_key(self.studio.prefix, place.number)), "payload_key(P, i)", ("d", "h")
        )
        pieces: list[Piece] = []

        def put(piece: str | list[Piece]) -> None:
            pieces.extend([piece] if isinstance(piece, str) else piece)

        def encoded(value: Any) -> list[Piece]:
            return list(self._encoded(trace, value))

        try:
            with recording(trace.call):
                variant = self.studio.variants(place.kind).drawn(stream)  # type: ignore[arg-type]
                if variant.program is None:
                    raise UntracedError("its template is not compiled")
                drawn = self._drawn(trace, place, stream)
                scope = self.studio.scope_of(variant, drawn)
                variant.program.body(*in_order(scope), encoded, put)
        except FAULTS as error:
            raise UntracedError(str(error) or type(error).__name__) from error
        return Course(
            kind=self.studio.kinds[place.kind],
            trace=trace,
            pieces=tuple(pieces),
            event_id=drawn["ids"].drawn.get("event"),
            chunks=-(-max(stream.real.position, 1) // CHUNK_BYTES),
        )

    def _drawn(self, trace: Trace, place: Place, stream: TracedStream) -> dict[str, Any]:
        trace.decide(trace.line("shape(u)", self.shape(place.user), of_user=True))
        row = self.studio.user(place.user)
        now = Number(trace, trace.line("t", place.due_ms))
        kind = self.studio.kinds[place.kind]
        texts = TracedTexts(self._pools, trace, self.studio.seed, self.studio.locale(row), stream, self.studio.writing)
        return {
            "now": now,
            "ids": self._ids(trace, place, stream, now),
            "user": _stood_in(trace, row, "row(u)"),
            "present": presence(self.studio.chances[kind], stream),  # type: ignore[arg-type]
            "fake": texts,
        }

    def _ids(self, trace: Trace, place: Place, stream: TracedStream, now: Number) -> SharedIds:
        prefix = self.studio.prefix

        def of_turn(name: str) -> tuple[Any, Any]:
            key = turn_key(prefix, place.talk, place.turn, name)
            shared = shared_stream(trace, key, f"{self._begun(b't', name)} + (w << 16 | k).to_bytes(8, 'big')")
            return shared, Number(trace, trace.line("tk", place.turn_ms))

        def of_talk(name: str) -> tuple[Any, Any]:
            key = talk_key(prefix, place.talk, name)
            shared = shared_stream(trace, key, f"{self._begun(b'c', name)} + w.to_bytes(8, 'big')")
            return shared, Number(trace, trace.line("tw", place.talk_ms))

        shared: dict[str, Callable[[str], tuple[Any, Any]]] = {
            **dict.fromkeys(self.studio.talk_ids, of_talk),
            **dict.fromkeys(self.studio.turn_ids, of_turn),
        }
        makers = {name: traced(maker) for name, maker in self.studio.provider.ids.items()}
        return SharedIds(makers, stream, now, shared)  # type: ignore[arg-type]

    def _begun(self, kind: bytes, name: str) -> str:
        """Give the name of the beginning of a key, which is the same for all turns, or all conversations."""
        known = self._beginnings.setdefault((kind, name), self.studio.prefix + kind + name.encode())
        return self.names.of(known)

    def _encoded(self, trace: Trace, value: Any) -> Any:
        """Give a JSON value in pieces."""
        if isinstance(value, str):
            yield '"'
            for part in trace.parts(value):
                yield part if isinstance(part, Line) else self._fragment(part)[1:-1]
            yield '"'
        elif isinstance(value, Stand):
            yield value.line
        elif type(value) is dict:
            yield from self._object(trace, value)
        elif isinstance(value, list | tuple):
            yield "["
            for number, each in enumerate(value):
                yield self.studio.style.separators[0] if number else ""
                yield from self._encoded(trace, each)
            yield "]"
        else:
            yield self._fragment(value)

    def _object(self, trace: Trace, value: dict[Any, Any]) -> Any:
        between, after_key = self.studio.style.separators
        yield "{"
        for number, (name, each) in enumerate(value.items()):
            if not isinstance(name, str):
                raise UntracedError("a key that is no text")
            yield between if number else ""
            yield from self._encoded(trace, name)
            yield after_key
            yield from self._encoded(trace, each)
        yield "}"


def _form(value: Any) -> Any:
    """Give what two rows must have in common to be of one shape."""
    if isinstance(value, Mapping):
        return tuple((key, _form(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return ("list", *map(_form, value))
    if isinstance(value, str):
        return bool(value)
    return value if value is None or isinstance(value, bool) else type(value).__name__


def _stood_in(trace: Trace, value: Any, source: str) -> Any:
    """Give a row with stand-ins for its texts and numbers."""
    if isinstance(value, Mapping):
        return {key: _stood_in(trace, each, f"{source}[{key!r}]") for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_stood_in(trace, each, f"{source}[{number}]") for number, each in enumerate(value)]
    if value is None or isinstance(value, bool) or value == "":
        return value
    # The shape tells empty texts from others.
    return trace.made(trace.line(source, value, of_user=True, is_full=isinstance(value, str)))
