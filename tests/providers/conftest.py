"""What tests of any provider need: its facts, its declaration and a world with one person in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator import answering, catalog, providers
from simulator.answering import Answered
from simulator.catalog import Catalog
from simulator.ids import Ids
from simulator.provider import Provider
from simulator.records import ApiCall, Payload, ScheduledEvent
from simulator.render import render
from simulator.render.person import person
from simulator.seeds import stream
from simulator.world import Put, Row, World

NOW_MS = 1_767_603_600_000


@dataclass(frozen=True)
class Bench:
    """One provider and a world of it."""

    catalog: Catalog
    provider: Provider
    world: World
    ana: Row

    def ids(self, name: str = "bench") -> Ids:
        return Ids(self.provider.ids, stream(1, name), NOW_MS)

    def render(
        self, event_type: str, seed: int = 1, values: Mapping[str, Any] | None = None, actor: str = ""
    ) -> Payload:
        event = ScheduledEvent(
            id=f"{event_type}/1",
            provider=self.provider.id,
            type=event_type,
            values=values or {},
            due_ms=NOW_MS,
            cause="",
            actor=actor,
        )
        return render(event, catalog=self.catalog, provider=self.provider, world=self.world, seed=seed, start_ms=NOW_MS)

    def call(self, method: str, path: str, body: bytes = b"{}", **headers: str) -> Answered:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        call = ApiCall(
            id="call/1",
            provider=self.provider.id,
            method=method,
            path=path,
            headers={"content-type": "application/json", **names},
            body=body,
            at_ms=NOW_MS,
            base_url="http://127.0.0.1:1",
        )
        return answering.answer(call, provider=self.provider, catalog=self.catalog, world=self.world, ids=self.ids())


def bench(provider_id: str, **options: Any) -> Bench:
    """Give a provider whose bot has one endpoint, and Ana, who has not met the bot yet."""
    facts, provider = catalog.load(provider_id), providers.load(provider_id)
    world = World(
        credentials=catalog.credentials_with(facts, {}),
        options=catalog.options_with(facts, options),
        limits=facts.limits,
    )
    ana = person(provider, seed=1, start_ms=NOW_MS, name="ana", given={"name": "Ana Müller 🙂"})
    world.apply(Put(table="account", key="account", row=facts.account))
    world.apply(Put(table="subscriptions", key="", row={"url": "http://127.0.0.1:1/hook", "events": None}))
    world.apply(Put(table="users", key=str(ana["id"]), row=ana))
    return Bench(facts, provider, world, ana)
