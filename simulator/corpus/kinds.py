"""Each event type's own writer: courses that were traced, or the compiled template where nothing can be traced."""

from __future__ import annotations

from functools import partial
from hashlib import blake2b

from simulator.corpus.courses import Node, Step, asker, writer
from simulator.corpus.draws import Place, payload_key
from simulator.corpus.plan import Row
from simulator.corpus.studio import CROWD, Studio
from simulator.corpus.trace import UntracedError
from simulator.corpus.tracing import Course, Tracer
from simulator.errors import InternalError, Problem
from simulator.render.encode import body_of, fragments
from simulator.seeds import wide

MOST_COURSES = 256
"""Of one event type; what would need more is rendered."""
CHECKS = 32
"""So many payloads of each course are rendered as well, before it is trusted."""
SAMPLE = 1024
"""One payload of so many is rendered as well, for ever."""


class Kind:
    """Writes the payloads of one event type."""

    def __init__(self, studio: Studio, tracer: Tracer, number: int) -> None:
        """Begin with no course."""
        self._studio = studio
        self._tracer = tracer
        self._prefix = studio.prefix
        self._program = studio.program(number)
        self._root = Node()
        self._courses = 0
        self._chunks = 1
        self.reason = "" if self._program is not None else "its template is not compiled"
        """Why payloads of this type are rendered one by one; empty where they are not."""

    def body(self, number: int, row: Row) -> bytes:
        """
        Give the body of a payload.

        Raises:
            InputError: the template is broken.
        """
        text = self.text(number, row)
        return self._studio.body(Place(number, *row)) if text is None else body_of(text, self._studio.style)

    def text(self, i: int, row: Row) -> str | None:
        """
        Give the JSON of a payload as it stands in the body; None where it must be rendered.

        Raises:
            InternalError: what was traced is not what the template gives.
        """
        if self.reason:
            return None
        _, u, t, w, k, tk, tw = row
        if self._chunks == 1:
            d = blake2b(b"%bp%d" % (self._prefix, i)).digest()
        else:
            d = wide(payload_key(self._prefix, i), self._chunks)
        h = d.hex()
        node = self._root
        while (ask := node.ask) is not None:
            way = node.ways.get(ask(i, t, u, w, k, tk, tw, d, h))
            if way is None:
                return self._explored(i, row)
            node = way
        if node.write is None:
            return self._explored(i, row)
        text: str | None = node.write(i, t, u, w, k, tk, tw, d, h)
        if i % SAMPLE == 0 and text is not None:
            self._prove(Place(i, *row), text)
        return text

    def _prove(self, place: Place, text: str) -> None:
        if body_of(text, self._studio.style) != self._studio.body(place):
            problem = Problem(
                code="untrue-course",
                what=f"payload {place.number} of the type {self._studio.kinds[place.kind]} came out wrong",
                why="the fast way of writing it gives other bytes than its template: this is a fault of the simulator",
                fix="tell us the command; nothing that was written of this corpus is to be trusted",
            )
            raise InternalError(problem)

    def _explored(self, number: int, row: Row) -> str | None:
        """Trace the payload, for which no course is known, so that others may take it."""
        if self._program is None or self._courses >= MOST_COURSES:
            return None
        try:
            self._add(self._tracer.course(Place(number, *row), self._program))
        except UntracedError as error:
            self.reason = str(error)
            return None
        return self.text(number, row)

    def _add(self, course: Course) -> None:
        node = self._root
        for line in course.trace.switches:
            if node.ask is None:
                node.question, node.ask = line.source, asker(line, course.trace)
            elif node.question != line.source:
                raise UntracedError("it asks for other things in the same case")
            node = node.ways.setdefault(line.value, Node())
        self._courses += 1
        self._chunks = max(self._chunks, course.chunks)
        write = writer(course, CROWD, fragments(self._studio.style))
        kind = self._studio.kinds.index(course.kind)
        node.write = partial(self._checked, kind, node, write, [CHECKS])

    def _checked(self, kind: int, node: Node, write: Step, left: list[int], *inputs: int) -> str | None:
        """Write a payload of a course that is new, unless it comes out otherwise than by the template."""
        i, t, u, w, k, tk, tw, *_ = inputs
        text = str(write(*inputs))
        if body_of(text, self._studio.style) != self._studio.body(Place(i, kind, u, t, w, k, tk, tw)):
            self.reason = "what was traced gives other bytes"
            return None
        left[0] -= 1
        if not left[0]:
            node.write = write
        return text
