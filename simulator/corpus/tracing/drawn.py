"""Stand-ins for the ids and texts of a payload."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from simulator.corpus.draws import Texts
from simulator.corpus.pools import Pools
from simulator.corpus.tracing.line import UntracedError
from simulator.corpus.tracing.stands import Number, stands
from simulator.corpus.tracing.stream import TracedStream
from simulator.corpus.tracing.trace import Trace
from simulator.ids import IdMaker
from simulator.render.slots import FAULTS
from simulator.seeds import Wide


def traced(maker: IdMaker) -> IdMaker:
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
        source = f"{trace.names.of(maker)}(W({stream.key}, {start}), v{now.line.number})"
        return trace.made(trace.line(source, value, now.line))

    return make


class TracedTexts(Texts):
    """Stands for Faker's methods."""

    def __init__(self, pools: Pools, trace: Trace, seed: int, locale: str, stream: TracedStream) -> None:
        """Stand for those of that seed and locale; what they give is looked up in pools."""
        super().__init__(seed, locale, stream)  # type: ignore[arg-type]
        self._pools = pools
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
        pool = self._pools.of((self._locale, kind, part), entry)
        name, at = self._trace.names.of(pool.values), f"v{number.line.number}"
        value = pool.value(number.line.value)
        source = f"({name}[{at}] or {self._trace.names.of(pool.value)}({at}))"
        coded = f"({self._trace.names.of(pool.codes)}[{at}] or {self._trace.names.of(pool.code)}({at}))"
        encoded = coded if isinstance(value, str) else ""
        if kind.startswith("random_element") or not isinstance(value, str | int | float):
            # They are of any type, and few are different: what follows hangs on which one it is.
            written = self._trace.line(f"J({source})", json.dumps(value), number.line)
            return json.loads(self._trace.decide(written))
        return self._trace.made(self._trace.line(source, value, number.line, encoded=encoded))
