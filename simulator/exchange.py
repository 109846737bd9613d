"""What a bot said in one story, exchange by exchange, and the first thing in which it differs from the time before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.records import Entry, Reply, StoryResult

MOST_IDS = 20_000
"""So many ids of a story are recognised in what the bot says."""

SHORTEST_ID = 6
"""A shorter id might be any word or number."""

NOT_ANSWERED = frozenset({"no-ack", "unreachable"})
"""Codes of verdicts about deliveries that the bot did not answer at all."""

Said = tuple[Any, ...]
"""What the bot said, without what differs each time that a story is played."""


@dataclass(slots=True)
class Exchange:
    """An act with all that the bot said to its actor until she did something else."""

    step: str
    place: str
    actor: str = ""
    events: set[str] = field(default_factory=set)
    """The ids of the events that tell of the act."""
    said: list[tuple[str, Reply]] = field(default_factory=list)
    """Actor and reply, as they came."""
    deliveries: list[str] = field(default_factory=list)
    """Each attempt to tell of the act, in one line."""


class Recording:
    """Listens to one story for what an audit compares."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self.exchanges = [Exchange("before the first act", "")]
        self._is_acting = False
        self._ids: dict[str, str] = {}
        """An id → what stands for it, the same each time that the story is played."""

    def take(self, entry: Entry) -> None:
        """Take in an entry of the story."""
        data = entry.data
        if entry.kind == "ActorActed":
            self.exchanges.append(Exchange(data["step"], data["place"], data["actor"]))
            self._is_acting = True
        elif entry.kind == "PayloadRendered":
            if self._is_acting:
                self.exchanges[-1].events.add(data.event_id)
            for name, value in data.ids.items():
                self._know(str(value), f"{data.event_id} {name}")
        elif entry.kind == "AttemptStarted":
            # What is rendered from now on, until somebody acts again, comes of something else.
            self._is_acting = False
            self._take_attempt(data)
        elif entry.kind == "ReplySeen":
            reply = data["reply"]
            self._know(reply.to, data["actor"])
            self._know(reply.message_id, "message")
            self._exchange_with(data["actor"]).said.append((data["actor"], reply))

    def said_in(self, exchange: Exchange) -> list[Said]:
        """Give what the bot said in an exchange: actor by actor, to each in the order in which it came."""
        return sorted((self._plain(actor, reply) for actor, reply in exchange.said), key=lambda said: str(said[0]))

    def _take_attempt(self, data: Mapping[str, Any]) -> None:
        event_id = str(data["delivery_id"]).rpartition("/")[0]
        for exchange in reversed(self.exchanges):
            if event_id in exchange.events:
                number = f", attempt {data['number']}" if data["number"] > 1 else ""
                exchange.deliveries.append(f"{data['type']} {data['delivery_id']}{number}")
                return

    def _exchange_with(self, actor: str) -> Exchange:
        """Give the last exchange of that actor, or of anybody, where she did nothing yet."""
        return next((each for each in reversed(self.exchanges) if each.actor == actor), self.exchanges[-1])

    def _plain(self, actor: str, reply: Reply) -> Said:
        buttons = tuple((self._named(each.label), self._named(each.payload), each.kind) for each in reply.buttons)
        location = tuple(sorted((reply.location or {}).items()))
        return actor, reply.kind, self._named(reply.text or ""), buttons, self._named(reply.media or ""), location

    def _named(self, text: str) -> str:
        for known, name in self._ids.items():
            if known in text:
                text = text.replace(known, f"‹{name}›")
        return text

    def _know(self, value: str, name: str) -> None:
        if len(value) >= SHORTEST_ID and len(self._ids) < MOST_IDS:
            self._ids.setdefault(value, name)


def compare(first: Recording, again: Recording, *, is_ordered: bool) -> tuple[Exchange, str, str] | None:
    """
    Give the first exchange in which the bot said something else, what it said at first, and what it said now.

    Exchange by exchange the replies are compared as lists; where deliveries were out of order, those of the whole story
    are compared, whatever their order.
    """
    if not is_ordered:
        return _compare_whole(first, again)
    empty = Exchange("after the last act", "")
    for index in range(max(len(first.exchanges), len(again.exchanges))):
        before = first.exchanges[index] if index < len(first.exchanges) else empty
        after = again.exchanges[index] if index < len(again.exchanges) else Exchange(before.step, before.place)
        pair = _first_difference(first.said_in(before), again.said_in(after))
        if pair is not None:
            return after, *pair
    return None


def _compare_whole(first: Recording, again: Recording) -> tuple[Exchange, str, str] | None:
    wanted = Counter(said for exchange in first.exchanges for said in first.said_in(exchange))
    for exchange in again.exchanges:
        for said in again.said_in(exchange):
            if not wanted[said]:
                return exchange, "nothing more", _show(said)
            wanted[said] -= 1
    missing = next(iter(wanted.elements()), None)
    return (again.exchanges[-1], _show(missing), "nothing") if missing is not None else None


def _first_difference(wanted: Sequence[Said], found: Sequence[Said]) -> tuple[str, str] | None:
    for index in range(max(len(wanted), len(found))):
        one = wanted[index] if index < len(wanted) else None
        other = found[index] if index < len(found) else None
        if one != other:
            return _show(one) if one else "nothing more", _show(other) if other else "nothing"
    return None


def refused(result: StoryResult) -> tuple[Exchange, str, str] | None:
    """
    Give the first delivery that the bot did not take, though it said the same: a provider would send it again.

    What else an answer was to hold need not stand in that to a copy.
    """
    for verdict in result.verdicts:
        is_status = any(mismatch.path == "ack.status" for mismatch in verdict.mismatches)
        if verdict.outcome in ("failed", "error") and (is_status or verdict.code in NOT_ANSWERED):
            return Exchange(verdict.step, str(verdict.place)), verdict.expected, verdict.observed
    return None


def counted(first: StoryResult, again: StoryResult) -> tuple[Exchange, str, str] | None:
    """Give how much the bot said, where that differs; so much can be told of streams, whose replies nobody keeps."""
    if first.replies == again.replies:
        return None
    said = [f"{each.replies} {'reply' if each.replies == 1 else 'replies'}" for each in (first, again)]
    return Exchange("the whole story", f"{again.file}:{again.line}:1"), said[0], said[1]


def _show(said: Said) -> str:
    actor, kind, text, buttons, media, location = said
    return " ".join(_parts(actor, kind, text, buttons, media, location))


def _parts(actor: str, kind: str, text: str, buttons: Any, media: str, location: Any) -> Iterator[str]:
    yield f"to {actor}:" if actor else "to nobody of the story:"
    if kind != "text" or not text:
        yield f"({kind})"
    yield from (part for part in (text, media) if part)
    yield from (f"{name} {value}" for name, value in location)
    yield from (f"[{label}]" for label, _, _ in buttons)
