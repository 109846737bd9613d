"""Stories that passed, played again on a provider that has a bad day, to see whether the bot says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.clock import wall_ms
from simulator.faults import Deliver
from simulator.journal import Journal
from simulator.records import Audit, AuditFinding, Entry, Reply, StoryResult
from simulator.scenario.model import ActStep, AnyStep, Scenario, changed_steps
from simulator.suite import Play, Suite

APART_MS = (1_000, 30_000)
"""How much later than due copies go out that go out apart, in story time; the bot has settled in between."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "copies together": {"copies": 2},
    "copies apart": {"copies": 2, "latency": APART_MS},
    "out of order": {"reorder": 1},
    "a retry after a lost answer": {"retry": 1},
    "all of them": {"copies": 2, "latency": APART_MS, "reorder": 1, "retry": 1},
}
"""Name → what is imposed on every act of a story."""

BEGIN_APART_MS = 1_000
"""So much later each time a story begins that has a fixed start: a bot that remembers shall see no duplicate."""

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


def idempotency(journal: Journal) -> Callable[[Suite], Awaitable[None]]:
    """
    Give what plays each story again that passed, once for each of `VARIANTS`, and tells the journal what differs.

    It listens from now on, since it compares with what the bot said the first time. The bot is started anew where the
    run starts it; the seed is the same and the start another one, so that names and texts are the same and ids are not.
    """
    recorder = _Recorder()
    unsubscribe = journal.subscribe(recorder)

    async def audit(suite: Suite) -> None:
        passed = [
            (play, result)
            for play in suite.plays
            if (result := suite.result_of(play)) is not None and result.outcome == "passed"
        ]
        findings: list[AuditFinding] = []
        try:
            for play, result in passed:
                findings += [found async for found in _differences(suite, play, result, recorder)]
        finally:
            unsubscribe()
            whole = Audit(kind="idempotency", variants=tuple(VARIANTS), stories=len(passed), findings=tuple(findings))
            journal.append("AuditFinished", whole, at_ms=wall_ms())

    return audit


class _Recorder:
    """Listens to a journal and keeps a recording of each story, each time that it is played."""

    def __init__(self) -> None:
        self._recordings: dict[tuple[int, str], Recording] = {}

    def __call__(self, entry: Entry) -> None:
        if entry.story:
            self._recordings.setdefault((entry.story, entry.variant), Recording()).take(entry)

    def take_out(self, play: Play, variant: str = "") -> Recording:
        return self._recordings.pop((play.number, variant), Recording())


async def _differences(
    suite: Suite, play: Play, result: StoryResult, recorder: _Recorder
) -> AsyncIterator[AuditFinding]:
    first = recorder.take_out(play)
    for number, (variant, harm) in enumerate(VARIANTS.items(), 1):
        start_ms = result.start_ms + number * BEGIN_APART_MS if play.start_ms is not None else None
        harmed = imposed(play.scenario, harm)
        again = await suite.again(play, harmed, start_ms=start_ms, variant=variant)
        found = compare(first, recorder.take_out(play, variant), is_ordered="reorder" not in harm)
        if found is None and "reorder" not in harm:
            found = refused(again)
        if found is not None:
            exchange, wanted, said = found
            yield AuditFinding(
                story=play.number,
                scenario=play.scenario.name,
                provider=play.provider,
                case=result.case,
                variant=variant,
                step=exchange.step,
                place=exchange.place,
                wanted=wanted,
                found=said,
                deliveries=tuple(exchange.deliveries),
            )


def imposed(scenario: Scenario, harm: Mapping[str, Any]) -> Scenario:
    """Give the scenario with this done to every delivery of an act that the bot is to accept."""

    def change(step: AnyStep) -> AnyStep:
        if not isinstance(step, ActStep):
            return step
        deliver = step.deliver or Deliver()
        if deliver.is_forged or deliver.is_dropped:
            return step
        return replace(step, deliver=replace(deliver, **harm))

    return replace(scenario, steps=changed_steps(scenario.steps, change))


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
