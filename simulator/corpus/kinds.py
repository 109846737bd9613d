"""Each event type's own writer: courses that were traced, or the compiled template where nothing can be traced."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from typing import Any

from simulator.corpus.courses import Node, Step, asker, event_id, writer
from simulator.corpus.draws import Place, payload_key
from simulator.corpus.plan import Row
from simulator.corpus.studio import Studio
from simulator.corpus.tracing import Course, Tracer, UntracedError
from simulator.errors import InternalError, Problem
from simulator.records import Payload
from simulator.render.encode import body_of
from simulator.seeds import wide

MOST_COURSES = 256
"""Of one event type; what would need more is rendered."""
CROWDED = 64
"""From so many courses on, a type must show that payloads take known ones: most of them, or all are rendered."""
CHECKS = 32
"""So many payloads of each course are rendered as well, before it is trusted."""
FEW_CHECKS = 8
"""The same, where a type has many courses: they are made of the same pieces."""
SAMPLE = 1024
"""One payload of so many is rendered as well, for ever."""


Text = Callable[[int, Row], str | None]
"""Number and row of a payload → its JSON, or None."""


class Kind:
    """Writes the payloads of one event type."""

    def __init__(self, studio: Studio, tracer: Tracer, number: int) -> None:
        """Begin with no course."""
        self._studio = studio
        self._tracer = tracer
        self._prefix = studio.prefix
        self._name = studio.kinds[number]
        self._root = Node()
        self._courses = 0
        self._taken = 0
        self._chunks = 1
        self._has_ids = False
        """True where an id is drawn for some events."""
        self._of_user: dict[int, Node] = {}
        self.text: Text = self._by_courses()
        """
        Gives the JSON of a payload as it stands in the body; None where it must be rendered.

        It raises InternalError where what was traced is not what the template gives.
        """
        self.reason = ""
        """Why payloads of this type are rendered one by one; empty where they are not."""

    def _give_up(self, reason: str) -> None:
        self.reason = reason
        self.text = lambda number, row: None

    def body(self, number: int, row: Row) -> bytes:
        """
        Give the body of a payload.

        Raises:
            InputError: the template is broken.
        """
        text = self.text(number, row)
        return self._studio.body(Place(number, *row)) if text is None else body_of(text, self._studio.style)

    def payload(self, number: int, row: Row) -> Payload:
        """
        Give a payload with its body and, of the ids that were drawn for it, that of the event: what is signed.

        Raises:
            InputError: the template is broken.
        """
        text = self.text(number, row)
        if text is None:
            return self._studio.payload(Place(number, *row))
        style = self._studio.style
        return Payload(
            event_id=f"{self._name}/{number}",
            type=self._name,
            body=body_of(text, style),
            content_type=style.content_type,
            ids=self._ids(number, row) if self._has_ids else {},
        )

    def _ids(self, number: int, row: Row) -> dict[str, Any]:
        """Give the id of the event of a payload that was just written, if one is drawn for it."""
        _, u, t, w, k, tk, tw = row
        inputs = (number, t, u, w, k, tk, tw, wide(payload_key(self._prefix, number), self._chunks))
        node = self._of_user[u]
        while node.ask is not None:
            node = node.ways[node.ask(*inputs)]
        return {} if node.event_id is None else {"event": node.event_id(*inputs)}

    def _by_courses(self) -> Text:
        """Give what writes payloads by their courses; all that it uses is at hand, since it runs for each of them."""
        prefix, chunks, of_user = self._prefix, self._chunks, self._of_user
        found, explored, prove = self._found, self._explored, self._prove

        def text(i: int, row: Row) -> str | None:
            _, u, t, w, k, tk, tw = row
            key = prefix + i.to_bytes(8, "big")
            d = blake2b(key).digest()
            if chunks == 2:
                d += blake2b(b"1:" + key).digest()
            elif chunks > 2:
                d = wide(key, chunks)
            node = of_user.get(u)
            if node is None:
                node = found(i, t, u, w, k, tk, tw, d)
            while node is not None and node.ask is not None:
                node = node.ways.get(node.ask(i, t, u, w, k, tk, tw, d))
            if node is None or node.write is None:
                return explored(i, row)
            text: str | None = node.write(i, t, u, w, k, tk, tw, d)
            if not i % SAMPLE and text is not None:
                prove(Place(i, *row), text)
            return text

        return text

    def _found(self, *inputs: Any) -> Node | None:
        """Give where a person's payloads go on behind what hangs on her alone; None where nobody has been."""
        node: Node | None = self._root
        while node is not None and node.ask is not None and node.is_of_user:
            node = node.ways.get(node.ask(*inputs))
        if node is not None and (node.ask is not None or node.write is not None):
            self._of_user[inputs[2]] = node
        return node

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
        if self._courses >= MOST_COURSES:
            return None
        if self._courses >= CROWDED and self._taken < 2 * self._courses:
            self._give_up("hardly two of its payloads are alike in what is there")
            return None
        try:
            self._add(self._tracer.course(Place(number, *row)))
        except UntracedError as error:
            self._give_up(str(error))
            return None
        return self.text(number, row)

    def _add(self, course: Course) -> None:
        node = self._root
        for line in course.trace.switches:
            if node.ask is None:
                node.question, node.ask, node.is_of_user = line.source, asker(line, course.trace), line.is_of_user
            elif node.question != line.source:
                raise UntracedError("it asks for other things in the same case")
            node = node.ways.setdefault(line.value, Node())
        self._courses += 1
        if course.chunks > self._chunks:
            self._chunks = course.chunks
            self.text = self._by_courses()
        write = writer(course, self._tracer.chunks)
        kind = self._studio.kinds.index(course.kind)
        node.event_id = event_id(course)
        self._has_ids = self._has_ids or node.event_id is not None
        checks = CHECKS if self._courses <= CROWDED // 4 else FEW_CHECKS
        node.write = partial(self._checked, kind, node, write, [checks])

    def _checked(self, kind: int, node: Node, write: Step, left: list[int], *inputs: Any) -> str | None:
        """Write a payload of a course that is new, unless it comes out otherwise than by the template."""
        i, t, u, w, k, tk, tw = inputs[:7]
        text = str(write(*inputs))
        if body_of(text, self._studio.style) != self._studio.body(Place(i, kind, u, t, w, k, tk, tw)):
            self._give_up("what was traced gives other bytes")
            return None
        self._taken += 1
        left[0] -= 1
        if not left[0]:
            node.write = write
        return text
