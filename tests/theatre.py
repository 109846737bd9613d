"""A stage for stories without a network: a simulated bot, and real time that passes only in its account."""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulator import catalog as catalogs
from simulator import providers
from simulator.clock import Nothing
from simulator.delivery.posting import Posting, Send
from simulator.journal import Journal
from simulator.player import Over
from simulator.records import Ack, ApiCall, Sent, StoryResult, Trouble
from simulator.scenario.load import load
from simulator.story import Story
from simulator.terms import Terms
from simulator.world import Put, World

START_MS = 1_767_603_600_000


@dataclass
class Deed:
    """What the bot does about one attempt."""

    ack_ms: float = 2.0
    status: int = 200
    body: bytes = b""
    trouble: Trouble | None = None
    says: tuple[tuple[float, str], ...] = ()
    """When, counted from the attempt, and what."""


Bot = Callable[[Mapping[str, Any], int], Deed]
"""(the event's body, the number of the attempt) → what it does."""


@dataclass
class Theatre:
    """Plays one story against one bot."""

    story: Story
    bot: Bot
    token: str
    journal: Journal
    now: float = 0.0
    sends: list[Send] = field(default_factory=list)
    open: dict[int, Send] = field(default_factory=dict)
    """The attempts that have no outcome yet, by the number of their timer."""
    answers: list[Mapping[str, Any]] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    """All that were begun."""
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def play(self) -> StoryResult:
        """Give how the story went; it must end, and cuts what is still open then."""
        self.play_until(lambda: False)
        return self.cut()

    def cut(self) -> StoryResult:
        """Give how the story went as far as it came; what is open is cut."""
        for send in tuple(self.open.values()):
            sent = Sent(trouble="closed", detail="the run ended first", duration_ms=0.0)
            self.story.ended(send, sent, self.now, is_cut=True)
        self.open.clear()
        self.story.stop(self.now)
        return self.story.result(self.now)

    def play_until(self, is_so: Callable[[], bool], most: int = 20_000) -> None:
        """Play until something is so, or the story is over; it must come to that within so many signals."""
        for _ in range(most):
            if is_so():
                return
            match self.story.next(self.now):
                case Over():
                    return
                case Send() as send:
                    self._take(send)
                case Nothing(until):
                    self._pass(until)
        raise AssertionError("the story never ends")

    def after(self, delay: float, do: Callable[[], None]) -> None:
        """Let something happen so much later."""
        heapq.heappush(self._events, (self.now + delay, next(self._order), do))

    def say(self, user_id: str, text: str, **more: Any) -> None:
        """Let the bot send a message, and take a millisecond for it."""
        fields = {"receiver": user_id, "type": "text", "text": text, "sender": {"name": "Bot"}}
        self.call("send_message", {**fields, **more})

    def call(self, operation: str, fields: Mapping[str, Any]) -> None:
        """Let the bot call an operation of Viber's API."""
        call = ApiCall(
            id=f"call-{next(self._order)}",
            provider="viber",
            method="POST",
            path=f"/pa/{operation}",
            headers={"x-viber-auth-token": self.token},
            body=json.dumps(fields).encode(),
        )
        user_id = str(fields.get("receiver", ""))
        is_aside = self.story.call_began(self.now, user_id)
        answered = self.story.answer(call, user_id, self.now)
        self.answers.append(json.loads(answered.body))  # type: ignore[union-attr]
        self.after(1.0, lambda: self.story.call_ended(self.now, is_aside=is_aside))

    def _take(self, send: Send) -> None:
        self.sends.append(send)
        self.open[send.timer.seq] = send
        body = json.loads(send.request.body)
        deed = self.bot(body, len(send.posting.attempts) + 1)
        ack = None if deed.trouble else Ack(status=deed.status, headers=(), body=deed.body)
        sent = Sent(ack=ack, trouble=deed.trouble, duration_ms=deed.ack_ms)
        self.after(deed.ack_ms, lambda: self._end(send, sent))
        user = body.get("sender") or body.get("user") or {"id": body.get("user_id")}
        for delay, text in deed.says:
            self.after(delay, lambda text=text: self.say(user["id"], text))

    def _end(self, send: Send, sent: Sent) -> None:
        del self.open[send.timer.seq]
        self.story.ended(send, sent, self.now)

    def _pass(self, until: float | None) -> None:
        nexts = [at for at, _, _ in self._events[:1]] + ([until] if until is not None else [])
        assert nexts, "the story waits for ever, and nothing will come"
        self.now = max(self.now, min(nexts))
        while self._events and self._events[0][0] <= self.now:
            heapq.heappop(self._events)[2]()


def stage(
    folder: Path,
    text: str,
    bot: Bot,
    *,
    is_strict: bool = False,
    start_ms: int = START_MS,
    target: Callable[[str], str] = lambda registered: registered,
    actors: Sequence[str] = ("ana",),
    policy: Mapping[str, Any] | None = None,
) -> Theatre:
    """Give a theatre with the scenario of that text on it; `policy` changes fields of the provider's."""
    path = folder / "story.yaml"
    cast = ", ".join(f"{name}: {{name: {name.title()}}}" for name in actors)
    path.write_text(f"scenario: A story\nprovider: viber\nactors: {{{cast}}}\n{text}", encoding="utf-8")
    catalog, provider = catalogs.load("viber"), providers.load("viber")
    scenario = load(str(path), catalogs={"viber": catalog}, environment={})
    world = World(
        credentials=catalogs.credentials_with(catalog, {}),
        options=catalogs.options_with(catalog, scenario.options),
        limits=catalog.limits,
    )
    world.apply(Put(table="account", key="account", row=catalog.account))
    world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:9/bot", "events": None}))
    terms = Terms(
        provider=provider,
        catalog=catalog,
        policy=replace(catalog.policy_under(world.options), **policy or {}),
        seed=scenario.seed,
        start_ms=start_ms,
        scenario=scenario.name,
        target=target,
    )
    journal = Journal(lambda: 0.0, is_kept=True)
    story = Story(scenario, terms, world, journal, real_ms=0.0, is_strict=is_strict)
    theatre = Theatre(story, bot, str(world.credentials["auth_token"]), journal)
    emit = story.deliveries.emit

    def emitted(*given: Any, **named: Any) -> list[Posting]:
        begun = emit(*given, **named)
        theatre.postings += begun
        return begun

    story.deliveries.emit = emitted  # type: ignore[method-assign]
    return theatre
