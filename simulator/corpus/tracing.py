"""One payload rendered with stand-ins for its values: the pieces of its text, and what they hang on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from simulator.corpus.draws import (
    Place,
    SharedIds,
    Texts,
    payload_key,
    presence,
    talk_key,
    turn_key,
)
from simulator.corpus.pools import Pool
from simulator.corpus.studio import Studio
from simulator.corpus.trace import Line, Number, Stand, Trace, UntracedError, stands
from simulator.deferral import recording
from simulator.ids import IdMaker
from simulator.render.encode import fragments
from simulator.render.slots import FAULTS, Program
from simulator.render.template import in_order
from simulator.seeds import CHUNK_BYTES, Wide, below_bytes, numbers_of, wide

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


class Tracer:
    """Traces payloads of one studio."""

    def __init__(self, studio: Studio) -> None:
        """Begin with nothing known."""
        self.studio = studio
        self.names: dict[str, Any] = {
            "I": int.from_bytes,
            "J": json.dumps,
            "W": Wide,
            "H": blake2b,
            "P": studio.prefix,
            "payload_key": payload_key,
            "row": studio.user,
            "shape": self.shape,
        }
        self._fragment = fragments(studio.style)
        self._shapes: dict[Any, int] = {}
        self._shape_of: dict[int, int] = {}
        self._pools: dict[tuple[Any, ...], Pool] = {}

    def shape(self, user: int) -> int:
        """Give the number of the shape that a person's row has: people of one shape have the same fields and locale."""
        found = self._shape_of.get(user)
        if found is None:
            row = self.studio.user(user)
            form = (_form(row), self.studio.locale(row))
            found = self._shape_of[user] = self._shapes.setdefault(form, len(self._shapes))
        return found

    def course(self, place: Place, program: Program) -> Course:
        """
        Give the course of the payload at that place.

        Raises:
            UntracedError: something is done with its values that cannot be written down.
        """
        trace = Trace(self.names)
        stream = _Stream(trace, Wide(payload_key(self.studio.prefix, place.number)), "payload_key(P, i)", ("d", "h"))
        pieces: list[Piece] = []

        def put(piece: str | list[Piece]) -> None:
            pieces.extend([piece] if isinstance(piece, str) else piece)

        def encoded(value: Any) -> list[Piece]:
            return list(self._encoded(trace, value))

        try:
            with recording(trace.call):
                drawn = self._drawn(trace, place, stream)
                scope = self.studio.scope_of(place.kind, program, drawn)
                program.body(*in_order(scope), encoded, put)
        except FAULTS as error:
            raise UntracedError(str(error) or type(error).__name__) from error
        return Course(
            kind=self.studio.kinds[place.kind],
            trace=trace,
            pieces=tuple(pieces),
            chunks=-(-max(stream.real.position, 1) // CHUNK_BYTES),
        )

    def _drawn(self, trace: Trace, place: Place, stream: _Stream) -> dict[str, Any]:
        trace.decide(trace.line("shape(u)", self.shape(place.user), of_user=True))
        row = self.studio.user(place.user)
        now = Number(trace, trace.line("t", place.due_ms))
        kind = self.studio.kinds[place.kind]
        texts = _TracedTexts(self, trace, self.studio.locale(row), stream)
        return {
            "now": now,
            "ids": self._ids(trace, place, stream, now),
            "user": _stood_in(trace, row, "row(u)"),
            "present": presence(self.studio.chances[kind], stream),  # type: ignore[arg-type]
            "fake": texts,
        }

    def _ids(self, trace: Trace, place: Place, stream: _Stream, now: Number) -> SharedIds:
        prefix = self.studio.prefix

        def of_turn(name: str) -> tuple[Any, Any]:
            key = turn_key(prefix, place.talk, place.turn, name)
            shared = _shared(trace, key, f"P + {b't' + name.encode()!r} + (w << 16 | k).to_bytes(8, 'big')")
            return shared, Number(trace, trace.line("tk", place.turn_ms))

        def of_talk(name: str) -> tuple[Any, Any]:
            key = talk_key(prefix, place.talk, name)
            shared = _shared(trace, key, f"P + {b'c' + name.encode()!r} + w.to_bytes(8, 'big')")
            return shared, Number(trace, trace.line("tw", place.talk_ms))

        shared: dict[str, Callable[[str], tuple[Any, Any]]] = {
            **dict.fromkeys(self.studio.talk_ids, of_talk),
            **dict.fromkeys(self.studio.turn_ids, of_turn),
        }
        makers = {name: _traced(maker) for name, maker in self.studio.provider.ids.items()}
        return SharedIds(makers, stream, now, shared)  # type: ignore[arg-type]

    def pool(self, key: tuple[Any, ...], entry: Callable[[int], Any]) -> Pool:
        """Give the pool of that key, which is filled as it is used."""
        if key not in self._pools:
            self._pools[key] = Pool(entry, self._fragment)
        return self._pools[key]

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
    return trace.made(trace.line(source, value, of_user=True))


class _Octets:
    """Stands for drawn bytes."""

    def __init__(self, trace: Trace, value: bytes, digits: str, uses: tuple[Line, ...]) -> None:
        self._trace, self._value, self._digits, self._uses = trace, value, digits, uses

    def hex(self) -> Any:
        """Give the text of hexadecimal digits."""
        return self._trace.made(
            self._trace.line(self._digits, self._value.hex(), *self._uses, is_plain=True, is_full=True)
        )


_FEW = 2
"""So many bytes are put together faster one by one."""


class _Stream:
    """Stands for a `Wide` stream: gives stand-ins for what is drawn, at the places known from the calls."""

    def __init__(self, trace: Trace, real: Wide, key: str, names: tuple[str, str], *uses: Line) -> None:
        """Stand for the real one; `key` is the source of its key, `names` are those of its bytes and their digits."""
        self.trace = trace
        self.real = real
        self.key = key
        self.octets, self.digits = names
        self.uses = uses

    def _taken(self, count: int) -> tuple[bytes, int, int]:
        start = self.real.position
        return self.real.randbytes(count), start, start + count

    def randbytes(self, n: int) -> _Octets:
        """Give so many bytes."""
        found, start, end = self._taken(n)
        digits = f"{self.digits}[{2 * start}:{2 * end}]"
        return _Octets(self.trace, found, digits, self.uses)

    def _whole(self, count: int) -> tuple[int, str]:
        found, start, end = self._taken(count)
        if count <= _FEW:
            octets = (f"{self.octets}[{start + place}] << {8 * (count - 1 - place)}" for place in range(count))
            return int.from_bytes(found, "big"), f"({' | '.join(octets).removesuffix(' << 0')})"
        return int.from_bytes(found, "big"), f"I({self.octets}[{start}:{end}], 'big')"

    def getrandbits(self, k: int, /) -> Any:
        """Give a whole number of so many bits."""
        count = (k + 7) // 8
        value, source = self._whole(count)
        shift = 8 * count - k
        return self._made(f"({source} >> {shift})" if shift else source, value >> shift)

    def _made(self, source: str, value: Any) -> Any:
        return self.trace.made(self.trace.line(source, value, *self.uses))

    def random(self) -> Any:
        """Give a number from 0 up to 1."""
        return self.getrandbits(53) / 2**53

    def below(self, count: int) -> Any:
        """Give a whole number below that."""
        size = below_bytes(count)
        value, source = self._whole(size)
        return self._made(f"({source} * {count} >> {8 * size})", value * count >> 8 * size)

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> Any:
        """Give one of the numbers of that range."""
        first, count = numbers_of(start, stop, step)
        found = self.below(count)
        found = found if step == 1 else found * step
        return found if first == 0 else found + first

    def randint(self, a: int, b: int) -> Any:
        """Give a number from `a` to `b`, both included."""
        return self.randrange(a, b + 1)

    def choice(self, seq: Any) -> Any:
        """Give one of the values."""
        return self._chosen(seq, self.below(len(seq)))

    def choices(self, population: Any, *, k: int = 1) -> Any:
        """Give so many of the values, each drawn from all of them."""
        count = len(population) + 0.0
        return [
            self._chosen(
                population, self.trace.operation("int({} * {})", lambda a, b: int(a * b), self.random(), count)
            )
            for _ in range(k)
        ]

    def _chosen(self, values: Any, index: Number) -> Any:
        if not all(isinstance(each, str) for each in values):
            return values[index]
        known = tuple(values)
        is_plain = all(each.isascii() and each.isalnum() for each in known)
        source = f"{self.trace.name(_kept(known))}[v{index.line.number}]"
        value = known[index.line.value]
        return self.trace.made(self.trace.line(source, value, index.line, is_plain=is_plain))


_KEPT: dict[tuple[str, ...], tuple[str, ...]] = {}


def _kept(values: tuple[str, ...]) -> tuple[str, ...]:
    """Give the same object for equal values, so that it has one name."""
    return _KEPT.setdefault(values, values)


def _shared(trace: Trace, key: bytes, source: str) -> _Stream:
    octets = trace.line(f"H({source}).digest()", wide(key, 1))
    digits = trace.line(f"v{octets.number}.hex()", octets.value.hex(), octets)
    return _Stream(trace, Wide(key), source, (f"v{octets.number}", f"v{digits.number}"), octets, digits)


def _traced(maker: IdMaker) -> IdMaker:
    """Give the maker so that it gives a stand-in: of what it does, where that can be written down, else of its call."""

    def make(stream: Any, now: Any) -> Any:
        trace: Trace = stream.trace
        start, mark = stream.real.position, trace.mark()
        real = Wide(stream.real.key, start)
        value = maker(real, now.line.value)
        try:
            found = maker(stream, now)
            is_same = trace.operand(found)[2] == value and stream.real.position == real.position
            # A maker that looks letters up by what it draws goes another way at nearly every payload.
            if is_same and trace.mark()[1] == mark[1]:
                return trace.sealed(found)
        except (*FAULTS, UntracedError):
            pass
        trace.back_to(mark)
        stream.real.position = real.position
        source = f"{trace.name(maker)}(W({stream.key}, {start}), v{now.line.number})"
        return trace.made(trace.line(source, value, now.line))

    return make


class _TracedTexts(Texts):
    """Stands for Faker's methods."""

    def __init__(self, tracer: Tracer, trace: Trace, locale: str, stream: _Stream) -> None:
        super().__init__(tracer.studio.seed, locale, stream)  # type: ignore[arg-type]
        self._tracer = tracer
        self._trace = trace

    def entry(self, kind: str, number: Any, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        """Give what stands for an entry of a pool."""
        given = [*arguments, *named.values()]
        if any(stands(each) for each in given):
            raise UntracedError(f"fake.{kind} of a value")

        def real(index: int) -> Any:
            return Texts.entry(self, kind, index, arguments, named)

        return self._of_pool(kind, (repr(arguments), repr(named)), real, number)

    def head(self, kind: str, number: Any) -> Any:
        """Give what stands for the first half of a text."""
        return self._of_pool(kind, "head", lambda index: Texts.half(self, kind, index, 0), number)

    def tail(self, kind: str, number: Any) -> Any:
        """Give what stands for the second half of a text."""
        return self._of_pool(kind, "tail", lambda index: Texts.half(self, kind, index, 1), number)

    def _of_pool(self, kind: str, part: Any, entry: Callable[[int], Any], number: Number) -> Any:
        pool = self._tracer.pool((self._locale, kind, part), entry)
        name, at = self._trace.name(pool.values), f"v{number.line.number}"
        value = pool.value(number.line.value)
        source = f"({name}[{at}] or {self._trace.name(pool.value)}({at}))"
        coded = f"({self._trace.name(pool.codes)}[{at}] or {self._trace.name(pool.code)}({at}))"
        encoded = coded if isinstance(value, str) else ""
        if kind.startswith("random_element") or not isinstance(value, str | int | float):
            # They are of any type, and few are different: what follows hangs on which one it is.
            written = self._trace.line(f"J({source})", json.dumps(value), number.line)
            return json.loads(self._trace.decide(written))
        return self._trace.made(self._trace.line(source, value, number.line, encoded=encoded))
