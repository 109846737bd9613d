"""A stand-in for the stream that a payload is drawn from: what is drawn is known by its place in the stream."""

from __future__ import annotations

from typing import Any

from simulator.corpus.tracing.line import Line
from simulator.corpus.tracing.stands import Number
from simulator.corpus.tracing.trace import Trace
from simulator.seeds import Wide, below_bytes, numbers_of, wide


class Octets:
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


class TracedStream:
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

    def randbytes(self, n: int) -> Octets:
        """Give so many bytes."""
        found, start, end = self._taken(n)
        digits = f"{self.digits}[{2 * start}:{2 * end}]"
        return Octets(self.trace, found, digits, self.uses)

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
        source = f"{self.trace.names.of(_kept(known))}[v{index.line.number}]"
        value = known[index.line.value]
        return self.trace.made(self.trace.line(source, value, index.line, is_plain=is_plain))


_KEPT: dict[tuple[str, ...], tuple[str, ...]] = {}


def _kept(values: tuple[str, ...]) -> tuple[str, ...]:
    """Give the same object for equal values, so that it has one name."""
    return _KEPT.setdefault(values, values)


def shared_stream(trace: Trace, key: bytes, source: str) -> TracedStream:
    """Give what stands for the stream of that key, which several payloads share; `source` gives their key."""
    octets = trace.line(f"H({source}).digest()", wide(key, 1))
    digits = trace.line(f"v{octets.number}.hex()", octets.value.hex(), octets)
    return TracedStream(trace, Wide(key), source, (f"v{octets.number}", f"v{digits.number}"), octets, digits)
