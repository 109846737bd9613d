"""Stand-ins for the ids and texts of a payload."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from simulator.corpus.draws import Texts
from simulator.corpus.pools import Pools
from simulator.corpus.tracing.line import UntracedError
from simulator.corpus.tracing.stands import Number, stands
from simulator.corpus.tracing.stream import TracedStream
from simulator.corpus.tracing.trace import Trace
from simulator.corpus.writing import ENDINGS, Writing
from simulator.fake import POOL_SIZE
from simulator.fake.writing import SCRIPTS
from simulator.ids import IdMaker
from simulator.render.slots import FAULTS
from simulator.seeds import Wide

MOST_SWITCHES = 2
"""So many questions a maker of ids may ask of its values."""


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
            ways = trace.switches[mark[1] :]
            if is_same and len(ways) <= MOST_SWITCHES and all(isinstance(each.value, bool) for each in ways):
                return trace.sealed(found)
        except (*FAULTS, UntracedError):
            pass
        trace.back_to(mark)
        stream.real.position = real.position
        source = f"{trace.names.of(maker)}(W({stream.key}, {start}, {stream.octets}), v{now.line.number})"
        return trace.made(trace.line(source, value, now.line, *stream.uses))

    return make


class TracedTexts(Texts):
    """Stands for Faker's methods."""

    def __init__(
        self, pools: Pools, trace: Trace, seed: int, locale: str, stream: TracedStream, writing: Writing | None
    ) -> None:
        """Stand for those of that seed and locale; what they give is looked up in pools."""
        super().__init__(seed, locale, stream, writing)  # type: ignore[arg-type]
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

    def beginning(self, number: Any) -> Any:
        """Give what stands for the first part of a message."""
        return self._of_pool("written", "beginning", self.manner.beginning, number)

    def kind_of(self, number: Any) -> Any:
        """Give what stands for the kind of the second part."""
        return self._trace.operation("{}[{}]", operator.getitem, self.manner.kinds, number)

    def ending(self, number: Any) -> Any:
        """Give what stands for the second part of a message."""
        size = len(SCRIPTS) * len(ENDINGS) * POOL_SIZE
        return self._of_pool("written", "ending", self.manner.ending, number, size)

    def _of_pool(self, kind: str, part: Any, entry: Callable[[int], Any], number: Number, size: int = POOL_SIZE) -> Any:
        pool = self._pools.of((self._locale, kind, part), entry, size)
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
